// 1EdTechRevocationList (Open Badges 3.0, section "1EdTech Revocation List"): JSON without a signature, so it counts
// only where the issuer's own host serves it.

#include "schemas/identifier.hpp"
#include "schemas/web_scope.hpp"
#include "service/domain/verification_case.hpp"

namespace itqan::domain {
namespace {

using Facts = std::map<std::string, std::string>;

Check list_check(CheckOutcome outcome, char const* code, std::string detail, Facts facts) {
    return make_check("status", outcome, code, std::move(detail), std::move(facts));
}

/// "did:web:HOST..." or an https address; "" for issuers without a host.
std::string host_of_issuer(std::string const& id) {
    constexpr std::string_view did_web = "did:web:";
    if (id.starts_with(did_web)) {
        auto host = id.substr(did_web.size(), id.find(':', did_web.size()) - did_web.size());
        if (auto const port = host.find("%3A"); port != std::string::npos) host.replace(port, 3, ":");
        auto const address = schemas::read_web_address("https://" + host);
        return address ? address->host : std::string();
    }
    if (!schemas::is_https_url(id)) return {};
    auto const address = schemas::read_web_address(id);
    return address ? address->host : std::string();
}

/// Of the issuer's host, or named by the issuer's own document as the place of its withdrawals.
bool is_of_issuer(Case const& c, std::string const& address) {
    auto const list = schemas::read_web_address(address);
    if (!list) return false;
    auto const host = host_of_issuer(c.issuer_id);
    if (!host.empty() && list->host == host) return true;
    return c.issuer && text_at(c.issuer->json, "revocationList") == address;
}

}  // namespace

std::optional<Check> judge_revocation_list(Case& c, Json const& entry) {
    auto const address = text_at(entry, "id");
    Facts facts{{"list", address}};
    if (!schemas::is_https_url(address))
        return list_check(CheckOutcome::fail, "status.no-list",
                          "The badge names no https address of a revocation list.", facts);
    if (!is_of_issuer(c, address))
        return list_check(CheckOutcome::unchecked, "status.foreign-list",
                          "The revocation list is neither of the issuer's host nor named by the issuer.", facts);
    auto const* const document = c.need_wherever(address);
    if (document == nullptr) return std::nullopt;
    if (!document->failure.empty())
        return list_check(CheckOutcome::unchecked, "status.unreachable",
                          "The revocation list could not be fetched: " + document->failure + ".", facts);
    if (!document->landed.empty() && !is_of_issuer(c, document->landed))
        return list_check(CheckOutcome::unchecked, "status.foreign-list", "The revocation list moved to another host.",
                          facts);
    auto const list = c.reading_of(*document)->object(document->body);
    auto const found = list ? list->find("revokedCredential") : Json::const_iterator();
    if (!list || found == list->end() || !found->is_array())
        return list_check(CheckOutcome::unchecked, "status.unreadable-list",
                          "What stands at the list's address is no revocation list.", facts);
    if (issuer_id_of(*list) != c.issuer_id)
        return list_check(CheckOutcome::unchecked, "status.foreign-list", "The revocation list is of another issuer.",
                          facts);
    if (c.credential_id.empty())
        return list_check(CheckOutcome::unchecked, "status.no-id", "The badge has no id that a list could name.",
                          facts);
    for (auto const& each : *found) {
        if (text_at(each, "id") != c.credential_id || each.value("revoked", Json(true)) == false) continue;
        if (auto reason = text_at(each, "revocationReason"); !reason.empty()) facts["reason"] = std::move(reason);
        return list_check(CheckOutcome::fail, "status.revoked", "The issuer has withdrawn it.", facts);
    }
    return std::nullopt;
}

}  // namespace itqan::domain
