#pragma once
// The running service: an installation with its pages, its API, its server and its jobs, wired once.

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "service/api/context.hpp"
#include "service/http/server.hpp"
#include "service/installation.hpp"
#include "service/log.hpp"
#include "service/web/demo_pages.hpp"

namespace itqan::service {

struct AppOptions {
    std::optional<web::DemoDesk> demo = std::nullopt;  ///< The demo's routes exist only with it.
    bool log_requests = true;
    std::vector<http::InheritedSocket> sockets = {};  ///< Of the service manager.
};

class App {
  public:
    /// Throws std::runtime_error when certificate, port or mail settings cannot be used. All arguments must outlive it.
    App(Installation& installation, Log& log, AppOptions options);
    ~App();
    App(App const&) = delete;
    App& operator=(App const&) = delete;

    void start();
    std::uint16_t port() const;
    /// 0 when there is no internal listener.
    std::uint16_t internal_port() const;
    /// The issuing profiles of the VC-API, as GET /vc-api/issuers lists them; empty where it is off.
    /// Throws std::runtime_error when one of their keys cannot be opened.
    Json vc_api_issuers();
    /// Takes on what a running service can of a configuration that was read again: certificate, limits, networks, mail.
    /// Throws std::runtime_error, and changes nothing, when something in it cannot be used.
    void reload(Config const& read);
    /// The certificate as it stands in its files, if they have changed. Throws likewise.
    bool reload_changed_certificate();
    void reload_certificate();
    bool is_alive() const;
    /// Waits for requests in hand and the mail in hand.
    void stop();

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// Blocks until SIGTERM or SIGINT; calls `on_hangup` for each SIGHUP. Call before any thread starts, so that all
/// inherit the blocked signals: block_signals() does that part.
void block_signals();
void wait_for_end(std::function<void()> const& on_hangup);

}  // namespace itqan::service
