// `itqan conformance`: a server that the W3C's test suites can issue from and verify with, without tokens.

#include <cstdlib>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "service/cli/command.hpp"
#include "service/cli/serving.hpp"
#include "service/domain/vc_api.hpp"
#include "service/http/certificate.hpp"

namespace itqan::cli {
namespace {

struct ConformanceOptions {
    std::optional<std::string> listen;
    bool expose = false;
    bool way_out = false;
};

/// A data folder that goes when the command ends.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        auto pattern = (std::filesystem::temp_directory_path() / "itqan-conformance-XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder can be made");
        path_ = pattern;
    }
    ~TemporaryFolder() {
        std::error_code ignored;  // What cannot be removed from a temporary folder is the system's to remove.
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(TemporaryFolder const&) = delete;
    TemporaryFolder& operator=(TemporaryFolder const&) = delete;

    std::filesystem::path const& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

Result<service::Config> conformance_config(Common const& common, ConformanceOptions const& options) {
    auto config = configuration(common);
    if (!config) return config;
    auto const installed = is_installed(*config);
    if (!installed) return installed.error();
    bool const is_new = !*installed;
    if (!is_new && !config->demo)
        return Error{Fault::unprocessable,
                     "not-a-demo",
                     config->data.string() +
                         " holds a real installation, and strangers may issue here. Give --data "
                         "another folder, or none.",
                     {}};
    auto const domain_before = config->domain;
    if (options.listen)
        if (auto const listen = service::read_listen(*options.listen, *config); !listen) return listen.error();
    if (!is_loopback(*config) && !options.expose)
        return Error{Fault::unprocessable,
                     "conformance-exposed",
                     "Strangers may issue here: it listens on loopback only. --expose overrides that.",
                     {}};
    config->domain = own_domain(*config);
    if (!is_new && config->domain != domain_before)
        return Error{Fault::unprocessable,
                     "demo-domain",
                     "The status lists of this folder are at " + domain_before +
                         ". Start it there, or give --data "
                         "another folder.",
                     {}};
    config->demo = true;  // `itqan serve` refuses such a folder.
    config->hsts = false;
    config->vc_api = true;
    config->vc_api_open = true;
    config->way_out = options.way_out;
    config->conformance = true;
    for (auto const* const loopback : {"127.0.0.0/8", "::1/128"})
        config->exempt_networks.emplace_back(loopback);
    return config;
}

/// One entry per suite name, as the `tags` of the suites want it.
Json tagged(Json entry, std::vector<std::string> const& tags) {
    entry["tags"] = tags;
    entry["supports"] = {{"vc", {"1.1", "2.0"}}};
    return entry;
}

Json suite_issuer(Json const& issuer) {
    auto const profile = issuer.at("profile").get<std::string>();
    Json entry{{"id", issuer.at("id")}, {"endpoint", issuer.at("endpoint")}};
    if (issuer.at("keyType") == "p256") entry["supportedEcdsaKeyTypes"] = {"P-256"};
    if (issuer.at("keyType") == "p384") entry["supportedEcdsaKeyTypes"] = {"P-384"};
    if (profile == "bitstring") return tagged(std::move(entry), {"BitstringStatusList"});
    if (profile == "jwt") return tagged(std::move(entry), {"EnvelopingProof"});
    std::vector<std::string> tags{issuer.at("cryptosuite").get<std::string>()};
    if (profile == "eddsa-rdfc-2022") tags.emplace_back("vc2.0");
    return tagged(std::move(entry), tags);
}

/// What the suites read as an element of `implementations` in localConfig.cjs.
Json implementation_of(Json const& issuers, std::string const& base) {
    Json issuing = Json::array();
    for (auto const& issuer : issuers)
        issuing.push_back(suite_issuer(issuer));
    Json verifier{{"id", base}, {"endpoint", base + "/vc-api/credentials/verify"}};
    verifier["supportedEcdsaKeyTypes"] = {"P-256", "P-384"};
    Json presentation_verifier{{"id", base}, {"endpoint", base + "/vc-api/presentations/verify"}};
    Json holder{{"id", base}, {"endpoint", base + "/vc-api/credentials/derive"}, {"tags", {"vcHolder"}}};
    holder["supportedEcdsaKeyTypes"] = {"P-256"};
    return {
        {"name", "Itqan"},
        {"implementation", "Itqan"},
        {"issuers", std::move(issuing)},
        {"verifiers",
         {tagged(std::move(verifier), {"vc2.0", "eddsa-rdfc-2022", "eddsa-jcs-2022", "ecdsa-rdfc-2019",
                                       "ecdsa-jcs-2019", "ecdsa-sd-2023", "BitstringStatusList", "EnvelopingProof"})}},
        {"vpVerifiers", {tagged(std::move(presentation_verifier), {"vc2.0", "EnvelopingProof"})}},
        {"vcHolders", {std::move(holder)}}};
}

void greet(service::Config const& config, http::DemoCertificate const& certificate, Json const& issuers) {
    auto const base = config.base_url();
    std::cout << "\n  The VC-API without tokens, for test suites on this machine:\n\n    " << base
              << "/vc-api/issuers\n";
    for (auto const& issuer : issuers)
        std::cout << "    " << issuer.at("endpoint").get<std::string>() << "\n      "
                  << issuer.at("id").get<std::string>() << '\n';
    for (auto const* const path :
         {"credentials/verify", "credentials/derive", "presentations/verify", "presentations/prove"})
        std::cout << "    " << base << "/vc-api/" << path << '\n';
    std::cout << "\n  Certificate authority of this folder: "
              << std::filesystem::absolute(certificate.authority).string()
              << "\n  The suites take it with NODE_EXTRA_CA_CERTS, or none with NODE_TLS_REJECT_UNAUTHORIZED=0.\n"
              << "\n  localConfig.cjs of a suite of the W3C:\n\nmodule.exports = "
              << Json{{"settings", {{"enableInteropTests", false}, {"testAllImplementations", false}}},
                      {"implementations", {implementation_of(issuers, base)}}}
                     .dump(2)
              << ";\n\n  Ctrl-C ends it.\n"
              << std::endl;
}

int conformance(Common common, ConformanceOptions const& options) {
    std::optional<TemporaryFolder> temporary;
    if (common.data.empty()) common.data = temporary.emplace().path().string();
    auto config = conformance_config(common, options);
    if (!config) return fail(common, config.error());
    service::block_signals();
    auto installation = service::Installation::open(*config);
    if (!installation) return fail(common, installation.error());
    if (!std::filesystem::exists(config->file())) service::write_config(*config);
    auto const certificate = http::demo_certificate(config->data / "tls", {}, SystemClock().wall());
    if (!certificate) return fail(common, certificate.error());
    (*installation)->use_certificate(certificate->certificate, certificate->key);
    service::Log log(service::Log::Form::plain);
    service::AppOptions app_options;
    app_options.log_requests = false;
    return run_until_stopped(**installation, log, std::move(app_options), [&](service::App& app) {
        auto const issuers = app.vc_api_issuers();
        if (common.json)
            answer(common,
                   {{"baseUrl", config->base_url()},
                    {"caCertificate", std::filesystem::absolute(certificate->authority).string()},
                    {"issuers", issuers},
                    {"implementation", implementation_of(issuers, config->base_url())}},
                   "");
        else
            greet(*config, *certificate, issuers);
    });
}

}  // namespace

void add_conformance_command(CLI::App& app, Common& common) {
    auto const options = std::make_shared<ConformanceOptions>();
    auto* const command =
        add_command(app, common, "conformance", "The VC-API without tokens, for the W3C's test suites on this machine",
                    [&common, options] { return conformance(common, *options); });
    command->get_option("--data")->description("Folder to keep keys and lists in (default: a temporary one)");
    command->add_option("--listen", options->listen, "Address and port (default 127.0.0.1:8443)");
    command->add_flag("--allow-outbound", options->way_out, "Ask other hosts for the documents of credentials");
    command->add_flag("--expose", options->expose, "Listen on other addresses than loopback");
}

}  // namespace itqan::cli
