#include "service/domain/claims.hpp"

#include <doctest/doctest.h>

#include "tests/service/domain/acts_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

Choices const as_issued{"link", false, "ar"};

bool sees(ActsHouse& house, storage::CredentialRow const& row, Actor const* viewer, std::string_view token = {}) {
    auto const view = house.claims.view(row.id, viewer, token);
    if (!view) CHECK(view.error().fault == Fault::not_found);
    return static_cast<bool>(view);
}

std::string code_of(Result<storage::CredentialRow> const& answer) {
    return answer ? "" : answer.error().code;
}

}  // namespace

TEST_CASE("opening a link shows what it offers and changes nothing") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const token = house.link_to(row);

    auto const first = house.claims.open(token);
    auto const again = house.claims.open(token);

    REQUIRE(first);
    CHECK(first->learner_id == "lrn-001");
    CHECK(first->credential_ids == std::vector<std::string>{row.id});
    CHECK_FALSE(first->used);
    CHECK_FALSE(again->used);
    CHECK(house.row(row.id).changed_at == row.changed_at);
}

TEST_CASE("an unknown link is not found, one after 90 days has run out") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const token = house.link_to(row);

    house.pass(90 * one_day - 1);
    auto const last_moment = house.claims.open(token);
    house.pass(1);

    CHECK(last_moment);
    CHECK(house.claims.open(token).error().fault == Fault::gone);
    CHECK(house.claims.open(token).error().code == "link-expired");
    CHECK(house.claims.claim(token, row.id, as_issued).error().code == "link-expired");
    CHECK(house.claims.open("never-sent").error().fault == Fault::not_found);
}

TEST_CASE("before the claim a badge is seen by the link's holder, the learner and the issuer only") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const other = house.award("ach-01", "lrn-020");
    auto const token = house.link_to(row);
    auto const learner = learner_actor("lrn-001"), stranger = learner_actor("lrn-020");
    auto const issuer = issuer_actor("nakhla"), foreign_issuer = issuer_actor("murjan");

    CHECK(sees(house, row, &learner));
    CHECK(sees(house, row, &issuer));
    CHECK(sees(house, row, nullptr, token));
    CHECK_FALSE(sees(house, row, nullptr));
    CHECK_FALSE(sees(house, row, &stranger));
    CHECK_FALSE(sees(house, row, &foreign_issuer));
    CHECK_FALSE(sees(house, other, nullptr, token));
    CHECK_FALSE(house.claims.view_by_share_code(row.share_code, nullptr));
}

TEST_CASE("claiming as it was issued keeps the signed bytes and opens the page to strangers") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const token = house.link_to(row);
    auto const before = house.text(row);

    auto const claimed = house.claims.claim(token, row.id, as_issued);

    REQUIRE(claimed);
    CHECK(claimed->claim_state == "claimed");
    CHECK(claimed->edition == 1);
    auto const view = house.claims.view_by_share_code(row.share_code, nullptr);
    REQUIRE(view);
    CHECK(view->document == before);
    CHECK(view->url == "https://badges.example/credentials/" + row.id);
    CHECK(view->share_url == "https://badges.example/c/" + row.share_code);
    CHECK_FALSE(view->credential.contains("proof"));
    CHECK(house.claims.open(token)->used);
    CHECK(house.events_of(row.id) == std::vector<std::string>{"credential.issued", "credential.claimed"});
}

TEST_CASE("a badge is claimed once, and a used link refuses nothing any more") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const token = house.link_to(row);
    REQUIRE(house.claims.claim(token, row.id, as_issued));

    CHECK(code_of(house.claims.claim(token, row.id, as_issued)) == "already-claimed");
    CHECK(code_of(house.claims.decline(token, row.id)) == "already-claimed");
    CHECK(code_of(house.claims.dispute(token, row.id)) == "already-claimed");
    CHECK(house.row(row.id).status == "active");
}

TEST_CASE("a changed choice signs a new edition with the same id, position, award and end") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const token = house.link_to(row);
    auto const before = house.badge(row);
    house.pass(one_day);

    auto const claimed = house.claims.claim(token, row.id, {"public", true, "en"});

    REQUIRE(claimed);
    auto const after = house.badge(*claimed);
    CHECK(claimed->edition == 2);
    for (auto const* const same :
         {"/id", "/awardedDate", "/validUntil", "/credentialStatus", "/issuer/id", "/credentialSubject/id"}) {
        CAPTURE(same);
        Json::json_pointer const pointer{same};
        CHECK(after.at(pointer) == before.at(pointer));
    }
    CHECK(after.at("validFrom") == "2026-11-02T12:00:00Z");
    CHECK(after.at("/credentialSubject/achievement/inLanguage"_json_pointer) == "en");
    CHECK(after.at("/credentialSubject/identifier/1"_json_pointer) == Json{{"type", "IdentityObject"},
                                                                           {"identityHash", "Jassim Al Lulu"},
                                                                           {"identityType", "name"},
                                                                           {"hashed", false}});
    CHECK(house.check(house.text(*claimed)).verdict == Verdict::valid);
    CHECK(number(house.database(), "SELECT count(*) FROM credential_document") == 2);
}

TEST_CASE("a name is taken back with the next edition, also within the same second") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const learner = learner_actor("lrn-001");

    auto const named = house.claims.choose(learner, row.id, {"link", true, "ar"});
    auto const unnamed = house.claims.choose(learner, row.id, {"link", false, "ar"});

    REQUIRE(named);
    REQUIRE(unnamed);
    CHECK(house.badge(*named).dump().find("جاسم اللولو") != std::string::npos);
    CHECK(house.badge(*unnamed).dump().find("جاسم اللولو") == std::string::npos);
    CHECK(unnamed->edition == 3);
    CHECK(house.badge(*unnamed).at("validFrom").get<std::string>() >
          house.badge(*named).at("validFrom").get<std::string>());
    auto const salt = "/credentialSubject/identifier/0/salt"_json_pointer;
    CHECK(house.badge(*unnamed).at(salt) != house.badge(*named).at(salt));
}

TEST_CASE("no changed choice brings a badge of a revoked key back under another") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const text = house.text(row);
    must(house.keys.rotate(Actor{}, house.issuer("nakhla"), crypto::KeyType::ed25519));
    must(house.keys.revoke(Actor{}, house.document(row).key_id));
    house.pass(one_minute);

    auto const named = house.claims.choose(learner_actor("lrn-001"), row.id, {"link", true, row.language});
    auto const claimed = house.claims.claim(house.link_to(row), row.id, {"link", true, row.language});

    for (auto const* const answer : {&named, &claimed}) {
        REQUIRE_FALSE(*answer);
        CHECK(answer->error().fault == Fault::gone);
        CHECK(answer->error().code == "key-revoked");
    }
    CHECK(house.row(row.id).edition == row.edition);
    CHECK(house.text(house.row(row.id)) == text);
    CHECK(house.check(text).verdict == Verdict::invalid);
    // Who sees it is no new text.
    CHECK(house.claims.choose(learner_actor("lrn-001"), row.id, {"hidden", row.show_name, row.language}));
}

TEST_CASE("a key that is revoked while a choice is signed is seen when it is written") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const old_key = house.document(row).key_id;
    must(house.keys.rotate(Actor{}, house.issuer("nakhla"), crypto::KeyType::ed25519));
    auto const other_database = house.db.open();
    IssuerKeys beside(*other_database, house.kek, house.addresses, house.clock, crypto::KeyType::ed25519);
    InterruptedClock clock(house.clock);
    Claims claims(house.database(), house.programmes, house.issuance, house.addresses, clock);
    clock.interrupt = [&] { must(beside.revoke(Actor{}, old_key)); };

    auto const named = claims.choose(learner_actor("lrn-001"), row.id, {"link", true, row.language});

    CHECK_FALSE(static_cast<bool>(clock.interrupt));
    CHECK(code_of(named) == "key-revoked");
    CHECK(house.row(row.id).edition == row.edition);
}

TEST_CASE("a hidden badge is seen by its holder only") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const learner = learner_actor("lrn-001");
    auto const issuer = issuer_actor("nakhla");

    REQUIRE(house.claims.choose(learner, row.id, {"hidden", false, "ar"}));

    CHECK(sees(house, row, &learner));
    CHECK_FALSE(sees(house, row, nullptr));
    CHECK_FALSE(sees(house, row, &issuer));
    CHECK_FALSE(house.claims.view_by_share_code(row.share_code, nullptr));
}

TEST_CASE("choices outside the lists are refused with a pointer and change nothing") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const token = house.link_to(row);

    auto const visibility = house.claims.claim(token, row.id, {"everybody", false, "ar"});
    auto const language = house.claims.claim(token, row.id, {"link", false, "fr"});

    REQUIRE_FALSE(visibility);
    CHECK(visibility.error().violations.at(0).pointer == "/visibility");
    REQUIRE_FALSE(language);
    CHECK(language.error().violations.at(0).pointer == "/language");
    CHECK(house.row(row.id).claim_state == "offered");
}

TEST_CASE("a link and a session reach their own learner's badges only") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const other = house.award("ach-01", "lrn-020");
    auto const token = house.link_to(row);

    CHECK(house.claims.claim(token, other.id, as_issued).error().fault == Fault::not_found);
    CHECK(house.claims.decline(token, other.id).error().fault == Fault::not_found);
    CHECK(house.claims.choose(learner_actor("lrn-001"), other.id, as_issued).error().fault == Fault::not_found);
    CHECK(house.claims.decline(learner_actor("lrn-001"), other.id).error().fault == Fault::not_found);
    CHECK(house.claims.dispute(issuer_actor("nakhla"), other.id).error().fault == Fault::not_found);
    CHECK(house.row(other.id).status == "active");
}

TEST_CASE("declining revokes at the holder's request for good") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const token = house.link_to(row);

    auto const declined = house.claims.decline(token, row.id);

    REQUIRE(declined);
    CHECK(declined->status == "revoked");
    CHECK(declined->reason == "holder-request");
    CHECK(declined->claim_state == "declined");
    CHECK(house.served_bit(row));
    CHECK_FALSE(sees(house, row, nullptr));
    CHECK(code_of(house.claims.decline(token, row.id)) == "already-declined");
    CHECK(code_of(house.claims.claim(token, row.id, as_issued)) == "already-declined");
    CHECK(house.events_of(row.id).back() == "credential.declined");
}

TEST_CASE("not me holds the badge for the issuer's review, who may offer it again") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const token = house.link_to(row);
    auto const issuer = issuer_actor("nakhla");

    auto const disputed = house.claims.dispute(token, row.id);
    bool const issuer_saw = sees(house, row, &issuer), stranger_saw = sees(house, row, nullptr);
    bool const bit = house.served_bit(row);
    auto const too_early = house.claims.choose(learner_actor("lrn-001"), row.id, as_issued);
    auto const reinstated = house.claims.reinstate(issuer, row.id, "Spoke to the learner.");
    auto const claimed = house.claims.claim(token, row.id, as_issued);

    REQUIRE(disputed);
    CHECK(disputed->status == "suspended");
    CHECK(disputed->claim_state == "disputed");
    CHECK(issuer_saw);
    CHECK_FALSE(stranger_saw);
    CHECK_FALSE(bit);
    CHECK(code_of(too_early) == "wrong-state");
    REQUIRE(reinstated);
    CHECK(reinstated->claim_state == "offered");
    CHECK(claimed);
}

TEST_CASE("a badge that has run out keeps its text, and its holder still decides who sees it") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const learner = learner_actor("lrn-001");
    house.pass(800 * one_day);

    auto const another_text = house.claims.choose(learner, row.id, {"link", true, "ar"});
    auto const another_circle = house.claims.choose(learner, row.id, {"hidden", false, "ar"});

    CHECK(code_of(another_text) == "credential-expired");
    REQUIRE(another_circle);
    CHECK(another_circle->visibility == "hidden");
    CHECK(another_circle->edition == 1);
}

TEST_CASE("what a learner holds is read with every badge's own text") {
    ActsHouse house;
    house.award("ach-01", "lrn-001");
    house.award("ach-02", "lrn-001");
    house.award("ach-01", "lrn-020");

    auto const views = house.claims.of_learner("lrn-001");

    REQUIRE(views.size() == 2);
    for (auto const& view : views)
        CHECK(view.credential.at("id") == view.url);
}

TEST_CASE("a sign-in mail is made for known addresses only, three a day") {
    ActsHouse house;

    house.claims.request_sign_in("somebody@people.example");
    house.claims.request_sign_in("no address");
    auto const unknown = house.mails();
    for (int i = 0; i < 5; ++i)
        house.claims.request_sign_in("  LRN-001@people.example ");
    auto const all = house.mails();
    auto const is_mail = [](storage::OutboxRow const& row) { return row.learner_id.has_value(); };
    std::vector<storage::OutboxRow> three;
    std::copy_if(all.begin(), all.end(), std::back_inserter(three), is_mail);
    house.pass(one_day + one_minute);
    house.claims.request_sign_in("lrn-001@people.example");
    auto const later = house.mails();

    // Known or not, within the limit or not: each asking writes one row, so that time tells nothing.
    REQUIRE(unknown.size() == 1);
    CHECK_FALSE(unknown[0].learner_id);
    CHECK(unknown[0].data == "{}");
    CHECK(all.size() == 6);
    REQUIRE(three.size() == 3);
    CHECK(three[0].kind == "mail.sign-in");
    CHECK(three[0].learner_id == "lrn-001");
    CHECK(three[0].data == "{}");
    CHECK(std::count_if(later.begin(), later.end(), is_mail) == 4);
}

TEST_CASE("a sign-in link opens once and within its time") {
    ActsHouse house;
    house.put_link("first", "sign-in", "lrn-001", std::nullopt, 15 * one_minute);
    house.put_link("second", "sign-in", "lrn-001", std::nullopt, 15 * one_minute);
    auto const claim_token = house.link_to(house.award("ach-01", "lrn-001"));

    auto const entered = house.claims.consume_sign_in("first");
    auto const again = house.claims.consume_sign_in("first");
    house.pass(15 * one_minute);

    REQUIRE(entered);
    CHECK(*entered == "lrn-001");
    REQUIRE_FALSE(again);
    CHECK(again.error().code == "link-used");
    CHECK(house.claims.consume_sign_in("second").error().code == "link-expired");
    CHECK(house.claims.consume_sign_in(claim_token).error().fault == Fault::gone);
    CHECK(house.claims.consume_sign_in("never-sent").error().fault == Fault::gone);
}

TEST_CASE("a link that has run out is sent again with the same badges, three times a day at most") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const token = house.link_to(row);
    house.pass(91 * one_day);

    for (int i = 0; i < 5; ++i)
        REQUIRE(house.claims.resend(token));

    auto const mails = house.mails();
    CHECK(mails.size() == 1 + 3);
    for (auto const& mail : mails) {
        CHECK(mail.kind == "mail.claim");
        CHECK(Json::parse(mail.data).at("credentialIds") == Json::array({row.id}));
    }
    CHECK(house.claims.resend("never-sent").error().fault == Fault::not_found);
}
