#include <doctest/doctest.h>

#include <functional>

#include "crypto/digest.hpp"
#include "tests/service/verification/verification_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

struct VerdictHouse {
    TestIssuer issuer{"nakhla"};
    Verifier verifier;

    VerdictHouse() { verifier.knows(issuer); }
    Report verify(Json const& badge) { return verifier.verify(issuer.sign(badge)); }
    /// The key still stands at its address, but the issuer no longer lists it.
    void disown_key() {
        verifier.knows(issuer.did(), Json{{"id", issuer.did()}}.dump());
        verifier.knows(issuer.kid(), issuer.signer().public_key().to_jwk().dump());
    }
};

}  // namespace

TEST_CASE("a good badge of a known issuer is valid and every check says so in order") {
    VerdictHouse house;
    house.verifier.trusted_issuers = {house.issuer.did()};
    house.verifier.own_base = "https://badges.example";

    auto const report = house.verify(house.issuer.badge());

    CHECK_MESSAGE(report.verdict == Verdict::valid, summary(report));
    CHECK(report.headline_code == "valid");
    CHECK(report.kind == "OpenBadgeCredential 3.0 (VCDM 2.0, VC-JWT EdDSA)");
    std::vector<std::string> ids;
    for (auto const& check : report.checks)
        ids.push_back(check.id);
    CHECK(ids == std::vector<std::string>{"format", "schema", "contexts", "proof", "issuer-binding", "validity",
                                          "status", "refresh", "issuer-trust", "endorsements"});
    CHECK(code_of(report, "issuer-trust") == "issuer-trust.own");
    CHECK(check_of(report, "issuer-trust").detail == "Issued here by Nakhla Institute, badges.example.");
    CHECK(outcome_of(report, "refresh") == "absent");
    CHECK(outcome_of(report, "endorsements") == "absent");
}

TEST_CASE("the report says what the badge says") {
    VerdictHouse house;
    house.verifier.recipient = "layla@example.org";

    auto const json = report_to_json(house.verify(house.issuer.badge()));

    auto const& said = json.at("credential");
    CHECK(said.at("issuer") == Json{{"id", house.issuer.did()},
                                    {"name", "Nakhla Institute"},
                                    {"url", "https://badges.example/issuers/nakhla"}});
    CHECK(said.at("achievement").at("name") == "Digital Health Foundation");
    CHECK(said.at("level") == Json{{"level", 3}, {"name", "Proficient"}});
    CHECK(said.at("recipient").at("name") == "Layla Hassan");
    CHECK(said.at("alignment").at(0).at("code") == "DH6.1");
    CHECK(said.at("validUntil") == "2028-10-31T23:59:59Z");
    CHECK(said.at("criteria").is_string());
    CHECK(said.at("evidence").size() == 1);
    CHECK(json.at("recipient") == Json{{"asked", true}, {"match", false}});
    CHECK(json.at("checks").size() == 11);
}

TEST_CASE("no registry leaves the verdict untouched") {
    VerdictHouse house;

    auto const report = house.verify(house.issuer.badge());

    CHECK(outcome_of(report, "issuer-trust") == "absent");
    CHECK(report.verdict == Verdict::valid);
}

TEST_CASE("an expired badge is genuine and invalid") {
    VerdictHouse house;
    house.verifier.now = at("2028-11-01T00:00:00Z");

    auto const report = house.verify(house.issuer.badge());

    CHECK(report.verdict == Verdict::invalid);
    CHECK(report.headline_code == "expired");
    CHECK(report.headline == "Genuine, but expired on 2028-10-31");
    CHECK(code_of(report, "validity") == "validity.expired");
}

TEST_CASE("the last second of the validity still counts") {
    VerdictHouse house;
    house.verifier.now = at("2028-10-31T23:59:59Z");

    CHECK(house.verify(house.issuer.badge()).verdict == Verdict::valid);
}

TEST_CASE("a badge is not valid before its day, five minutes of clock difference aside") {
    VerdictHouse house;

    house.verifier.now = at("2026-11-01T11:55:00Z");
    CHECK(house.verify(house.issuer.badge()).verdict == Verdict::valid);

    house.verifier.now = at("2026-11-01T11:54:59Z");
    auto const early = house.verify(house.issuer.badge());
    CHECK(early.verdict == Verdict::invalid);
    CHECK(early.headline_code == "not-yet-valid");
}

TEST_CASE("a date that cannot be read is never taken for no end") {
    VerdictHouse house;
    auto badge = house.issuer.badge();
    badge["validUntil"] = "2028-10-31";
    auto payload = badge;
    payload.update({{"iss", house.issuer.did()},
                    {"jti", badge.at("id")},
                    {"sub", badge.at("credentialSubject").at("id")},
                    {"nbf", 1793534400}});

    auto const report = house.verifier.verify(
        house.issuer.sign_raw(R"({"alg":"EdDSA","kid":")" + house.issuer.kid() + R"("})", payload.dump()));

    CHECK(outcome_of(report, "validity") == "unchecked");
    CHECK(report.verdict == Verdict::invalid);
}

TEST_CASE("an older edition of a badge stays valid beside a newer one") {
    VerdictHouse house;
    auto const older = house.issuer.badge();
    auto newer = older;
    newer["validFrom"] = "2026-11-20T12:00:00Z";

    CHECK(house.verify(older).verdict == Verdict::valid);
    CHECK(house.verify(newer).verdict == Verdict::valid);
}

TEST_CASE("a badge without a status says so and can be valid") {
    VerdictHouse house;
    auto badge = house.issuer.badge();
    badge.erase("credentialStatus");

    auto const report = house.verify(badge);

    CHECK(outcome_of(report, "status") == "absent");
    CHECK(report.verdict == Verdict::valid);
}

TEST_CASE("what breaks the data model of credentials is no well-formed badge") {
    VerdictHouse house;
    auto badge = house.issuer.badge();
    badge["relatedResource"] = Json::array({{{"id", "https://badges.example/terms"}}});

    auto const report = house.verify(badge);

    CHECK(code_of(report, "schema") == "schema.violation");
    CHECK(check_of(report, "schema").evidence.at("pointer").starts_with("/relatedResource/0"));
    CHECK(report.verdict == Verdict::invalid);
}

TEST_CASE("every check turns some badge away from valid") {
    struct Spoiled {
        char const* id;
        char const* code;
        char const* outcome;
        Verdict verdict;
        std::function<void(Json&, VerdictHouse&)> spoil;
    };
    std::vector<Spoiled> const cases{
        {"format", "format.not-a-badge", "fail", Verdict::invalid,
         [](Json& badge, VerdictHouse&) {
             badge["type"] = {"VerifiableCredential", "OtherCredential"};
         }},
        {"format", "format.not-a-credential", "fail", Verdict::invalid,
         [](Json& badge, VerdictHouse&) { badge["type"] = {"OpenBadgeCredential"}; }},
        {"schema", "schema.violation", "fail", Verdict::invalid,
         [](Json& badge, VerdictHouse&) { badge["credentialSubject"]["achievement"].erase("criteria"); }},
        {"contexts", "contexts.inline", "fail", Verdict::invalid,
         [](Json& badge, VerdictHouse&) {
             badge["@context"].push_back({{"name", "https://evil.example/name"}});
         }},
        {"contexts", "contexts.order", "fail", Verdict::invalid,
         [](Json& badge, VerdictHouse&) { std::swap(badge["@context"][0], badge["@context"][1]); }},
        {"contexts", "contexts.unknown", "warn", Verdict::warning,
         [](Json& badge, VerdictHouse&) { badge["@context"].push_back("https://unknown.example/terms.json"); }},
        {"contexts", "contexts.older", "warn", Verdict::warning,
         [](Json& badge, VerdictHouse&) {
             badge["@context"][1] = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json";
         }},
        {"proof", "proof.second-proof", "warn", Verdict::warning,
         [](Json& badge, VerdictHouse&) {
             badge["proof"] = {{"type", "DataIntegrityProof"},
                               {"cryptosuite", "eddsa-rdfc-2022"},
                               {"created", "2026-11-01T12:00:00Z"},
                               {"proofPurpose", "assertionMethod"},
                               {"verificationMethod", "did:web:badges.example:issuers:nakhla#1"},
                               {"proofValue", "z1"}};
         }},
        {"issuer-binding", "issuer-binding.not-listed", "fail", Verdict::invalid,
         [](Json&, VerdictHouse& house) { house.disown_key(); }},
        {"issuer-binding", "issuer-binding.unreachable", "unchecked", Verdict::unchecked,
         [](Json&, VerdictHouse& house) {
             house.verifier.documents.erase(house.issuer.did());
             auto jwk = house.issuer.signer().public_key().to_jwk();
             house.verifier.knows(house.issuer.kid(), jwk.dump());
         }},
        {"validity", "validity.expired", "fail", Verdict::invalid,
         [](Json&, VerdictHouse& house) { house.verifier.now = at("2030-01-01T00:00:00Z"); }},
        {"status", "status.revoked", "fail", Verdict::invalid,
         [](Json&, VerdictHouse& house) {
             house.verifier.knows(house.issuer.list_address(), house.issuer.status_list({94567}));
         }},
        {"status", "status.unreachable", "unchecked", Verdict::unchecked,
         [](Json&, VerdictHouse& house) { house.verifier.documents.erase(house.issuer.list_address()); }},
        {"refresh", "refresh.unreachable", "unchecked", Verdict::warning,
         [](Json& badge, VerdictHouse&) {
             badge["refreshService"] = {{"id", "https://badges.example/refresh"}, {"type", "1EdTechCredentialRefresh"}};
         }},
        {"issuer-trust", "issuer-trust.unproven", "unchecked", Verdict::invalid,
         [](Json&, VerdictHouse& house) {
             house.verifier.trusted_issuers = {house.issuer.did()};
             house.disown_key();
         }},
        {"endorsements", "endorsements.bad", "warn", Verdict::warning,
         [](Json& badge, VerdictHouse&) { badge["endorsementJwt"] = {"eyJh.eyJh.AAAA"}; }},
        {"nested", "nested.none", "fail", Verdict::invalid,
         [](Json& badge, VerdictHouse&) {
             badge["type"] = {"VerifiableCredential", "ClrCredential"};
         }},
        {"recipient", "recipient.other", "fail", Verdict::invalid,
         [](Json&, VerdictHouse& house) { house.verifier.recipient = "somebody.else@example.org"; }}};

    std::vector<std::string> covered{"holder-binding"};  // Of presentations: presentation_test.cpp.
    for (auto const& spoiled : cases) {
        VerdictHouse house;
        auto badge = house.issuer.badge();
        spoiled.spoil(badge, house);

        auto const report = house.verify(badge);

        CAPTURE(spoiled.code);
        CHECK_MESSAGE(code_of(report, spoiled.id) == spoiled.code, summary(report));
        CHECK(outcome_of(report, spoiled.id) == spoiled.outcome);
        CHECK_MESSAGE(report.verdict == spoiled.verdict, summary(report));
        covered.push_back(spoiled.id);
    }
    for (auto const& id : check_ids())
        CHECK_MESSAGE(std::count(covered.begin(), covered.end(), id) > 0, id);
}

TEST_CASE("a badge is matched to a hashed, a plain and an identifying subject") {
    VerdictHouse house;
    auto const ask = [&house](Json const& identifier, std::string const& asked) {
        auto badge = house.issuer.badge();
        badge["credentialSubject"]["identifier"] = Json::array({identifier});
        house.verifier.recipient = asked;
        auto const report = house.verify(badge);
        CHECK(report.recipient_match.has_value() == (outcome_of(report, "recipient") != "unchecked"));
        return outcome_of(report, "recipient");
    };
    auto const hashed = [](std::string const& hash) {
        return Json{{"type", "IdentityObject"},
                    {"hashed", true},
                    {"identityType", "emailAddress"},
                    {"identityHash", hash},
                    {"salt", "Kosher"}};
    };
    auto const lower = hashed("sha256$" + crypto::sha256_hex("layla@example.orgKosher"));
    auto const typed = hashed("sha256$" + crypto::sha256_hex("Layla@Example.orgKosher"));
    auto upper = crypto::sha256_hex("layla@example.orgKosher");
    for (auto& digit : upper)
        digit = static_cast<char>(std::toupper(static_cast<unsigned char>(digit)));

    CHECK(ask(lower, "layla@example.org") == "pass");
    CHECK(ask(lower, " Layla@Example.ORG ") == "pass");
    CHECK(ask(typed, "Layla@Example.org") == "pass");
    CHECK(ask(hashed("sha256$" + upper), "layla@example.org") == "pass");
    CHECK(ask(hashed("md5$f81d6b7dba99d0e0a23e2d7e4a1b9ba7"), "layla@example.org") == "fail");
    CHECK(ask(hashed("md5$" + crypto::md5_hex("layla@example.orgKosher")), "layla@example.org") == "pass");
    CHECK(ask(lower, "omar@example.org") == "fail");
    CHECK(ask({{"type", "IdentityObject"},
               {"hashed", false},
               {"identityType", "emailAddress"},
               {"identityHash", "Layla@example.org"}},
              "layla@example.org") == "pass");
    CHECK(ask({{"type", "IdentityObject"}, {"hashed", false}, {"identityType", "name"}, {"identityHash", "Layla"}},
              "layla@example.org") == "unchecked");
    CHECK(ask(lower, house.issuer.badge().at("credentialSubject").at("id").get<std::string>()) == "pass");
}

TEST_CASE("MD5 has its published value") {
    CHECK(crypto::md5_hex("message digest") == "f96b697d7cb7938d525a2f31aaf161d0");
}

TEST_CASE("a badge of another person is genuine and says so") {
    VerdictHouse house;
    house.verifier.recipient = "omar@example.org";

    auto const report = house.verify(house.issuer.badge());

    CHECK(report.headline_code == "other-recipient");
    CHECK(report.recipient_match == false);
}
