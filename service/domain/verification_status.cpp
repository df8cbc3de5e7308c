// Was it withdrawn or put on hold: by the issuer's bitstring status list or revocation list and, for credentials of
// this installation, by what it alone knows.

#include <algorithm>
#include <sstream>

#include "schemas/identifier.hpp"
#include "service/domain/clock_leeway.hpp"
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
    if (check.outcome == CheckOutcome::unchecked) return 2;
    return check.outcome == CheckOutcome::warn ? 1 : 0;
}

struct Entry {
    std::string purpose, list;
    Json index, messages;
    std::uint64_t size = 1;  ///< Bits; 0 when it is none that is read.
    bool is_2021 = false;
    Facts facts;
};

constexpr std::uint64_t most_bits = 8;

std::uint64_t read_size(Json const& entry) {
    auto const found = entry.find("statusSize");
    if (found == entry.end()) return 1;
    if (!found->is_number_integer() || *found < 1 || *found > most_bits) return 0;
    return found->get<std::uint64_t>();
}

Entry read_entry(Json const& entry) {
    Entry read;
    read.purpose = text_at(entry, "statusPurpose");
    read.list = text_at(entry, "statusListCredential");
    read.index = entry.value("statusListIndex", Json());
    read.messages = entry.value("statusMessage", Json());
    read.is_2021 = has_type(entry, "StatusList2021Entry");
    read.size = read.is_2021 ? 1 : read_size(entry);
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

/// A list says itself how long a copy of it may be used. A bundle's is of its day, whose owner knows that.
bool is_kept_too_long(Document const& document, schemas::StatusListFields const& fields, Instant now) {
    if (document.packed || !document.fetched_at || !fields.ttl_milliseconds) return false;
    // Subtracted, since a lifetime may be as large as the type.
    return now.milliseconds - document.fetched_at->milliseconds > *fields.ttl_milliseconds;
}

/// The entry's value of `size` bits, most significant first (Bitstring Status List 1.0, section 3.2).
Result<std::uint64_t> read_value(Entry const& entry, crypto::StatusList const& bits) {
    if (bits.size() / entry.size < crypto::StatusList::minimum_bits)
        return Error{Fault::unprocessable, "STATUS_LIST_LENGTH_ERROR", "The status list has too few entries.", {}};
    auto const index = crypto::read_status_index(entry.index);
    if (!index) return index.error();
    if (*index >= bits.size() / entry.size)
        return Error{Fault::unprocessable, "RANGE_ERROR", "The position is behind the end of the status list.", {}};
    std::uint64_t value = 0;
    for (std::uint64_t i = 0; i < entry.size; ++i) {
        auto const bit = bits.look_up(*index * entry.size + i);
        if (!bit) return bit.error();
        value = 2 * value + (*bit ? 1 : 0);
    }
    return value;
}

/// The issuer's message for a value: `statusMessage` is a list of {status: "0x1", message}.
std::string message_for(Json const& messages, std::uint64_t value) {
    if (!messages.is_array()) return {};
    std::ostringstream wanted;
    wanted << "0x" << std::hex << value;
    for (auto const& each : messages)
        if (text_at(each, "status") == wanted.str()) return text_at(each, "message");
    return {};
}

/// What a value other than zero means.
Check said_by_value(Entry const& entry, std::uint64_t value) {
    auto facts = entry.facts;
    auto const message = message_for(entry.messages, value);
    if (!message.empty()) facts["message"] = message;
    if (entry.purpose == "suspension")
        return status_check(CheckOutcome::fail, "status.suspended", "The issuer has put it on hold.", facts);
    if (entry.purpose == "revocation")
        return status_check(CheckOutcome::fail, "status.revoked", "The issuer has withdrawn it.", facts);
    if (entry.purpose == "refresh")
        return status_check(CheckOutcome::warn, "status.newer-edition", "The issuer has a newer edition of it.", facts);
    facts["value"] = std::to_string(value);
    return status_check(CheckOutcome::warn, "status.message", "The issuer says something about it: " + message, facts);
}

/// What the issuer's own list says of one entry; none when its bit is not set.
std::optional<Check> judge_list(Case const& c, Entry const& entry, StatusDocument const& list,
                                Document const& document) {
    auto const& fields = list.fields;
    if (!fields) return broken(fields.error(), entry.facts);
    if (fields->is_2021 != entry.is_2021)
        return status_check(CheckOutcome::fail, "status.other-edition",
                            "The list is of another edition than the badge asks for.", entry.facts);
    if (!fields->serves(entry.purpose))
        return status_check(CheckOutcome::fail, "status.purpose",
                            "The list is for " + fields->purpose + ", the badge asks for " + entry.purpose + ".",
                            entry.facts);
    if (fields->valid_until && *fields->valid_until < c.now)
        return status_check(CheckOutcome::unchecked, "status.stale-list", "The status list has run out.", entry.facts);
    if (is_to_come(fields->valid_from, c.now))
        return status_check(CheckOutcome::unchecked, "status.future-list", "The status list is not valid yet.",
                            entry.facts);
    if (is_kept_too_long(document, *fields, c.now))
        return status_check(CheckOutcome::unchecked, "status.stale-list", "The status list is an old copy.",
                            entry.facts);
    if (!list.bits) return broken(list.bits.error(), entry.facts);
    auto const value = read_value(entry, *list.bits);
    if (!value) return broken(value.error(), entry.facts);
    if (*value == 0) return std::nullopt;
    return said_by_value(entry, *value);
}

std::optional<Check> judge_entry(Case& c, Json const& json) {
    if (has_type(json, "1EdTechRevocationList")) return judge_revocation_list(c, json);
    if (!has_type(json, "BitstringStatusListEntry") && !has_type(json, "StatusList2021Entry"))
        return status_check(CheckOutcome::unchecked, "status.unknown-kind", "This kind of status is not known here.");
    auto const entry = read_entry(json);
    constexpr std::string_view purposes[] = {"revocation", "suspension", "refresh", "message"};
    auto const* const known = std::begin(purposes) + (entry.is_2021 ? 2 : 4);
    if (std::find(std::begin(purposes), known, entry.purpose) == known)
        return status_check(CheckOutcome::unchecked, "status.unknown-kind",
                            "A status for " + entry.purpose + " is not known here.", entry.facts);
    if (entry.size == 0)
        return status_check(CheckOutcome::unchecked, "status.size",
                            "Its place in the status list has a size that is not read here.", entry.facts);
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
                            "The status list has a form that is not read here.", entry.facts);
    if (auto distrusted = distrust(c, *list, *reading, entry.facts)) return distrusted;
    return judge_list(c, entry, *list, *document);
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
