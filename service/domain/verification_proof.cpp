// The two checks that decide whether the words are the issuer's: does the signature fit, and is the key the issuer's
// own.

#include "service/domain/verification_case.hpp"

namespace itqan::domain {
namespace {

using Facts = std::map<std::string, std::string>;

Check proof_check(CheckOutcome outcome, std::string code, std::string detail, Facts facts = {}) {
    return make_check("proof", outcome, std::move(code), std::move(detail), std::move(facts));
}

Check binding_check(CheckOutcome outcome, std::string code, std::string detail, Facts facts) {
    return make_check("issuer-binding", outcome, std::move(code), std::move(detail), std::move(facts));
}

Check judge_claims(FoundCredential const& found, Facts facts) {
    std::string missing;
    for (auto const& fault : found.claim_faults) {
        auto const claim = fault.violation.pointer.substr(1);
        if (fault.kind == crypto::ClaimFault::Kind::contradiction) {
            facts["claim"] = claim;
            return proof_check(
                CheckOutcome::fail, "proof.claim-contradiction",
                "The token says something else than the credential in it. " + claim + ": " + fault.violation.detail,
                std::move(facts));
        }
        missing = claim;
    }
    if (!missing.empty()) {
        facts["claim"] = missing;
        return proof_check(CheckOutcome::warn, "proof.claim-missing",
                           "The signature is good; the token lacks the claim " + missing + ".", std::move(facts));
    }
    if (found.document.contains("proof"))
        return proof_check(CheckOutcome::warn, "proof.second-proof",
                           "The signature is good; a second, embedded proof is not checked.", std::move(facts));
    return proof_check(CheckOutcome::pass, "proof.good", "The signature fits the text, letter by letter.",
                       std::move(facts));
}

/// Why the issuer's document does not let this key sign; "" when it does not know the key.
std::string refusal_of(Case const& c, crypto::PublicKey const& key) {
    if (!c.issuer || !c.issuer->json.is_object()) return {};
    auto const methods = c.issuer->json.find("verificationMethod");
    if (methods == c.issuer->json.end() || !methods->is_array()) return {};
    for (auto const& method : *methods) {
        if (!method.is_object()) continue;
        auto const listed = method.contains("publicKeyJwk")
                                ? crypto::PublicKey::from_jwk(method.at("publicKeyJwk"))
                                : crypto::PublicKey::from_multikey(text_at(method, "publicKeyMultibase"));
        if (!listed || !(*listed == key)) continue;
        auto id = text_at(method, "id");
        if (id.starts_with('#')) id.insert(0, c.issuer_id);
        for (auto const& refused : c.issuer->keys.refused)
            if (refused.id == id) return refused.reason;
    }
    return {};
}

}  // namespace

Check check_proof(Case& c) {
    if (c.found.token_fault)
        return proof_check(CheckOutcome::fail, "proof." + c.found.token_fault->code, c.found.token_fault->detail);
    if (!c.found.token) {
        if (c.embedded) return check_embedded_proofs(c);
        return proof_check(CheckOutcome::fail, "proof.missing", "The document is not signed.");
    }
    auto const& token = *c.found.token;
    Facts facts{{"algorithm", token.jws.algorithm}};
    if (token.jws.kid) facts["kid"] = *token.jws.kid;
    if (!c.proof_key.key) {
        bool const out_of_reach = c.proof_key.fault == "proof.unreachable";
        // A token at odds with itself is wrong whoever signed it.
        if (auto claims = judge_claims(c.found, facts); out_of_reach && claims.outcome == CheckOutcome::fail)
            return claims;
        auto const outcome = out_of_reach ? CheckOutcome::unchecked : CheckOutcome::fail;
        return proof_check(outcome, c.proof_key.fault, c.proof_key.detail, std::move(facts));
    }
    facts["thumbprint"] = c.proof_key.key->thumbprint();
    if (!crypto::verify_jws(token.jws, *c.proof_key.key))
        return proof_check(CheckOutcome::fail, "proof.bad-signature",
                           "The text was changed after signing, or another key signed it.", std::move(facts));
    auto check = judge_claims(c.found, std::move(facts));
    c.proof_passed = check.outcome != CheckOutcome::fail;
    return check;
}

Check check_issuer_binding(Case& c) {
    Facts facts{{"issuer", c.issuer_id}};
    if (c.issuer_fault == "issuer-binding.no-issuer" || c.issuer_fault == "issuer-binding.invalid-did")
        return binding_check(CheckOutcome::fail, c.issuer_fault, "The document names no issuer that can have keys.",
                             std::move(facts));
    if (c.issuer_fault == "issuer-binding.broken-document") {
        // A DID promises a list of keys; behind a plain address a page for people is honest.
        auto const outcome = c.issuer_id.starts_with("did:") ? CheckOutcome::fail : CheckOutcome::unchecked;
        return binding_check(outcome, c.issuer_fault, "What stands at the issuer's address is not its list of keys.",
                             std::move(facts));
    }
    if (!c.issuer)
        return binding_check(CheckOutcome::unchecked, c.issuer_fault,
                             "Which keys the issuer has could not be found out" +
                                 (c.issuer_failure.empty() ? std::string() : ": " + c.issuer_failure) + ".",
                             std::move(facts));
    auto const& fault = c.proof_key.fault;
    if (fault == "proof.foreign-key" || fault == "proof.unknown-key")
        return binding_check(CheckOutcome::fail, "issuer-binding.not-listed",
                             "The key that the badge names is not one of the issuer's.", std::move(facts));
    if (fault == "proof.key-revoked")
        return binding_check(CheckOutcome::fail, "issuer-binding.key-revoked", "The issuer has revoked the key.",
                             std::move(facts));
    if (!c.proof_key.key)
        return binding_check(CheckOutcome::unchecked, "issuer-binding.no-key", "No key was checked.", std::move(facts));
    if (auto const* const listed = c.issuer->keys.find(*c.proof_key.key)) {
        facts["method"] = listed->id;
        c.binding_passed = true;
        return binding_check(CheckOutcome::pass, "issuer-binding.listed", "The issuer itself lists the key.",
                             std::move(facts));
    }
    auto const refusal = refusal_of(c, *c.proof_key.key);
    if (refusal == "revoked" || refusal == "expired") {
        facts["refusal"] = refusal;
        return binding_check(CheckOutcome::fail, "issuer-binding.key-" + refusal,
                             "The issuer's key is " + refusal + ".", std::move(facts));
    }
    return binding_check(CheckOutcome::fail, "issuer-binding.not-listed",
                         "The key that signed is not one of the issuer's.", std::move(facts));
}

}  // namespace itqan::domain
