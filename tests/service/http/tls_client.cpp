#include "tls_client.hpp"

#include <cerrno>
#include <charconv>

#include <arpa/inet.h>
#include <netinet/in.h>
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
    std::string read;

    bool more() {
        char space[4096];
        int const count = SSL_read(tls, space, sizeof space);
        if (count <= 0) return false;
        read.append(space, static_cast<std::size_t>(count));
        return true;
    }
};

TlsClient::TlsClient(std::uint16_t port, std::filesystem::path const& authority, std::string const& name)
    : state_(std::make_unique<State>()) {
    auto& s = *state_;
    s.context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_load_verify_locations(s.context, authority.c_str(), nullptr);
    SSL_CTX_set_verify(s.context, SSL_VERIFY_PEER, nullptr);
    s.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    timeval const limit{15, 0};
    ::setsockopt(s.socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(s.socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return;
    s.tls = SSL_new(s.context);
    SSL_set_fd(s.tls, s.socket);
    if (!name.empty()) SSL_ctrl(s.tls, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(name.c_str()));
    s.connected = SSL_connect(s.tls) == 1;
}

TlsClient::~TlsClient() {
    if (state_->tls != nullptr) SSL_free(state_->tls);
    if (state_->socket >= 0) ::close(state_->socket);
    SSL_CTX_free(state_->context);
}

bool TlsClient::connected() const { return state_->connected; }

void TlsClient::send(std::string_view bytes) { SSL_write(state_->tls, bytes.data(), static_cast<int>(bytes.size())); }

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
    if (!state_->read.empty()) return false;
    errno = 0;
    char byte = 0;
    int const count = SSL_read(state_->tls, &byte, 1);
    if (count > 0) return false;
    return errno != EAGAIN;
}

}  // namespace itqan::tests
