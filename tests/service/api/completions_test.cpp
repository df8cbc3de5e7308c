#include <doctest/doctest.h>

#include <future>
#include <set>

#include "tests/service/api/api_house.hpp"

namespace itqan::tests {
namespace {

constexpr auto completions = "/api/v1/completions";

Json good() {
    return {{"externalId", "x-1"},
            {"activityId", "act-102"},
            {"learnerId", "lrn-015"},
            {"startedAt", "2026-10-01T08:00:00Z"},
            {"completedAt", "2026-10-20T12:00:00Z"},
            {"score", 86},
            {"grade", "B"},
            {"hours", 6},
            {"status", "verified"}};
}

Json with(std::string const& member, Json value) {
    auto body = good();
    body[member] = std::move(value);
    return body;
}

Json long_ago() {
    auto body = with("completedAt", "2024-10-01T12:00:00Z");
    body.erase("startedAt");
    return body;
}

struct Bad {
    char const* name;
    std::string body;
    int status;
    char const* code;
    char const* pointer;  ///< "" when the fault is no member's.
};

std::vector<Bad> bad_bodies() {
    auto const text = good().dump();
    return {
        {"broken syntax", text.substr(0, text.size() - 1), 400, "json-syntax", ""},
        {"empty", " ", 400, "json-syntax", ""},
        {"duplicate key", text.substr(0, text.size() - 1) + R"(,"score":1})", 400, "json-duplicate-member", ""},
        {"too large", R"({"externalId":")" + std::string(70'000, 'x') + "\"}", 413, "json-limit", ""},
        {"too deep", std::string(65, '[') + std::string(65, ']'), 413, "json-limit", ""},
        {"no object", "7", 400, "invalid-body", ""},
        {"unknown field", with("colour", "red").dump(), 400, "invalid-body", "/colour"},
        {"unknown activity", with("activityId", "act-999").dump(), 422, "unknown-activity", "/activityId"},
        {"unknown learner", with("learnerId", "lrn-999").dump(), 422, "unknown-learner", "/learnerId"},
        {"score above 100", with("score", 100.5).dump(), 422, "score-out-of-range", "/score"},
        {"score below 0", with("score", -1).dump(), 422, "score-out-of-range", "/score"},
        {"score as text", with("score", "86").dump(), 400, "invalid-body", "/score"},
        {"grade outside the scale", with("grade", "Z").dump(), 422, "unknown-grade", "/grade"},
        {"in the future", with("completedAt", "2026-11-03T12:00:00Z").dump(), 422, "completed-in-future",
         "/completedAt"},
        {"before its start", with("completedAt", "2026-09-01T12:00:00Z").dump(), 422, "completed-before-start",
         "/completedAt"},
        {"too long ago", long_ago().dump(), 422, "completed-too-long-ago", "/completedAt"},
        {"no date", with("completedAt", "yesterday").dump(), 400, "invalid-body", "/completedAt"},
        {"another provider's activity", with("activityId", "act-201").dump(), 403, "foreign-activity", ""},
    };
}

TEST_CASE("bad completions are named, pointed at and change nothing") {
    ApiHouse house;
    auto const provider = house.token(Role::provider, "prv-qalam");

    for (auto const& bad : bad_bodies()) {
        CAPTURE(bad.name);
        auto const before = house.row_counts();

        auto const answer = house.send("POST", completions, provider, bad.body);

        CAPTURE(answer.text);
        CHECK(answer.status == bad.status);
        CHECK(answer.headers.at("content-type") == "application/problem+json");
        CHECK(answer.body.value("code", "") == bad.code);
        if (*bad.pointer != '\0') {
            REQUIRE(answer.body.contains("errors"));
            CHECK(answer.body.at("errors").at(0).at("pointer") == bad.pointer);
        }
        CHECK(house.row_counts() == before);
    }
}

TEST_CASE("wrong, expired and foreign-role tokens are refused and change nothing") {
    ApiHouse house;
    auto const provider = house.token(Role::provider, "prv-qalam");
    auto const lead = house.token(Role::lead, "org-durrat");
    auto const before = house.row_counts();

    CHECK(house.post(completions, "", good()).body.at("code") == "token-required");
    CHECK(house.post(completions, "itq_wrong", good()).body.at("code") == "invalid-token");
    CHECK(house.post(completions, lead, good()).body.at("code") == "wrong-role");
    CHECK(house.post(completions, lead, good()).status == 403);
    house.house.clock.now.milliseconds += 3'600'000;
    auto const expired = house.post(completions, provider, good());
    CHECK(expired.status == 401);
    CHECK(expired.body.at("code") == "expired-token");
    CHECK(house.row_counts() == before);
}

TEST_CASE("a repeat gets the first answer byte for byte and another body under the key is refused") {
    ApiHouse house;
    auto const provider = house.token(Role::provider, "prv-qalam");

    auto const first = house.post(completions, provider, good());
    auto const before = house.row_counts();
    auto const repeat = house.post(completions, provider, good());
    auto const other = house.post(completions, provider, with("score", 87));

    CHECK(first.status == 201);
    CHECK(first.headers.contains("location"));
    CHECK(repeat.status == 201);
    CHECK(repeat.text == first.text);
    CHECK(repeat.headers.at("idempotency-replayed") == "true");
    CHECK_FALSE(first.headers.contains("idempotency-replayed"));
    CHECK(other.status == 422);
    CHECK(other.body.at("code") == "idempotency-mismatch");
    CHECK(house.row_counts() == before);
}

TEST_CASE("a header key is bound to its body and its address") {
    ApiHouse house;
    auto const provider = house.token(Role::provider, "prv-qalam");
    std::map<std::string, std::string> const key{{"idempotency-key", "k-1"}};

    auto const first = house.post(completions, provider, good(), key);
    auto const repeat = house.post(completions, provider, good(), key);
    auto const other = house.post(completions, provider, with("externalId", "x-2"), key);

    CHECK(first.status == 201);
    CHECK(repeat.text == first.text);
    CHECK(other.body.at("code") == "idempotency-mismatch");
}

TEST_CASE("a batch answers each item on its own") {
    ApiHouse house;
    auto const provider = house.token(Role::provider, "prv-qalam");
    auto const batch = Json::array({good(), with("activityId", "act-999"), with("externalId", "x-3")});

    auto const answer = house.post(completions, provider, batch);
    auto const repeat = house.post(completions, provider, batch);

    REQUIRE(answer.status == 207);
    auto const& results = answer.body.at("results");
    REQUIRE(results.size() == 3);
    CHECK(results[0].at("status") == 201);
    CHECK(results[0].at("body").at("externalId") == "x-1");
    CHECK(results[1].at("status") == 422);
    CHECK(results[1].at("problem").at("code") == "unknown-activity");
    CHECK(results[2].at("index") == 2);
    CHECK(repeat.text == answer.text);
}

TEST_CASE("a dry run checks and writes nothing") {
    ApiHouse house;
    auto const provider = house.token(Role::provider, "prv-qalam");
    auto const before = house.row_counts();

    auto const fine = house.post(std::string(completions) + "?dryRun=true", provider, good());
    auto const wrong = house.post(std::string(completions) + "?dryRun=true", provider, with("learnerId", "lrn-999"));

    CHECK(fine.status == 200);
    CHECK(wrong.body.at("code") == "unknown-learner");
    CHECK(house.row_counts() == before);
}

TEST_CASE("a provider sees its own effects without progress and without the credential's address") {
    ApiHouse house;
    house.load_evidence_of("lrn-015");
    auto const provider = house.token(Role::provider, "prv-qalam");

    auto const answer = house.post(completions, provider, good());

    REQUIRE(answer.status == 201);
    CHECK(answer.body.at("credentials").size() == 2);
    for (auto const& effect : answer.body.at("effects")) {
        CHECK(effect.size() == 2);
        CHECK(effect.contains("achievementId"));
        CHECK(effect.contains("after"));
    }
    for (auto const& credential : answer.body.at("credentials")) {
        CHECK(credential.size() == 2);
        CHECK(credential.at("issued") == true);
    }
}

TEST_CASE("another provider neither reads nor lists a completion") {
    ApiHouse house;
    auto const owner = house.token(Role::provider, "prv-qalam");
    auto const other = house.token(Role::provider, "prv-murjan");
    auto const id = house.post(completions, owner, good()).body.at("id").get<std::string>();

    CHECK(house.get(std::string(completions) + "/" + id, owner).status == 200);
    CHECK(house.get(std::string(completions) + "/" + id, other).status == 404);
    CHECK(house.get(completions, owner).body.at("data").size() == 1);
    CHECK(house.get(completions, other).body.at("data").empty());
    CHECK(house.get(std::string(completions) + "?limit=0", owner).body.at("code") == "invalid-parameter");
}

TEST_CASE(
    "a completion whose commit nobody waits for is there when that has ended, and is one, however often it is posted") {
    ApiHouse house;
    auto const provider = house.token(Role::provider, "prv-qalam");
    auto const before = house.row_counts();
    auto const quick = [&] {
        auto request = ApiHouse::request("POST", completions, provider, good().dump(), {{"idempotency-key", "k-1"}});
        request.may_depend = true;
        return request;
    };
    // All but the first that is written are refused, and asked again.
    std::vector<http::Request> requests;
    std::vector<http::Response> answers;
    for (int i = 0; i < 4; ++i) {
        requests.push_back(quick());
        answers.push_back(house.handle(requests.back()));
    }
    std::set<std::string> bodies;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (auto const pending = answers[i].depends_on) {
            std::promise<void> ended;
            pending->when_ended([&] { ended.set_value(); });
            REQUIRE(ended.get_future().wait_for(std::chrono::seconds(20)) == std::future_status::ready);
            CHECK(pending->outcome() != Pending::Outcome::failed);
            if (pending->outcome() == Pending::Outcome::refused) {
                requests[i].may_depend = false;
                answers[i] = house.handle(requests[i]);
                CHECK(answers[i].headers.get("idempotency-replayed") == "true");
            }
        }
        CHECK(answers[i].status == 201);
        bodies.insert(answers[i].body);
    }
    CHECK(bodies.size() == 1);
    auto const after = house.row_counts();
    CHECK(after.at("evidence") == before.at("evidence") + 1);
    auto const id = Json::parse(*bodies.begin()).at("id").get<std::string>();
    CHECK(house.get(std::string(completions) + "/" + id, provider).status == 200);
}

TEST_CASE("a request that is given to its handler again is counted once") {
    ApiHouse house;
    auto request = ApiHouse::request("POST", "/api/v1/verify", "", R"({"input":"x"})");
    for (int i = 0; i < 70; ++i)
        CHECK(house.handle(request).status == 422);
    CHECK(house.post("/api/v1/verify", "", {{"input", "x"}}).status == 422);
}

}  // namespace
}  // namespace itqan::tests
