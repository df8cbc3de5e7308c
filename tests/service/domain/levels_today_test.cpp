// "Still current today?": what the records say of the levels that a badge of ours shows, and to whom.

#include <doctest/doctest.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "service/domain/levels_today.hpp"
#include "tests/service/domain/acts_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

Day date(std::string_view text) {
    return Day::parse(text).value();
}

Signoff signoff(std::string const& id, std::string const& competency, int level, std::string_view on,
                Standing standing = Standing::verified) {
    return {id, competency, "ext-committee", level, date(on), standing};
}

struct TodayHouse : ActsHouse {
    storage::CredentialRow claimed(std::string const& visibility = "link") {
        auto const row = award("ach-01", "lrn-001");
        return must(claims.choose(learner_actor("lrn-001"), row.id, {visibility, true, "en"}));
    }
    void sign_off(std::string const& id, std::string const& competency, int level, std::string const& on) {
        REQUIRE(intake.record(Actor{}, "signoff",
                              {{"id", id},
                               {"learnerId", "lrn-001"},
                               {"competency", competency},
                               {"level", level},
                               {"mentorId", "ext-committee"},
                               {"signedAt", on},
                               {"status", "confirmed"}}));
    }
    LevelsToday today(std::string const& text) { return levels_today(services, check(text)); }
};

}  // namespace

// DH6.1 fades as safety does: fresh for 365 days, one level less every 180 days, nothing after 730 (domain.md F1).
TEST_CASE("a level of a badge is held, has faded or was never on record") {
    ActsHouse house;
    auto const programme = house.programme();
    Evidence evidence;
    evidence.signoffs = {signoff("s1", "DH6.1", 2, "2026-01-10")};
    auto const state = [&](std::string_view on) {
        auto const parts = levels_today(*programme, evidence, {{"DH6.1", 2}}, date(on));
        REQUIRE(parts.size() == 1);
        return std::tuple(parts[0].state, parts[0].today, parts[0].until ? parts[0].until->text() : "none");
    };

    CHECK(state("2026-01-09") == std::tuple(LevelState::not_recorded, 0, "none"));
    CHECK(state("2026-01-10") == std::tuple(LevelState::held, 2, "2027-07-08"));
    CHECK(state("2027-07-08") == std::tuple(LevelState::held, 2, "2027-07-08"));
    CHECK(state("2027-07-09") == std::tuple(LevelState::lower, 1, "none"));
    CHECK(state("2029-01-01") == std::tuple(LevelState::lower, 0, "none"));
}

TEST_CASE("practice and new evidence keep a level, waiting evidence does not") {
    ActsHouse house;
    auto const programme = house.programme();
    Evidence faded, practised, renewed, waiting;
    faded.signoffs = {signoff("s1", "DH6.1", 2, "2025-02-01")};
    practised = renewed = waiting = faded;
    practised.practices = {{"p2", "DH6.1", date("2026-10-01"), Standing::verified},
                           {"p1", "DH6.1", date("2026-03-01"), Standing::verified}};
    renewed.signoffs.push_back(signoff("s2", "DH6.1", 2, "2026-09-01"));
    waiting.signoffs.push_back(signoff("s2", "DH6.1", 2, "2026-09-01", Standing::waiting));
    auto const part = [&](Evidence const& evidence) {
        return levels_today(*programme, evidence, {{"DH6.1", 2}}, date("2026-11-01")).at(0);
    };

    CHECK(part(faded).state == LevelState::lower);
    CHECK(part(practised).state == LevelState::held);
    CHECK(part(practised).until == date("2026-10-01") + 544);
    CHECK(part(renewed).until == date("2026-09-01") + 544);
    CHECK(part(waiting).state == LevelState::lower);
}

TEST_CASE("nothing above the badge's level is told, and nothing that the badge does not show") {
    ActsHouse house;
    auto const programme = house.programme();
    Evidence evidence;
    evidence.signoffs = {signoff("s1", "DH6.1", 4, "2026-10-01"), signoff("s2", "DH1.1", 4, "2026-10-01")};

    auto const parts = levels_today(*programme, evidence, {{"DH6.1", 2}, {"DH2.1", 0}}, date("2026-11-01"));

    REQUIRE(parts.size() == 1);
    CHECK(parts[0].competency->code == "DH6.1");
    CHECK(parts[0].today == 2);
    // Level 4 falls below level 2 only after two drops more: that it ends later is all that shows.
    CHECK(parts[0].until == date("2026-10-01") + 730);
}

TEST_CASE("a badge of ours is told about from its holder's records") {
    TodayHouse house;
    auto const text = house.text(house.claimed());

    auto const before = house.today(text);
    house.sign_off("sgn-1", "DH6.1", 3, "2026-10-01");
    auto const after = house.today(text);

    CHECK(before.reason.empty());
    CHECK(before.held() == 0);
    CHECK_FALSE(before.is_recorded());
    CHECK(after.is_recorded());
    CHECK(levels_today_to_json(after) == Json::parse(R"({
        "asOf": "2026-11-01", "told": true, "held": 1, "of": 2, "competencies": [
            {"competency": "DH1.1", "shown": 1, "today": 0, "state": "not-recorded", "until": null},
            {"competency": "DH6.1", "shown": 2, "today": 2, "state": "held", "until": "2028-09-24"}]})"));
}

TEST_CASE("nothing is told of a badge whose page strangers do not see, whoever has its text") {
    TodayHouse house;
    house.sign_off("sgn-1", "DH6.1", 3, "2026-10-01");
    auto const row = house.award("ach-01", "lrn-001");
    auto const offered = house.today(house.text(row));
    auto const hidden =
        house.today(house.text(must(house.claims.choose(learner_actor("lrn-001"), row.id, {"hidden", true, "en"}))));
    auto const shared =
        house.today(house.text(must(house.claims.choose(learner_actor("lrn-001"), row.id, {"link", true, "en"}))));

    CHECK(offered.reason == "not-shared");
    CHECK(offered.parts.empty());
    CHECK(hidden.reason == "not-shared");
    CHECK(levels_today_to_json(hidden) == Json({{"asOf", "2026-11-01"}, {"told", false}, {"reason", "not-shared"}}));
    CHECK(shared.reason.empty());
}

TEST_CASE("nothing is told of a badge that is forged, on hold, withdrawn or of another issuer") {
    TodayHouse house;
    auto const row = house.claimed();
    auto const text = house.text(row);
    auto forged = text;
    forged[forged.find("\"validUntil\":\"20") + 15] = '9';
    auto of_another = house.check(text);
    for (auto& check : of_another.checks)
        if (check.id == "issuer-trust") check.code = "issuer-trust.listed";

    CHECK(house.today(forged).reason == "not-in-force");
    CHECK(levels_today(house.services, of_another).reason == "not-issued-here");
    must(house.claims.suspend(issuer_actor(row.issuer_id), row.id, std::nullopt));
    CHECK(house.today(text).reason == "not-in-force");
    must(house.claims.reinstate(issuer_actor(row.issuer_id), row.id, std::nullopt));
    CHECK(house.today(text).reason.empty());
    must(house.claims.revoke(issuer_actor(row.issuer_id), row.id, "issued-in-error", std::nullopt));
    CHECK(house.today(text).reason == "not-in-force");
}
