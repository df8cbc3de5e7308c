#pragma once
// Bytes over one accepted socket, through TLS or in the clear. Made for many idle connections: no buffer is held while
// nothing is on its way. Included by the server's own files only.

#include <cstddef>
#include <memory>
#include <string_view>

#include <openssl/ssl.h>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace itqan::http {

class Stream {
  public:
    /// `context` null: in the clear.
    Stream(boost::asio::ip::tcp::socket socket, SSL_CTX* context);
    Stream(Stream const&) = delete;
    Stream& operator=(Stream const&) = delete;

    boost::asio::ip::tcp::socket& socket() { return socket_; }

    /// Each ends with operation_aborted when the socket's waits are cancelled, and can then be begun again.
    boost::asio::awaitable<boost::system::error_code> handshake();
    /// Until there is something to read; it may turn out to be less than a byte of what was sent.
    boost::asio::awaitable<boost::system::error_code> wait_for_bytes();
    /// Whether something has come that was not read yet.
    bool has_bytes();
    /// At least one byte, or a failure and 0.
    boost::asio::awaitable<std::size_t> read_some(char* into, std::size_t most, boost::system::error_code& failure);
    /// A TLS record's worth at most.
    boost::asio::awaitable<std::size_t> write_some(std::string_view bytes, boost::system::error_code& failure);
    /// Says goodbye and waits for the other side's.
    boost::asio::awaitable<boost::system::error_code> shutdown();

  private:
    boost::asio::awaitable<boost::system::error_code> wait_for(int wanted);

    boost::asio::ip::tcp::socket socket_;
    std::unique_ptr<SSL, void (*)(SSL*)> tls_;
};

}  // namespace itqan::http
