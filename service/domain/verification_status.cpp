#include "crypto/status_list.hpp"
#include "schemas/status_list_credential.hpp"
#include "service/domain/verification_case.hpp"

namespace itqan::domain {
namespace {

Check status_check(CheckOutcome outcome, std::string code, std::string detail, std::map<std::string, std::string> facts = {}) {
    return make_check("status", outcome, std::move(code), std::move(detail), std::move(facts));
}

/// The list's own signature and issuer: a list that anybody could have written says nothing.
std::optional<Check> judge_list_token(Case const& c, crypto::VcJwt const& list, std::map<std::string, std::string> const& facts) {
    auto const issuer = list.credential.value("issuer", Json());
    auto const id = issuer.is_object() ? issuer.value("id", std::string()) : issuer.is_string() ? issuer.get<std::string>() : std::string();
    if (id != c.issuer_id) return status_check(CheckOutcome::unchecked, "status.foreign-list", "The status list is of another issuer.", facts);
    if (!c.issuer_keys) return status_check(CheckOutcome::unchecked, "status.unproven-list", "Whose status list it is could not be checked.", facts);
    for (auto const& listed : c.issuer_keys->keys)
        if (crypto::verify_jws(list.jws, listed.key)) return std::nullopt;
    return status_check(CheckOutcome::unchecked, "status.unproven-list", "The status list is not signed by a key of the issuer.", facts);
}

struct Entry {
    std::string purpose, list;
    Json index;
};

/// What the list says of one entry; none when its bit is not set.
std::optional<Check> judge_entry(Case& c, Entry const& entry, std::map<std::string, std::string> facts) {
    auto const* const document = c.need(entry.list);
    if (document == nullptr) return std::nullopt;
    if (!document->failure.empty())
        return status_check(CheckOutcome::unchecked, "status.unreachable", "The status list could not be fetched: " + document->failure + ".", facts);
    auto const list = crypto::read_vc_jwt(document->body, {}, {1024 * 1024, 20'000, 64, 4'096, 1024 * 1024});
    if (!list) return status_check(CheckOutcome::unchecked, "status.unreadable-list", "The status list has a form that is not read here yet.", facts);
    if (auto wrong = judge_list_token(c, *list, facts)) return wrong;
    auto const fields = schemas::read_status_list(list->credential);
    if (!fields) return status_check(CheckOutcome::unchecked, "status.unreadable-list", fields.error().detail, facts);
    if (fields->purpose != entry.purpose)
        return status_check(CheckOutcome::unchecked, "status.purpose", "The list is for " + fields->purpose + ", the badge asks for " + entry.purpose + ".", facts);
    if (fields->valid_until && *fields->valid_until < c.now)
        return status_check(CheckOutcome::unchecked, "status.stale-list", "The status list has run out.", facts);
    auto const bits = crypto::StatusList::decode(fields->encoded_list);
    if (!bits) return status_check(CheckOutcome::unchecked, "status." + bits.error().code, bits.error().detail, facts);
    auto const index = crypto::read_status_index(entry.index);
    if (!index) return status_check(CheckOutcome::fail, "status." + index.error().code, index.error().detail, facts);
    auto const bit = bits->look_up(*index);
    if (!bit) return status_check(CheckOutcome::fail, "status." + bit.error().code, bit.error().detail, facts);
    if (!*bit) return std::nullopt;
    if (entry.purpose == "suspension") return status_check(CheckOutcome::fail, "status.suspended", "The issuer has put it on hold.", facts);
    return status_check(CheckOutcome::fail, "status.revoked", "The issuer has withdrawn it.", facts);
}

/// What only this installation knows of its own credential (decision 12): on hold, and why it was withdrawn.
std::optional<Check> judge_own_state(Case& c, std::map<std::string, std::string> facts) {
    if (!c.is_own(c.credential_id)) return std::nullopt;
    auto const* const document = c.need(own_state_address(c.credential_id));
    if (document == nullptr || !document->failure.empty()) return std::nullopt;
    auto const state = Json::parse(document->body);
    if (state.contains("reason")) facts["reason"] = state.at("reason").get<std::string>();
    if (state.at("status") == "suspended") return status_check(CheckOutcome::fail, "status.suspended", "The issuer is reviewing it: on hold.", facts);
    if (state.at("status") == "revoked") return status_check(CheckOutcome::fail, "status.revoked", "The issuer has withdrawn it.", facts);
    return std::nullopt;
}

std::string text_of(Json const& entry, char const* member) {
    auto const found = entry.find(member);
    return found != entry.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::string own_state_address(std::string_view credential_id) { return std::string(credential_id) + "#state"; }

Check check_status(Case& c) {
    auto const& document = c.found.document;
    if (!document.is_object() || !document.contains("credentialStatus"))
        return status_check(CheckOutcome::absent, "status.none", "The badge names no place where its withdrawal would be told.");
    auto const& status = document.at("credentialStatus");
    auto const entries = status.is_array() ? status : Json::array({status});
    std::map<std::string, std::string> facts;
    std::optional<Check> worst;
    for (auto const& entry : entries) {
        if (!entry.is_object() || text_of(entry, "type") != "BitstringStatusListEntry" || !entry.contains("statusListIndex")) {
            worst = status_check(CheckOutcome::unchecked, "status.unknown-kind", "This kind of status is not checked here yet.");
            continue;
        }
        Entry const read{text_of(entry, "statusPurpose"), text_of(entry, "statusListCredential"), entry.at("statusListIndex")};
        facts = {{"list", read.list}, {"index", read.index.is_string() ? read.index.get<std::string>() : read.index.dump()}, {"purpose", read.purpose}};
        auto judged = judge_entry(c, read, facts);
        if (judged && (!worst || judged->outcome == CheckOutcome::fail)) worst = std::move(judged);
    }
    auto own = judge_own_state(c, facts);
    if (own && (!worst || worst->outcome != CheckOutcome::fail || worst->code == own->code)) worst = std::move(own);
    if (worst) return *worst;
    return status_check(CheckOutcome::pass, "status.in-force", "Not withdrawn, by the issuer's own list.", std::move(facts));
}

}  // namespace itqan::domain
