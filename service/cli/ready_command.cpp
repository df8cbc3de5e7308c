// `itqan ready`: the health check of containers, without a shell or curl.

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "service/cli/command.hpp"
#include "service/http/probe.hpp"

namespace itqan::cli {
namespace {

struct ReadyOptions {
    std::optional<std::string> listen;
    std::string path = "/readyz";
};

/// Where a service that listens there is reached from this machine.
std::string reachable(std::string const& address) {
    if (address == "0.0.0.0" || address == "localhost") return "127.0.0.1";
    return address == "::" ? "::1" : address;
}

int ready(Common const& common, ReadyOptions const& options) {
    auto config = configuration(common);
    if (!config) return fail(common, config.error());
    if (options.listen)
        if (auto const listen = service::read_listen(*options.listen, *config); !listen)
            return fail(common, listen.error());
    http::Probe probe;
    probe.address = reachable(config->listen_address);
    probe.port = config->listen_port;
    probe.host = config->domain;
    probe.path = options.path;
    auto const given = http::ask(probe);
    if (!given)
        return fail(common, {Fault::unavailable,
                             "not-reachable",
                             probe.address + ":" + std::to_string(probe.port) +
                                 " does not answer: " + given.error().detail + ".",
                             {}});
    if (given->status != 200)
        return fail(common, {Fault::unavailable,
                             "not-ready",
                             probe.path + " answers " + std::to_string(given->status) + ": " + given->body,
                             {}});
    return answer(common, {{"ready", true}, {"status", given->status}, {"body", given->body}}, given->body);
}

}  // namespace

void add_ready_command(CLI::App& app, Common& common) {
    auto const options = std::make_shared<ReadyOptions>();
    auto* const command =
        add_command(app, common, "ready", "Ask the running service whether it is ready (exit 0) or not (exit 1)",
                    [&common, options] { return ready(common, *options); });
    command->add_option("--listen", options->listen, "Where it listens (default: listen of the configuration)");
    command->add_option("--path", options->path, "What is asked (default: /readyz)");
}

}  // namespace itqan::cli
