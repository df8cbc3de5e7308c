// Was it withdrawn or put on hold: by the issuer's bitstring status list and, for credentials of this installation, by
// what it alone knows.

#include <algorithm>

#include "schemas/identifier.hpp"
#include "service/domain/verification_case.hpp"

namespace itqan::domain {
namespace {

using Facts = std::map<std::string, std::string>;

constexpr std::size_t most_entries = 8;

Check status_check(CheckOutcome outcome, std::string code, std::string detail, Facts facts = {}) {
    return make_check("status", outcome, std::move(code), std::move(detail), std::move(facts));
}

/// Which of several answers about one credential counts: withdrawn before on hold before everything else.
int weight(Check const& check) {
    if (check.code == "status.revoked") return 5;
    if (check.code == "status.suspended") return 4;
    if (check.outcome == CheckOutcome::fail) return 3;
    return check.outcome == CheckOutcome::unchecked ? 2 : 1;
}

struct Entry {
    std::string purpose, list;
    Json index;
    Facts facts;
};

Entry read_entry(Json const& entry) {
    Entry read;
    read.purpose = text_at(entry, "statusPurpose");
    read.list = text_at(entry, "statusListCredential");
    read.index = entry.value("statusListIndex", Json());
    auto const position = read.index.is_string() ? read.index.get<std::string>() : read.index.dump();
    read.facts = {{"list", read.list}, {"index", position}, {"purpose", read.purpose}};
    return read;
}

/// The list's own signature and issuer: a list that anybody could have written says nothing.
std::optional<Check> distrust(Case const& c, StatusDocument const& list, DocumentReading& reading, Facts const& facts) {
    if (issuer_id_of(list.credential) != c.issuer_id)
        return status_check(CheckOutcome::unchecked, "status.foreign-list", "The status list is of another issuer.",
                            facts);
    if (c.issuer && reading.is_proven(list, c.issuer->keys, c.now)) return std::nullopt;
    return status_check(CheckOutcome::unchecked, "status.unproven-list",
                        "The status list is not signed by a key of the issuer.", facts);
}

Check broken(Error const& error, Facts const& facts) {
    // What is larger than we read may still be right.
    auto const outcome = error.fault == Fault::too_large ? CheckOutcome::unchecked : CheckOutcome::fail;
    return status_check(outcome, "status." + error.code, error.detail, facts);
}

/// What the issuer's own list says of one entry; none when its bit is not set.
std::optional<Check> judge_list(Case const& c, Entry const& entry, StatusDocument const& list) {
    auto const& fields = list.fields;
    if (!fields) return broken(fields.error(), entry.facts);
    if (fields->purpose != entry.purpose)
        return status_check(CheckOutcome::fail, "status.purpose",
                            "The list is for " + fields->purpose + ", the badge asks for " + entry.purpose + ".",
                            entry.facts);
    if (fields->valid_until && *fields->valid_until < c.now)
        return status_check(CheckOutcome::unchecked, "status.stale-list", "The status list has run out.", entry.facts);
    auto const& bits = list.bits;
    if (!bits) return broken(bits.error(), entry.facts);
    auto const index = crypto::read_status_index(entry.index);
    if (!index) return broken(index.error(), entry.facts);
    auto const bit = bits->look_up(*index);
    if (!bit) return broken(bit.error(), entry.facts);
    if (!*bit) return std::nullopt;
    if (entry.purpose == "suspension")
        return status_check(CheckOutcome::fail, "status.suspended", "The issuer has put it on hold.", entry.facts);
    return status_check(CheckOutcome::fail, "status.revoked", "The issuer has withdrawn it.", entry.facts);
}

std::optional<Check> judge_entry(Case& c, Json const& json) {
    if (!json.is_object() || text_at(json, "type") != "BitstringStatusListEntry")
        return status_check(CheckOutcome::unchecked, "status.unknown-kind",
                            "This kind of status is not checked here yet.");
    auto const entry = read_entry(json);
    if (entry.purpose != "revocation" && entry.purpose != "suspension")
        return status_check(CheckOutcome::unchecked, "status.unknown-kind",
                            "A status for " + entry.purpose + " is not checked here yet.", entry.facts);
    if (!schemas::is_https_url(entry.list))
        return status_check(CheckOutcome::fail, "status.no-list", "The badge names no https address of a status list.",
                            entry.facts);
    auto const* const document = c.need(entry.list);
    if (document == nullptr) return std::nullopt;
    if (!document->failure.empty())
        return status_check(CheckOutcome::unchecked, "status.unreachable",
                            "The status list could not be fetched: " + document->failure + ".", entry.facts);
    auto const reading = c.reading_of(*document);
    auto const list = reading->status(document->body);
    if (!list)
        return status_check(CheckOutcome::unchecked, "status.unreadable-list",
                            "The status list has a form that is not read here yet.", entry.facts);
    if (auto distrusted = distrust(c, *list, *reading, entry.facts)) return distrusted;
    return judge_list(c, entry, *list);
}

/// What only this installation knows of its own credential (decision 12): on hold, and why it was withdrawn.
std::optional<Check> judge_own_state(Case& c, Facts facts) {
    if (!c.is_own(c.credential_id)) return std::nullopt;
    auto const* const document = c.need(own_state_address(c.credential_id));
    if (document == nullptr || !document->failure.empty()) return std::nullopt;
    auto const state = Json::parse(document->body);
    if (auto const reason = text_at(state, "reason"); !reason.empty()) facts["reason"] = reason;
    auto const status = text_at(state, "status");
    if (status == "suspended")
        return status_check(CheckOutcome::fail, "status.suspended", "The issuer is reviewing it: on hold.",
                            std::move(facts));
    if (status == "revoked")
        return status_check(CheckOutcome::fail, "status.revoked", "The issuer has withdrawn it.", std::move(facts));
    return std::nullopt;
}

}  // namespace

std::string own_state_address(std::string_view credential_id) {
    return std::string(credential_id) + "#state";
}

Check check_status(Case& c) {
    auto const found = c.found.document.find("credentialStatus");
    auto const entries = found == c.found.document.end() ? Json::array()
                         : found->is_array()             ? *found
                                                         : Json::array({*found});
    std::optional<Check> worst;
    auto const consider = [&worst](std::optional<Check> check) {
        if (check && (!worst || weight(*check) >= weight(*worst))) worst = std::move(check);
    };
    if (entries.size() > most_entries) {
        worst = status_check(CheckOutcome::unchecked, "status.too-many", "The badge names too many status lists.");
    } else {
        for (auto const& entry : entries)
            consider(judge_entry(c, entry));
    }
    Facts facts;
    if (!entries.empty() && entries.front().is_object()) facts = read_entry(entries.front()).facts;
    consider(judge_own_state(c, facts));  // Last: of two that say the same it also knows the reason.
    if (worst) return *worst;
    if (entries.empty())
        return status_check(CheckOutcome::absent, "status.none",
                            "The badge names no place where its withdrawal would be told.");
    return status_check(CheckOutcome::pass, "status.in-force", "Not withdrawn, by the issuer's own list.",
                        std::move(facts));
}

}  // namespace itqan::domain
