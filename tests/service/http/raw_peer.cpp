#include "raw_peer.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace itqan::tests {

Listener::Listener(std::function<void(int)> serve, std::string const& address, std::uint16_t port)
    : serve_(std::move(serve)), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    inet_pton(AF_INET, address.c_str(), &at.sin_addr);
    socklen_t size = sizeof at;
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&at), size) != 0 || ::listen(socket_, 256) != 0 ||
        getsockname(socket_, reinterpret_cast<sockaddr*>(&at), &size) != 0)
        throw std::runtime_error("no port for a peer");
    port_ = ntohs(at.sin_port);
    accepting_ = std::thread([this] {
        while (!ending_) {
            pollfd waiting{socket_, POLLIN, 0};
            if (::poll(&waiting, 1, 50) <= 0) continue;
            int const one = ::accept(socket_, nullptr, nullptr);
            if (one < 0) continue;
            ++accepted_;
            std::lock_guard const lock(mutex_);
            open_.push_back(one);
            threads_.emplace_back([this, one] {
                serve_(one);
                std::lock_guard const closing(mutex_);
                open_.erase(std::find(open_.begin(), open_.end(), one));
                ::close(one);
            });
        }
    });
}

Listener::~Listener() {
    ending_ = true;
    accepting_.join();
    {
        std::lock_guard const lock(mutex_);
        for (int const one : open_)
            ::shutdown(one, SHUT_RDWR);
    }
    for (auto& thread : threads_)
        thread.join();
    ::close(socket_);
}

std::string Line::read_section() {
    std::string text;
    while (!text.ends_with("\r\n\r\n")) {
        char one = 0;
        if (SSL_read(ssl_, &one, 1) != 1) return {};
        text += one;
    }
    return text;
}

bool Line::write(std::string_view bytes) {
    return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) > 0;
}

void Line::wait() {
    char some[256];
    while (SSL_read(ssl_, some, sizeof some) > 0) {
    }
}

RawPeer::RawPeer(http::DemoCertificate const& certificate, std::function<void(Line&)> talk, int most_version)
    : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free), talk_(std::move(talk)) {
    auto* const x = context_.get();
    if (most_version != 0) {
        SSL_CTX_set_security_level(x, 0);
        SSL_CTX_set_min_proto_version(x, TLS1_VERSION);
        SSL_CTX_set_max_proto_version(x, most_version);
    }
    if (SSL_CTX_use_certificate_chain_file(x, certificate.certificate.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(x, certificate.key.c_str(), SSL_FILETYPE_PEM) != 1)
        throw std::runtime_error("no certificate for a peer");
    listener_ = std::make_unique<Listener>([this](int socket) {
        std::unique_ptr<SSL, void (*)(SSL*)> const ssl(SSL_new(context_.get()), SSL_free);
        SSL_set_fd(ssl.get(), socket);
        if (SSL_accept(ssl.get()) != 1) return;
        ++handshakes_;
        Line line(ssl.get());
        talk_(line);
        SSL_shutdown(ssl.get());
    });
}

std::string whole_answer(std::string const& fields, std::string const& body, std::string const& status) {
    return "HTTP/1.1 " + status + "\r\n" + fields + "content-length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
}

}  // namespace itqan::tests
