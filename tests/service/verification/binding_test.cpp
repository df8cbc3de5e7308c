#include <doctest/doctest.h>

#include "crypto/vc_jwt.hpp"
#include "tests/service/verification/no_fetch.hpp"
#include "tests/service/verification/verification_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

Verifier knowing(std::initializer_list<TestIssuer const*> issuers) {
    Verifier verifier;
    for (auto const* issuer : issuers)
        verifier.knows(*issuer);
    return verifier;
}

std::string header(std::string const& kid) {
    return Json{{"alg", "EdDSA"}, {"kid", kid}}.dump();
}

/// The badge with the claims a VC-JWT repeats, as `issuer` would sign it.
std::string payload_of(Json badge) {
    badge.update({{"iss", badge.at("issuer").at("id")},
                  {"jti", badge.at("id")},
                  {"sub", badge.at("credentialSubject").at("id")},
                  {"nbf", at(badge.at("validFrom").get<std::string>()).seconds()},
                  {"exp", at(badge.at("validUntil").get<std::string>()).seconds()}});
    return badge.dump();
}

}  // namespace

TEST_CASE("one issuer's key never vouches for another issuer on the same host") {
    TestIssuer const victim("nakhla"), thief("sidra");
    auto verifier = knowing({&victim, &thief});
    verifier.knows(thief.kid(), thief.signer().public_key().to_jwk().dump());
    verifier.trusted_issuers = {victim.did(), thief.did()};

    for (auto const& kid : {thief.kid(), thief.did() + "#1", victim.kid(), victim.did() + "#1"}) {
        auto const report = verifier.verify(thief.sign_raw(header(kid), payload_of(victim.badge())));

        CAPTURE(kid);
        CHECK_MESSAGE(report.verdict == Verdict::invalid, summary(report));
        CHECK(report.headline_code == "invalid");
        CHECK(outcome_of(report, "issuer-trust") == "unchecked");
        bool const by_binding = kid == thief.kid() || kid == thief.did() + "#1";
        CHECK(outcome_of(report, "issuer-binding") == (by_binding ? "fail" : "pass"));
        if (!by_binding) CHECK(code_of(report, "proof") == "proof.bad-signature");
    }
}

TEST_CASE("a key in the header counts only when the issuer lists it") {
    TestIssuer const issuer("nakhla"), stranger("nakhla");
    auto verifier = knowing({&issuer});
    auto const with_jwk = [&](TestIssuer const& signer) {
        return signer.sign_raw(Json{{"alg", "EdDSA"}, {"jwk", signer.signer().public_key().to_jwk()}}.dump(),
                               payload_of(issuer.badge()));
    };

    CHECK(verifier.verify(with_jwk(issuer)).verdict == Verdict::valid);
    auto const forged = verifier.verify(with_jwk(stranger));
    CHECK(outcome_of(forged, "proof") == "pass");
    CHECK(code_of(forged, "issuer-binding") == "issuer-binding.not-listed");
    CHECK(forged.headline_code == "invalid");
}

TEST_CASE("a revoked key takes everything under it down") {
    TestIssuer issuer("nakhla");
    auto const token = issuer.sign(issuer.badge());
    issuer.revoked = at("2026-11-15T00:00:00Z");
    auto verifier = knowing({&issuer});

    auto const report = verifier.verify(token);

    CHECK(code_of(report, "issuer-binding") == "issuer-binding.key-revoked");
    CHECK(report.verdict == Verdict::invalid);
    CHECK(report.headline_code == "invalid");
}

TEST_CASE("a key whose address says that it is gone is revoked") {
    TestIssuer const issuer("nakhla");
    auto verifier = knowing({&issuer});
    verifier.knows(issuer.did(), Json{{"id", issuer.did()}}.dump());
    verifier.documents[issuer.kid()].failure = "gone";

    auto const report = verifier.verify(issuer.sign(issuer.badge()));

    CHECK(code_of(report, "proof") == "proof.key-revoked");
    CHECK(code_of(report, "issuer-binding") == "issuer-binding.key-revoked");
}

TEST_CASE("what is out of reach is unchecked and neither passes nor fails") {
    TestIssuer const issuer("nakhla");
    Verifier verifier;

    auto const report = verifier.verify(issuer.sign(issuer.badge()));

    CHECK(report.verdict == Verdict::unchecked);
    CHECK(report.headline_code == "unchecked");
    for (auto const* id : {"proof", "issuer-binding", "status"})
        CHECK(outcome_of(report, id) == "unchecked");
    CHECK(verifier.asked == std::vector<std::string>{issuer.did(), issuer.list_address(), issuer.kid()});
}

TEST_CASE("a token at odds with itself is wrong even when its key is out of reach") {
    TestIssuer const issuer("nakhla");
    auto payload = Json::parse(payload_of(issuer.badge()));
    payload["iss"] = "did:web:badges.example:issuers:sidra";
    Verifier verifier;

    auto const report = verifier.verify(issuer.sign_raw(header(issuer.kid()), payload.dump()));

    CHECK(code_of(report, "proof") == "proof.claim-contradiction");
    CHECK(report.verdict == Verdict::invalid);
}

TEST_CASE("nothing is asked of an address that is not the issuer's own") {
    TestIssuer const issuer("nakhla");
    auto verifier = knowing({&issuer});

    for (auto const* kid :
         {"https://evil.example/keys/1", "http://169.254.169.254/key", "https://badges.example@evil.example/1",
          "https://badges.example.evil.example/1", "file:///etc/passwd", "did:web:evil.example#1",
          "did:web:badges.example#1", "../../dev/null"}) {
        auto const report = verifier.verify(issuer.sign_raw(header(kid), payload_of(issuer.badge())));

        CAPTURE(kid);
        CHECK(code_of(report, "proof") == "proof.foreign-key");
        CHECK(code_of(report, "issuer-binding") == "issuer-binding.not-listed");
        CHECK(verifier.asked.empty());
    }
}

TEST_CASE("a did:key issuer needs no document") {
    for (auto const type : {crypto::KeyType::ed25519, crypto::KeyType::p256, crypto::KeyType::p384}) {
        TestIssuer const issuer("nakhla", type);
        auto const did = crypto::did_key(issuer.signer().public_key());
        auto badge = issuer.badge();
        badge["issuer"]["id"] = did;
        badge.erase("credentialStatus");
        Verifier verifier;

        auto const report = verifier.verify(crypto::issue_vc_jwt(issuer.signer(), did + "#" + did.substr(8), badge));

        CHECK_MESSAGE(report.verdict == Verdict::valid, summary(report));
        CHECK(verifier.asked.empty());
    }
}

TEST_CASE("another did:key than the issuer's fails") {
    TestIssuer const issuer("nakhla"), other("sidra");
    auto badge = issuer.badge();
    badge["issuer"]["id"] = crypto::did_key(issuer.signer().public_key());
    badge.erase("credentialStatus");
    Verifier verifier;

    auto const report =
        verifier.verify(other.sign_raw(header(crypto::did_key(other.signer().public_key())), payload_of(badge)));

    CHECK(outcome_of(report, "proof") == "pass");
    CHECK(code_of(report, "issuer-binding") == "issuer-binding.not-listed");
}

TEST_CASE("an issuer that can list no key leaves its binding unchecked") {
    TestIssuer const issuer("nakhla");
    auto badge = issuer.badge();
    badge["issuer"]["id"] = "urn:uuid:5f0e2c1a-9d57-4b9e-8a41-2f6d8b1c7e21";
    badge.erase("credentialStatus");
    Verifier verifier;

    auto const report = verifier.verify(issuer.sign_raw(
        Json{{"alg", "EdDSA"}, {"jwk", issuer.signer().public_key().to_jwk()}}.dump(), payload_of(badge)));

    CHECK(outcome_of(report, "proof") == "pass");
    CHECK(code_of(report, "issuer-binding") == "issuer-binding.no-keys");
    CHECK(report.verdict == Verdict::unchecked);
}

TEST_CASE("foreign and lying DID documents list no keys") {
    TestIssuer const issuer("nakhla");
    auto const verdict_with = [&issuer](auto const& change) {
        auto verifier = knowing({&issuer});
        auto document = issuer.did_document();
        change(document);
        verifier.knows(issuer.did(), document.dump());
        auto report = verifier.verify(issuer.sign(issuer.badge()));
        CHECK_MESSAGE(outcome_of(report, "issuer-binding") == "fail", summary(report));
        return report.verdict;
    };

    CHECK(verdict_with([](Json& d) { d["id"] = "did:web:other.example"; }) == Verdict::invalid);
    CHECK(verdict_with([](Json& d) { d["verificationMethod"][0]["controller"] = "did:web:evil.example"; }) ==
          Verdict::invalid);
    CHECK(verdict_with([](Json& d) {
              d["verificationMethod"][0]["id"] = "did:web:other.example#1";
              d["assertionMethod"][0] = "did:web:other.example#1";
          }) == Verdict::invalid);
    CHECK(verdict_with([](Json& d) {
              d["authentication"] = d["assertionMethod"];
              d.erase("assertionMethod");
          }) == Verdict::invalid);
    CHECK(verdict_with([](Json& d) { d = Json::array(); }) == Verdict::invalid);
}

TEST_CASE("published attacks on did:web never make a badge valid") {
    NEEDS_SHARED();
    auto const cases = Json::parse(read_file(*shared_dir() / "vectors/attacks/ssrf/didweb.json"));
    TestIssuer const issuer("nakhla");
    NoFetch no_fetch;

    for (auto const& each : cases) {
        auto const did = each.at("did").get<std::string>();
        CAPTURE(did);
        auto badge = issuer.badge();
        badge["issuer"]["id"] = did;
        badge.erase("credentialStatus");
        Verifier verifier;
        if (each.contains("document")) verifier.knows(did, each.at("document").dump());
        bool const refused = each.at("expect").get<std::string>().starts_with("reject");
        bool const has_a_host = did == "did:web:example.com%3A22" || did == "did:web:localhost";
        if (refused && !has_a_host) verifier.edge = no_fetch.edge();

        auto const report = verifier.verify(issuer.sign_raw(header(did + "#k"), payload_of(badge)));

        CHECK((report.verdict == Verdict::invalid || report.verdict == Verdict::unchecked));
        if (refused && each.contains("document")) CHECK(outcome_of(report, "issuer-binding") == "fail");
        if (refused && !each.contains("document") && !has_a_host) {
            // A name that is no URI at all never gets as far as being read as a DID.
            auto const code = code_of(report, "issuer-binding");
            CHECK((code == "issuer-binding.invalid-did" || code == "issuer-binding.unreadable"));
            CHECK(verifier.asked.empty());
        }
    }
    CHECK(cases.size() >= 20);
}
