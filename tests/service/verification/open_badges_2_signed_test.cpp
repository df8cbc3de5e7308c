// Signed badges of Open Badges 2: the key is the issuer's by the word of both, and the issuer's list tells withdrawals.

#include <doctest/doctest.h>

#include "schemas/bytes.hpp"
#include "tests/service/verification/open_badges_2_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

Report verify_signed(OpenBadge2House& house) {
    house.serve();
    return house.verifier.verify(house.signed_assertion());
}

}  // namespace

TEST_CASE("a signed badge is its issuer's by a key that each names") {
    OpenBadge2House house;
    house.make_signed();

    auto const report = verify_signed(house);

    CHECK_MESSAGE(report.verdict == Verdict::valid, summary(report));
    CHECK(report.kind == "Open Badges 2.0 assertion (signed, EdDSA)");
    CHECK(code_of(report, "proof") == "proof.good");
    CHECK(code_of(report, "issuer-binding") == "issuer-binding.listed");
    CHECK(code_of(report, "status") == "status.none");
    CHECK(check_of(report, "proof").evidence.at("asked-as") == "https://badges.example/key");
    CHECK(house.verifier.asked.empty());

    house.assertion["id"] = "urn:uuid:6deb4a00-ebce-4b28-8cc2-afa705ef7be4";
    CHECK(verify_signed(house).verdict == Verdict::valid);
    house.assertion["verification"].erase("creator");
    CHECK(verify_signed(house).verdict == Verdict::valid);
    house.profile["publicKey"] = Json::array({"https://badges.example/older", "http://badges.example/key"});
    house.assertion["verification"]["creator"] = "http://badges.example/key";
    CHECK(verify_signed(house).verdict == Verdict::valid);
}

TEST_CASE("a key that stands in the profile that lists it needs no address of its own") {
    OpenBadge2House house;
    house.make_signed();
    house.key["id"] = "https://badges.example/issuer#key";
    house.assertion["verification"]["creator"] = house.key.at("id");
    house.profile["publicKey"] = house.key;

    auto const report = verify_signed(house);

    CHECK_MESSAGE(report.verdict == Verdict::valid, summary(report));
    house.profile["publicKey"]["owner"] = "https://bank.example/issuer";
    CHECK(code_of(verify_signed(house), "issuer-binding") == "issuer-binding.key-of-another");
}

TEST_CASE("a key counts only when the issuer lists it and it names the issuer") {
    struct Case {
        Json listed;
        char const *owner, *code;
    };
    char const* const own = "https://badges.example/issuer";
    for (auto const& [listed, owner, code] :
         {Case{"https://badges.example/other", own, "issuer-binding.not-listed"},
          Case{Json::array(), own, "issuer-binding.not-listed"}, Case{nullptr, own, "issuer-binding.not-listed"},
          Case{"https://badges.example/key2", own, "issuer-binding.not-listed"},
          Case{"https://badges.example/key", "https://evil.example/issuer", "issuer-binding.key-of-another"},
          Case{"https://badges.example/key", "", "issuer-binding.key-of-another"}}) {
        CAPTURE(listed.dump());
        CAPTURE(owner);
        OpenBadge2House house;
        house.make_signed();
        house.profile["publicKey"] = listed;
        house.key["owner"] = owner;

        auto const report = verify_signed(house);

        CHECK_MESSAGE(code_of(report, "issuer-binding") == code, summary(report));
        CHECK(outcome_of(report, "proof") == "pass");
        CHECK(report.verdict == Verdict::invalid);
    }
}

TEST_CASE("a key under another name than the one that the issuer lists is another key") {
    OpenBadge2House house;
    house.make_signed();
    house.serve();
    auto other = house.key;
    other["id"] = "https://badges.example/other-key";
    house.verifier.knows("https://badges.example/key", other.dump());

    auto const report = house.verifier.verify(house.signed_assertion());

    CHECK_MESSAGE(code_of(report, "issuer-binding") == "issuer-binding.not-listed", summary(report));
    CHECK(report.verdict == Verdict::invalid);
}

TEST_CASE("a forger's key signs nothing for an issuer that does not list it") {
    OpenBadge2House house;
    TestIssuer const forger("forger");
    house.make_signed();
    OpenBadge2House other;
    auto key = other.key;
    key["id"] = "https://evil.example/key";
    serve_at_own_id(house.verifier, key);
    house.assertion["verification"]["creator"] = key.at("id");
    house.serve();
    auto const token = other.issuer.sign_raw(R"({"alg":"EdDSA"})", house.assertion.dump());

    auto const report = house.verifier.verify(token);

    CHECK(code_of(report, "proof") == "proof.good");
    CHECK(code_of(report, "issuer-binding") == "issuer-binding.not-listed");
    house.make_signed();
    CHECK(code_of(house.verifier.verify(forger.sign_raw(R"({"alg":"EdDSA"})", house.assertion.dump())), "proof") ==
          "proof.bad-signature");
}

TEST_CASE("a profile written into the signed text lists no keys") {
    OpenBadge2House house;
    house.make_signed();
    house.assertion["badge"] = house.badge;
    house.assertion["badge"]["issuer"] = house.profile;
    house.assertion["badge"]["issuer"]["id"] = "urn:uuid:52e4c6b3-8c13-4fa8-8482-a5cf34ef37a9";
    house.key["owner"] = "urn:uuid:52e4c6b3-8c13-4fa8-8482-a5cf34ef37a9";

    auto const report = verify_signed(house);

    CHECK(code_of(report, "issuer-binding") == "issuer-binding.issuer-no-address");
    CHECK(report.verdict == Verdict::unchecked);
}

TEST_CASE("a changed text, another algorithm and none at all are refused") {
    OpenBadge2House house;
    house.make_signed();
    house.serve();
    auto const token = house.signed_assertion();
    auto const first = token.find('.'), last = token.rfind('.');
    auto richer = house.assertion;
    richer["badge"] = "https://badges.example/classes/doctor";
    auto const forged = token.substr(0, first + 1) + base64url_encode(as_bytes(richer.dump())) + token.substr(last);
    CHECK(code_of(house.verifier.verify(forged), "proof") == "proof.bad-signature");
    for (auto const* header : {R"({"alg":"none"})", R"({"alg":"HS256","typ":"JWT"})", R"({"alg":"RS512"})"}) {
        CAPTURE(header);
        auto const report = house.verifier.verify(house.issuer.sign_raw(header, house.assertion.dump()));
        CHECK(code_of(report, "proof") == "proof.jws-algorithm");
        CHECK(report.verdict == Verdict::invalid);
    }
    // The key decides the algorithm, not the header.
    CHECK(code_of(house.verifier.verify(house.issuer.sign_raw(R"({"alg":"ES256"})", house.assertion.dump())),
                  "proof") == "proof.bad-signature");
    // The bare document claims a signature that is not there.
    CHECK(code_of(house.verifier.verify(house.assertion.dump()), "proof") == "proof.signed-text-missing");
    house.assertion.erase("verification");
    CHECK(code_of(house.verifier.verify(house.signed_assertion()), "proof") == "proof.no-rule");
}

TEST_CASE("a key that cannot be had or used leaves the proof open or refuses it") {
    OpenBadge2House house;
    house.make_signed();
    house.serve();
    auto const token = house.signed_assertion();
    auto& served = house.verifier.documents["https://badges.example/key"];
    auto const whole = served;
    served = {"", "", "nobody answers"};
    CHECK(code_of(house.verifier.verify(token), "proof") == "proof.unreachable");
    CHECK(house.verifier.verify(token).verdict == Verdict::unchecked);
    served = {house.profile.dump(), "", ""};
    CHECK(code_of(house.verifier.verify(token), "proof") == "proof.key-broken");
    for (std::string const pem :
         {"", "-----BEGIN PUBLIC KEY-----", "-----BEGIN PUBLIC KEY----------END PUBLIC KEY-----",
          "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "-----BEGIN PRIVATE KEY-----\nAAAA\n"}) {
        CAPTURE(pem);
        house.key["publicKeyPem"] = pem;
        served = {house.key.dump(), "", ""};
        CHECK(code_of(house.verifier.verify(token), "proof") == "proof.invalid-key");
        CHECK(house.verifier.verify(token).verdict == Verdict::invalid);
    }
}

TEST_CASE("the issuer's revocation list withdraws by id and uid in all its forms, and no other list does") {
    OpenBadge2House house;
    house.make_signed();
    house.assertion["uid"] = "abc-1";
    house.profile["revocationList"] = house.revocations.at("id");
    CHECK(code_of(verify_signed(house), "status") == "status.in-force");
    for (auto const& entry :
         {Json("https://badges.example/assertions/1"), Json("http://badges.example/assertions/1"),
          Json{{"id", "https://badges.example/assertions/1"}}, Json{{"uid", "abc-1"}}, Json("abc-1")}) {
        CAPTURE(entry.dump());
        house.revocations["revokedAssertions"] = Json::array({"https://badges.example/assertions/2", entry});
        auto const report = verify_signed(house);
        CHECK_MESSAGE(code_of(report, "status") == "status.revoked", summary(report));
        CHECK(report.headline_code == "revoked");
    }
    house.revocations["revokedAssertions"] =
        Json::array({{{"id", "https://badges.example/assertions/1"}, {"revocationReason", "Error"}}});
    CHECK(check_of(verify_signed(house), "status").evidence.at("reason") == "Error");

    house.revocations["revokedAssertions"] = Json::array();
    house.revocations["id"] = "https://lists.example/revocations";
    house.profile["revocationList"] = house.revocations.at("id");
    auto const foreign = verify_signed(house);
    CHECK(code_of(foreign, "status") == "status.foreign-list");
    CHECK(foreign.verdict == Verdict::unchecked);
    house.revocations["issuer"] = house.profile.at("id");
    CHECK(code_of(verify_signed(house), "status") == "status.in-force");
    house.revocations["issuer"] = "https://evil.example/issuer";
    CHECK(code_of(verify_signed(house), "status") == "status.foreign-list");

    house.profile["revocationList"] = "https://badges.example/nothing";
    CHECK(code_of(verify_signed(house), "status") == "status.unreachable");
    house.profile["revocationList"] = house.key.at("id");
    CHECK(code_of(verify_signed(house), "status") == "status.unreadable-list");
    house.assertion["revoked"] = true;
    CHECK(code_of(verify_signed(house), "status") == "status.revoked");
}
