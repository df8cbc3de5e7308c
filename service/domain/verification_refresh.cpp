// Whether the issuer has a newer edition (Open Badges 3.0, 1EdTechCredentialRefresh): what stands at the address that a
// genuine badge names is judged like any badge. The badge that was sent keeps its own verdict.

#include "schemas/identifier.hpp"
#include "service/domain/verification_case.hpp"

namespace itqan::domain {
namespace {

using Facts = std::map<std::string, std::string>;

Check refresh_check(CheckOutcome outcome, char const* code, std::string detail, Facts facts = {}) {
    return make_check("refresh", outcome, code, std::move(detail), std::move(facts));
}

/// The first service of the kind that is known; null when there is none.
Json const* known_service(Json const& services) {
    if (services.is_array()) {
        for (auto const& each : services)
            if (has_type(each, "1EdTechCredentialRefresh")) return &each;
        return nullptr;
    }
    return has_type(services, "1EdTechCredentialRefresh") ? &services : nullptr;
}

std::string outcome_of(Report const& report, std::string_view id) {
    for (auto const& check : report.checks)
        if (check.id == id) return std::string(check_outcome_name(check.outcome));
    return {};
}

/// Issued by the same issuer under the same id, and signed by it.
bool is_edition_of(Case const& c, Report const& other) {
    auto const issuer = other.credential.is_object() ? other.credential.value("issuer", Json()) : Json();
    return outcome_of(other, "format") == "pass" && outcome_of(other, "issuer-binding") == "pass" &&
           (outcome_of(other, "proof") == "pass" || outcome_of(other, "proof") == "warn") && !c.credential_id.empty() &&
           text_at(other.credential, "id") == c.credential_id && text_at(issuer, "id") == c.issuer_id;
}

std::optional<Instant> moment_at(Json const& said, char const* member) {
    return Instant::parse(text_at(said, member));
}

bool is_newer(Report const& other, Json const& said) {
    auto const from = moment_at(said, "validFrom"), other_from = moment_at(other.credential, "validFrom");
    if (from && other_from && *from != *other_from) return *other_from > *from;
    auto const until = moment_at(said, "validUntil"), other_until = moment_at(other.credential, "validUntil");
    return until && (!other_until || *other_until > *until);
}

}  // namespace

Check check_refresh(Case& c) {
    auto const found = c.found.document.find("refreshService");
    if (found == c.found.document.end())
        return refresh_check(CheckOutcome::absent, "refresh.none", "The badge announces no newer editions.");
    auto const* const service = known_service(*found);
    if (service == nullptr)
        return refresh_check(CheckOutcome::unchecked, "refresh.unknown-kind",
                             "Newer editions are announced in a way that is not known here.");
    auto const address = text_at(*service, "id");
    Facts facts{{"address", address}};
    if (!schemas::is_https_url(address))
        return refresh_check(CheckOutcome::unchecked, "refresh.no-address",
                             "The badge names no https address of newer editions.", std::move(facts));
    if (!c.proof_passed || !c.binding_passed || !c.question.follow_refresh)
        return refresh_check(CheckOutcome::unchecked, "refresh.not-asked",
                             "A newer edition is looked for only when a genuine badge is sent by itself.",
                             std::move(facts));
    auto const unreachable = [&](std::string const& why) {
        return refresh_check(CheckOutcome::unchecked, "refresh.unreachable",
                             "The newest edition could not be fetched: " + why + ".", facts);
    };
    auto const* const document = c.need(address);
    if (document == nullptr) {
        c.personal.insert(address);
        return unreachable("it was not asked for yet");
    }
    if (!document->failure.empty()) return unreachable(document->failure);
    auto const unusable = [&] {
        return refresh_check(CheckOutcome::unchecked, "refresh.unusable",
                             "What stands where newer editions should be is not an edition of this badge.", facts);
    };
    auto question = c.question;
    question.input = without_blanks_around(document->body);
    question.recipient.reset();
    question.keep_documents = false;
    question.follow_refresh = false;
    auto inquiry = Inquiry::open(std::move(question));
    if (!inquiry || !inquiry->names(c.credential_id, c.issuer_id)) return unusable();
    auto const judged = inquiry->judge(c.documents, c.now, *c.canonicalizer, *c.canonicalizer);
    if (!judged.report) {
        for (auto const& need : judged.needs)
            c.need(need);
        return unreachable("its own documents were not asked for yet");
    }
    auto const& other = *judged.report;
    if (!is_edition_of(c, other)) return unusable();
    if (other.document == c.found.text || !is_newer(other, said_by(c)))
        return refresh_check(CheckOutcome::pass, "refresh.newest", "The issuer has no newer edition.",
                             std::move(facts));
    facts["verdict"] = verdict_name(other.verdict);
    facts["validFrom"] = text_at(other.credential, "validFrom");
    if (other.verdict == Verdict::invalid)
        return refresh_check(CheckOutcome::warn, "refresh.newer-not-in-force",
                             "The issuer has a newer edition, which is not in force.", std::move(facts));
    return refresh_check(CheckOutcome::warn, "refresh.newer", "The issuer has a newer edition. Ask for that.",
                         std::move(facts));
}

}  // namespace itqan::domain
