// Endorsements inside a badge and badges inside a learner record, each judged as a document of its own.

#include <doctest/doctest.h>

#include "tests/service/verification/verification_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

struct InnerHouse {
    TestIssuer issuer{"nakhla"}, friendly{"sidra"};
    Verifier verifier;

    InnerHouse() {
        verifier.knows(issuer);
        verifier.knows(friendly);
    }

    Json endorsement(std::string const& about) const {
        return {
            {"@context", issuer.badge().at("@context")},
            {"id", "urn:uuid:0e7c5a9c-7e4c-4a0e-9a36-7d8f4d3d6a10"},
            {"type", {"VerifiableCredential", "EndorsementCredential"}},
            {"name", "Endorsed"},
            {"issuer", {{"id", friendly.did()}, {"type", {"Profile"}}, {"name", "Sidra"}}},
            {"validFrom", "2026-11-01T00:00:00Z"},
            {"credentialSubject", {{"id", about}, {"type", {"EndorsementSubject"}}, {"endorsementComment", "Good."}}}};
    }
    Json endorsement() const { return endorsement(issuer.badge().at("id").get<std::string>()); }
    Json proven(Json const& document) const { return embed(document, friendly, friendly.did() + "#1"); }

    Report with(Json const& endorsement) {
        auto badge = issuer.badge();
        badge["endorsement"] = Json::array({endorsement});
        return verify(badge);
    }
    Report with_token(std::string const& endorsement) {
        auto badge = issuer.badge();
        badge["endorsementJwt"] = Json::array({endorsement});
        return verify(badge);
    }
    Report verify(Json const& badge) { return verifier.verify(embed(badge, issuer, issuer.did() + "#1").dump()); }

    Json record(Json credentials) const {
        auto record = issuer.badge();
        record["type"] = {"VerifiableCredential", "ClrCredential"};
        record["credentialSubject"] = {{"type", {"ClrSubject"}},
                                       {"id", "urn:uuid:6b4c3b3e-8a39-4d52-9d83-a1f2e1b87a55"}};
        record["credentialSubject"]["verifiableCredential"] = std::move(credentials);
        return record;
    }
    Report verify_record(Json credentials) { return verifier.verify(issuer.sign(record(std::move(credentials)))); }
    Json badge_of(TestIssuer const& other) const { return embed(other.badge(), other, other.did() + "#1"); }
};

}  // namespace

TEST_CASE("a good endorsement is judged by itself and reported") {
    InnerHouse house;
    auto const endorsement = house.proven(house.endorsement());

    for (auto const& report : {house.with(endorsement), house.with_token(house.friendly.sign(house.endorsement()))}) {
        CHECK_MESSAGE(report.verdict == Verdict::valid, summary(report));
        CHECK(code_of(report, "endorsements") == "endorsements.good");
        CHECK(check_of(report, "endorsements").evidence.at("good") == "1");
        REQUIRE(report.endorsements.size() == 1);
        auto const& inner = report.endorsements.front();
        CHECK_MESSAGE(inner.verdict == Verdict::valid, summary(inner));
        CHECK(code_of(inner, "issuer-binding") == "issuer-binding.listed");
        CHECK(inner.kind.starts_with("EndorsementCredential 3.0"));
        CHECK(inner.credential.at("comment") == "Good.");
        auto const json = report_to_json(report);
        CHECK(json.at("endorsements").at(0).at("verdict") == "valid");
        CHECK(json.at("endorsements").at(0).at("credential").at("issuer").at("name") == "Sidra");
        CHECK(json.at("nested").empty());
    }
}

TEST_CASE("an endorsement stands on the issuer, the achievement or the badge") {
    InnerHouse house;
    auto badge = house.issuer.badge();
    badge["issuer"]["endorsement"] = Json::array({house.proven(house.endorsement(house.issuer.did()))});
    auto const achievement = badge.at("credentialSubject").at("achievement").at("id").get<std::string>();
    badge["credentialSubject"]["achievement"]["endorsementJwt"] =
        Json::array({house.friendly.sign(house.endorsement(achievement))});

    auto const report = house.verify(badge);

    CHECK_MESSAGE(report.verdict == Verdict::valid, summary(report));
    CHECK(report.endorsements.size() == 2);
}

TEST_CASE("a bad endorsement warns and leaves a genuine badge genuine") {
    InnerHouse house;
    auto changed = house.proven(house.endorsement());
    changed["credentialSubject"]["endorsementComment"] = "Excellent.";
    auto expired = house.endorsement();
    expired["validUntil"] = "2026-11-15T00:00:00Z";
    auto by_another = house.endorsement();
    by_another["issuer"]["id"] = house.issuer.did();
    auto const another = house.endorsement("https://badges.example/credentials/another");
    struct Bad {
        Json endorsement;
        char const* code;
    };
    for (auto const& [endorsement, code] :
         {Bad{changed, "endorsements.bad"}, Bad{house.endorsement(), "endorsements.bad"},
          Bad{house.proven(expired), "endorsements.bad"}, Bad{house.proven(by_another), "endorsements.bad"},
          Bad{house.proven(another), "endorsements.other-subject"}}) {
        auto const report = house.with(endorsement);

        CHECK_MESSAGE(code_of(report, "endorsements") == code, summary(report));
        CHECK(outcome_of(report, "proof") == "pass");
        CHECK(report.verdict == Verdict::warning);
        CHECK(report.headline_code == "warning");
    }
    auto const unreadable = house.with_token("eyJhbGciOiJub25lIn0.e30.");
    CHECK_MESSAGE(code_of(unreadable, "endorsements") == "endorsements.bad", summary(unreadable));
    CHECK(unreadable.verdict == Verdict::invalid);  // The form of an endorsementJwt is the badge's own.
}

TEST_CASE("an endorsement whose keys are out of reach is unchecked") {
    InnerHouse house;
    house.verifier.documents.erase(house.friendly.did());

    auto const report = house.with(house.proven(house.endorsement()));

    CHECK(code_of(report, "endorsements") == "endorsements.not-checked");
    CHECK(report.verdict == Verdict::warning);
    CHECK(report.endorsements.front().verdict == Verdict::unchecked);
    CHECK(house.verifier.asked == std::vector{house.friendly.did()});
}

TEST_CASE("an endorsement does not carry a badge that is not genuine") {
    InnerHouse house;
    auto badge = house.issuer.badge();
    badge["endorsement"] = Json::array({house.proven(house.endorsement())});
    auto signed_badge = embed(badge, house.issuer, house.issuer.did() + "#1");
    signed_badge["endorsement"][0]["credentialSubject"]["endorsementComment"] = "Excellent.";

    auto const report = house.verifier.verify(signed_badge.dump());

    CHECK(outcome_of(report, "proof") == "fail");
    CHECK(outcome_of(report, "endorsements") == "warn");
    CHECK(report.verdict == Verdict::invalid);
}

TEST_CASE("more endorsements than are checked leave them unchecked") {
    InnerHouse house;
    auto badge = house.issuer.badge();
    auto const token = house.friendly.sign(house.endorsement());
    badge["endorsementJwt"] = std::vector(9, token);

    auto const report = house.verifier.verify(house.issuer.sign(badge));

    CHECK(code_of(report, "endorsements") == "endorsements.too-many");
    CHECK(report.endorsements.empty());
    CHECK(report.verdict == Verdict::warning);
}

TEST_CASE("an endorsement by itself is checked whole") {
    InnerHouse house;

    auto const report = house.verifier.verify(house.proven(house.endorsement()).dump());
    auto shapeless = house.endorsement();
    shapeless["credentialSubject"].erase("id");
    auto const wrong = house.verifier.verify(house.proven(shapeless).dump());

    CHECK_MESSAGE(report.verdict == Verdict::valid, summary(report));
    CHECK(code_of(report, "format") == "format.endorsement");
    CHECK(outcome_of(wrong, "schema") == "fail");
}

TEST_CASE("a learner record is as good as the credentials in it") {
    InnerHouse house;
    auto const good = house.badge_of(house.issuer), of_another = house.badge_of(house.friendly);
    auto forged = of_another;
    forged["name"] = "Something else";

    auto const record = house.verify_record(Json::array({good, of_another, house.issuer.sign(house.issuer.badge())}));
    auto const with_forged = house.verify_record(Json::array({good, forged}));
    auto const empty = house.verify_record(Json::array());
    auto const broken = house.verify_record(Json::array({good, "eyJ.no.token"}));

    CHECK_MESSAGE(code_of(record, "nested") == "nested.good", summary(record));
    CHECK(outcome_of(record, "proof") == "pass");
    CHECK(record.nested.size() == 3);
    CHECK(record.nested.at(2).verdict == Verdict::valid);
    CHECK(record.verdict == Verdict::valid);
    CHECK(code_of(with_forged, "nested") == "nested.bad");
    CHECK(with_forged.headline_code == "invalid");
    CHECK(outcome_of(empty, "nested") == "fail");
    CHECK(outcome_of(broken, "nested") == "fail");
    CHECK(report_to_json(with_forged).at("nested").at(1).at("headlineCode") == "invalid");
}

TEST_CASE("a credential of a learner record that was withdrawn is told and does not break the record") {
    InnerHouse house;
    house.verifier.knows(house.friendly.list_address(), house.friendly.status_list({94567}));

    auto const report =
        house.verify_record(Json::array({house.badge_of(house.issuer), house.badge_of(house.friendly)}));

    CHECK(code_of(report, "nested") == "nested.not-in-force");
    CHECK(report.nested.at(1).headline_code == "revoked");
    CHECK(report.verdict == Verdict::warning);
}
