#pragma once
// Another host that says byte for byte what a test wants: over TLS, or in the clear (a proxy). Loopback only.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <openssl/ssl.h>

#include "service/http/certificate.hpp"

namespace itqan::tests {

/// Gives each connection to `serve` in a thread of its own and closes it afterwards.
class Listener {
  public:
    explicit Listener(std::function<void(int socket)> serve, std::string const& address = "127.0.0.1",
                      std::uint16_t port = 0);
    /// Breaks the connections off and waits for their threads.
    ~Listener();
    Listener(Listener const&) = delete;
    Listener& operator=(Listener const&) = delete;

    std::uint16_t port() const { return port_; }
    int accepted() const { return accepted_; }

  private:
    std::function<void(int)> serve_;
    int socket_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> accepted_{0};
    std::atomic<bool> ending_{false};
    std::mutex mutex_;
    std::vector<int> open_;
    std::vector<std::thread> threads_;
    std::thread accepting_;
};

/// One TLS connection of a RawPeer.
class Line {
  public:
    explicit Line(SSL* ssl) : ssl_(ssl) {}
    /// The request's header section, lower-case names as sent; "" when the client went away.
    std::string read_section();
    /// False when the client is gone.
    bool write(std::string_view bytes);
    /// Until the client goes away.
    void wait();

  private:
    SSL* ssl_;
};

class RawPeer {
  public:
    /// `most_version`: TLS1_1_VERSION and the like; 0: the newest.
    RawPeer(http::DemoCertificate const& certificate, std::function<void(Line&)> talk, int most_version = 0);

    std::uint16_t port() const { return listener_->port(); }
    int accepted() const { return listener_->accepted(); }
    int handshakes() const { return handshakes_; }
    std::string url(std::string const& host, std::string const& path = "/") const {
        return "https://" + host + ":" + std::to_string(port()) + path;
    }

  private:
    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
    std::function<void(Line&)> talk_;
    std::atomic<int> handshakes_{0};
    std::unique_ptr<Listener> listener_;
};

/// A whole answer with its length.
std::string whole_answer(std::string const& fields, std::string const& body, std::string const& status = "200 OK");

}  // namespace itqan::tests
