#include <nlohmann/json.hpp>

#include "service/doctor/check.hpp"
#include "service/http/client.hpp"
#include "service/jobs/smtp.hpp"

namespace itqan::service {
namespace {

DoctorCheck check_name(std::string const& host) {
    auto const addresses = http::resolve_by_system(host, "doctor", std::chrono::milliseconds(5'000));
    if (!addresses || addresses->empty())
        return {"dns", CheckState::failed, host + " does not resolve here. Its badges can be verified by nobody.",
                "dig " + host + " A " + host + " AAAA"};
    std::string text;
    for (auto const& address : *addresses)
        text.append(text.empty() ? "" : ", ").append(address);
    return {"dns", CheckState::ok, host + " is at " + text + "."};
}

DoctorCheck check_did(Config const& config, Installation* open) {
    auto const url = "https://" + config.domain + "/.well-known/did.json";
    auto const unreached = "curl -v " + url + " from another network; is the service running, is the port open?";
    http::ClientConfig client;
    // Our own address is what we want to ask, so that it is not forbidden here.
    client.allow = config.outbound_allow;
    client.allow.push_back(config.domain);
    client.ca_file = config.outbound_ca_file;
    client.proxy = config.outbound_proxy;
    auto networks = http::Networks::read(config.outbound_private);
    if (!networks) return {"did.json", CheckState::failed, networks.error().detail, "Correct [outbound] allow_private"};
    client.allow_private = std::move(*networks);
    auto const fetched = http::Client(std::move(client)).get(url, {256 * 1024, 0});
    if (!fetched.failure.empty()) return {"did.json", CheckState::warning, fetched.failure, unreached};
    if (open == nullptr) return {"did.json", CheckState::ok, "It is reachable; it could not be compared."};
    auto& services = open->services();
    auto const ours =
        services.database.read([&](storage::Session& session) { return services.keys.installation_document(session); });
    if (Json::parse(fetched.body, nullptr, false) == ours)
        return {"did.json", CheckState::ok, url + " answers with the keys of this folder."};
    return {"did.json", CheckState::failed, url + " answers with other keys than those of this folder.",
            "See which installation answers there: curl " + url + "; and whether a cache keeps an old one"};
}

}  // namespace

std::vector<DoctorCheck> examine_domain(Config const& config, DoctorOptions const& options, Installation* open) {
    if (config.domain.empty()) return {{"dns", CheckState::skipped, "No domain is configured."}};
    if (options.offline)
        return {{"dns", CheckState::skipped, "--offline"}, {"did.json", CheckState::skipped, "--offline"}};
    auto name = check_name(config.domain.substr(0, config.domain.find(':')));
    if (name.state == CheckState::failed && !config.outbound_proxy)
        return {std::move(name), {"did.json", CheckState::skipped, "The name does not resolve."}};
    return {std::move(name), check_did(config, open)};
}

std::vector<DoctorCheck> examine_mail(Config const& config, DoctorOptions const& options) {
    auto const& smtp = config.mail.smtp;
    if (config.demo) return {{"smtp", CheckState::skipped, "A demo keeps its mails in a folder."}};
    if (smtp.host.empty())
        return {{"smtp", CheckState::warning, "No mail server is configured: mails wait in the outbox.",
                 "Set host, port and sender under [mail] in " + config.file().string()}};
    if (options.offline) return {{"smtp", CheckState::skipped, "--offline"}};
    auto settings = smtp;
    settings.hello = config.domain.substr(0, config.domain.find(':'));
    settings.connect_timeout_seconds = 5;
    settings.total_timeout_seconds = 15;
    auto const where = smtp.host + ":" + std::to_string(smtp.port);
    auto const reached = jobs::SmtpTransport(settings).probe();
    if (reached)
        return {{"smtp", CheckState::ok,
                 where + " greets us" + (smtp.security == jobs::SmtpSecurity::none ? " without TLS" : " over TLS") +
                     (smtp.user.empty() ? "." : " and takes our name and password.")}};
    auto const& code = reached.error().code;
    auto const* const remedy = code == "smtp-login" ? "Correct [mail] user and password_file"
                               : code == "smtp-tls"
                                   ? "Correct [mail] security (starttls, implicit or none) or ca_file"
                                   : "Is [mail] host and port right, and may this machine connect there?";
    return {{"smtp", CheckState::failed, where + ": " + code + " (" + reached.error().detail + ").",
             std::string(remedy) + ": openssl s_client -connect " + where +
                 (smtp.security == jobs::SmtpSecurity::starttls ? " -starttls smtp" : "")}};
}

}  // namespace itqan::service
