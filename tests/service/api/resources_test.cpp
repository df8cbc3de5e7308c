#include <doctest/doctest.h>

#include <set>

#include "service/api/endpoint.hpp"
#include "tests/service/api/api_house.hpp"

namespace itqan::tests {
namespace {

TEST_CASE("every documented address is routed and no API address exists beside the documented ones") {
    ApiHouse house;
    auto const document = house.get("/openapi.json", "").body;
    REQUIRE(document.is_object());

    for (auto const& endpoint : api::endpoints()) {
        CAPTURE(endpoint.path);
        auto path = endpoint.path;
        for (auto open = path.find('{'); open != std::string::npos; open = path.find('{'))
            path.replace(open, path.find('}', open) - open + 1, "nothing-1");
        auto const method = endpoint.verb == api::Verb::get ? "GET" : endpoint.verb == api::Verb::put ? "PUT" : "POST";

        auto const answer = house.send(method, path, "");

        if (!endpoint.roles.empty())
            CHECK(answer.status == 401);
        else
            CHECK(answer.body.value("code", "") != "no-route");
        CHECK(document.at("paths").contains(endpoint.path));
    }
    CHECK(house.get("/api/v1/nothing", house.token(Role::admin)).status == 404);
}

TEST_CASE("a learner is seen by itself, its lead and administrators and is 404 to everyone else") {
    ApiHouse house;
    std::set<std::string> const see{house.token(Role::learner, "lrn-015"), house.token(Role::mentor, "lrn-015"),
                                    house.token(Role::lead, "org-durrat"), house.token(Role::admin)};
    std::set<std::string> const blind{house.token(Role::learner, "lrn-001"), house.token(Role::lead, "org-wadi"),
                                      house.token(Role::provider, "prv-qalam"), house.token(Role::issuer, "nakhla")};

    for (auto const* const what : {"", "/levels", "/evaluations", "/evaluations/ach-01", "/readiness?roleId=role-rn"}) {
        auto const address = "/api/v1/learners/lrn-015" + std::string(what);
        CAPTURE(address);
        for (auto const& token : see)
            CHECK(house.get(address, token).status == 200);
        for (auto const& token : blind) {
            auto const hidden = house.get(address, token);
            CHECK(hidden.status == 404);
            auto const unknown = house.get("/api/v1/learners/lrn-999" + std::string(what), token);
            CHECK(hidden.text == unknown.text);
        }
    }
}

TEST_CASE("levels and evaluations at the date of record equal the published ones") {
    NEEDS_SHARED();
    ApiHouse house;
    auto const expected = Json::parse(read_file(*shared_dir() / "starter/expected/dataset-expected.json"));
    std::string const learner = "lrn-001";
    house.load_evidence_of(learner);
    auto const admin = house.token(Role::admin);

    auto const evaluations =
        house.get("/api/v1/learners/" + learner + "/evaluations?asOf=" + expected.at("asOf").get<std::string>(), admin);

    REQUIRE(evaluations.status == 200);
    std::size_t compared = 0;
    for (auto const& evaluation : evaluations.body.at("data")) {
        auto const id = evaluation.at("achievementId").get<std::string>();
        CAPTURE(id);
        if (!expected.at("achievements").contains(id) || !expected.at("achievements").at(id).contains(learner))
            continue;
        for (auto const& [member, value] : expected.at("achievements").at(id).at(learner).items()) {
            CAPTURE(member);
            CHECK(evaluation.at(member) == value);
        }
        ++compared;
    }
    CHECK(compared > 5);
}

TEST_CASE("an award by hand is issued once, revoked with a reason and hidden from other issuers") {
    ApiHouse house;
    auto const nakhla = house.token(Role::issuer, "nakhla");
    auto const murjan = house.token(Role::issuer, "murjan");
    Json const award{{"achievementId", "ach-01"}, {"learnerId", "lrn-015"}};

    auto const made = house.post("/api/v1/credentials", nakhla, award);
    REQUIRE(made.status == 201);
    auto const address = "/api/v1/credentials/" + made.body.at("id").get<std::string>();
    CHECK(made.headers.at("location") == address);
    CHECK(made.body.at("credential").at("id") == made.body.at("url"));
    CHECK(house.post("/api/v1/credentials", nakhla, award).status == 409);
    CHECK(house.get(address, nakhla).status == 200);
    CHECK(house.get(address, murjan).status == 404);
    CHECK(house.get(address, house.token(Role::learner, "lrn-001")).status == 404);
    CHECK(house.get("/api/v1/credentials", murjan).body.at("data").empty());

    CHECK(house.post(address + "/revoke", nakhla, {{"reason", "because"}}).status == 422);
    CHECK(house.post(address + "/revoke", murjan, {{"reason", "issued-in-error"}}).status != 200);
    auto const revoked = house.post(address + "/revoke", nakhla, {{"reason", "issued-in-error"}});
    CHECK(revoked.status == 200);
    CHECK(revoked.body.at("status") == "revoked");
    CHECK(house.post(address + "/revoke", nakhla, {{"reason", "issued-in-error"}}).status == 409);
}

TEST_CASE("an award by hand carries the evidence it points at, and bad evidence is refused by its place") {
    ApiHouse house;
    auto const nakhla = house.token(Role::issuer, "nakhla");
    Json award{{"achievementId", "ach-01"},
               {"learnerId", "lrn-015"},
               {"narrative", "Seen at work"},
               {"evidence", {{{"url", "https://evidence.example/1"}, {"name", "Portfolio"}}}}};

    auto bad = award;
    bad["evidence"] = {{{"url", "http://plain.example/"}}, {{"colour", "red"}}};
    auto const refused = house.post("/api/v1/credentials", nakhla, bad);
    auto const made = house.post("/api/v1/credentials", nakhla, award);

    CHECK(refused.status == 400);
    CHECK(refused.body.at("errors").at(0).at("pointer") == "/evidence/0/url");
    REQUIRE(made.status == 201);
    auto const& evidence = made.body.at("credential").at("evidence");
    REQUIRE(evidence.size() == 2);
    CHECK(evidence.at(0).at("id") == "https://evidence.example/1");
    CHECK(evidence.at(0).at("name") == "Portfolio");
    CHECK(evidence.at(1).at("narrative") == "Seen at work");
    award["narrative"] = std::string("a\0b", 3);
    CHECK(house.post("/api/v1/credentials", nakhla, award).status >= 400);
}

TEST_CASE("an issuer manages a badge that its holder hid without reading it") {
    ApiHouse house;
    auto const nakhla = house.token(Role::issuer, "nakhla");
    auto const made =
        house.post("/api/v1/credentials", nakhla, {{"achievementId", "ach-01"}, {"learnerId", "lrn-015"}});
    auto const address = made.headers.at("location");
    house.house.database().write([](storage::Session& session) {
        session.execute("UPDATE credential SET claim_state = 'claimed', visibility = 'hidden'");
    });

    auto const seen = house.get(address, nakhla);

    CHECK(seen.status == 200);
    CHECK_FALSE(seen.body.contains("jwt"));
    CHECK_FALSE(seen.body.contains("credential"));
    CHECK_FALSE(house.get(address + "?proof=jwt", nakhla).body.contains("jwt"));
    CHECK(house.get(address, house.token(Role::learner, "lrn-015")).body.contains("credential"));
}

TEST_CASE("a credential comes in the form that is asked for") {
    ApiHouse house;
    auto const nakhla = house.token(Role::issuer, "nakhla");
    Json const award{{"achievementId", "ach-01"}, {"learnerId", "lrn-015"}};

    auto const made = house.post("/api/v1/credentials", nakhla, award);
    auto const address = made.headers.at("location");
    auto const with_token = house.get(address + "?proof=jwt", nakhla);
    auto const unknown = house.get(address + "?proof=bbs-2023", nakhla);
    auto const both =
        house.post("/api/v1/credentials?proof=jwt", nakhla, {{"achievementId", "ach-02"}, {"learnerId", "lrn-015"}});

    CHECK(made.body.at("/credential/proof/cryptosuite"_json_pointer) == "eddsa-rdfc-2022");
    CHECK_FALSE(made.body.contains("jwt"));
    CHECK(with_token.body.at("credential") == made.body.at("credential"));
    CHECK(with_token.body.at("jwt").get<std::string>().starts_with("ey"));
    CHECK(unknown.status == 400);
    CHECK(unknown.body.at("code") == "invalid-parameter");
    CHECK(both.body.contains("jwt"));
    CHECK(both.body.at("credential").contains("proof"));
}

TEST_CASE("an erasure takes the kept answer to an award by hand with it") {
    ApiHouse house;
    auto const nakhla = house.token(Role::issuer, "nakhla");
    Json const award{
        {"achievementId", "ach-01"}, {"learnerId", "lrn-015"}, {"narrative", "Reem showed it on the ward"}};
    REQUIRE(house.post("/api/v1/credentials", nakhla, award, {{"idempotency-key", "k-1"}}).status == 201);
    auto const kept = [&] {
        return number(house.house.database(), "SELECT count(*) FROM answer WHERE body LIKE '%on the ward%'");
    };
    REQUIRE(kept() == 1);

    REQUIRE(house.house.claims.erase(Actor{}, "lrn-015"));

    CHECK(kept() == 0);
}

TEST_CASE("keys of the VC-API are listed for administrators and revoked by them alone") {
    ApiHouse house;
    house.house.keys.ensure_did_key("vc-api/eddsa-rdfc-2022", crypto::KeyType::ed25519);
    auto const id = house.house.keys.list("vc-api/eddsa-rdfc-2022").front().id;
    auto const admin = house.token(Role::admin), issuer = house.token(Role::issuer, "nakhla");
    auto const listed = [&](std::string const& token, std::string const& query) {
        std::set<std::string> ids;
        auto const page = house.get("/api/v1/keys" + query, token);
        for (auto const& key : page.body.at("data"))
            ids.insert(key.at("id").get<std::string>());
        return ids;
    };
    auto const revoke = [&](std::string const& token) {
        return house.send("POST", "/api/v1/keys/" + id + "/revoke", token);
    };

    CHECK(listed(admin, "").contains(id));
    CHECK(listed(admin, "?issuerId=vc-api/eddsa-rdfc-2022") == std::set<std::string>{id});
    CHECK_FALSE(listed(admin, "?issuerId=nakhla").contains(id));
    CHECK_FALSE(listed(issuer, "").contains(id));
    CHECK(listed(issuer, "?issuerId=vc-api/eddsa-rdfc-2022").empty());

    auto const refused = revoke(issuer);
    auto const revoked = revoke(admin);

    CHECK(refused.status == 404);
    REQUIRE(revoked.status == 200);
    CHECK(revoked.body.at("state") == "revoked");
    CHECK(revoked.body.at("issuerId") == "vc-api/eddsa-rdfc-2022");
    CHECK_FALSE(revoked.body.contains("url"));
    CHECK(house.house.keys.list("vc-api/eddsa-rdfc-2022").front().state == "revoked");
    CHECK(revoke(admin).status == 409);
}

TEST_CASE("a published achievement stays as it is and a broken reference is refused") {
    ApiHouse house;
    auto const nakhla = house.token(Role::issuer, "nakhla");
    auto achievement = house.get("/api/v1/achievements/ach-01", nakhla).body;
    auto const before = house.row_counts();

    achievement["name"] = "Another name";
    CHECK(house.send("PUT", "/api/v1/achievements/ach-01", nakhla, achievement.dump()).body.at("code") == "immutable");
    CHECK(house.post("/api/v1/achievements", nakhla, achievement).body.at("code") == "already-exists");
    CHECK(house.post("/api/v1/achievements", house.token(Role::issuer, "murjan"), achievement).status == 403);
    achievement["version"] = 2;
    achievement["criteria"] = Json::parse(R"({"badge": {"achievement": "ach-99"}})");
    CHECK(house.post("/api/v1/achievements", nakhla, achievement).status == 422);

    auto after = house.row_counts();
    after["api_token"] -= 1;
    after["event"] -= 1;
    CHECK(after == before);
}

TEST_CASE("a changed item is refused to whoever read it before") {
    ApiHouse house;
    auto const admin = house.token(Role::admin);
    auto const read = house.get("/api/v1/providers/prv-qalam", admin);
    auto provider = read.body;
    provider["name"] = "Qalam Academy";
    std::map<std::string, std::string> const condition{{"if-match", read.headers.at("etag")}};

    CHECK(house.send("PUT", "/api/v1/providers/prv-qalam", admin, provider.dump(), condition).status == 200);
    CHECK(house.send("PUT", "/api/v1/providers/prv-qalam", admin, provider.dump(), condition).status == 412);
    CHECK(house.get("/api/v1/providers/prv-qalam", admin).body.at("name") == "Qalam Academy");
}

TEST_CASE("input that is no credential is said so, and verification needs no token") {
    ApiHouse house;

    auto const nothing = house.post("/api/v1/verify", "", {{"input", "hello"}});
    auto const shape = house.post("/api/v1/verify", "", {{"inputs", "hello"}});

    CHECK(nothing.status == 422);
    CHECK(nothing.body.at("code") == "no-credential");
    CHECK(shape.status == 400);
}

TEST_CASE("more verifications than the burst are put off with a time to wait") {
    ApiHouse house;
    for (int i = 0; i < 60; ++i)
        CHECK(house.post("/api/v1/verify", "", {{"input", "x"}}).status == 422);

    auto const refused = house.post("/api/v1/verify", "", {{"input", "x"}});

    CHECK(refused.status == 429);
    CHECK(refused.body.at("code") == "rate-limited");
    CHECK(refused.headers.at("retry-after") == "1");
}

TEST_CASE("a made token works, shows its secret once and ends") {
    ApiHouse house;
    auto const admin = house.token(Role::admin);

    auto const made = house.post("/api/v1/tokens", admin, {{"role", "provider"}, {"providerId", "prv-qalam"}});

    REQUIRE(made.status == 201);
    auto const secret = made.body.at("token").get<std::string>();
    CHECK(house.get("/api/v1/activities", secret).status == 200);
    CHECK(house.get("/api/v1/tokens", admin).text.find(secret) == std::string::npos);
    CHECK(house.post("/api/v1/tokens/" + made.body.at("id").get<std::string>() + "/revoke", admin, Json::object())
              .status == 200);
    CHECK(house.get("/api/v1/activities", secret).status == 401);
    CHECK(house.post("/api/v1/tokens", admin, {{"role", "provider"}, {"providerId", "prv-nobody"}}).status == 422);
    CHECK(house.post("/api/v1/tokens", house.token(Role::issuer, "nakhla"), {{"role", "admin"}}).status == 403);
}

TEST_CASE("frameworks are served as CASE documents to anyone") {
    ApiHouse house;

    auto const documents = house.get("/ims/case/v1p1/CFDocuments", "").body.at("CFDocuments");
    REQUIRE(documents.size() == 3);
    auto const id = documents[0].at("identifier").get<std::string>();
    auto const package = house.get("/ims/case/v1p1/CFPackages/" + id, "").body;
    auto const item = package.at("CFItems").at(0);

    CHECK(house.get("/ims/case/v1p1/CFItems/" + item.at("identifier").get<std::string>(), "").body == item);
    CHECK(house.get("/ims/case/v1p1/CFItems/nothing", "").status == 404);
}

TEST_CASE("teams are seen by their organisation's lead and administrators only") {
    ApiHouse house;

    CHECK(house.get("/api/v1/teams/team-clm", house.token(Role::lead, "org-durrat")).status == 200);
    CHECK(house.get("/api/v1/teams/team-clm", house.token(Role::lead, "org-wadi")).status == 404);
    CHECK(house.get("/api/v1/teams/team-clm", house.token(Role::provider, "prv-qalam")).status == 404);
    CHECK(house.get("/api/v1/teams", house.token(Role::admin)).body.at("data").size() == 8);
}

}  // namespace
}  // namespace itqan::tests
