#pragma once
// What every command of the command line shares: where the data is, how answers and errors are printed, exit codes.
// The commands themselves are one file per noun.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/actor.hpp"
#include "schemas/json.hpp"
#include "schemas/result.hpp"
#include "service/installation.hpp"

namespace CLI {
class App;
}

namespace itqan::cli {

/// Exit codes: 0 done (verify: valid or warning), 1 refused or failed (verify: invalid), 2 wrong usage, 3 unchecked.
namespace exit_code {
inline constexpr int done = 0, failed = 1, usage = 2, unchecked = 3;
}

/// Options that every command takes.
struct Common {
    std::string data;                     ///< --data, else $ITQAN_DATA, else ./itqan-data.
    std::optional<std::string> config;    ///< --config, else $ITQAN_CONFIG, else itqan.toml of the data folder.
    std::optional<std::string> database;  ///< --database, else database.url.
    bool json = false;                    ///< --json: one JSON document on standard output.
};

/// Adds a subcommand with the common options. `run` is called after parsing and gives the exit code.
CLI::App* add_command(CLI::App& parent, Common& common, std::string const& name, std::string const& description,
                      std::function<int()> run);

/// The configuration file that --config or $ITQAN_CONFIG names; none: the data folder's own.
std::optional<std::filesystem::path> configuration_file(Common const& common);

/// The configuration as the options say.
Result<service::Config> configuration(Common const& common);

/// Whether there is an installation as the configuration says. Error: unavailable "database".
Result<bool> is_installed(service::Config const& config);
/// The error for a command that needs one where none is.
Error no_installation(service::Config const& config);

/// Opens the installation of the data folder, which must exist. Its errors are printed; null then.
std::unique_ptr<service::Installation> open_existing(Common const& common);

/// Prints an error with its pointers to standard error; gives exit_code::failed.
int fail(Common const& common, Error const& error);
/// Prints `json` with --json, else `text`, to standard output; gives exit_code::done.
int answer(Common const& common, Json const& json, std::string const& text);

/// Who acts when a command does: an administrator by right of the data folder.
Actor operator_actor();

/// The registrations, one per file.
void add_installation_commands(CLI::App& app, Common& common);  ///< init, import, migrate
void add_token_commands(CLI::App& app, Common& common);
void add_credential_commands(CLI::App& app, Common& common);  ///< issue, revoke, suspend, reinstate, erase
void add_verify_command(CLI::App& app, Common& common);
void add_bundle_command(CLI::App& app, Common& common);
void add_evaluate_command(CLI::App& app, Common& common);
void add_key_commands(CLI::App& app, Common& common);
void add_serve_commands(CLI::App& app, Common& common);  ///< serve, demo
void add_ready_command(CLI::App& app, Common& common);
void add_conformance_command(CLI::App& app, Common& common);
void add_keeping_commands(CLI::App& app, Common& common);  ///< backup, restore, fsck, move

}  // namespace itqan::cli
