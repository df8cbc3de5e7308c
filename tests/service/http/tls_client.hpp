#pragma once
// A small blocking HTTPS client for tests: it sends bytes exactly as they are given and believes no certificate but the
// one it is told.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace itqan::tests {

struct Answer {
    int status = 0;    ///< 0: the connection ended without an answer.
    std::string head;  ///< Status line and fields.
    std::string body;
    std::string field(std::string_view name) const;
};

/// What a client insists on besides the defaults.
struct TlsWish {
    std::string protocols = {};  ///< ALPN in wire form ("\x02h2"); "": none.
    int newest_version = 0;      ///< TLS1_1_VERSION and the like, with ciphers as weak as it takes.
};

class TlsClient {
  public:
    /// Connects to 127.0.0.1; an empty name sends no SNI. `connected()` is false when the handshake fails.
    TlsClient(std::uint16_t port, std::filesystem::path const& authority, std::string const& name,
              TlsWish const& wish = {});
    ~TlsClient();
    bool connected() const;
    /// Why the handshake failed, in OpenSSL's words.
    std::string const& failure() const;
    /// What ALPN chose; "" when nothing.
    std::string protocol() const;
    void send(std::string_view bytes);
    /// Reads one answer; `head_only` for HEAD. Interim 100 answers are returned like others.
    Answer receive(bool head_only = false);
    /// True when the server ends the connection (within the socket's 15 s) without sending more.
    bool closed();
    /// True when the server ended TLS with close_notify and not just the connection.
    bool said_goodbye() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Sends bytes without TLS and gives all that comes back until the server ends the connection (within 15 s).
std::string ask_in_the_clear(std::uint16_t port, std::string_view bytes);

}  // namespace itqan::tests
