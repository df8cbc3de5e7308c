// The checks of what the document is: a readable badge, with the members and terms that Open Badges 3.0 asks for.

#include <algorithm>
#include <array>

#include "schemas/open_badge_forms.hpp"
#include "schemas/open_badge_rules.hpp"
#include "schemas/verifiable_credential.hpp"
#include "service/domain/verification_open_badge_2.hpp"

namespace itqan::domain {
namespace {

using namespace schemas::open_badge_terms;

constexpr std::string_view draft_context = "https://imsglobal.github.io/openbadges-specification/context.json";

constexpr std::array<std::string_view, 9> known_further_contexts{
    extensions,
    "https://www.w3.org/ns/credentials/status/v1",
    "https://w3id.org/vc/status-list/2021/v1",
    "https://w3id.org/security/suites/ed25519-2020/v1",
    "https://w3id.org/security/data-integrity/v1",
    "https://w3id.org/security/data-integrity/v2",
    "https://w3id.org/security/multikey/v1",
    "https://www.w3.org/ns/did/v1",
    "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"};

bool is_badge_context(std::string_view url) {
    return schemas::is_open_badge_context(url) || url == draft_context;
}

bool is_known_context(std::string_view url) {
    return url == vcdm_2 || url == vcdm_1 || is_badge_context(url) ||
           std::find(known_further_contexts.begin(), known_further_contexts.end(), url) != known_further_contexts.end();
}

bool is_context_violation(Violation const& violation) {
    return violation.pointer.starts_with("/@context");
}

Check contexts_check(CheckOutcome outcome, std::string code, std::string detail,
                     std::map<std::string, std::string> facts = {}) {
    return make_check("contexts", outcome, std::move(code), std::move(detail), std::move(facts));
}

/// Everything about the form of the document, what its kind asks for first.
std::vector<Violation> violations_of(Case const& c) {
    std::vector<Violation> violations;
    if (c.kind == CredentialKind::badge)
        violations = schemas::validate_open_badge(c.found.document, schemas::OpenBadgeProfile::published);
    if (c.kind == CredentialKind::endorsement) violations = schemas::validate_endorsement(c.found.document);
    if (c.kind == CredentialKind::record) violations = schemas::validate_learner_record(c.found.document);
    add_unreported(violations, schemas::check_verifiable_credential(c.found.document));
    std::erase_if(violations, is_context_violation);  // The check `contexts` judges them.
    return violations;
}

}  // namespace

CredentialKind kind_of(Json const& document) {
    if (!document.is_object()) return CredentialKind::other;
    if (!has_type(document, "VerifiableCredential"))
        if (auto const kind = open_badge_2_kind_of(document)) return *kind;
    if (has_type(document, "VerifiablePresentation") && !has_type(document, "VerifiableCredential"))
        return CredentialKind::presentation;
    if (has_type(document, "OpenBadgeCredential") || has_type(document, "AchievementCredential"))
        return CredentialKind::badge;
    if (has_type(document, "EndorsementCredential")) return CredentialKind::endorsement;
    if (has_type(document, "ClrCredential")) return CredentialKind::record;
    return CredentialKind::other;
}

Check check_format(Case& c) {
    auto const format = [](CheckOutcome outcome, std::string code, std::string detail) {
        return make_check("format", outcome, std::move(code), std::move(detail));
    };
    if (c.found.token_fault) {
        auto const& fault = *c.found.token_fault;
        return format(CheckOutcome::fail, "format." + fault.code, fault.detail);
    }
    if (c.kind == CredentialKind::older_badge)
        return format(CheckOutcome::unchecked, "format.open-badges-1",
                      "An Open Badges 1 badge: recognised, but too old to be checked. Ask the issuer for a newer one.");
    if (!has_type(c.found.document, "VerifiableCredential"))
        return format(CheckOutcome::fail, "format.not-a-credential",
                      "The document does not say that it is a VerifiableCredential.");
    if (c.kind == CredentialKind::other)
        return format(CheckOutcome::fail, "format.not-a-badge", "A credential, but not an Open Badge.");
    if (c.kind == CredentialKind::endorsement)
        return format(CheckOutcome::pass, "format.endorsement", "An endorsement: somebody's word about something.");
    if (c.kind == CredentialKind::record)
        return format(CheckOutcome::pass, "format.learner-record", "A learner record of several achievements.");
    if (c.found.open_badges_2_beside)
        return format(CheckOutcome::pass, "format.read-beside-older",
                      "An Open Badges 3.0 credential. The picture also carries an older badge, which was not read.");
    return format(CheckOutcome::pass, "format.read", "An Open Badges 3.0 credential.");
}

Check check_schema(Case& c) {
    auto const violations = violations_of(c);
    if (violations.empty() && c.kind == CredentialKind::other)
        return make_check("schema", CheckOutcome::unchecked, "schema.not-a-badge",
                          "Only the forms of Open Badges 3.0 and learner records are known here.");
    if (violations.empty())
        return make_check("schema", CheckOutcome::pass, "schema.fits",
                          "Every member has the form that Open Badges 3.0 asks for.");
    auto const& first = violations.front();
    auto const where = first.pointer.empty() ? std::string("The document") : first.pointer;
    return make_check("schema", CheckOutcome::fail, "schema.violation", where + " " + first.detail + ".",
                      {{"pointer", where}, {"violations", std::to_string(violations.size())}});
}

Check check_contexts(Case& c) {
    auto const found = c.found.document.find("@context");
    if (found == c.found.document.end())
        return contexts_check(CheckOutcome::fail, "contexts.missing", "The document names no contexts for its terms.");
    auto const list = found->is_array() ? *found : Json::array({*found});
    std::vector<std::string> urls;
    for (auto const& context : list) {
        if (!context.is_string())
            return contexts_check(CheckOutcome::fail, "contexts.inline",
                                  "The document defines terms of its own: they could mean anything.");
        urls.push_back(context.get<std::string>());
    }
    auto const first = urls.empty() ? std::string() : urls.front();
    if (first != vcdm_2 && first != vcdm_1)
        return contexts_check(CheckOutcome::fail, "contexts.order",
                              "The first context must be the one of Verifiable Credentials.", {{"context", first}});
    auto const second = urls.size() < 2 ? std::string() : urls[1];
    bool const is_open_badges = c.kind == CredentialKind::badge || c.kind == CredentialKind::endorsement;
    if (is_open_badges && !is_badge_context(second))
        return contexts_check(CheckOutcome::fail, "contexts.order",
                              "The second context must be the one of Open Badges 3.0.", {{"context", second}});
    if (auto wrong = check_embedded_terms(c)) return *std::move(wrong);
    for (auto const& url : urls)
        if (!c.embedded && !is_known_context(url))
            return contexts_check(CheckOutcome::warn, "contexts.unknown", "Terms of " + url + " are not known here.",
                                  {{"context", url}});
    if (first == vcdm_1 || (is_open_badges && second != ob_3_0_3))
        return contexts_check(CheckOutcome::warn, "contexts.older", "The badge uses an older edition of the terms.",
                              {{"context", second}});
    return contexts_check(CheckOutcome::pass, "contexts.known", "All terms come from published contexts.");
}

}  // namespace itqan::domain
