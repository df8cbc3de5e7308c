#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "service/cli/command.hpp"
#include "service/cli/serving.hpp"
#include "service/demo/demo.hpp"
#include "service/http/certificate.hpp"
#include "service/store.hpp"

namespace itqan::cli {
namespace {

struct ServeOptions {
    std::optional<std::string> listen, as_of, programme, key_type;
    bool expose = false;
    bool way_out = false;
    bool quiet = false;
};

/// What production must not start without (api.md).
Result<void> check_for_production(service::Config const& config) {
    auto const refuse = [](std::string code, std::string detail) {
        return Error{Fault::unprocessable, std::move(code), std::move(detail), {}};
    };
    auto const installed = is_installed(config);
    if (!installed) return installed.error();
    if (!*installed) return no_installation(config);
    if (config.demo)
        return refuse("demo-installation",
                      "This folder holds a demo: its tokens lie in a file and its keys must not sign for anybody. Make "
                      "a new one with: itqan init");
    if (config.domain.empty())
        return refuse("no-domain", "No domain is configured. It is signed into every badge: set domain in " +
                                       config.file().string());
    if (config.certificate.empty() || config.certificate_key.empty())
        return refuse("no-certificate", "Set [tls] certificate and key in " + config.file().string() +
                                            " to PEM files of your certificate.");
    auto const mode = std::filesystem::status(config.certificate_key).permissions();
    if ((mode & std::filesystem::perms::others_all) != std::filesystem::perms::none)
        return refuse("key-mode", "Others may read " + config.certificate_key.string() + ": chmod 600 it.");
    return {};
}

/// Bytes of a write-ahead log that nobody closed; 0 where there is none. The process that left it was killed, or
/// another one is at work beside this.
std::uintmax_t log_left_behind(service::Config const& config) {
    if (!config.database_url.empty()) return 0;
    std::error_code none;
    auto const bytes = std::filesystem::file_size(config.database().string() + "-wal", none);
    return none ? 0 : bytes;
}

Result<service::Config> production_config(Common const& common, ServeOptions const& options) {
    auto config = configuration(common);
    if (!config) return config;
    if (options.listen)
        if (auto const listen = service::read_listen(*options.listen, *config); !listen) return listen.error();
    if (auto const fine = check_for_production(*config); !fine) return fine.error();
    config->way_out = true;
    return config;
}

int serve(Common const& common, ServeOptions const& options) {
    auto config = production_config(common, options);
    if (!config) return fail(common, config.error());
    auto const left_behind = log_left_behind(*config);
    service::block_signals();  // Before the storage's threads: a signal that one of them may take ends the process.
    auto installation = service::Installation::open(*config);
    if (!installation) return fail(common, installation.error());
    (*installation)->ensure_keys();
    service::Log log(service::Log::Form::json);
    if (left_behind > 0)
        log.warn("database-recovered",
                 {{"bytes", std::to_string(left_behind)},
                  {"why", "the last run was killed, or another process has the file open"},
                  {"what", "its log was taken in; nothing acknowledged is lost. To be sure: itqan fsck"}});
    service::AppOptions app_options;
    app_options.sockets = http::take_inherited_sockets();
    auto const started = [&](service::App& app) {
        service::Log::Fields fields{
            {"address", config->base_url()}, {"port", std::to_string(app.port())}, {"data", config->data.string()}};
        if (app.internal_port() != 0) fields.emplace_back("internalPort", std::to_string(app.internal_port()));
        log.info("serving", fields);
    };
    return run_until_stopped(**installation, log, std::move(app_options), started,
                             [&] { return production_config(common, options); });
}

void greet(service::Config const& config, demo::Demo const& demo, http::DemoCertificate const& certificate) {
    auto const base = config.base_url();
    // Absolute, because people paste the lines into another terminal.
    auto const tokens = std::filesystem::absolute(demo.tokens_file()).string();
    auto const ca = std::filesystem::absolute(certificate.authority).string();
    std::cout << "\n  Itqan is running with its demo programme:\n\n    " << base
              << "\n\n  The browser will warn once: the certificate is this demo's own, made on this machine and "
                 "signed by no authority\n"
                 "  that the browser knows. Continue, or trust it:\n"
                 "    Debian:  sudo cp "
              << ca << " /usr/local/share/ca-certificates/itqan-demo.crt && sudo update-ca-certificates\n"
              << "    Firefox: Settings > Certificates > Authorities > Import > " << ca
              << "\n\n  Tokens for every role: " << tokens << "\n\n  Try it:\n\n    curl --cacert " << ca << " " << base
              << "/issuers/nakhla/did.json\n\n    curl --cacert " << ca
              << " -H \"Authorization: Bearer $(jq -r .tokens.admin " << tokens << ")\" '" << base
              << "/api/v1/learners/lrn-015/evaluations'\n\n    curl --cacert " << ca
              << " -H \"Authorization: Bearer $(jq -r '.tokens.provider[\"prv-qalam\"]' " << tokens
              << ")\" -H 'Content-Type: application/json' \\\n      -d "
                 "'{\"externalId\":\"curl-1\",\"learnerId\":\"lrn-021\",\"activityId\":\"act-101\",\"completedAt\":\"'$"
                 "(date -u +%FT00:00:00Z)'\",\"score\":90}' "
              << base << "/api/v1/completions\n\n  Ctrl-C ends it.\n"
              << std::endl;
}

Result<service::Config> demo_config(Common const& common, ServeOptions const& options) {
    auto config = configuration(common);
    if (!config) return config;
    auto const installed = is_installed(*config);
    if (!installed) return installed.error();
    bool const is_new = !*installed;
    auto const domain_before = config->domain;
    if (!is_new && !config->demo)
        return Error{
            Fault::unprocessable,
            "not-a-demo",
            service::store_name(*config) + " holds a real installation. Give the demo a place of its own: --data DIR",
            {}};
    config->demo = true;
    config->way_out = options.way_out;
    config->hsts = false;
    config->vc_api = true;
    config->vc_api_open = true;
    if (options.listen)
        if (auto const listen = service::read_listen(*options.listen, *config); !listen) return listen.error();
    if (options.key_type) {
        auto const type = service::read_signing_key_type(*options.key_type);
        if (!type) return Error{Fault::unprocessable, "config-value", "--key-type must be rsa, ed25519 or p256.", {}};
        config->key_type = *type;
    }
    if (!is_loopback(*config) && !options.expose)
        return Error{Fault::unprocessable,
                     "demo-exposed",
                     "The demo's persons have no passwords: it listens on loopback only. --expose-demo overrides that.",
                     {}};
    config->domain = own_domain(*config);
    if (!is_new && config->domain != domain_before)
        return Error{
            Fault::unprocessable,
            "demo-domain",
            "The badges of this demo say " + domain_before + ". Start it there, or give --data another folder.",
            {}};
    if (config->controller_name.empty()) config->controller_name = "Nakhla Digital Health Workforce Collaborative";
    if (config->controller_contact.empty()) config->controller_contact = "privacy@nakhla.example";
    return config;
}

int demo_command(Common const& common, ServeOptions const& options) {
    auto config = demo_config(common, options);
    if (!config) return fail(common, config.error());
    demo::DemoOptions wanted;
    std::int64_t offset = 0;
    if (options.as_of) {
        wanted.as_of = Day::parse(*options.as_of);
        if (!wanted.as_of)
            return fail(common,
                        {Fault::malformed, "invalid-parameter", "--as-of must be a date such as 2026-11-01.", {}});
        offset = Instant::start_of(*wanted.as_of).milliseconds + 12 * 3'600'000 - SystemClock().wall().milliseconds;
    }
    if (options.programme) wanted.programme = *options.programme;
    service::block_signals();
    auto installation = service::Installation::open(*config, offset);
    if (!installation) return fail(common, installation.error());
    if (!std::filesystem::exists(config->file())) service::write_config(*config);
    auto const certificate = http::demo_certificate(config->data / "tls", {}, SystemClock().wall());
    if (!certificate) return fail(common, certificate.error());
    config->certificate = certificate->certificate;
    config->certificate_key = certificate->key;
    demo::Demo demo(**installation, wanted);
    if (auto const ready = demo.prepare(certificate->authority); !ready) return fail(common, ready.error());
    (*installation)->ensure_keys();
    (*installation)->use_certificate(certificate->certificate, certificate->key);
    service::Log log(service::Log::Form::plain);
    service::AppOptions app_options;
    app_options.demo = demo.desk();
    app_options.log_requests = false;
    return run_until_stopped(**installation, log, std::move(app_options), [&](service::App&) {
        if (!options.quiet) greet(*config, demo, *certificate);
    });
}

}  // namespace

bool is_loopback(service::Config const& config) {
    return service::is_loopback(config.listen_address);
}

std::string own_domain(service::Config const& config) {
    bool const is_local = is_loopback(config) || config.listen_address == "0.0.0.0";
    return (is_local ? "localhost" : config.listen_address) + ":" + std::to_string(config.listen_port);
}

void add_serve_commands(CLI::App& app, Common& common) {
    auto const options = std::make_shared<ServeOptions>();
    auto* const demo_cli =
        add_command(app, common, "demo", "The service with a programme of invented people, on this machine only",
                    [&common, options] { return demo_command(common, *options); });
    demo_cli->add_option("--listen", options->listen, "Address and port (default 127.0.0.1:8443)");
    demo_cli->add_option("--as-of", options->as_of, "Start the programme's clock at this date; shift no dates");
    demo_cli->add_option("--programme", options->programme, "A folder with another programme");
    demo_cli->add_option("--key-type", options->key_type,
                         "What VC-JWTs are signed with: rsa (default), ed25519 or p256");
    demo_cli->add_flag("--expose-demo", options->expose, "Listen on other addresses than loopback");
    demo_cli->add_flag("--allow-outbound", options->way_out, "Ask other hosts for the documents of their badges");
    demo_cli->add_flag("--quiet", options->quiet, "Print nothing when it is ready");
    auto* const serve_cli = add_command(app, common, "serve", "The service in production",
                                        [&common, options] { return serve(common, *options); });
    serve_cli->add_option("--listen", options->listen, "Address and port");
}

}  // namespace itqan::cli
