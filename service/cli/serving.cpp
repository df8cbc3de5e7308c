#include "service/cli/serving.hpp"

#include <chrono>
#include <memory>

#include "service/cli/command.hpp"
#include "service/config_changes.hpp"
#include "service/jobs/periodic.hpp"
#include "service/service_manager.hpp"

namespace itqan::cli {
namespace {

constexpr std::chrono::seconds certificate_poll{30};

void reload(service::App& app, service::Config const& running, service::Log& log,
            std::function<Result<service::Config>()> const& read_again) {
    try {
        if (!read_again) {
            app.reload_certificate();
            log.info("certificate-reloaded");
            return;
        }
        auto const read = read_again();
        if (!read) {
            log.error("configuration-kept",
                      {{"reason", read.error().detail}, {"do", "nothing was changed; correct it and reload again"}});
            return;
        }
        app.reload(*read);
        log.info("configuration-reloaded");
        for (auto const& key : service::needing_restart(running, *read))
            log.warn("needs-restart", {{"key", key}, {"effect", "the running service keeps the old value"}});
    } catch (std::exception const& error) {
        log.error("configuration-kept",
                  {{"reason", error.what()}, {"do", "nothing was changed; correct it and reload again"}});
    }
}

/// Those who renew certificates forget to say so.
bool notice_certificate(service::App& app, service::Log& log) {
    try {
        if (app.reload_changed_certificate()) log.info("certificate-reloaded", {{"because", "its files changed"}});
    } catch (std::exception const& error) {
        log.error("certificate-kept",
                  {{"reason", error.what()},
                   {"do", "put certificate and key that fit each other in place; the old pair is served till then"}});
    }
    return false;
}

}  // namespace

int run_until_stopped(service::Installation& installation, service::Log& log, service::AppOptions options,
                      std::function<void(service::App&)> const& started,
                      std::function<Result<service::Config>()> const& read_again) {
    service::ServiceManager const manager;
    service::App app(installation, log, std::move(options));
    auto const report = [&log](std::string const& text) { log.error("job-failed", {{"reason", text}}); };
    app.start();
    started(app);
    manager.ready();
    jobs::Periodic certificates(
        certificate_poll, [&] { return notice_certificate(app, log); }, report);
    std::unique_ptr<jobs::Periodic> watchdog;
    if (auto const period = manager.watchdog()) {
        auto const tell = [&app, &manager] {
            if (app.is_alive()) manager.alive();
            return false;
        };
        watchdog = std::make_unique<jobs::Periodic>(*period, tell, report);
    }
    service::wait_for_end([&] {
        manager.reloading();
        reload(app, installation.config(), log, read_again);
        manager.ready();
    });
    manager.stopping();
    log.info("stopping");
    certificates.stop();
    watchdog.reset();
    app.stop();
    return exit_code::done;
}

}  // namespace itqan::cli
