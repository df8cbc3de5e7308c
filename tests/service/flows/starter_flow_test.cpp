#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/service/api/api_house.hpp"

// The starter programme through the whole service: what import and completions lead to, seen by the API.

namespace itqan::tests {
namespace {

using Pair = std::pair<std::string, std::string>;  ///< Learner and achievement.

Json evaluations(ApiHouse& house, std::string const& admin, std::string const& learner, std::string const& on) {
    auto const answer = house.get("/api/v1/learners/" + learner + "/evaluations?asOf=" + on, admin);
    REQUIRE(answer.status == 200);
    auto by_achievement = Json::object();
    for (auto evaluation : answer.body.at("data")) {
        auto const id = evaluation.at("achievementId").get<std::string>();
        evaluation.erase("achievementId");
        by_achievement[id] = std::move(evaluation);
    }
    return by_achievement;
}

Json levels(ApiHouse& house, std::string const& admin, std::string const& learner, std::string const& on) {
    auto const answer = house.get("/api/v1/learners/" + learner + "/levels?asOf=" + on, admin);
    REQUIRE(answer.status == 200);
    CHECK(answer.body.at("asOf") == on);
    return answer.body.at("levels");
}

std::map<Pair, int> credentials(StarterHouse& house) {
    std::map<Pair, int> held;
    house.database().read([&](storage::Session& session) {
        session.query("SELECT learner_id, achievement_id FROM credential", [&](storage::Row const& row) {
            ++held[{row.string(0), row.string(1)}];
        });
    });
    return held;
}

std::set<Pair> satisfied_pairs(ApiHouse& house) {
    std::set<Pair> pairs;
    auto const admin = house.token(Role::admin);
    for (auto const& learner : read_starter("learners.json")) {
        auto const found = evaluations(house, admin, learner.at("id"), "2026-11-01");
        for (auto const& [achievement, evaluation] : found.items())
            if (evaluation.at("outcome") == "satisfied") pairs.insert({learner.at("id"), achievement});
    }
    return pairs;
}

/// A completion of the starter as its provider posts it.
Json as_posted(Json element) {
    element["externalId"] = element.at("id");
    for (auto const* const member : {"id", "providerId", "idempotencyKey"})
        element.erase(member);
    return element;
}

struct Feed {
    std::vector<Json> bodies;
    std::vector<std::string> providers;
};

Feed starter_feed() {
    Feed feed;
    for (auto const& element : read_starter("completions.json")) {
        if (element.at("status") == "rejected") continue;
        feed.providers.push_back(element.at("providerId"));
        feed.bodies.push_back(as_posted(element));
    }
    return feed;
}

}  // namespace

TEST_CASE("levels and evaluations of the imported starter equal the published ones on every day given") {
    NEEDS_SHARED();
    ApiHouse house;
    house.house.import_evidence();
    auto const admin = house.token(Role::admin);
    auto const expected = read_starter("expected/dataset-expected.json");
    auto const record = expected.at("asOf").get<std::string>();

    for (auto const& [learner, wanted] : expected.at("levels").items()) {
        CAPTURE(learner);
        CHECK(levels(house, admin, learner, record) == wanted);
        auto const found = evaluations(house, admin, learner, record);
        for (auto const& [achievement, by_learner] : expected.at("achievements").items()) {
            CAPTURE(achievement);
            CHECK(found.at(achievement) == by_learner.at(learner));
        }
    }
    int days = 0;
    for (auto const& [day, wanted] : expected.at("later").items()) {
        CAPTURE(day);
        ++days;
        for (auto const& [learner, levels_then] : wanted.at("levels").items())
            CHECK(levels(house, admin, learner, day) == levels_then);
        for (auto const& [learner, outcomes] : wanted.at("achievements").items()) {
            auto const found = evaluations(house, admin, learner, day);
            for (auto const& [achievement, outcome] : outcomes.items())
                CHECK(found.at(achievement).at("outcome") == outcome);
        }
    }
    CHECK(days == 2);
}

TEST_CASE("one explanation through the API is the published tree") {
    NEEDS_SHARED();
    ApiHouse house;
    house.house.import_evidence();
    auto const admin = house.token(Role::admin);

    for (auto const& explanation : read_starter("expected/dataset-expected.json").at("explanations")) {
        auto const address = "/api/v1/learners/" + explanation.at("learner").get<std::string>() + "/evaluations/" +
                             explanation.at("achievement").get<std::string>();
        auto tree = house.get(address + "?asOf=2026-11-01", admin).body.at("tree");
        CHECK(tree.at("messageKey").get<std::string>().starts_with("criteria."));
        CHECK(tree.at("outcome") == explanation.at("tree").at("outcome"));
        CHECK(tree.at("until") == explanation.at("tree").at("until"));
        CHECK(tree.at("children").size() == explanation.at("tree").at("children").size());
    }
}

TEST_CASE("fed one by one the starter's completions give every satisfied pair one credential, and again nothing more") {
    ApiHouse house;
    house.house.import_evidence(StarterHouse::Completions::left_out, {.issue = true});
    CHECK(credentials(house.house) == std::map<Pair, int>{{{"lrn-005", "ach-06"}, 1}});
    std::map<std::string, std::string> tokens;
    auto const feed = starter_feed();
    REQUIRE(feed.bodies.size() == 434);

    std::vector<std::string> answers;
    for (std::size_t i = 0; i < feed.bodies.size(); ++i) {
        auto& token = tokens[feed.providers[i]];
        if (token.empty()) token = house.token(Role::provider, feed.providers[i], "history");
        auto const answer = house.post("/api/v1/completions", token, feed.bodies[i]);
        CAPTURE(answer.text);
        REQUIRE(answer.status == 201);
        answers.push_back(answer.text);
    }

    auto const pairs = satisfied_pairs(house);
    std::map<Pair, int> one_each;
    for (auto const& pair : pairs)
        one_each[pair] = 1;
    CHECK(pairs.size() == 59);
    CHECK(credentials(house.house) == one_each);

    auto const rows = house.row_counts();
    for (std::size_t i = 0; i < feed.bodies.size(); ++i) {
        auto const again = house.post("/api/v1/completions", tokens.at(feed.providers[i]), feed.bodies[i]);
        CHECK(again.status == 201);
        CHECK(again.text == answers[i]);
        CHECK(again.headers.at("idempotency-replayed") == "true");
    }
    CHECK(house.row_counts() == rows);
    CHECK(credentials(house.house) == one_each);
}

TEST_CASE("importing the starter with badges gives the same pairs as feeding it, and a second import nothing") {
    ApiHouse house;

    house.house.import_evidence(StarterHouse::Completions::included, {.issue = true});
    auto const first = credentials(house.house);
    auto const rows = house.row_counts();
    auto const again = house.house.import_evidence(StarterHouse::Completions::included, {.issue = true});

    CHECK(first.size() == 59);
    CHECK(std::all_of(first.begin(), first.end(), [](auto const& each) { return each.second == 1; }));
    CHECK(again.written.empty());
    CHECK(again.credentials == 0);
    CHECK(credentials(house.house) == first);
    CHECK(house.row_counts() == rows);
}

TEST_CASE("in a demo of any day one completion of the named learner earns exactly two badges") {
    ApiHouse house;
    house.house.clock.now = *Instant::parse("2027-02-17T09:30:00Z");
    house.house.import_evidence(StarterHouse::Completions::included,
                                {.issue = true, .date_of_record_is = house.house.clock.now.day()});
    auto const provider = house.token(Role::provider, "prv-qalam");

    auto const answer = house.post("/api/v1/completions", provider,
                                   {{"externalId", "demo-1"},
                                    {"activityId", "act-102"},
                                    {"learnerId", "lrn-015"},
                                    {"completedAt", "2027-02-17T09:00:00Z"},
                                    {"score", 86},
                                    {"status", "verified"}});

    REQUIRE(answer.status == 201);
    std::set<std::string> earned;
    for (auto const& credential : answer.body.at("credentials"))
        earned.insert(credential.at("achievementId"));
    CHECK(earned == std::set<std::string>{"ach-01", "ach-08"});
}

}  // namespace itqan::tests
