// Credentials inside a credential: endorsements, and what a learner record holds. Each is judged as a document of its
// own, by the same checks, and reported as one.

#include <algorithm>

#include "service/domain/verification_case.hpp"

namespace itqan::domain {
namespace {

/// Each costs a canonical form and a signature, and what it needs may have to be fetched.
constexpr std::size_t most_endorsements = 8;
constexpr std::size_t most_nested = 32;
constexpr std::size_t most_shown = 64;  ///< Of a presentation, with what is inside what it shows.
constexpr int deepest_search = 24;

struct Found {
    Json const* credential;
    std::string about;  ///< Id of the object that carries it.
};

/// The values of a member, a single value standing for a list of one.
std::vector<Json const*> values_of(Json const& object, char const* member) {
    std::vector<Json const*> values;
    auto const found = object.find(member);
    if (found == object.end()) return values;
    if (!found->is_array()) return {&*found};
    for (auto const& each : *found)
        values.push_back(&each);
    return values;
}

/// Those of the document itself: what an endorsement or an inner credential carries is of that document.
void find_endorsements(Json const& value, int depth, std::vector<Found>& found) {
    if (depth > deepest_search || found.size() > most_endorsements) return;
    if (value.is_object()) {
        for (auto const* const member : {"endorsement", "endorsementJwt"})
            for (auto const* const each : values_of(value, member))
                found.push_back({each, text_at(value, "id")});
        for (auto const& [name, inner] : value.get_ref<Json::object_t const&>())
            if (name != "endorsement" && name != "endorsementJwt" && name != "verifiableCredential" && name != "proof")
                find_endorsements(inner, depth + 1, found);
    } else if (value.is_array()) {
        for (auto const& inner : value)
            find_endorsements(inner, depth + 1, found);
    }
}

InnerCredential read_one(Json const& json, std::string about, bool follow = false) {
    InnerCredential inner;
    inner.about = std::move(about);
    auto found = find_inner_credential(json);
    if (!found) return inner;
    auto read = read_found(std::move(*found));
    if (read.kind == CredentialKind::presentation) return inner;
    if (follow) {
        inner.credential = std::make_shared<ReadCredential>(std::move(read));
        return inner;
    }
    inner.has_more = !read.endorsements.empty() || !read.nested.empty();
    read.endorsements.clear();
    read.nested.clear();
    inner.credential = std::make_shared<ReadCredential>(std::move(read));
    return inner;
}

/// What one inner credential is worth to the document around it.
enum class Worth { good, unchecked, not_in_force, bad };

Worth worth_of(Report const& report) {
    if (report.verdict == Verdict::unchecked) return Worth::unchecked;
    if (report.verdict != Verdict::invalid) return Worth::good;
    return report.headline_code == "invalid" ? Worth::bad : Worth::not_in_force;
}

std::string subject_of(ReadCredential const& endorsement) {
    auto const& document = endorsement.found.document;
    return document.is_object() ? text_at(document.value("credentialSubject", Json()), "id") : std::string();
}

}  // namespace

void read_inner_credentials(ReadCredential& outer) {
    auto const& document = outer.found.document;
    if (!document.is_object() || outer.kind == CredentialKind::older_badge) return;
    if (outer.kind == CredentialKind::presentation) {
        auto const shown = values_of(document, "verifiableCredential");
        outer.has_too_many_nested = shown.size() > most_nested;
        std::size_t all = 0;
        for (auto const* const each : shown) {
            if (outer.has_too_many_nested) break;
            outer.nested.push_back(read_one(*each, "", true));
            auto const& one = outer.nested.back().credential;
            all += 1 + (one ? one->endorsements.size() + one->nested.size() : 0);
            outer.has_too_many_nested = all > most_shown;
        }
        if (outer.has_too_many_nested) outer.nested.clear();
        return;
    }
    std::vector<Found> endorsements;
    find_endorsements(document, 0, endorsements);
    outer.has_too_many = endorsements.size() > most_endorsements;
    if (!outer.has_too_many)
        for (auto const& each : endorsements)
            outer.endorsements.push_back(read_one(*each.credential, each.about));
    if (outer.kind != CredentialKind::record) return;
    auto const subject = document.find("credentialSubject");
    if (subject == document.end() || !subject->is_object()) return;
    auto const inside = values_of(*subject, "verifiableCredential");
    outer.has_too_many_nested = inside.size() > most_nested;
    if (!outer.has_too_many_nested)
        for (auto const* const each : inside)
            outer.nested.push_back(read_one(*each, ""));
}

/// An endorsement is somebody else's word about a genuine badge: a bad one does not make the badge bad (decision in the
/// README of this folder).
Check check_endorsements(Case& c) {
    auto const check = [&c](CheckOutcome outcome, char const* code, char const* detail, std::size_t good = 0) {
        auto const count = c.credential.endorsements.size();
        std::map<std::string, std::string> facts;
        if (count > 0) facts = {{"count", std::to_string(count)}, {"good", std::to_string(good)}};
        return make_check("endorsements", outcome, code, detail, std::move(facts));
    };
    if (c.credential.has_too_many)
        return check(CheckOutcome::unchecked, "endorsements.too-many",
                     "It carries more endorsements than are checked.");
    auto const& inner = c.credential.endorsements;
    if (inner.empty()) return check(CheckOutcome::absent, "endorsements.none", "The badge carries no endorsements.");
    std::size_t good = 0;
    bool is_bad = false, is_unreadable = false, is_about_another = false;
    for (std::size_t i = 0, judged = 0; i < inner.size(); ++i) {
        if (!inner[i].credential) {
            is_unreadable = true;
            continue;
        }
        auto const worth = worth_of(c.endorsements.at(judged++));
        if (worth == Worth::bad || worth == Worth::not_in_force ||
            inner[i].credential->kind != CredentialKind::endorsement)
            is_bad = true;
        else if (subject_of(*inner[i].credential) != inner[i].about)
            is_about_another = true;
        else if (worth == Worth::good && !inner[i].has_more)
            ++good;
    }
    if (is_bad) return check(CheckOutcome::warn, "endorsements.bad", "An endorsement in it cannot be relied on.", good);
    if (is_unreadable)
        return check(CheckOutcome::warn, "endorsements.broken", "An endorsement in it cannot be read.", good);
    if (is_about_another)
        return check(CheckOutcome::warn, "endorsements.other-subject", "An endorsement in it is about something else.",
                     good);
    if (good < inner.size())
        return check(CheckOutcome::unchecked, "endorsements.not-checked",
                     "Not every endorsement in it could be checked.", good);
    return check(CheckOutcome::pass, "endorsements.good", "Every endorsement in it is genuine and in force.", good);
}

/// What a record holds is its own statement: one credential that is not genuine makes the record wrong. One that has
/// run out or was withdrawn is history.
Check check_nested(Case& c) {
    auto const& inner = c.credential.nested;
    std::map<std::string, std::string> const facts{{"count", std::to_string(inner.size())}};
    auto const check = [&facts](CheckOutcome outcome, char const* code, char const* detail) {
        return make_check("nested", outcome, code, detail, facts);
    };
    if (c.credential.has_too_many_nested)
        return check(CheckOutcome::unchecked, "nested.too-many", "It holds more credentials than are checked.");
    if (inner.empty()) return check(CheckOutcome::fail, "nested.none", "The record holds no credentials.");
    auto const is_unreadable = [](InnerCredential const& each) { return !each.credential; };
    auto const is = [](Worth worth) { return [worth](Report const& report) { return worth_of(report) == worth; }; };
    if (std::any_of(inner.begin(), inner.end(), is_unreadable))
        return check(CheckOutcome::fail, "nested.broken", "A credential in it cannot be read.");
    if (std::any_of(c.nested.begin(), c.nested.end(), is(Worth::bad)))
        return check(CheckOutcome::fail, "nested.bad", "A credential in it cannot be relied on.");
    if (std::any_of(c.nested.begin(), c.nested.end(), is(Worth::not_in_force)))
        return check(CheckOutcome::warn, "nested.not-in-force", "A credential in it is genuine but not in force.");
    auto const has_more = [](InnerCredential const& each) { return each.has_more; };
    if (std::any_of(c.nested.begin(), c.nested.end(), is(Worth::unchecked)) ||
        std::any_of(inner.begin(), inner.end(), has_more))
        return check(CheckOutcome::unchecked, "nested.not-checked", "Not every credential in it could be checked.");
    return check(CheckOutcome::pass, "nested.good", "Every credential in it is genuine and in force.");
}

}  // namespace itqan::domain
