#include "service/http/outbound_connection.hpp"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

namespace itqan::http {
namespace {

Error broken(std::string why) {
    return {Fault::unavailable, "outbound-connection", std::move(why), {}};
}

std::string reason_of(SSL const* ssl) {
    if (auto const verdict = SSL_get_verify_result(ssl); verdict != X509_V_OK)
        return std::string("its certificate does not hold: ") + X509_verify_cert_error_string(verdict);
    auto const code = ERR_peek_last_error();
    auto const* const text = code == 0 ? nullptr : ERR_reason_error_string(code);
    return text == nullptr ? "the connection broke" : std::string("TLS: ") + text;
}

}  // namespace

OutboundConnection::~OutboundConnection() {
    SSL_free(ssl_);
    if (socket_ >= 0) ::close(socket_);
}

Result<void> OutboundConnection::wait(short events, Instant deadline) const {
    while (true) {
        auto const left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0) return broken("it did not answer in time");
        pollfd waiting{socket_, events, 0};
        int const ready = ::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 60'000)));
        if (ready > 0) return {};
        if (ready < 0 && errno != EINTR) return broken(std::strerror(errno));
    }
}

Result<void> OutboundConnection::connect(std::string const& address, std::uint16_t port, Instant deadline) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;  // No look-up: the address was checked.
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found) != 0)
        return broken(address + " is no address");
    std::unique_ptr<addrinfo, void (*)(addrinfo*)> const target(found, freeaddrinfo);
    if (socket_ >= 0) ::close(socket_);
    socket_ = ::socket(target->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return broken(std::strerror(errno));
    if (::connect(socket_, target->ai_addr, target->ai_addrlen) == 0) return {};
    if (errno != EINPROGRESS) return broken(std::strerror(errno));
    if (auto const ready = wait(POLLOUT, deadline); !ready) return ready.error();
    int failure = 0;
    socklen_t size = sizeof failure;
    if (getsockopt(socket_, SOL_SOCKET, SO_ERROR, &failure, &size) != 0 || failure != 0)
        return broken(std::strerror(failure));
    return {};
}

/// True when the act is to be repeated, now that the socket is ready; false when the peer ended TLS in order.
Result<bool> OutboundConnection::again(int result, Instant deadline) const {
    short events = 0;
    switch (SSL_get_error(ssl_, result)) {
        case SSL_ERROR_WANT_READ:
            events = POLLIN;
            break;
        case SSL_ERROR_WANT_WRITE:
            events = POLLOUT;
            break;
        case SSL_ERROR_ZERO_RETURN:
            return false;
        default:
            return broken(reason_of(ssl_));
    }
    if (auto const ready = wait(events, deadline); !ready) return ready.error();
    return true;
}

Result<void> OutboundConnection::write_plain(std::string_view bytes, Instant deadline) {
    while (!bytes.empty()) {
        auto const sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
            continue;
        }
        if (errno != EAGAIN && errno != EINTR) return broken(std::strerror(errno));
        if (auto const ready = wait(POLLOUT, deadline); !ready) return ready.error();
    }
    return {};
}

Result<std::string> OutboundConnection::read_plain_section(std::size_t most, Instant deadline) {
    std::string text;
    while (!text.ends_with("\r\n\r\n")) {
        if (text.size() >= most) return broken("its answer is longer than is read");
        if (auto const ready = wait(POLLIN, deadline); !ready) return ready.error();
        char one = 0;
        auto const count = ::recv(socket_, &one, 1, 0);
        if (count == 0) return broken("it ended the connection");
        if (count < 0 && errno != EAGAIN && errno != EINTR) return broken(std::strerror(errno));
        if (count == 1) text += one;
    }
    return text;
}

Result<void> OutboundConnection::secure(SSL_CTX* context, std::string const& host, Instant deadline) {
    ssl_ = SSL_new(context);
    if (ssl_ == nullptr || SSL_set_fd(ssl_, socket_) != 1 || SSL_set1_host(ssl_, host.c_str()) != 1)
        return broken("TLS could not be set up");
    SSL_ctrl(ssl_, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(host.c_str()));
    SSL_set_hostflags(ssl_, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    while (true) {
        ERR_clear_error();
        int const result = SSL_connect(ssl_);
        if (result == 1) return {};
        auto const repeat = again(result, deadline);
        if (!repeat) return repeat.error();
        if (!*repeat) return broken("it ended the handshake");
    }
}

Result<void> OutboundConnection::write(std::string_view bytes, Instant deadline) {
    while (!bytes.empty()) {
        ERR_clear_error();
        int const result = SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
        if (result > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(result));
            continue;
        }
        auto const repeat = again(result, deadline);
        if (!repeat) return repeat.error();
        if (!*repeat) return broken("it ended the connection");
    }
    return {};
}

Result<std::size_t> OutboundConnection::read(char* buffer, std::size_t size, Instant deadline) {
    while (true) {
        // A peer that always has a byte ready never makes us wait.
        if (std::chrono::steady_clock::now() >= deadline) return broken("it did not finish in time");
        ERR_clear_error();
        int const result = SSL_read(ssl_, buffer, static_cast<int>(size));
        if (result > 0) return static_cast<std::size_t>(result);
        auto const repeat = again(result, deadline);
        if (!repeat) return repeat.error();
        if (!*repeat) return std::size_t{0};
    }
}

}  // namespace itqan::http
