#include <doctest/doctest.h>

#include "service/domain/receipts.hpp"
#include "tests/service/api/api_house.hpp"

namespace itqan::tests {
namespace {

struct ReceiptApi : ApiHouse {
    ReceiptApi() { house.keys.ensure_installation(); }

    Json badge() {
        auto const made =
            post("/api/v1/credentials", token(Role::admin), {{"achievementId", "ach-01"}, {"learnerId", "lrn-001"}});
        REQUIRE(made.status == 201);
        return made.body.at("credential");
    }
    domain::ReceiptJudgement judge(Json const& receipt) {
        auto const did = house.addresses.installation_did();
        return *domain::judge_receipt(receipt.dump(), {{did, house.documents.get(did)}}, house.clock.now);
    }
};

TEST_CASE("a receipt is given on request only, and asking stores nothing") {
    ReceiptApi api;
    auto const badge = api.badge().dump();
    auto const rows = api.row_counts();

    auto const plain = api.post("/api/v1/verify", "", {{"input", badge}});
    auto const refused = api.post("/api/v1/verify", "", {{"input", badge}, {"receipt", false}});
    auto const asked = api.post("/api/v1/verify", "", {{"input", badge}, {"receipt", true}});
    auto const wrong = api.post("/api/v1/verify", "", {{"input", badge}, {"receipt", "yes"}});

    CHECK(plain.status == 200);
    CHECK_FALSE(plain.body.contains("receipt"));
    CHECK_FALSE(refused.body.contains("receipt"));
    REQUIRE(asked.status == 200);
    auto const& receipt = asked.body.at("receipt");
    CHECK(api.judge(receipt).code == "genuine");
    CHECK(receipt.at("verdict") == asked.body.at("verdict"));
    CHECK(receipt.at("checkedAt") == asked.body.at("checkedAt"));
    CHECK(receipt.at("credential") == domain::credential_hash(badge));
    CHECK(wrong.status == 400);
    CHECK(api.row_counts() == rows);
}

TEST_CASE("a form asks for a receipt with a field") {
    ReceiptApi api;
    auto const badge = api.badge().dump();
    auto const form = [&](std::string const& value) {
        auto const part = [](std::string const& name, std::string const& content) {
            return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + content + "\r\n";
        };
        return api.send("POST", "/api/v1/verify", "", part("file", badge) + part("receipt", value) + "--b--\r\n",
                        {{"content-type", "multipart/form-data; boundary=b"}});
    };

    CHECK(api.judge(form("true").body.at("receipt")).code == "genuine");
    CHECK_FALSE(form("false").body.contains("receipt"));
    CHECK(form("1").status == 400);
}

TEST_CASE("a receipt tells of refusals too") {
    ReceiptApi api;
    auto badge = api.badge();
    badge["name"] = "Another";

    auto const asked = api.post("/api/v1/verify", "", {{"input", badge.dump()}, {"receipt", true}});

    CHECK(asked.body.at("verdict") == "invalid");
    CHECK(asked.body.at("receipt").at("verdict") == "invalid");
    CHECK(api.judge(asked.body.at("receipt")).code == "genuine");
}

TEST_CASE("administrators see and revoke the key of receipts, issuers do not") {
    ReceiptApi api;
    auto const admin = api.token(Role::admin);
    auto const path = "/api/v1/keys?issuerId=installation%2Freceipts";

    auto const seen = api.get(path, admin);
    CHECK(api.get(path, api.token(Role::issuer, "nakhla")).body.at("data").empty());
    REQUIRE(seen.body.at("data").size() == 1);
    auto const id = seen.body.at("data").at(0).at("id").get<std::string>();
    auto const revoke = [&](std::string const& token) {
        return api.send("POST", "/api/v1/keys/" + id + "/revoke", token, "", {{"idempotency-key", "end-it"}}).status;
    };
    CHECK(revoke(api.token(Role::issuer, "nakhla")) == 404);
    CHECK(revoke(admin) == 200);
    auto const asked = api.post("/api/v1/verify", "", {{"input", api.badge().dump()}, {"receipt", true}});
    CHECK(asked.status == 503);
    CHECK(asked.body.at("code") == "no-active-key");
}

}  // namespace
}  // namespace itqan::tests
