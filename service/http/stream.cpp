#include "service/http/stream.hpp"

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

#include <openssl/err.h>
#include <sys/socket.h>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace itqan::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t record = 16 * 1024;

error_code last_system_error() {
    return {errno, boost::system::system_category()};
}

}  // namespace

Stream::Stream(tcp::socket socket, SSL_CTX* context) : socket_(std::move(socket)), tls_(nullptr, SSL_free) {
    socket_.non_blocking(true);
    if (context == nullptr) return;
    tls_.reset(SSL_new(context));
    if (!tls_ || SSL_set_fd(tls_.get(), socket_.native_handle()) != 1) throw std::bad_alloc();
    SSL_set_accept_state(tls_.get());
}

/// Waits for what OpenSSL said that it wants (SSL_get_error); what is no wish is the failure.
asio::awaitable<error_code> Stream::wait_for(int wanted) {
    error_code failure;
    auto token = asio::redirect_error(asio::use_awaitable, failure);
    if (wanted == SSL_ERROR_WANT_READ) {
        co_await socket_.async_wait(tcp::socket::wait_read, token);
    } else if (wanted == SSL_ERROR_WANT_WRITE) {
        co_await socket_.async_wait(tcp::socket::wait_write, token);
    } else if (wanted == SSL_ERROR_ZERO_RETURN) {
        failure = asio::error::eof;
    } else {
        failure = asio::error::connection_reset;
    }
    co_return failure;
}

asio::awaitable<error_code> Stream::handshake() {
    error_code failure;
    while (tls_ && !failure) {
        ERR_clear_error();
        int const result = SSL_accept(tls_.get());
        if (result == 1) break;
        failure = co_await wait_for(SSL_get_error(tls_.get(), result));
    }
    co_return failure;
}

asio::awaitable<error_code> Stream::wait_for_bytes() {
    if (tls_ && SSL_has_pending(tls_.get()) == 1) co_return error_code();
    co_return co_await wait_for(SSL_ERROR_WANT_READ);
}

bool Stream::has_bytes() {
    if (tls_ && SSL_has_pending(tls_.get()) == 1) return true;
    char byte = 0;
    return ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

asio::awaitable<std::size_t> Stream::read_some(char* into, std::size_t most, error_code& failure) {
    failure = {};
    while (!failure) {
        if (tls_) {
            ERR_clear_error();
            std::size_t count = 0;
            int const result = SSL_read_ex(tls_.get(), into, most, &count);
            if (result == 1) co_return count;
            failure = co_await wait_for(SSL_get_error(tls_.get(), result));
        } else {
            auto const count = ::recv(socket_.native_handle(), into, most, 0);
            if (count > 0) co_return static_cast<std::size_t>(count);
            if (count == 0) {
                failure = asio::error::eof;
            } else if (errno == EAGAIN) {
                failure = co_await wait_for(SSL_ERROR_WANT_READ);
            } else if (errno != EINTR) {
                failure = last_system_error();
            }
        }
    }
    co_return std::size_t{0};
}

asio::awaitable<std::size_t> Stream::write_some(std::string_view bytes, error_code& failure) {
    failure = {};
    auto const most = std::min(bytes.size(), record);
    while (!failure) {
        if (tls_) {
            ERR_clear_error();
            std::size_t count = 0;
            int const result = SSL_write_ex(tls_.get(), bytes.data(), most, &count);
            if (result == 1) co_return count;
            failure = co_await wait_for(SSL_get_error(tls_.get(), result));
        } else {
            auto const count = ::send(socket_.native_handle(), bytes.data(), most, MSG_NOSIGNAL);
            if (count >= 0) co_return static_cast<std::size_t>(count);
            if (errno == EAGAIN) {
                failure = co_await wait_for(SSL_ERROR_WANT_WRITE);
            } else if (errno != EINTR) {
                failure = last_system_error();
            }
        }
    }
    co_return std::size_t{0};
}

asio::awaitable<error_code> Stream::shutdown() {
    error_code failure;
    if (!tls_) {
        socket_.shutdown(tcp::socket::shutdown_send, failure);
        if (!failure) failure = co_await wait_for(SSL_ERROR_WANT_READ);
        char byte = 0;
        if (!failure && ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK) != 0)
            failure = asio::error::connection_reset;
        co_return failure;
    }
    while (!failure) {
        ERR_clear_error();
        int const result = SSL_shutdown(tls_.get());
        if (result == 1) break;
        if (result == 0) continue;  // Ours has left; the next call waits for the other side's.
        failure = co_await wait_for(SSL_get_error(tls_.get(), result));
    }
    co_return failure;
}

}  // namespace itqan::http
