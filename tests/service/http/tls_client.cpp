#include "tls_client.hpp"

#include <cerrno>
#include <charconv>
#include <csignal>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace itqan::tests {

std::string Answer::field(std::string_view name) const {
    std::string const start = "\r\n" + std::string(name) + ": ";
    auto const at = head.find(start);
    if (at == std::string::npos) return {};
    auto const from = at + start.size();
    return head.substr(from, head.find("\r\n", from) - from);
}

struct TlsClient::State {
    SSL_CTX* context = nullptr;
    SSL* tls = nullptr;
    int socket = -1;
    bool connected = false;
    std::string failure;
    std::string read;

    bool more() {
        if (!connected) return false;
        char space[4096];
        int const count = SSL_read(tls, space, sizeof space);
        if (count <= 0) return false;
        read.append(space, static_cast<std::size_t>(count));
        return true;
    }
};

TlsClient::TlsClient(std::uint16_t port, std::filesystem::path const& authority, std::string const& name,
                     TlsWish const& wish)
    : state_(std::make_unique<State>()) {
    std::signal(SIGPIPE, SIG_IGN);  // Writing to a server that has closed is a result here.
    auto& s = *state_;
    s.context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_load_verify_locations(s.context, authority.c_str(), nullptr);
    SSL_CTX_set_verify(s.context, SSL_VERIFY_PEER, nullptr);
    if (!wish.protocols.empty())
        SSL_CTX_set_alpn_protos(s.context, reinterpret_cast<unsigned char const*>(wish.protocols.data()),
                                static_cast<unsigned>(wish.protocols.size()));
    if (wish.newest_version != 0) {
        SSL_CTX_set_security_level(s.context, 0);
        SSL_CTX_set_min_proto_version(s.context, TLS1_VERSION);
        SSL_CTX_set_max_proto_version(s.context, wish.newest_version);
    }
    s.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    timeval const limit{15, 0};
    ::setsockopt(s.socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(s.socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(s.socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return;
    s.tls = SSL_new(s.context);
    SSL_set_fd(s.tls, s.socket);
    if (!name.empty())
        SSL_ctrl(s.tls, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(name.c_str()));
    ERR_clear_error();
    s.connected = SSL_connect(s.tls) == 1;
    if (s.connected) return;
    auto const* const reason = ERR_reason_error_string(ERR_peek_last_error());
    s.failure = reason == nullptr ? "closed" : reason;
}

TlsClient::~TlsClient() {
    if (state_->tls != nullptr) SSL_free(state_->tls);
    if (state_->socket >= 0) ::close(state_->socket);
    SSL_CTX_free(state_->context);
}

bool TlsClient::connected() const {
    return state_->connected;
}

std::string const& TlsClient::failure() const {
    return state_->failure;
}

std::string TlsClient::protocol() const {
    unsigned char const* chosen = nullptr;
    unsigned size = 0;
    if (state_->connected) SSL_get0_alpn_selected(state_->tls, &chosen, &size);
    return size == 0 ? std::string() : std::string(reinterpret_cast<char const*>(chosen), size);
}

void TlsClient::send(std::string_view bytes) {
    if (state_->connected) SSL_write(state_->tls, bytes.data(), static_cast<int>(bytes.size()));
}

Answer TlsClient::receive(bool head_only) {
    Answer answer;
    auto& read = state_->read;
    std::size_t end = 0;
    while ((end = read.find("\r\n\r\n")) == std::string::npos)
        if (!state_->more()) return answer;
    answer.head = read.substr(0, end + 2);
    read.erase(0, end + 4);
    std::from_chars(answer.head.data() + 9, answer.head.data() + 12, answer.status);
    auto const length = answer.field("content-length");
    if (head_only || length.empty()) return answer;
    auto const bytes = std::stoul(length);
    while (read.size() < bytes)
        if (!state_->more()) return answer;
    answer.body = read.substr(0, bytes);
    read.erase(0, bytes);
    return answer;
}

bool TlsClient::closed() {
    if (!state_->connected || !state_->read.empty()) return false;
    errno = 0;
    char byte = 0;
    int const count = SSL_read(state_->tls, &byte, 1);
    if (count > 0) return false;
    return errno != EAGAIN;
}

bool TlsClient::said_goodbye() const {
    return state_->connected && (SSL_get_shutdown(state_->tls) & SSL_RECEIVED_SHUTDOWN) != 0;
}

std::string ask_in_the_clear(std::uint16_t port, std::string_view bytes) {
    int const socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    timeval const limit{15, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string text;
    if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
        ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        char space[4096];
        for (ssize_t count = 0; (count = ::recv(socket, space, sizeof space, 0)) > 0;)
            text.append(space, static_cast<std::size_t>(count));
    }
    ::close(socket);
    return text;
}

}  // namespace itqan::tests
