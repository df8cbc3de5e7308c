#include <algorithm>
#include <array>

#include "crypto/digest.hpp"
#include "schemas/identifier.hpp"
#include "schemas/open_badge_forms.hpp"
#include "schemas/open_badge_rules.hpp"
#include "service/domain/verification_case.hpp"

namespace itqan::domain {
namespace {

constexpr std::int64_t clock_leeway = 5 * 60'000;

bool has_type(Json const& document, std::string_view wanted) {
    if (!document.is_object() || !document.contains("type")) return false;
    auto const& type = document.at("type");
    if (type.is_string()) return type == wanted;
    return type.is_array() && std::find(type.begin(), type.end(), wanted) != type.end();
}

bool is_open_badge_2(Json const& document) {
    if (!document.is_object() || !document.contains("@context")) return false;
    auto const text = document.at("@context").dump();
    return text.find("w3id.org/openbadges/v") != std::string::npos || text.find("openbadges.org/standards/1") != std::string::npos;
}

Check check_format(Case& c) {
    if (c.found.token_fault)
        return make_check("format", CheckOutcome::fail, "format." + c.found.token_fault->code, c.found.token_fault->detail);
    auto const& document = c.found.document;
    if (is_open_badge_2(document))
        return make_check("format", CheckOutcome::unchecked, "format.open-badges-2", "An Open Badges 2 or older badge: recognised, not checked here yet.");
    if (!has_type(document, "VerifiableCredential"))
        return make_check("format", CheckOutcome::fail, "format.not-a-credential", "The document does not say that it is a VerifiableCredential.");
    if (!has_type(document, "OpenBadgeCredential") && !has_type(document, "AchievementCredential"))
        return make_check("format", CheckOutcome::fail, "format.not-a-badge", "A credential, but not an Open Badge.");
    return make_check("format", CheckOutcome::pass, "format.read", "An Open Badges 3.0 credential.");
}

Check check_schema(Case& c) {
    if (c.found.document.is_null()) return make_check("schema", CheckOutcome::unchecked, "schema.unreadable", "The text could not be read.");
    if (is_open_badge_2(c.found.document)) return make_check("schema", CheckOutcome::unchecked, "schema.open-badges-2", "Older forms are not checked here yet.");
    auto const violations = schemas::validate_open_badge(c.found.document, schemas::OpenBadgeProfile::published);
    if (violations.empty()) return make_check("schema", CheckOutcome::pass, "schema.fits", "Every member has the form that Open Badges 3.0 asks for.");
    auto const& first = violations.front();
    return make_check("schema", CheckOutcome::fail, "schema.violation",
                      (first.pointer.empty() ? "The document" : first.pointer) + " " + first.detail + ".",
                      {{"pointer", first.pointer}, {"violations", std::to_string(violations.size())}});
}

bool is_known_context(std::string const& url) {
    static std::array<std::string_view, 9> const known{
        schemas::open_badge_terms::vcdm_2, schemas::open_badge_terms::vcdm_1, schemas::open_badge_terms::extensions,
        "https://w3id.org/security/suites/ed25519-2020/v1", "https://w3id.org/security/data-integrity/v1",
        "https://w3id.org/security/data-integrity/v2", "https://w3id.org/security/multikey/v1", "https://www.w3.org/ns/did/v1",
        "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"};
    return schemas::is_open_badge_context(url) || std::find(known.begin(), known.end(), url) != known.end();
}

Check check_contexts(Case& c) {
    auto const& document = c.found.document;
    if (!document.is_object() || !document.contains("@context"))
        return make_check("contexts", CheckOutcome::fail, "contexts.missing", "The document names no contexts for its terms.");
    auto const& contexts = document.at("@context");
    auto const list = contexts.is_array() ? contexts : Json::array({contexts});
    std::string unknown;
    for (auto const& context : list) {
        if (!context.is_string())
            return make_check("contexts", CheckOutcome::fail, "contexts.inline", "The document defines terms of its own: they could mean anything.");
        if (!is_known_context(context.get<std::string>()) && unknown.empty()) unknown = context.get<std::string>();
    }
    if (!unknown.empty())
        return make_check("contexts", CheckOutcome::warn, "contexts.unknown", "Terms of " + unknown + " are not known here.", {{"context", unknown}});
    return make_check("contexts", CheckOutcome::pass, "contexts.known", "All terms come from published contexts.");
}

Check check_proof(Case& c) {
    if (c.found.token_fault)
        return make_check("proof", CheckOutcome::fail, "proof." + c.found.token_fault->code, c.found.token_fault->detail);
    if (!c.found.token) {
        if (c.found.document.is_object() && c.found.document.contains("proof"))
            return make_check("proof", CheckOutcome::unchecked, "proof.linked-data", "An embedded linked-data proof: recognised, not checked here yet.");
        return make_check("proof", CheckOutcome::fail, "proof.missing", "The document is not signed.");
    }
    auto const& token = *c.found.token;
    std::map<std::string, std::string> facts{{"algorithm", token.jws.algorithm}};
    if (token.jws.kid) facts["kid"] = *token.jws.kid;
    if (!c.proof_key.key) {
        bool const out_of_reach = c.proof_key.fault == "proof.unreachable";
        return make_check("proof", out_of_reach ? CheckOutcome::unchecked : CheckOutcome::fail, c.proof_key.fault, c.proof_key.detail, std::move(facts));
    }
    facts["thumbprint"] = c.proof_key.key->thumbprint();
    if (!crypto::verify_jws(token.jws, *c.proof_key.key))
        return make_check("proof", CheckOutcome::fail, "proof.bad-signature", "The text was changed after signing, or another key signed it.", std::move(facts));
    std::string missing;
    for (auto const& fault : crypto::check_vc_jwt_claims(token)) {
        if (fault.kind == crypto::ClaimFault::Kind::contradiction)
            return make_check("proof", CheckOutcome::fail, "proof.claim-contradiction",
                              "The token says something else than the credential in it: " + fault.violation.pointer + " " + fault.violation.detail + ".", std::move(facts));
        missing = fault.violation.pointer;
    }
    c.proof_passed = true;
    if (!missing.empty())
        return make_check("proof", CheckOutcome::warn, "proof.claim-missing", "The signature is good; the token lacks the claim " + missing + ".", std::move(facts));
    return make_check("proof", CheckOutcome::pass, "proof.good", "The signature fits the text, letter by letter.", std::move(facts));
}

Check check_issuer_binding(Case& c) {
    auto const with_issuer = [&] { return std::map<std::string, std::string>{{"issuer", c.issuer_id}}; };
    if (!c.issuer_keys) {
        bool const wrong = c.issuer_fault == "issuer-binding.no-issuer" || c.issuer_fault == "issuer-binding.invalid-did";
        return make_check("issuer-binding", wrong ? CheckOutcome::fail : CheckOutcome::unchecked, c.issuer_fault,
                          wrong ? "The document names no issuer that can have keys." : "Which keys the issuer has could not be found out.", with_issuer());
    }
    if (!c.found.token) return make_check("issuer-binding", CheckOutcome::unchecked, "issuer-binding.no-key", "No key was checked.", with_issuer());
    auto facts = with_issuer();
    if (c.proof_key.key) {
        if (c.issuer_keys->find(*c.proof_key.key) != nullptr)
            return make_check("issuer-binding", CheckOutcome::pass, "issuer-binding.listed", "The issuer itself lists the key that signed.", std::move(facts));
        for (auto const& refused : c.issuer_keys->refused) facts[refused.id] = refused.reason;
        return make_check("issuer-binding", CheckOutcome::fail, "issuer-binding.not-listed", "The key that signed is not one of the issuer's.", std::move(facts));
    }
    if (c.proof_key.fault == "proof.foreign-kid" || c.proof_key.fault == "proof.key-revoked" || c.proof_key.fault == "proof.unknown-key")
        return make_check("issuer-binding", CheckOutcome::fail, "issuer-binding.not-listed", "The key that signed is not one of the issuer's.", std::move(facts));
    return make_check("issuer-binding", CheckOutcome::unchecked, "issuer-binding.no-key", "No key was checked.", std::move(facts));
}

std::optional<Instant> instant_at(Json const& document, std::initializer_list<char const*> names) {
    if (!document.is_object()) return std::nullopt;
    for (auto const* const name : names)
        if (document.contains(name) && document.at(name).is_string()) return Instant::parse(document.at(name).get<std::string>());
    return std::nullopt;
}

Check check_validity(Case& c) {
    auto const from = instant_at(c.found.document, {"validFrom", "issuanceDate"});
    auto const until = instant_at(c.found.document, {"validUntil", "expirationDate"});
    if (!from) return make_check("validity", CheckOutcome::unchecked, "validity.no-start", "No date from which it is valid could be read.");
    std::map<std::string, std::string> facts{{"from", from->text()}};
    if (until) facts["until"] = until->text();
    if (from->milliseconds > c.now.milliseconds + clock_leeway)
        return make_check("validity", CheckOutcome::fail, "validity.not-yet", "It is valid only from " + from->text() + ".", std::move(facts));
    if (until && *until < c.now)
        return make_check("validity", CheckOutcome::fail, "validity.expired", "It was valid until " + until->text() + ".", std::move(facts));
    return make_check("validity", CheckOutcome::pass, until ? "validity.in-force" : "validity.no-end",
                      until ? "It is valid until " + until->text() + "." : "It has no end.", std::move(facts));
}

Check check_refresh(Case& c) {
    if (c.found.document.is_object() && c.found.document.contains("refreshService"))
        return make_check("refresh", CheckOutcome::unchecked, "refresh.not-asked", "Newer editions are announced; they are not asked for here yet.");
    return make_check("refresh", CheckOutcome::absent, "refresh.none", "The badge announces no newer editions.");
}

Check check_issuer_trust(Case& c) {
    auto const& trusted = c.question.trusted_issuers;
    if (trusted.empty()) return make_check("issuer-trust", CheckOutcome::absent, "issuer-trust.none", "No registry of issuers is configured.");
    if (std::find(trusted.begin(), trusted.end(), c.issuer_id) == trusted.end())
        return make_check("issuer-trust", CheckOutcome::absent, "issuer-trust.not-ours", "Not issued here, and no registry of issuers is configured.");
    if (!c.proof_passed) return make_check("issuer-trust", CheckOutcome::unchecked, "issuer-trust.unproven", "It names an issuer that issues here, but that is not proven.");
    auto const name = c.readable ? c.readable->issuer.name.value_or("") : std::string();
    auto const host = c.question.own_base.substr(c.question.own_base.find("//") + 2);
    return make_check("issuer-trust", CheckOutcome::pass, "issuer-trust.own", "Issued here by " + name + ", " + host + ".", {{"name", name}, {"host", host}});
}

Check check_endorsements(Case& c) {
    bool found = false;
    auto const look = [&](Json const& object) {
        found = found || (object.is_object() && (object.contains("endorsement") || object.contains("endorsementJwt")));
    };
    look(c.found.document);
    if (c.found.document.is_object()) {
        look(c.found.document.value("issuer", Json()));
        auto const subject = c.found.document.value("credentialSubject", Json());
        if (subject.is_object()) look(subject.value("achievement", Json()));
    }
    if (found) return make_check("endorsements", CheckOutcome::unchecked, "endorsements.not-checked", "The badge carries endorsements; they are not checked here yet.");
    return make_check("endorsements", CheckOutcome::absent, "endorsements.none", "The badge carries no endorsements.");
}

bool same_hash(std::string const& asked, schemas::IdentityObject const& identity) {
    auto const salt = identity.salt.value_or("");
    auto const dollar = identity.identity_hash.find('$');
    if (identity.identity_hash.substr(0, dollar) != "sha256") return false;
    auto stored = identity.identity_hash.substr(dollar + 1);
    std::transform(stored.begin(), stored.end(), stored.begin(), [](char d) { return d >= 'A' && d <= 'F' ? static_cast<char>(d - 'A' + 'a') : d; });
    // The specification is silent on letter case: as typed first, then in lower case.
    return crypto::sha256_hex(asked + salt) == stored || crypto::sha256_hex(schemas::normalize_email(asked) + salt) == stored;
}

Check check_recipient(Case& c) {
    auto const& asked = *c.question.recipient;
    if (!c.readable || (c.readable->subject.identifier.empty() && !c.readable->subject.id))
        return make_check("recipient", CheckOutcome::unchecked, "recipient.nobody", "The badge names nobody that could be compared.");
    auto const& subject = c.readable->subject;
    bool match = subject.id == asked || subject.id == "mailto:" + asked;
    bool comparable = subject.id.has_value() && !subject.id->starts_with("urn:uuid:");
    for (auto const& identity : subject.identifier) {
        if (identity.identity_type == "name") continue;
        comparable = true;
        match = match || (identity.hashed ? same_hash(asked, identity)
                                          : schemas::normalize_email(identity.identity_hash) == schemas::normalize_email(asked));
    }
    if (match) return make_check("recipient", CheckOutcome::pass, "recipient.match", "Issued to the person you asked about.");
    if (!comparable) return make_check("recipient", CheckOutcome::unchecked, "recipient.nobody", "The badge names nobody that could be compared.");
    return make_check("recipient", CheckOutcome::fail, "recipient.other", "Not issued to the person you asked about.");
}

}  // namespace

std::vector<CheckRule> const& check_rules() {
    static std::vector<CheckRule> const rules{{"format", check_format},
                                              {"schema", check_schema},
                                              {"contexts", check_contexts},
                                              {"proof", check_proof},
                                              {"issuer-binding", check_issuer_binding},
                                              {"validity", check_validity},
                                              {"status", check_status},
                                              {"refresh", check_refresh},
                                              {"issuer-trust", check_issuer_trust},
                                              {"endorsements", check_endorsements},
                                              {"recipient", check_recipient}};
    return rules;
}

}  // namespace itqan::domain
