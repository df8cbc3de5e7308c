// What is found of one document, code by code and nothing else: a finding that another one hides would be missed by no
// test that looks at the verdict alone.

#include <doctest/doctest.h>

#include "tests/service/verification/open_badges_2_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

struct FindingHouse {
    TestIssuer issuer{"nakhla"};
    Verifier verifier;

    FindingHouse() { verifier.knows(issuer); }
    std::string of(std::string const& input) { return findings(verifier.verify(input)); }
    std::string of_raw(std::string const& header, std::string const& payload) {
        return of(issuer.sign_raw(header, payload));
    }
    std::string header(Json more = Json::object()) const {
        Json header{{"alg", "EdDSA"}, {"kid", issuer.did() + "#1"}, {"typ", "vc+jwt"}};
        header.update(more);
        return header.dump();
    }
    Json proven(Json const& badge) const { return embed(badge, issuer, issuer.did() + "#1"); }
};

/// What follows where nothing can be read.
std::string nothing_readable(std::string const& code) {
    return "format." + code + " schema.unreadable contexts.unreadable proof." + code +
           " issuer-binding.unreadable validity.unreadable status.unreadable refresh.unreadable "
           "issuer-trust.unreadable "
           "endorsements.unreadable";
}

}  // namespace

TEST_CASE("a good badge has no findings") {
    FindingHouse house;

    CHECK(house.of(house.issuer.sign(house.issuer.badge())) == "");
    CHECK(house.of(house.proven(house.issuer.badge()).dump()) == "");
}

TEST_CASE("a token that cannot be read says why, and that nothing else could be looked at") {
    FindingHouse house;
    auto const badge = house.issuer.badge().dump();
    struct Payload {
        char const *text, *code;
    };
    for (auto const& [text, code] :
         {Payload{R"({"a":1,"a":2})", "json-duplicate-member"}, Payload{"{\"a\":\"\xff\"}", "json-encoding"},
          Payload{R"({"a":1e999})", "json-number"}, Payload{R"({"a":)", "json-syntax"}, Payload{"[]", "vc-jwt"}}) {
        CAPTURE(code);
        CHECK(house.of_raw(house.header(), text) == nothing_readable(code));
    }
    CHECK(house.of_raw(house.header({{"typ", "at+jwt"}}), badge) == nothing_readable("jws-type"));
    CHECK(house.of_raw(house.header({{"kid", 1}}), badge) == nothing_readable("jws-header"));
    auto token = house.issuer.sign(house.issuer.badge());
    token.back() = '!';
    CHECK(house.of(token) == nothing_readable("jws-syntax"));
    auto jwk = house.issuer.signer().public_key().to_jwk();
    jwk["d"] = "AAAA";
    CHECK(house.of_raw(house.header({{"jwk", jwk}}), badge) == nothing_readable("private-key-exposed"));
}

TEST_CASE("what is missing of a badge is said where it is missing") {
    FindingHouse house;
    auto const without = [&](char const* member) {
        auto badge = house.issuer.badge();
        badge.erase(member);
        return house.of_raw(house.header(), badge.dump());
    };

    CHECK(without("@context") == "contexts.missing proof.claim-contradiction");
    CHECK(without("issuer") == "schema.violation proof.foreign-key issuer-binding.no-issuer status.foreign-list");
    auto other = house.issuer.badge();
    other["type"] = {"VerifiableCredential"};
    CHECK(house.of(house.issuer.sign(other)) == "format.not-a-badge schema.not-a-badge");
}

TEST_CASE("a badge without an id is in no list that names ids") {
    FindingHouse house;
    auto badge = house.issuer.badge();
    badge.erase("id");
    auto const list = "https://badges.example/revoked.json";
    badge["credentialStatus"] = {{"id", list}, {"type", "1EdTechRevocationList"}};
    house.verifier.knows(
        list, Json{{"id", list}, {"issuer", house.issuer.did()}, {"revokedCredential", Json::array()}}.dump());

    CHECK(house.of(house.proven(badge).dump()) == "schema.violation status.no-id");
}

TEST_CASE("an issuer that is known to be nobody of ours is no finding") {
    FindingHouse house;
    house.verifier.trusted_issuers = {"did:web:badges.example:issuers:sidra"};

    auto const report = house.verifier.verify(house.issuer.sign(house.issuer.badge()));

    CHECK(code_of(report, "issuer-trust") == "issuer-trust.not-ours");
    CHECK(outcome_of(report, "issuer-trust") == "absent");
    CHECK(report.verdict == Verdict::valid);
}

TEST_CASE("a key whose document is out of reach leaves proof and issuer open") {
    FindingHouse house;
    house.verifier.documents.erase(house.issuer.did());

    CHECK(house.of(house.issuer.sign(house.issuer.badge())) ==
          "proof.unreachable issuer-binding.unreachable status.unproven-list");
    CHECK(house.of_raw(R"({"alg":"EdDSA","typ":"vc+jwt"})", house.issuer.badge().dump()) ==
          "proof.no-key-named issuer-binding.unreachable status.unproven-list");
}

TEST_CASE("endorsements and inner credentials that cannot be read are said to be broken") {
    FindingHouse house;
    auto badge = house.issuer.badge();
    badge["endorsementJwt"] = Json::array({"a.b.c"});
    CHECK(house.of(house.issuer.sign(badge)) == "endorsements.broken");
    auto record = house.issuer.badge();
    record["type"] = {"VerifiableCredential", "ClrCredential"};
    record["credentialSubject"] = {{"type", {"ClrSubject"}}, {"id", "urn:uuid:6b4c3b3e-8a39-4d52-9d83-a1f2e1b87a55"}};
    auto& inside = record["credentialSubject"]["verifiableCredential"];
    inside = Json::array({"a.b.c"});
    CHECK(house.of(house.issuer.sign(record)) == "nested.broken");
    TestIssuer const stranger("stranger");
    inside =
        Json::array({house.proven(house.issuer.badge()), embed(stranger.badge(), stranger, stranger.did() + "#1")});
    CHECK(house.of(house.issuer.sign(record)) == "nested.not-checked");
    inside = std::vector<Json>(33, Json{{"type", "Unheard"}});
    CHECK(house.of(house.issuer.sign(record)) == "nested.too-many");
}

TEST_CASE("of a graph of Open Badges 2 it is said which document is missing and why") {
    auto const of = [](auto const& change) {
        OpenBadge2House house;
        change(house);
        return findings(house.verify_hosted());
    };

    CHECK(of([](OpenBadge2House&) {}) == "");
    CHECK(of([](OpenBadge2House& house) { house.assertion.erase("badge"); }) ==
          "schema.violation-2 issuer-binding.no-badge");
    CHECK(of([](OpenBadge2House& house) {
              house.assertion["badge"] = "urn:uuid:52e4c6b3-8c13-4fa8-8482-a5cf34ef37a9";
          }) == "issuer-binding.badge-no-address");
    CHECK(of([](OpenBadge2House& house) { house.badge.erase("issuer"); }) ==
          "schema.violation-2 issuer-binding.no-issuer");
    CHECK(of([](OpenBadge2House& house) {
              house.assertion["verification"] = {{"type", "Unheard"}};
          }) == "proof.no-rule issuer-binding.no-key status.not-shown");
}

TEST_CASE("a hosted badge that its host took away is not there, one that moved says so") {
    OpenBadge2House house;
    house.serve();
    auto const address = house.assertion.at("id").get<std::string>();
    house.verifier.documents[address] = {};
    house.verifier.documents[address].failure = "410";
    house.verifier.documents[address].gone = true;
    CHECK(findings(house.verifier.verify(house.assertion.dump())) ==
          "proof.hosted-gone issuer-binding.not-shown status.gone");

    auto moved = house.assertion;
    moved["id"] = "https://badges.example/assertions/2";
    house.verifier.knows(address, moved.dump());
    house.verifier.knows("https://badges.example/assertions/2", moved.dump());
    CHECK(findings(house.verifier.verify(house.assertion.dump())) == "proof.hosted-moved");
}

TEST_CASE("a picture with an old badge beside the credential says that it was not read") {
    FindingHouse house;
    auto const picture = [&](std::string const& more) {
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:a=\"https://purl.imsglobal.org/ob/v3p0\" "
               "xmlns:b=\"http://openbadges.org\"><a:credential verify=\"" +
               house.issuer.sign(house.issuer.badge()) + "\"/>" + more + "</svg>";
    };

    auto const alone = house.verifier.verify(picture(""));
    auto const beside = house.verifier.verify(picture("<b:assertion verify=\"x.y.z\"/>"));

    CHECK(code_of(alone, "format") == "format.read");
    CHECK(code_of(beside, "format") == "format.read-beside-older");
    CHECK(beside.verdict == Verdict::valid);
}

TEST_CASE("more contexts than are followed leave terms and signature open") {
    FindingHouse house;
    auto badge = house.proven(house.issuer.badge());
    for (int i = 0; i < 64; ++i)
        badge["@context"].push_back(badge.at("@context").at(1));

    CHECK(house.of(badge.dump()) == "contexts.too-large proof.too-large");
}

TEST_CASE("terms that were changed under an embedded proof are named beside the broken signature") {
    FindingHouse house;
    auto const changed = [&](char const* pointer, Json value) {
        auto badge = house.proven(house.issuer.badge());
        badge[Json::json_pointer(pointer)] = std::move(value);
        return house.of(badge.dump());
    };
    Json const twin{{"id", house.issuer.did()}, {"type", {"Profile"}}, {"name", "Another"}};
    auto const nested = house.proven(house.issuer.badge()).at("proof");

    CHECK(changed("/issuer/parentOrg", twin) == "contexts.id-twice proof.bad-signature");
    CHECK(changed("/credentialSubject/@context", {{"name", "https://evil.example/name"}}) ==
          "contexts.embedded proof.lost-terms");
    CHECK(changed("/credentialSubject/@graph", Json::array({{{"id", "urn:a"}}})) ==
          "contexts.keyword proof.lost-terms");
    CHECK(changed("/credentialSubject/achievement/proof", nested) == "contexts.nested-proof proof.lost-terms");
    CHECK(changed("/credentialSubject/achievement/image/id", "picture.png") ==
          "schema.violation contexts.relative-address proof.lost-terms");
    CHECK(changed("/issuer/image", Json::object({{"id", "https://badges.example/a b"}, {"type", "Image"}})) ==
          "schema.violation contexts.relative-address proof.lost-terms");
    CHECK(changed("/credentialSubject/id", 5) == "schema.violation contexts.lost proof.lost-terms");
    CHECK(changed("/credentialStatus/statusListIndex", "-1") ==
          "schema.violation proof.bad-signature status.status-index");
}

TEST_CASE("an issuer whose name is no DID and a token that names two keys prove nothing") {
    FindingHouse house;
    auto badge = house.issuer.badge();
    badge["issuer"]["id"] = "did:key:zNothing";
    CHECK(house.of(house.issuer.sign(badge)) == "proof.foreign-key issuer-binding.invalid-did status.foreign-list");
    TestIssuer const other("sidra");
    CHECK(house.of_raw(house.header({{"jwk", other.signer().public_key().to_jwk()}}), house.issuer.badge().dump()) ==
          "proof.key-contradiction issuer-binding.no-key");
}

TEST_CASE("a badge class that calls itself something else and an issuer that cannot be read are said") {
    OpenBadge2House moved;
    moved.serve();
    auto badge = moved.badge;
    badge["id"] = "https://badges.example/classes/other";
    moved.verifier.knows("https://badges.example/classes/robots", badge.dump());
    moved.verifier.knows("https://badges.example/classes/other", badge.dump());
    CHECK(findings(moved.verifier.verify(moved.assertion.dump())) == "issuer-binding.badge-moved");

    OpenBadge2House silent;
    silent.make_signed();
    silent.serve();
    silent.verifier.documents.erase("https://badges.example/issuer");
    CHECK(findings(silent.verifier.verify(silent.signed_assertion())) ==
          "issuer-binding.issuer-unreachable status.no-profile");
}
