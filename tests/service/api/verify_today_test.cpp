// Which levels of a badge still hold today, in the report of POST /api/v1/verify.

#include <doctest/doctest.h>

#include "tests/service/api/api_house.hpp"

namespace itqan::tests {
namespace {

TEST_CASE("the report tells of levels today on request only, and of what strangers may see only") {
    ApiHouse api;
    auto const made = api.post("/api/v1/credentials", api.token(Role::admin),
                               {{"achievementId", "ach-01"}, {"learnerId", "lrn-001"}});
    REQUIRE(made.status == 201);
    auto const ask = [&](Json const& levels_today) {
        return api.post("/api/v1/verify", "",
                        {{"input", made.body.at("credential").dump()}, {"levelsToday", levels_today}});
    };
    Actor holder;
    holder.role = Role::learner;
    holder.id = "learner:lrn-001";
    holder.learner_id = "lrn-001";

    auto const offered = ask(true);
    REQUIRE(api.house.claims.choose(holder, made.body.at("id").get<std::string>(), {"link", false, "en"}));
    auto const rows = api.row_counts();
    auto const shared = ask(true);

    REQUIRE(offered.status == 200);
    CHECK(offered.body.at("levelsToday").at("told") == false);
    CHECK(offered.body.at("levelsToday").at("reason") == "not-shared");
    auto const& told = shared.body.at("levelsToday");
    CHECK(told.at("told") == true);
    CHECK(told.at("asOf") == "2026-11-01");
    CHECK(told.at("of") == 2);
    CHECK(told.at("competencies").at(0).at("competency") == "DH1.1");
    CHECK(told.at("competencies").at(0).at("state") == "not-recorded");
    CHECK(shared.text.find("lrn-001") == std::string::npos);
    CHECK(api.row_counts() == rows);
    CHECK_FALSE(ask(false).body.contains("levelsToday"));
    CHECK(ask("yes").status == 400);
}

TEST_CASE("a form asks for levels today with true or false and nothing else") {
    ApiHouse api;
    auto const made = api.post("/api/v1/credentials", api.token(Role::admin),
                               {{"achievementId", "ach-01"}, {"learnerId", "lrn-001"}});
    auto const form = [&](std::string const& value) {
        auto const part = [](std::string const& name, std::string const& content) {
            return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + content + "\r\n";
        };
        return api.send("POST", "/api/v1/verify", "",
                        part("file", made.body.at("credential").dump()) + part("levelsToday", value) + "--b--\r\n",
                        {{"content-type", "multipart/form-data; boundary=b"}});
    };

    CHECK(form("true").body.at("levelsToday").contains("told"));
    CHECK_FALSE(form("false").body.contains("levelsToday"));
    CHECK(form("1").status == 400);
    CHECK(form("1").body.at("errors").at(0).at("pointer") == "/levelsToday");
}

}  // namespace
}  // namespace itqan::tests
