// How a badge fits a role of the programme, in the report of POST /api/v1/verify.

#include <doctest/doctest.h>

#include "tests/service/api/api_house.hpp"

namespace itqan::tests {
namespace {

struct RoleApi : ApiHouse {
    Json made() {
        auto const answer =
            post("/api/v1/credentials", token(Role::admin), {{"achievementId", "ach-01"}, {"learnerId", "lrn-001"}});
        REQUIRE(answer.status == 201);
        return answer.body;
    }
    Answered ask(Json const& badge, Json extra, std::string const& query = "") {
        extra["input"] = badge.dump();
        return post("/api/v1/verify" + query, "", extra);
    }
};

TEST_CASE("the report says how a badge fits the role that the body or the address names") {
    RoleApi api;
    auto const badge = api.made().at("credential");

    auto const by_body = api.ask(badge, {{"roleId", "role-rn"}});
    auto const by_address = api.ask(badge, Json::object(), "?roleId=role-rn");
    auto const by_both = api.ask(badge, {{"roleId", "role-rn"}}, "?roleId=role-rn");

    REQUIRE(by_body.status == 200);
    auto const& fit = by_body.body.at("roleFit");
    CHECK(fit.at("roleId") == "role-rn");
    CHECK(fit.at("counts") == true);
    CHECK(fit.at("met") == 1);
    CHECK(fit.at("of") == 3);
    // The nurse's role asks for DH1.1, DH2.1 and DH6.1 at level 2; the badge shows the first at 1 and the last at 2.
    CHECK(fit.at("requirements") == Json::parse(R"([{"competency": "DH1.1", "required": 2, "shown": 1},
                                                   {"competency": "DH2.1", "required": 2, "shown": 0},
                                                   {"competency": "DH6.1", "required": 2, "shown": 2}])"));
    CHECK_FALSE(fit.contains("reason"));
    CHECK(by_address.body.at("roleFit") == fit);
    CHECK(by_both.body.at("roleFit") == fit);
    CHECK_FALSE(api.ask(badge, Json::object()).body.contains("roleFit"));
}

TEST_CASE("a form asks for a role with a field, and an empty one asks for none") {
    RoleApi api;
    auto const badge = api.made().at("credential").dump();
    auto const form = [&](std::string const& role) {
        auto const part = [](std::string const& name, std::string const& content) {
            return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + content + "\r\n";
        };
        return api.send("POST", "/api/v1/verify", "", part("file", badge) + part("roleId", role) + "--b--\r\n",
                        {{"content-type", "multipart/form-data; boundary=b"}});
    };

    CHECK(form("role-rn").body.at("roleFit").at("met") == 1);
    CHECK_FALSE(form("").body.contains("roleFit"));
    CHECK(form("role-none").status == 422);
}

TEST_CASE("an unknown role is refused with its place, and two different ones are refused") {
    RoleApi api;
    auto const badge = api.made().at("credential");

    auto const unknown = api.ask(badge, {{"roleId", "role-none"}});
    auto const unknown_in_address = api.ask(badge, Json::object(), "?roleId=role-none");
    auto const empty = api.ask(badge, Json::object(), "?roleId=");
    auto const two = api.ask(badge, {{"roleId", "role-rn"}}, "?roleId=role-superuser");
    auto const no_text = api.ask(badge, {{"roleId", 7}});

    CHECK(unknown.status == 422);
    CHECK(unknown.body.at("code") == "unknown-role");
    CHECK(unknown.body.at("errors").at(0).at("pointer") == "/roleId");
    CHECK(unknown_in_address.status == 422);
    CHECK(unknown_in_address.body.at("code") == "unknown-role");
    CHECK(empty.status == 422);
    CHECK(two.status == 400);
    CHECK(two.body.at("code") == "invalid-parameter");
    CHECK(no_text.status == 400);
    CHECK(no_text.body.at("errors").at(0).at("pointer") == "/roleId");
}

TEST_CASE("a badge that is forged or withdrawn counts for no role, and the report says why") {
    RoleApi api;
    auto const made = api.made();
    auto forged = made.at("credential");
    forged["name"] = "Another";

    auto const forged_fit = api.ask(forged, {{"roleId", "role-rn"}}).body.at("roleFit");
    auto const revoked = api.post("/api/v1/credentials/" + made.at("id").get<std::string>() + "/revoke",
                                  api.token(Role::admin), {{"reason", "issued-in-error"}});
    REQUIRE(revoked.status == 200);
    auto const revoked_fit = api.ask(made.at("credential"), {{"roleId", "role-rn"}}).body.at("roleFit");

    for (auto const& fit : {forged_fit, revoked_fit}) {
        CHECK(fit.at("counts") == false);
        CHECK(fit.at("reason") == "not-in-force");
        CHECK_FALSE(fit.contains("met"));
        CHECK_FALSE(fit.contains("requirements"));
    }
}

}  // namespace
}  // namespace itqan::tests
