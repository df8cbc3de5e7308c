#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "service/auth/tokens.hpp"
#include "service/cli/command.hpp"
#include "service/domain/import.hpp"
#include "service/store.hpp"

namespace itqan::cli {
namespace {

struct InitOptions {
    std::string domain;
};

Error already_exists(service::Config const& config) {
    return {Fault::conflict,
            "already-exists",
            service::store_name(config) +
                " holds an installation already. Another token for an administrator: itqan token create --role admin "
                "--data " +
                config.data.string(),
            {}};
}

/// The configuration is written last: where it is missing, an earlier init was cut short and is done again.
int init(Common const& common, InitOptions const& options) {
    auto config = configuration(common);
    if (!config) return fail(common, config.error());
    auto const installed = is_installed(*config);
    if (!installed) return fail(common, installed.error());
    auto const file = configuration_file(common);
    if (*installed && !file && std::filesystem::exists(config->file())) return fail(common, already_exists(*config));
    if (options.domain.empty() && config->domain.empty())
        return fail(common, {Fault::unprocessable,
                             "no-domain",
                             "The installation needs its public name: --domain badges.example.org" +
                                 (file ? ", or domain in " + file->string() : std::string()) + ".",
                             {}});
    if (!options.domain.empty()) {
        auto const configured = config->domain;
        if (auto const domain = service::set_domain(*config, options.domain); !domain)
            return fail(common, domain.error());
        if (file && !configured.empty() && configured != config->domain)
            return fail(common, {Fault::conflict,
                                 "other-domain",
                                 file->string() + " says " + configured + ", --domain says " + config->domain + ".",
                                 {}});
        if (file && configured.empty())
            return fail(common, {Fault::unprocessable,
                                 "no-domain",
                                 "Write domain = \"" + config->domain + "\" into " + file->string() +
                                     ": the service reads it there.",
                                 {}});
    }
    auto installation = service::Installation::open(*config);
    if (!installation) return fail(common, installation.error());
    auto const config_file = file.value_or(config->file()).string();
    auto& services = (*installation)->services();
    auto const programme =
        services.database.read([&](storage::Session& session) { return services.programmes.current(session); });
    bool const has_tokens =
        services.database.read([](storage::Session& session) { return !storage::tokens(session).empty(); });
    if (!programme->issuers.empty() || (file && *installed && has_tokens)) return fail(common, already_exists(*config));
    auto const now = services.clock.wall();
    auth::NewToken wanted;
    wanted.role = Role::admin;
    wanted.expires_at = Instant{now.milliseconds + std::int64_t{365} * 86'400'000};
    auto const token = services.database.write(
        [&](storage::Session& session) { return auth::create_token(session, wanted, operator_actor(), now); });
    // A file that the operator keeps elsewhere is left alone.
    if (!file) service::write_config(*config);
    if (!common.json)
        std::cerr
            << "The name " << config->domain << " is signed into every badge: it cannot be changed later.\n"
            << "Next: set certificate, mail and privacy contact in " << config_file
            << ", then itqan import your programme, then itqan serve.\nThe first administrator's token, shown once:\n";
    return answer(common,
                  {{"data", config->data.string()},
                   {"domain", config->domain},
                   {"config", config_file},
                   {"adminToken", token.secret}},
                  token.secret);
}

struct ImportOptions {
    std::string path;
    bool issue = false, notify = false;
};

int import(Common const& common, ImportOptions const& options) {
    auto const installation = open_existing(common);
    if (!installation) return exit_code::failed;
    auto& services = installation->services();
    auto const run = [&](bool issue) {
        domain::ImportOptions wanted;
        wanted.issue = issue;
        wanted.notify = options.notify;
        return domain::import_path(services.database, services.programmes, services.intake, services.clock,
                                   operator_actor(), options.path, wanted);
    };
    auto report = run(false);
    if (!report) return fail(common, report.error());
    installation->ensure_keys();
    if (options.issue) {
        auto const issued = run(true);
        if (!issued) return fail(common, issued.error());
        report->credentials = issued->credentials;
    }
    std::string text;
    for (auto const& [kind, count] : report->written)
        text += kind + ": " + std::to_string(count) + "\n";
    text += "unchanged evidence: " + std::to_string(report->unchanged) +
            "\ncredentials issued: " + std::to_string(report->credentials) + "\n";
    return answer(
        common, {{"written", report->written}, {"unchanged", report->unchanged}, {"credentials", report->credentials}},
        text);
}

int migrate(Common const& common) {
    auto const installation = open_existing(common);
    if (!installation) return exit_code::failed;
    return answer(common, {{"schema", "current"}}, "The database has this program's schema.");
}

}  // namespace

void add_installation_commands(CLI::App& app, Common& common) {
    auto const wanted = std::make_shared<InitOptions>();
    auto* const make =
        add_command(app, common, "init", "Make an installation: folder, keys, configuration, first administrator",
                    [&common, wanted] { return init(common, *wanted); });
    make->add_option("--domain", wanted->domain, "Its public name, such as badges.example.org");

    auto const options = std::make_shared<ImportOptions>();
    auto* const take = add_command(app, common, "import", "Take in a programme folder, a CASE package, or completions",
                                   [&common, options] { return import(common, *options); });
    take->add_option("path", options->path, "A folder, FILE.json or FILE.csv")->required();
    take->add_flag("--issue", options->issue, "Issue what is due");
    take->add_flag("--notify", options->notify, "Mail the learners about what is issued");

    add_command(app, common, "migrate", "Bring the database to this program's schema",
                [&common] { return migrate(common); });
}

}  // namespace itqan::cli
