// Proofs of anybody over the route: what is believed and what is refused, always 200 or 400.

#include "tests/service/vc_api/vc_api_house.hpp"

#include <doctest/doctest.h>

#include "crypto/did.hpp"

using namespace itqan;
using crypto::KeyType;
using tests::common_house;
using tests::credential_1;
using tests::credential_2;
using tests::signed_by_stranger;

namespace {

crypto::ProofOptions with_suite(char const* cryptosuite) {
    crypto::ProofOptions options;
    options.cryptosuite = cryptosuite;
    return options;
}

constexpr char proof_profile[] = "eddsa-rdfc-2022";

void check_not_verified(Json const& credential, std::string const& code) {
    auto const replied = common_house().verify(credential);
    CHECK_MESSAGE(replied.status == 400, replied.body.dump());
    CHECK(replied.media_type == "application/problem+json");
    CHECK(replied.code() == code);
    CHECK(replied.pointers().starts_with("/verifiableCredential"));
}

/// A credential of ours with another value in its proof; null takes the member away.
Json with_proof_member(char const* member, Json const& value) {
    auto credential = common_house().issued(proof_profile, credential_2());
    if (value.is_discarded())
        credential["proof"].erase(member);
    else
        credential["proof"][member] = value;
    return credential;
}
Json const absent = Json(Json::value_t::discarded);

}  // namespace

TEST_CASE("conformance 1: whatever fails is 400 with a problem document") {
    auto changed = common_house().issued(proof_profile, credential_2());
    changed["credentialSubject"]["id"] = "did:example:mallory";

    check_not_verified(changed, "proof-signature");
}

TEST_CASE("conformance 2: what JSON-LD would lose is refused when verifying, under every suite") {
    for (auto const* const profile :
         {"eddsa-rdfc-2022", "eddsa-jcs-2022", "ecdsa-rdfc-2019-p384", "ecdsa-jcs-2019-p256"}) {
        CAPTURE(std::string(profile));
        auto with_member = common_house().issued(profile, credential_2());
        with_member["undefinedMember"] = "x";
        check_not_verified(with_member, "json-ld-undefined-term");
        auto with_type = common_house().issued(profile, credential_1());
        with_type["type"].push_back("InvalidType");
        CHECK(common_house().verify(with_type).status == 400);
        CHECK(common_house().verify(with_type).code().starts_with("json-ld-"));
    }
    auto const jcs = with_suite("eddsa-jcs-2022");
    auto lossy = credential_2();
    lossy["undefinedMember"] = "x";
    check_not_verified(signed_by_stranger(lossy, jcs, KeyType::ed25519), "json-ld-undefined-term");
}

TEST_CASE("conformance 3: a type that was absolute under a base no longer verifies without it") {
    auto credential = credential_2();
    credential["@context"].push_back({{"@base", "https://example.com/"}});
    credential["type"].push_back("RelativeType");
    // JCS signs anything, also what a careless RDF signer would.
    auto const jcs = with_suite("eddsa-jcs-2022");
    auto signed_with_base = signed_by_stranger(credential, jcs, KeyType::ed25519);
    CHECK(common_house().verify(signed_with_base).code() == "json-ld-inline-context");
    CHECK(common_house().issue(proof_profile, credential).code() == "json-ld-inline-context");

    signed_with_base["@context"].erase(1);
    CHECK(common_house().verify(signed_with_base).status == 400);
    CHECK(common_house().verify(signed_with_base).code() == "json-ld-undefined-type");
    credential["@context"].erase(1);
    CHECK(common_house().issue(proof_profile, credential).code().starts_with("json-ld-"));
}

TEST_CASE("conformance 5: every proof of a set must verify, and a chain signs what it builds on") {
    std::string const id = "urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544";
    auto first = with_suite("eddsa-rdfc-2022");
    first.id = std::string(id);
    auto one = signed_by_stranger(credential_2(), first, KeyType::ed25519);
    auto const second = with_suite("ecdsa-rdfc-2019");
    auto const set = signed_by_stranger(one, second, KeyType::p256);
    CHECK(common_house().verify(set).status == 200);
    auto broken_set = set;
    broken_set["proof"][0]["created"] = "2020-01-01T00:00:00Z";
    check_not_verified(broken_set, "proof-signature");

    for (auto const as_array : {false, true}) {
        auto next = with_suite("eddsa-rdfc-2022");
        next.previous_proof = {id};
        auto chain = signed_by_stranger(one, next, KeyType::ed25519);
        CHECK(common_house().verify(chain).status == 200);
        if (as_array) chain["proof"][1]["previousProof"] = Json::array({id});
        CHECK(common_house().verify(chain).status == 200);
        auto without = chain;
        without["proof"] = chain["proof"][1];
        check_not_verified(without, "unknown-previous-proof");
        auto changed = chain;
        changed["proof"][0]["proofValue"] = set["proof"][1]["proofValue"];
        check_not_verified(changed, "proof-signature");
    }
}

TEST_CASE("conformance 6: who the issuer is decides nothing, unless it is asked for") {
    auto credential = credential_2();
    credential["issuer"] = "https://vc.example/issuers/5678";
    auto const foreign = signed_by_stranger(credential, {}, KeyType::ed25519);

    auto const replied = common_house().verify(foreign);
    CHECK(replied.status == 200);
    CHECK(replied.body.at("warnings").at(0).at("pointer") == "/verifiableCredential/issuer");
    CHECK(common_house().verify(foreign, {{"checks", {"proof", "issuer-binding"}}}).code() == "issuer-binding");
}

TEST_CASE("conformance 7: proofs that are missing or malformed are refused with their code") {
    auto unsigned_one = common_house().issued(proof_profile, credential_2());
    unsigned_one.erase("proof");
    check_not_verified(unsigned_one, "missing-proof");
    check_not_verified(with_proof_member("type", absent), "unknown-proof-type");
    check_not_verified(with_proof_member("type", "UnknownProofType"), "unknown-proof-type");
    check_not_verified(with_proof_member("verificationMethod", absent), "missing-method");
    check_not_verified(with_proof_member("verificationMethod", "did:key:invalid"), "invalid-did");
    check_not_verified(with_proof_member("proofPurpose", absent), "missing-purpose");
    check_not_verified(with_proof_member("proofPurpose", "invalidPurpose"), "proof-purpose");
    check_not_verified(with_proof_member("proofPurpose", "authentication"), "proof-purpose");
    check_not_verified(with_proof_member("proofValue", absent), "missing-value");
    check_not_verified(with_proof_member("proofValue", nullptr), "missing-value");
    check_not_verified(with_proof_member("proofValue", Json::object()), "missing-value");
    check_not_verified(with_proof_member("cryptosuite", "unknown-2099"), "unknown-cryptosuite");
    check_not_verified(with_proof_member("id", "456321"), "malformed-proof");
    check_not_verified(with_proof_member("previousProof", 456321), "malformed-proof");
    auto const value =
        common_house().issued(proof_profile, credential_2()).at("proof").at("proofValue").get<std::string>();
    check_not_verified(with_proof_member("proofValue", value.substr(1)), "value-encoding");
    check_not_verified(with_proof_member("proofValue", value.substr(0, 40)), "value-length");
    for (Json const& proof : {Json(), Json::object(), Json("proof"), Json::array()}) {
        auto credential = unsigned_one;
        credential["proof"] = proof;
        auto const replied = common_house().verify(credential);
        CHECK_MESSAGE(replied.status == 400, proof.dump());
        CHECK(replied.pointers().starts_with("/verifiableCredential"));
    }
}

TEST_CASE("the keys of our own issuers are found without a network, those of others are not") {
    auto& house = common_house().house;
    auto const programme = house.database().read([&](storage::Session& s) { return house.programmes.current(s); });
    auto const& issuer = programme->issuers.front();
    auto const key = house.database().read(
        [&](storage::Session& s) { return *house.keys.active(s, issuer, domain::ProofForm::embedded); });
    auto const did = house.addresses.issuer_did(issuer.slug);
    auto credential = credential_2();
    credential["issuer"] = did;
    domain::VcApiLinkedData const linked_data(schemas::canon_limits::production);
    crypto::ProofOptions options;
    options.verification_method = did + "#" + key.key_id;
    auto const own = crypto::add_proof(credential, options, *key.signer, linked_data.canonicalizer());
    REQUIRE(own);

    auto const verified = common_house().verify(*own, {{"checks", {"proof", "issuer-binding"}}});

    CHECK_MESSAGE(verified.status == 200, verified.body.dump());
    CHECK(verified.body.at("warnings").empty());
    options.verification_method = "did:web:elsewhere.example#key-1";
    auto const foreign = crypto::add_proof(credential, options, *key.signer, linked_data.canonicalizer());
    CHECK(common_house().verify(*foreign).code() == "unknown-verification-method");
}

TEST_CASE("validity counts unless other checks are named") {
    auto credential = credential_2();
    credential["validUntil"] = "2024-01-01T00:00:00Z";
    auto const expired = common_house().issued(proof_profile, credential);
    credential["validUntil"] = "2041-01-01T00:00:00Z";
    credential["validFrom"] = "2040-01-01T00:00:00Z";
    auto const early = common_house().issued(proof_profile, credential);

    CHECK(common_house().verify(expired, Json::object()).code() == "expired");
    CHECK(common_house().verify(early, Json::object()).code() == "not-yet-valid");
    CHECK(common_house().verify(expired, {{"checks", {"proof", "validity"}}}).pointers() ==
          "/verifiableCredential/validUntil");
    auto const proof_only = common_house().verify(expired);
    CHECK(proof_only.status == 200);
    CHECK(proof_only.body.at("warnings").size() == 1);
}

TEST_CASE("clocks may differ by five minutes about what begins, not about what has ended") {
    auto const judged = [](char const* member, char const* moment) {
        auto credential = credential_2();
        credential[member] = moment;
        return common_house().verify(common_house().issued(proof_profile, credential), Json::object());
    };

    CHECK(judged("validFrom", "2026-11-01T12:05:00Z").status == 200);
    CHECK(judged("validFrom", "2026-11-01T12:05:01Z").code() == "not-yet-valid");
    CHECK(judged("validUntil", "2026-11-01T12:00:00Z").status == 200);
    CHECK(judged("validUntil", "2026-11-01T11:59:59Z").code() == "expired");
}

TEST_CASE("challenge and domain count where they are given") {
    auto options = with_suite("eddsa-rdfc-2022");
    options.challenge = std::string("c-1");
    options.domain = {"verifier.example"};
    auto const credential = signed_by_stranger(credential_2(), options, KeyType::ed25519);

    CHECK(common_house().verify(credential, Json::object()).status == 200);
    CHECK(common_house().verify(credential, {{"challenge", "c-1"}, {"domain", "verifier.example"}}).status == 200);
    CHECK(common_house().verify(credential, {{"challenge", "c-2"}}).code() == "proof-challenge");
    CHECK(common_house().verify(credential, {{"domain", "other.example"}}).code() == "proof-domain");
    CHECK(common_house().verify(credential, {{"challenge", 5}}).pointers() == "/options/challenge");
}
