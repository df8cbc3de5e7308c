// The verifier over this installation's own storage: addresses of ours, holds, reasons, keys.

#include <doctest/doctest.h>

#include "tests/service/domain/acts_house.hpp"
#include "tests/service/verification/verification_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

struct OwnHouse : ActsHouse {
    storage::CredentialRow claimed(std::string const& visibility = "link") {
        auto const row = award("ach-01", "lrn-001");
        return must(claims.choose(learner_actor("lrn-001"), row.id, {visibility, true, "en"}));
    }
    Result<Report> ask(std::string const& input, std::optional<std::string> const& recipient = std::nullopt) {
        return documents.verify(input, recipient, clock.now);
    }
};

}  // namespace

TEST_CASE("a badge of ours is valid by its text, its page, its files and its shared address") {
    OwnHouse house;
    auto const row = house.claimed();
    auto const page = house.addresses.credential(row.id);

    for (auto const& input : {house.text(row), house.text(row) + "\n", page, page + ".png", page + ".json",
                              page + "?proof=jwt", page + ".png#?proof=jwt", house.addresses.share(row.share_code),
                              " " + house.addresses.share(row.share_code) + "?lang=en "}) {
        CAPTURE(input.substr(0, 80));
        auto const report = house.ask(input);
        REQUIRE_MESSAGE(report, report.error().detail);
        CHECK_MESSAGE(report->verdict == Verdict::valid, summary(*report));
        CHECK(code_of(*report, "issuer-trust") == "issuer-trust.own");
        CHECK(report->document == house.text(row));
    }
}

TEST_CASE("a file of a badge is judged in the form that stands at its address") {
    OwnHouse house;
    auto const row = house.claimed();
    auto const page = house.addresses.credential(row.id);

    for (auto const& input :
         {page + ".jwt", page + ".jwt?lang=ar", page + ".png?proof=jwt", page + ".svg?lang=ar&proof=jwt#top"}) {
        CAPTURE(input);
        auto const report = house.ask(input);
        REQUIRE_MESSAGE(report, report.error().detail);
        CHECK_MESSAGE(report->verdict == Verdict::valid, summary(*report));
        CHECK(report->document == house.jwt(row));
    }
}

TEST_CASE("a file that is refused since the first form's key was revoked is not judged either") {
    OwnHouse house;
    auto const row = house.claimed();
    auto const page = house.addresses.credential(row.id);
    must(house.keys.revoke(Actor{}, house.document(row).key_id));

    auto const token = house.ask(page + ".jwt");

    REQUIRE_FALSE(token);
    CHECK(token.error().fault == Fault::gone);
    CHECK(token.error().code == "key-revoked");
    CHECK(must(house.ask(page)).verdict == Verdict::invalid);
}

TEST_CASE("an address that shows no badge to strangers is refused without telling why") {
    OwnHouse house;
    auto const offered = house.award("ach-01", "lrn-002");
    auto const hidden = house.claimed("hidden");

    for (auto const& input : {house.addresses.credential(offered.id), house.addresses.share(hidden.share_code),
                              house.addresses.credential("00000000-0000-4000-8000-000000000000"),
                              house.addresses.base() + "/privacy", house.addresses.base() + "/"}) {
        auto const report = house.ask(input);
        CAPTURE(input);
        REQUIRE_FALSE(report);
        CHECK(report.error().fault == Fault::unprocessable);
        CHECK(report.error().code == "no-credential");
    }
    // Whoever holds the text may ask about it.
    CHECK(house.check(house.text(hidden)).verdict == Verdict::valid);
}

TEST_CASE("an address of another service says that it is not followed yet") {
    OwnHouse house;

    auto const report = house.ask("https://elsewhere.example/credentials/1");

    REQUIRE_FALSE(report);
    CHECK(report.error().fault == Fault::unprocessable);
    CHECK(report.error().code == "foreign-address");
}

TEST_CASE("a hold is seen at once and ends at once") {
    OwnHouse house;
    auto const row = house.claimed();
    auto const text = house.text(row);

    REQUIRE(house.claims.suspend(issuer_actor("nakhla"), row.id, std::nullopt));
    auto const held = house.check(text);
    REQUIRE(house.claims.reinstate(issuer_actor("nakhla"), row.id, std::nullopt));
    auto const back = house.check(text);

    CHECK(held.verdict == Verdict::invalid);
    CHECK(held.headline_code == "suspended");
    CHECK(code_of(held, "status") == "status.suspended");
    CHECK_MESSAGE(back.verdict == Verdict::valid, summary(back));
}

TEST_CASE("a withdrawal is told with its public reason and without the private note") {
    OwnHouse house;
    auto const row = house.claimed();

    REQUIRE(house.claims.revoke(issuer_actor("nakhla"), row.id, "evidence-withdrawn", "Said by Huda."));
    auto const report = house.check(house.text(row));

    CHECK(report.headline_code == "revoked");
    CHECK(check_of(report, "status").evidence.at("reason") == "evidence-withdrawn");
    CHECK(report_to_json(report).dump().find("Huda") == std::string::npos);
}

TEST_CASE("an older edition of a badge of ours stays valid") {
    OwnHouse house;
    auto const first = house.award("ach-01", "lrn-001");
    auto const older = house.text(first);
    house.pass(one_minute);
    auto const second = must(house.claims.choose(learner_actor("lrn-001"), first.id, {"public", true, "ar"}));

    REQUIRE(house.text(second) != older);
    CHECK(house.check(older).verdict == Verdict::valid);
    CHECK(house.check(house.text(second)).verdict == Verdict::valid);
}

TEST_CASE("a retired key still vouches and a revoked one does not") {
    OwnHouse house;
    auto const row = house.claimed();
    auto const key = house.keys.list("nakhla").front().id;

    must(house.keys.rotate(Actor{}, house.issuer("nakhla"), crypto::KeyType::ed25519));
    CHECK(house.check(house.text(row)).verdict == Verdict::valid);
    must(house.keys.revoke(Actor{}, key));
    auto const report = house.check(house.text(row));

    CHECK(report.verdict == Verdict::invalid);
    CHECK(report.headline_code == "invalid");
    CHECK(code_of(report, "issuer-binding") == "issuer-binding.key-revoked");
}

TEST_CASE("a revoked key takes nothing from the badges in the form of another key") {
    OwnHouse house;
    TwoKeyHouse two(house);
    auto const row = house.claimed();
    auto const token = two.text(row, ProofForm::jwt);
    REQUIRE(two.check(token).verdict == Verdict::valid);
    REQUIRE(two.check(house.text(row)).verdict == Verdict::valid);

    must(house.keys.revoke(Actor{}, house.document(row).key_id));

    CHECK_MESSAGE(two.check(token).verdict == Verdict::valid, summary(two.check(token)));
    auto const embedded = two.check(house.text(row));
    CHECK(embedded.verdict == Verdict::invalid);
    CHECK(code_of(embedded, "proof") == "proof.key-revoked");
    CHECK(code_of(embedded, "status") == "status.in-force");
}

TEST_CASE("one issuer of ours cannot sign for another") {
    OwnHouse house;
    auto const victim = house.award("ach-01", "lrn-001");
    REQUIRE(victim.issuer_id == "nakhla");
    auto const badge = house.badge(victim);
    for (auto const& thief : house.programme()->issuers) {
        if (thief.id == victim.issuer_id) continue;
        for (auto const form : {ProofForm::embedded, ProofForm::jwt}) {
            CAPTURE(proof_form_name(form));
            auto const key = house.database().read(
                [&](storage::Session& session) { return must(house.keys.active(session, thief, form)); });

            auto const report = house.check(must(sign_document(form, key, badge, house.clock.now)));

            CHECK(outcome_of(report, "proof") == (form == ProofForm::jwt ? "pass" : "fail"));
            CHECK(code_of(report, "issuer-binding") == "issuer-binding.not-listed");
            CHECK(outcome_of(report, "issuer-trust") == "unchecked");
            CHECK(report.verdict == Verdict::invalid);
        }
    }
}

TEST_CASE("an erased badge is gone by its address and withdrawn without a reason by its text") {
    OwnHouse house;
    auto const row = house.claimed();
    auto const text = house.text(row);

    must(house.claims.erase(Actor{}, "lrn-001"));

    CHECK(house.ask(house.addresses.credential(row.id)).error().fault == Fault::gone);
    auto const report = house.check(text);
    CHECK(report.headline_code == "revoked");
    CHECK_FALSE(check_of(report, "status").evidence.contains("reason"));
}

TEST_CASE("the learner's address matches and another does not") {
    OwnHouse house;
    auto const row = house.claimed();
    auto const email = read_starter("learners.json").at(0).at("email").get<std::string>();
    REQUIRE(read_starter("learners.json").at(0).at("id") == "lrn-001");

    CHECK(must(house.ask(house.text(row), email)).recipient_match == true);
    CHECK(must(house.ask(house.text(row), "somebody@example.org")).recipient_match == false);
}

TEST_CASE("what is kept of our documents never outlives a withdrawal") {
    OwnHouse house;
    auto const first = house.claimed();
    auto const second =
        must(house.claims.choose(learner_actor("lrn-002"), house.award("ach-01", "lrn-002").id, {"link", true, "en"}));
    for (auto const& text : {house.jwt(first), house.text(first), house.jwt(second), house.text(second)})
        CHECK_MESSAGE(house.check(text).verdict == Verdict::valid, summary(house.check(text)));

    must(house.claims.revoke(issuer_actor("nakhla"), first.id, "evidence-withdrawn", ""));

    for (auto const& text : {house.jwt(first), house.text(first)})
        CHECK(house.check(text).headline_code == "revoked");
    for (auto const& text : {house.jwt(second), house.text(second)})
        CHECK(house.check(text).verdict == Verdict::valid);
}

TEST_CASE("what is kept of our documents never outlives a key, whoever moved it") {
    OwnHouse house;
    auto const row = house.claimed();
    auto const token = house.jwt(row), embedded = house.text(row);
    auto const key = house.keys.list("nakhla").front().id;
    auto const did = house.addresses.issuer_did("nakhla");
    // Another process over the same rows.
    IssuerKeys beside(house.database(), house.kek, house.addresses, house.clock, crypto::KeyType::ed25519);
    auto const verdicts = [&] { return std::vector{house.check(token).verdict, house.check(embedded).verdict}; };
    CHECK(verdicts() == std::vector{Verdict::valid, Verdict::valid});
    auto const before = house.documents.get(did);
    CHECK(before.reading != nullptr);
    CHECK(before.reading == house.documents.get(did).reading);

    must(beside.rotate(Actor{}, house.issuer("nakhla"), crypto::KeyType::ed25519));
    CHECK(verdicts() == std::vector{Verdict::valid, Verdict::valid});
    CHECK(before.reading != house.documents.get(did).reading);
    CHECK(before.body != house.documents.get(did).body);

    auto const newer =
        must(house.claims.choose(learner_actor("lrn-002"), house.award("ach-01", "lrn-002").id, {"link", true, "en"}));
    CHECK(house.check(house.text(newer)).verdict == Verdict::valid);

    must(beside.revoke(Actor{}, key));
    CHECK(verdicts() == std::vector{Verdict::invalid, Verdict::invalid});
    CHECK(code_of(house.check(embedded), "proof") == "proof.key-revoked");
    CHECK(house.check(house.text(newer)).verdict == Verdict::valid);
}

TEST_CASE("an own address is never fetched, however its host and port are spelled, and nobody else's is ours") {
    OwnHouse house;
    auto const row = house.claimed();
    FetchedDocuments const nothing;
    auto const needs = [&](std::string const& input) {
        auto const asked = house.documents.verify(input, std::nullopt, house.clock.now, &nothing);
        return asked ? asked->needs.addresses.size() : 0;
    };
    auto const path = "/credentials/" + row.id;
    for (auto const* const base :
         {"https://badges.example", "HTTPS://Badges.Example", "https://badges.example:443",
          "https://badges.example:0443", "https://badges.example:", "https://badges.example."}) {
        CAPTURE(base);
        CHECK(needs(base + path) == 0);
        CHECK(house.addresses.path_of(base + path) == path);
    }
    for (auto const* const own : {"https://badges.example", "https://badges.example/", "https://badges.example?x",
                                  "https://badges.example:0443?x"}) {
        CAPTURE(own);
        CHECK(needs(own) == 0);
        CHECK(house.addresses.path_of(own).starts_with('/'));
    }
    for (auto const* const foreign :
         {"https://badges.example.evil.example/", "https://badges.example@evil.example/", "https://evil.example/",
          "https://badges.example:8443/", "https://xbadges.example/", "http://badges.example/",
          "https://badges.example:4430/"}) {
        CAPTURE(foreign);
        CHECK(house.addresses.path_of(foreign) == "");
    }
    CHECK(needs("https://evil.example/badge") == 1);
}
