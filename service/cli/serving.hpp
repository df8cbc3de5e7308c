#pragma once
// What the commands that serve share.

#include <functional>

#include "service/app.hpp"

namespace itqan::cli {

/// Serves until SIGTERM or SIGINT. The caller has called block_signals() before it opened the installation. SIGHUP
/// reads the certificate again, and with `read_again` the configuration; changed files of the certificate are noticed
/// without it. What cannot be used is refused, and the old one kept. `started` is called when requests are answered.
int run_until_stopped(service::Installation& installation, service::Log& log, service::AppOptions options,
                      std::function<void(service::App&)> const& started,
                      std::function<Result<service::Config>()> const& read_again = nullptr);

bool is_loopback(service::Config const& config);

/// What people type into a browser: "localhost:8443" for loopback addresses; the address itself otherwise.
std::string own_domain(service::Config const& config);

}  // namespace itqan::cli
