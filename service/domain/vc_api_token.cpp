#include "service/domain/vc_api_token.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "crypto/did.hpp"
#include "crypto/jws.hpp"
#include "schemas/iri.hpp"
#include "schemas/text.hpp"
#include "schemas/verifiable_credential.hpp"
#include "service/domain/clock_leeway.hpp"
#include "service/domain/vc_api_documents.hpp"

namespace itqan::domain {
namespace {

Error claim_error(char const* claim, std::string detail) {
    return {Fault::malformed,
            "token-claims",
            "A claim of the token is not what it must be.",
            {{std::string("/") + claim, std::move(detail)}}};
}

/// typ as a media type without "application/", in lower case.
std::string type_of(crypto::CompactJws const& jws) {
    auto type = ascii_lower(jws.type.value_or(""));
    constexpr std::string_view prefix = "application/";
    return type.starts_with(prefix) ? type.substr(prefix.size()) : type;
}

crypto::JwsRules token_rules(TokenKind kind) {
    crypto::JwsRules rules;
    if (kind == TokenKind::presentation) rules.types = {"JWT", "vp+jwt", "vp+ld+jwt"};
    return rules;
}

/// Who says it: the member of the document or, where it lacks one, the claim.
std::string speaker_of(Json const& document, Json const& payload, TokenKind kind) {
    auto id = id_of(document, kind == TokenKind::credential ? "issuer" : "holder");
    return id.empty() ? text_member(payload, "iss") : id;
}

/// An absolute kid, or the DID of who speaks where the kid is a fragment, a thumbprint or missing.
std::string method_of(crypto::CompactJws const& jws, std::string const& speaker) {
    auto const kid = jws.kid.value_or("");
    if (schemas::is_absolute_iri(kid)) return kid;
    if (kid.starts_with('#')) return speaker + kid;
    return speaker;
}

Result<crypto::PublicKey> token_key(crypto::CompactJws const& jws, std::string const& method,
                                    std::string const& purpose, crypto::FindKey const& find_key) {
    auto const key = [&]() -> Result<crypto::PublicKey> {
        if (method.starts_with("did:key:") || method.starts_with("did:jwk:")) {
            auto const did =
                method.starts_with("did:key:") ? crypto::resolve_did_key(method) : crypto::resolve_did_jwk(method);
            if (!did) return did.error();
            return did->key;
        }
        if (method.empty() || !find_key)
            return Error{Fault::malformed, "token-key", "The token names no key.", {{"/kid", "must name a key"}}};
        return find_key(method, purpose);
    }();
    if (!key) return key;
    auto const kid = jws.kid.value_or("");
    bool const is_thumbprint = !kid.empty() && !kid.starts_with('#') && !schemas::is_absolute_iri(kid);
    if (is_thumbprint && kid != key->thumbprint())
        return Error{
            Fault::malformed, "token-key", "The token names another key.", {{"/kid", "is no key of the issuer"}}};
    return key;
}

std::optional<std::int64_t> seconds_of(Json const& payload, char const* claim) {
    auto const found = payload.find(claim);
    if (found == payload.end() || !found->is_number()) return std::nullopt;
    auto const seconds = found->get<double>();
    constexpr double furthest = 253'402'300'799.0;  // The year 9999.
    return static_cast<std::int64_t>(std::clamp(seconds, -furthest, furthest));
}

std::optional<Error> check_times(Json const& payload, Instant now) {
    for (auto const* const claim : {"exp", "nbf"}) {
        if (payload.contains(claim) && !payload.at(claim).is_number()) return claim_error(claim, "must be a number");
    }
    auto const until = seconds_of(payload, "exp");
    auto const from = seconds_of(payload, "nbf");
    if (until && *until <= now.seconds())
        return Error{Fault::malformed, "token-time", "The token has run out.", {{"/exp", "is past"}}};
    if (from && is_to_come(Instant{*from * 1000}, now))
        return Error{Fault::malformed, "token-time", "The token is not valid yet.", {{"/nbf", "is to come"}}};
    return std::nullopt;
}

/// A claim repeats what the document says, if it says it.
std::optional<Error> compare(Json const& payload, char const* claim, std::string const& said) {
    auto const found = payload.find(claim);
    if (found == payload.end() || said.empty()) return std::nullopt;
    if (found->is_string() && found->get_ref<std::string const&>() == said) return std::nullopt;
    return claim_error(claim, "must be " + said + ", as the document says");
}

std::optional<Error> check_audience(Json const& payload, crypto::ProofRules const& rules) {
    if (rules.challenge && text_member(payload, "nonce") != *rules.challenge)
        return claim_error("nonce", "must be the challenge");
    auto const audience = payload.find("aud");
    for (auto const& domain : rules.domain) {
        bool const is_named =
            audience != payload.end() &&
            (*audience == domain ||
             (audience->is_array() && std::find(audience->begin(), audience->end(), domain) != audience->end()));
        if (!is_named) return claim_error("aud", "must name " + domain);
    }
    return std::nullopt;
}

/// VCDM 1.1 section 6.3.1: claims stand for the members that the credential in `vc` leaves out.
Json filled_in(Json credential, Json const& payload) {
    if (schemas::data_model_of(credential) != schemas::DataModel::v1_1) return credential;
    auto const fill = [](Json& object, char const* member, Json value) {
        if (!value.is_null() && !object.contains(member)) object[member] = std::move(value);
    };
    auto const text = [&](char const* claim) { return payload.contains(claim) ? payload.at(claim) : Json(); };
    auto const date = [&](char const* claim) {
        auto const seconds = seconds_of(payload, claim);
        return seconds ? Json(Instant{*seconds * 1000}.text()) : Json();
    };
    fill(credential, "issuer", text("iss"));
    fill(credential, "id", text("jti"));
    fill(credential, "issuanceDate", date("nbf"));
    fill(credential, "expirationDate", date("exp"));
    auto const subject = credential.find("credentialSubject");
    if (subject != credential.end() && subject->is_object()) fill(*subject, "id", text("sub"));
    return credential;
}

/// What the token is about. A `vc` or `vp` claim is the document of older tokens only, and then nothing of one stands
/// beside it.
Result<Json> carried_by(Json const& payload, std::string const& type, TokenKind kind) {
    auto const* const claim = kind == TokenKind::credential ? "vc" : "vp";
    bool const is_older = type.empty() || type == "jwt";
    for (auto const each : document_claims) {
        bool const is_read = is_older && each == claim && !payload.contains("@context");
        if (payload.contains(each) && !is_read)
            return Error{Fault::malformed,
                         "legacy-claim",
                         "A token of this type holds no " + std::string(each) + " claim: its payload is the document.",
                         {{"/" + std::string(each), "must be absent"}}};
    }
    if (auto const inner = payload.find(claim); inner != payload.end()) {
        if (!inner->is_object()) return claim_error(claim, "must be an object");
        return kind == TokenKind::credential ? filled_in(*inner, payload) : *inner;
    }
    auto document = payload;
    for (auto const each : registered_claims)
        document.erase(each);
    if (kind == TokenKind::presentation) document.erase("nonce");
    return document;
}

}  // namespace

Result<VcApiToken> read_vc_api_token(std::string_view text, VcApiTokenRules const& rules,
                                     crypto::FindKey const& find_key) {
    auto const jws = crypto::parse_compact_jws(text, token_rules(rules.kind));
    if (!jws) return jws.error();
    auto const payload = parse_json(as_text(jws->payload), json_limits::credential);
    if (!payload) return payload.error();
    if (!payload->is_object()) return claim_error("", "the payload must be an object");
    auto document = carried_by(*payload, type_of(*jws), rules.kind);
    if (!document) return document.error();
    auto const speaker = speaker_of(*document, *payload, rules.kind);
    auto const method = method_of(*jws, speaker);
    auto const key = token_key(*jws, method, rules.proof.purpose, find_key);
    if (!key) return key.error();
    if (!crypto::verify_jws(*jws, *key))
        return Error{
            Fault::malformed, "envelope-signature", "The token was not signed like this by " + method + ".", {}};
    if (auto wrong = check_times(*payload, rules.proof.now)) return *wrong;
    if (auto wrong = compare(*payload, "iss", speaker)) return *wrong;
    if (auto wrong = compare(*payload, "jti", text_member(*document, "id"))) return *wrong;
    if (rules.kind == TokenKind::presentation) {
        if (auto wrong = check_audience(*payload, rules.proof)) return *wrong;
    } else if (auto wrong = compare(*payload, "sub", id_of(*document, "credentialSubject"))) {
        return *wrong;
    }
    return VcApiToken{std::move(*document), method, *key};
}

}  // namespace itqan::domain
