#include "service/cli/command.hpp"

#include <cstdlib>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "schemas/text_safety.hpp"
#include "service/http/problem.hpp"
#include "service/store.hpp"

namespace itqan::cli {

CLI::App* add_command(CLI::App& parent, Common& common, std::string const& name, std::string const& description,
                      std::function<int()> run) {
    auto* const command = parent.add_subcommand(name, description);
    command->add_option("--data", common.data, "Folder of the installation (default: $ITQAN_DATA, else ./itqan-data)");
    command->add_option("--config", common.config,
                        "Configuration file (default: $ITQAN_CONFIG, else itqan.toml in the data folder)");
    command->add_option("--database", common.database,
                        "PostgreSQL database, postgres://... (default: database.url, else SQLite in the data folder)");
    command->add_flag("--json", common.json, "Answer with one JSON document");
    command->final_callback([run = std::move(run)] {
        // CLI11 carries an exit code out of a callback as an exception.
        if (auto const code = run(); code != exit_code::done) throw CLI::RuntimeError(code);
    });
    return command;
}

std::optional<std::filesystem::path> configuration_file(Common const& common) {
    if (common.config) return *common.config;
    auto const* const variable = std::getenv("ITQAN_CONFIG");
    if (variable != nullptr && *variable != '\0') return variable;
    return std::nullopt;
}

Result<service::Config> configuration(Common const& common) {
    auto const* const variable = std::getenv("ITQAN_DATA");
    auto const data = !common.data.empty() ? common.data : variable != nullptr ? std::string(variable) : "itqan-data";
    auto config = service::read_config(data, configuration_file(common), service::itqan_environment());
    if (config && common.database)
        if (auto const set = service::set_database_url(*config, *common.database); !set) return set.error();
    return config;
}

Result<bool> is_installed(service::Config const& config) {
    try {
        return service::has_store(config);
    } catch (storage::DatabaseError const& error) {
        return Error{Fault::unavailable, "database", service::store_name(config) + ": " + error.what(), {}};
    }
}

Error no_installation(service::Config const& config) {
    return {Fault::not_found,
            "no-installation",
            "There is no installation in " + service::store_name(config) + ". Make one with: itqan init --data " +
                config.data.string() + " --domain badges.example.org",
            {}};
}

std::unique_ptr<service::Installation> open_existing(Common const& common) {
    auto const config = configuration(common);
    if (!config) {
        fail(common, config.error());
        return nullptr;
    }
    auto const installed = is_installed(*config);
    if (!installed || !*installed) {
        fail(common, installed ? no_installation(*config) : installed.error());
        return nullptr;
    }
    auto installation = service::Installation::open(*config);
    if (!installation) {
        fail(common, installation.error());
        return nullptr;
    }
    return std::move(*installation);
}

int fail(Common const& common, Error const& error) {
    if (common.json) {
        std::cerr << http::problem_text(error) << '\n';
        return exit_code::failed;
    }
    // A detail may quote what is damaged or was sent by others.
    std::cerr << "itqan: " << schemas::make_visible(error.detail) << " (" << error.code << ")\n";
    for (auto const& violation : error.violations)
        std::cerr << "  " << (violation.pointer.empty() ? "the document" : schemas::make_visible(violation.pointer))
                  << ": " << schemas::make_visible(violation.detail) << '\n';
    return exit_code::failed;
}

int answer(Common const& common, Json const& json, std::string const& text) {
    if (common.json) {
        std::cout << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
    } else {
        std::cout << text;
        if (!text.empty() && text.back() != '\n') std::cout << '\n';
    }
    std::cout.flush();
    return exit_code::done;
}

Actor operator_actor() {
    Actor actor;
    actor.role = Role::admin;
    actor.id = "command-line";
    actor.may_post_history = true;
    return actor;
}

}  // namespace itqan::cli
