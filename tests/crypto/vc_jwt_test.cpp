#include "crypto/vc_jwt.hpp"

#include <doctest/doctest.h>

#include "schemas/clock.hpp"
#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::crypto;

namespace {

Json credential() {
    return {{"@context",
             {"https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"}},
            {"id", "https://issuer.example/credentials/1"},
            {"type", {"VerifiableCredential", "OpenBadgeCredential"}},
            {"issuer", {{"id", "did:web:issuer.example"}, {"type", {"Profile"}}, {"name", "جهة"}}},
            {"validFrom", "2026-11-24T10:00:00Z"},
            {"validUntil", "2028-11-24T23:59:59Z"},
            {"credentialSubject",
             {{"id", "urn:uuid:2ed6657d-e927-468b-95e1-2665a8aea6a2"}, {"type", {"AchievementSubject"}}}}};
}

LocalSigner const& signer() {
    static LocalSigner const instance(PrivateKey::generate(KeyType::ed25519), "key-1");
    return instance;
}

/// A token with any payload, its signature good.
VcJwt read(Json const& payload) {
    auto token = read_vc_jwt(sign_compact(signer(), {"kid"}, canonical_json(payload)));
    REQUIRE(token);
    return std::move(*token);
}

Json payload() {
    return read_vc_jwt(issue_vc_jwt(signer(), "kid", credential()))->payload;
}

std::string faults(Json const& changed) {
    std::string text;
    for (auto const& fault : check_vc_jwt_claims(read(changed))) {
        text += fault.violation.pointer + (fault.kind == ClaimFault::Kind::missing ? "? " : "! ");
    }
    return text;
}

}  // namespace

TEST_CASE("an issued token repeats the credential in its claims and nothing else is changed") {
    auto const text = issue_vc_jwt(signer(), "https://issuer.example/keys/1", credential());

    auto const token = read_vc_jwt(text);

    REQUIRE(token);
    CHECK(verify_jws(token->jws, signer().public_key()));
    CHECK(token->jws.header == R"({"alg":"EdDSA","kid":"https://issuer.example/keys/1","typ":"JWT"})");
    CHECK(token->credential == credential());
    CHECK_FALSE(token->wrapped);
    CHECK(token->payload.at("iss") == "did:web:issuer.example");
    CHECK(token->payload.at("jti") == "https://issuer.example/credentials/1");
    CHECK(token->payload.at("sub") == "urn:uuid:2ed6657d-e927-468b-95e1-2665a8aea6a2");
    CHECK(token->payload.at("nbf") == 1795514400);
    CHECK(token->payload.at("exp") == Instant::parse("2028-11-24T23:59:59Z")->seconds());
    CHECK(check_vc_jwt_claims(*token).empty());
}

TEST_CASE("a part that was written earlier is signed as if it stood in the credential") {
    auto const whole = credential();
    auto rest = whole;
    rest["issuer"]["name"] = nullptr;
    CanonicalPart const part{{"issuer", "name"}, canonical_json(whole.at("issuer").at("name"))};

    CHECK(issue_vc_jwt(signer(), "kid", rest, part) == issue_vc_jwt(signer(), "kid", whole));
}

TEST_CASE("a credential without an end has no exp") {
    auto open_ended = credential();
    open_ended.erase("validUntil");

    auto const token = read_vc_jwt(issue_vc_jwt(signer(), "kid", open_ended));

    REQUIRE(token);
    CHECK_FALSE(token->payload.contains("exp"));
    CHECK(check_vc_jwt_claims(*token).empty());
    CHECK(token->credential == open_ended);
}

TEST_CASE("a credential that cannot fill its claims is not signed") {
    for (auto const* member : {"id", "issuer", "validFrom", "credentialSubject"}) {
        auto broken = credential();
        broken.erase(member);
        CHECK_THROWS_AS(issue_vc_jwt(signer(), "kid", broken), std::invalid_argument);
    }
    auto claimed = credential();
    claimed["exp"] = 1;
    CHECK_THROWS_AS(issue_vc_jwt(signer(), "kid", claimed), std::invalid_argument);
    auto no_subject_id = credential();
    no_subject_id["credentialSubject"].erase("id");
    CHECK_THROWS_AS(issue_vc_jwt(signer(), "kid", no_subject_id), std::invalid_argument);
}

TEST_CASE("a claim that says something else than the credential is a contradiction") {
    auto const with = [](char const* claim, Json value) {
        auto changed = payload();
        changed[claim] = std::move(value);
        return faults(changed);
    };

    CHECK(faults(payload()).empty());
    CHECK(with("iss", "did:web:evil.example") == "/iss! ");
    CHECK(with("jti", "x") == "/jti! ");
    CHECK(with("sub", "mailto:someone@example.com") == "/sub! ");
    CHECK(with("sub", 5) == "/sub! ");
    CHECK(with("nbf", 1795514401) == "/nbf! ");
    CHECK(with("nbf", "1795514400") == "/nbf! ");
    CHECK(with("exp", 1) == "/exp! ");
    CHECK(with("exp", 1e300) == "/exp! ");
    CHECK(with("iat", "today") == "/iat! ");
    CHECK(with("iat", 1795514400.5).empty());
    CHECK(with("vc", Json::object()) == "/vc! /sub! ");
    CHECK(with("vc", "text") == "/vc! ");
}

TEST_CASE("a missing claim is told from a contradiction") {
    auto const without = [](char const* claim) {
        auto changed = payload();
        changed.erase(claim);
        return faults(changed);
    };

    CHECK(without("iss") == "/iss? ");
    CHECK(without("jti") == "/jti? ");
    CHECK(without("sub") == "/sub? ");
    CHECK(without("nbf") == "/nbf? ");
    CHECK(without("exp") == "/exp! ");
    CHECK(without("validUntil") == "/exp! ");
}

TEST_CASE("a version 1.1 credential stands in vc and takes what it lacks from the claims") {
    Json const wrapped{{"iss", "https://issuer.example"},
                       {"jti", "urn:uuid:1"},
                       {"sub", "did:example:learner"},
                       {"nbf", 1795514400},
                       {"vc",
                        {{"@context", {"https://www.w3.org/2018/credentials/v1"}},
                         {"type", {"VerifiableCredential"}},
                         {"credentialSubject", {{"type", {"AchievementSubject"}}}}}}};

    auto const token = read(wrapped);

    CHECK(token.wrapped);
    CHECK(token.credential.at("issuer") == "https://issuer.example");
    CHECK(token.credential.at("id") == "urn:uuid:1");
    CHECK(token.credential.at("credentialSubject").at("id") == "did:example:learner");
    CHECK(token.credential.at("issuanceDate") == "2026-11-24T10:00:00Z");
    CHECK(check_vc_jwt_claims(token).empty());
    auto mixed = wrapped;
    mixed["type"] = {"VerifiableCredential"};
    CHECK(faults(mixed) == "/vc! ");
    auto version_2 = wrapped;
    version_2["vc"]["@context"] = {"https://www.w3.org/ns/credentials/v2"};
    CHECK(faults(version_2) == "/vc! ");
    auto other_issuer = wrapped;
    other_issuer["vc"]["issuer"] = {{"id", "https://evil.example"}};
    CHECK(faults(other_issuer) == "/iss! ");
}

TEST_CASE("a payload that is no object is refused") {
    for (auto const* text : {"[]", "5", "\"text\"", "null"}) {
        auto const token = read_vc_jwt(sign_compact(signer(), {}, text));
        REQUIRE_FALSE(token);
        CHECK(token.error().code == "vc-jwt");
    }
    CHECK_FALSE(read_vc_jwt(sign_compact(signer(), {}, "{\"a\":1,\"a\":2}")));
    CHECK_FALSE(read_vc_jwt(sign_compact(signer(), {}, "")));
}

TEST_CASE("the public validator's token samples read and their embedded keys verify them") {
    auto const shared = tests::shared_dir();
    if (!shared) {
        MESSAGE("shared vectors are not here");
        return;
    }
    auto text = tests::read_file(*shared / "vectors/validator/clr20/simple.jwt");
    text.erase(text.find_last_not_of(" \r\n") + 1);

    auto const jws = parse_compact_jws(text);

    REQUIRE(jws);
    REQUIRE(jws->jwk);
    CHECK(jws->algorithm == "RS256");
    CHECK(verify_jws(*jws, *jws->jwk));
}
