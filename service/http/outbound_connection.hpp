#pragma once
// One TLS connection to one checked address, with a deadline for everything on it. Blocking; for client.cpp only.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <openssl/ssl.h>

#include "schemas/result.hpp"

namespace itqan::http {

class OutboundConnection {
  public:
    using Instant = std::chrono::steady_clock::time_point;

    OutboundConnection() = default;
    ~OutboundConnection();
    OutboundConnection(OutboundConnection const&) = delete;
    OutboundConnection& operator=(OutboundConnection const&) = delete;

    /// Connects to `address` (numeric) and no other; may be called again when it failed. Error: why not.
    Result<void> connect(std::string const& address, std::uint16_t port, Instant deadline);
    /// Shakes hands as `host`, whose certificate must hold. Error: why not.
    Result<void> secure(SSL_CTX* context, std::string const& host, Instant deadline);
    /// Before secure: bytes in the clear, and an answer up to its empty line and not a byte more (of a proxy). Error:
    /// as below, or the section is longer than `most`.
    Result<void> write_plain(std::string_view bytes, Instant deadline);
    Result<std::string> read_plain_section(std::size_t most, Instant deadline);
    Result<void> write(std::string_view bytes, Instant deadline);
    /// Some bytes; 0 at an orderly end. Error: the time ran out or the connection broke.
    Result<std::size_t> read(char* buffer, std::size_t size, Instant deadline);

  private:
    Result<void> wait(short events, Instant deadline) const;
    Result<bool> again(int result, Instant deadline) const;

    int socket_ = -1;
    SSL* ssl_ = nullptr;
};

}  // namespace itqan::http
