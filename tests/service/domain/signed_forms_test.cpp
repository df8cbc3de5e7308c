// The forms in which a badge is signed: the first at issue, the other when it is asked for, and what a revoked key
// ends.

#include <doctest/doctest.h>

#include "storage/catalog.hpp"
#include "tests/service/domain/acts_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

TEST_CASE("a badge is issued with an embedded proof of the issuer's key") {
    ActsHouse house;

    auto const row = house.award("ach-01", "lrn-020");
    auto const first = house.document(row);
    auto const proof = Json::parse(first.body).at("proof");
    auto const report = house.check(first.body);

    CHECK(first.form == "eddsa-rdfc-2022");
    CHECK(proof.at("type") == "DataIntegrityProof");
    CHECK(proof.at("cryptosuite") == "eddsa-rdfc-2022");
    CHECK(proof.at("proofPurpose") == "assertionMethod");
    CHECK(proof.at("created") == "2026-11-01T12:00:00Z");
    CHECK(proof.at("verificationMethod") == "did:web:badges.example:issuers:nakhla#" + first.key_id);
    CHECK(report.verdict == Verdict::valid);
    CHECK(number(house.database(), "SELECT count(*) FROM credential_document") == 1);
}

TEST_CASE("the token beside the embedded proof is signed when it is first asked for, and says the same") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-020");

    auto const token = must(house.issuance.document(row.id, ProofForm::jwt));
    house.pass(one_day);
    auto const again = must(house.issuance.document(row.id, ProofForm::jwt));

    CHECK(must(crypto::read_vc_jwt(token.body)).credential == house.badge(row));
    CHECK(again.body == token.body);
    CHECK(again.signed_at == token.signed_at);
    CHECK(house.document(row).form == "eddsa-rdfc-2022");
    CHECK(house.check(token.body).verdict == Verdict::valid);
}

TEST_CASE("an issuer may sign tokens first, and the embedded proof follows") {
    ActsHouse house;
    house.database().write([](storage::Session& session) {
        std::vector<storage::ProgrammeItem> issuers;
        storage::each_programme_item(session, "issuer",
                                     [&](storage::ProgrammeItem const& item) { issuers.push_back(item); });
        for (auto& item : issuers) {
            auto body = Json::parse(item.body);
            body["proof"] = "jwt";
            item.body = body.dump();
            storage::put_programme_item(session, item, noon);
        }
        storage::bump_change(session, "programme");
    });

    auto const row = house.award("ach-01", "lrn-020");
    auto const both = must(house.issuance.award(
        Actor{}, *house.programme(), {"ach-02", "lrn-020", std::nullopt, std::nullopt, {}, ProofForm::embedded}));

    CHECK(house.document(row).form == "jwt");
    auto const embedded = must(house.issuance.document(row.id, ProofForm::embedded));
    CHECK(house.check(embedded.body).verdict == Verdict::valid);
    CHECK(house.document(row).form == "jwt");
    CHECK(house.document(both).form == "jwt");
    CHECK(number(house.database(), "SELECT count(*) FROM credential_document") == 4);
}

TEST_CASE("another key never brings a badge of a revoked key back in another form") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-020");
    REQUIRE(house.keys.revoke(Actor{}, house.document(row).key_id));
    REQUIRE(house.keys.rotate(Actor{}, house.issuer("nakhla"), crypto::KeyType::ed25519));

    auto const token = house.issuance.document(row.id, ProofForm::jwt);

    REQUIRE_FALSE(token);
    CHECK(token.error().fault == Fault::gone);
    CHECK(token.error().code == "key-revoked");
}

TEST_CASE("a form that was kept is gone with the key of the first, as one nobody asked for is") {
    ActsHouse house;
    TwoKeyHouse two(house);
    auto const row = house.award("ach-01", "lrn-020");
    must(two.issuance.document(row.id, ProofForm::jwt));
    must(house.keys.revoke(Actor{}, house.document(row).key_id));

    auto const token = two.issuance.document(row.id, ProofForm::jwt);
    auto const first = two.issuance.document(row.id, ProofForm::embedded);

    REQUIRE_FALSE(token);
    CHECK(token.error().fault == Fault::gone);
    CHECK(token.error().code == "key-revoked");
    REQUIRE(first);
    CHECK(two.check(first->body).verdict == Verdict::invalid);
}

TEST_CASE("a kept form whose own key was revoked is signed again with the key in force") {
    ActsHouse house;
    TwoKeyHouse two(house);
    auto const row = house.award("ach-01", "lrn-020");
    auto const dead = must(two.issuance.document(row.id, ProofForm::jwt));
    must(two.keys.revoke(Actor{}, dead.key_id));

    auto const meanwhile = two.issuance.document(row.id, ProofForm::jwt);
    auto const fresh = must(two.keys.create(Actor{}, house.issuer("nakhla"), crypto::KeyType::p256));
    auto const token = must(two.issuance.document(row.id, ProofForm::jwt));
    auto const again = must(two.issuance.document(row.id, ProofForm::jwt));

    REQUIRE_FALSE(meanwhile);
    CHECK(meanwhile.error().code == "no-active-key");
    CHECK(token.key_id == fresh.id);
    CHECK(again.body == token.body);
    CHECK(two.check(token.body).verdict == Verdict::valid);
    CHECK(two.check(dead.body).verdict == Verdict::invalid);
    CHECK(must(crypto::read_vc_jwt(token.body)).credential == house.badge(row));
    CHECK(house.document(row).form == "eddsa-rdfc-2022");
    CHECK(number(house.database(), "SELECT count(*) FROM credential_document") == 2);
}

TEST_CASE("a key that is revoked while a form is signed leaves nothing signed") {
    ActsHouse house;
    TwoKeyHouse two(house);
    auto const other_database = house.db.open();
    IssuerKeys beside(*other_database, house.kek, house.addresses, house.clock, crypto::KeyType::p256);
    auto const row = house.award("ach-01", "lrn-020");
    auto const issuer = house.issuer("nakhla");
    auto const first_key = house.document(row).key_id;
    auto const token_key = two.active(ProofForm::jwt).key_id;
    InterruptedClock clock(house.clock);
    Issuance issuance(house.database(), house.programmes, two.keys, two.status, house.addresses, clock);

    SUBCASE("of the first form") {
        clock.interrupt = [&] { must(beside.revoke(Actor{}, first_key)); };

        auto const token = issuance.document(row.id, ProofForm::jwt);

        REQUIRE_FALSE(token);
        CHECK(token.error().fault == Fault::gone);
        CHECK(token.error().code == "key-revoked");
        CHECK(number(house.database(), "SELECT count(*) FROM credential_document") == 1);
    }
    SUBCASE("of this form, without another") {
        clock.interrupt = [&] { must(beside.revoke(Actor{}, token_key)); };

        auto const token = issuance.document(row.id, ProofForm::jwt);

        REQUIRE_FALSE(token);
        CHECK(token.error().code == "no-active-key");
        CHECK(number(house.database(), "SELECT count(*) FROM credential_document") == 1);
    }
    SUBCASE("of this form, with another") {
        clock.interrupt = [&] {
            must(beside.rotate(Actor{}, issuer, crypto::KeyType::p256));
            must(beside.revoke(Actor{}, token_key));
        };

        auto const token = must(issuance.document(row.id, ProofForm::jwt));

        CHECK(token.key_id != token_key);
        CHECK(two.check(token.body).verdict == Verdict::valid);
    }
    CHECK_FALSE(static_cast<bool>(clock.interrupt));
}
