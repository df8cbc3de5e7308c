#include "service/doctor/check.hpp"
#include "service/http/certificate_facts.hpp"

namespace itqan::service {
namespace {

constexpr std::int64_t day = 86'400'000;
constexpr std::int64_t days_before_end = 21;

DoctorCheck failed(std::string detail, std::string remedy) {
    return {"tls", CheckState::failed, std::move(detail), std::move(remedy)};
}
DoctorCheck warning(std::string detail, std::string remedy) {
    return {"tls", CheckState::warning, std::move(detail), std::move(remedy)};
}

std::string listed(std::vector<std::string> const& names) {
    std::string text;
    for (auto const& name : names)
        text.append(text.empty() ? "" : ", ").append(name);
    return text.empty() ? "no name" : text;
}

DoctorCheck check_certificate(Config const& config) {
    auto const& file = config.certificate;
    auto const host = config.domain.substr(0, config.domain.find(':'));
    auto const renew = "Renew it, put the new files in place, then: systemctl reload itqan";
    auto const facts = http::read_certificate_facts(file);
    if (!facts) return failed(facts.error().detail, "ls -l " + file.string());
    if (auto const fits = http::check_key_fits(file, config.certificate_key); !fits)
        return failed(fits.error().detail, "Set [tls] certificate and key in " + config.file().string() +
                                               " to two files that belong together");
    auto const now = SystemClock().wall();
    if (facts->not_after <= now) return failed("The certificate ended at " + facts->not_after.text() + ".", renew);
    if (facts->not_before > now)
        return failed("The certificate begins at " + facts->not_before.text() + ".", "timedatectl");
    if (!http::covers(*facts, host))
        return failed("The certificate is for " + listed(facts->names) + " and not for " + host + ".",
                      "Get one for " + host);
    auto const chain = http::chain_end(file);
    if (chain && *chain == http::ChainEnd::incomplete)
        return failed("The certificates in between are missing: clients will not find an authority.",
                      "Put the whole chain into " + file.string() + " (certbot: fullchain.pem, not cert.pem)");
    auto const left = (facts->not_after.milliseconds - now.milliseconds) / day;
    auto const ends = "The certificate ends in " + std::to_string(left) + " days, at " + facts->not_after.text();
    if (left < days_before_end) return warning(ends + ".", renew);
    if (chain && *chain == http::ChainEnd::own_root)
        return warning(ends + ", and leads to an authority that this machine does not know.",
                       "Verifiers elsewhere need a certificate of a public authority");
    return {"tls", CheckState::ok, ends + "; pair, chain and name are right."};
}

}  // namespace

std::vector<DoctorCheck> examine_tls(Config const& config) {
    if (config.certificate.empty() || config.certificate_key.empty()) {
        if (config.demo) return {{"tls", CheckState::skipped, "A demo makes its own certificate."}};
        return {failed("No certificate is configured.", "Set [tls] certificate and key in " + config.file().string())};
    }
    return {check_certificate(config)};
}

}  // namespace itqan::service
