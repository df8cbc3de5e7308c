#include "service/api/operations.hpp"

#include <doctest/doctest.h>

#include "api_house.hpp"

using namespace itqan;
using namespace itqan::api;
using namespace itqan::tests;

namespace {

struct Operated {
    ApiHouse house;
    auth::Guard guard{house.house.database(), house.house.clock, "https://badges.example"};
    Readiness now;
    bool inside = false;
    http::Router router{[this] {
        auto routes = health_routes(
            guard, [this] { return now; }, [this](http::Request const&) { return inside; });
        auto metrics = metrics_routes([] { return std::string("# HELP a x\n"); });
        routes.insert(routes.end(), metrics.begin(), metrics.end());
        return routes;
    }()};

    http::Response get(std::string const& path, std::string const& query = "", std::string const& token = "") {
        http::Request request;
        request.method = "GET";
        request.path = path;
        request.query = query;
        if (!token.empty()) request.headers.add("authorization", "Bearer " + token);
        if (inside) request.door = http::Door::internal;
        return router.handle(std::move(request));
    }
    void cannot_write() {
        now.is_degraded = true;
        now.can_write = false;
        now.checks = {{"writes", "degraded", "/srv/secret: database or disk is full", "df -h /srv/secret"}};
    }
};

}  // namespace

TEST_CASE("what is ready is 200 for reads and writes") {
    Operated operated;
    operated.now.checks = {{"storage", "ok", "", ""}};

    for (auto const* const query : {"", "for=reads", "for=writes"}) {
        CAPTURE(query);
        auto const answer = operated.get("/readyz", query);
        CHECK(answer.status == 200);
        CHECK(Json::parse(answer.body) ==
              Json::parse(R"({"status":"ready","writes":true,"checks":[{"name":"storage","status":"ok"}]})"));
    }
}

TEST_CASE("what cannot write stays in service for reads and leaves it for writes") {
    Operated operated;
    operated.cannot_write();

    auto const reads = operated.get("/readyz");
    auto const writes = operated.get("/readyz", "for=writes");

    CHECK(reads.status == 200);
    CHECK(Json::parse(reads.body).at("status") == "degraded");
    CHECK(writes.status == 503);
    CHECK(writes.headers.get("retry-after") == "2");
    CHECK(Json::parse(writes.body).at("writes") == false);
    CHECK(operated.get("/readyz", "for=fun").status == 400);
}

TEST_CASE("what cannot read is 503 and still alive") {
    Operated operated;
    operated.now.is_failed = true;
    operated.now.can_write = false;

    CHECK(operated.get("/readyz").status == 503);
    CHECK(Json::parse(operated.get("/readyz").body).at("status") == "failed");
    CHECK(operated.get("/livez").body == "alive\n");
    CHECK(operated.get("/healthz").status == 200);
}

TEST_CASE("paths and words of the system are for administrators and for the operator's network") {
    Operated operated;
    operated.cannot_write();
    auto const admin = operated.house.token(Role::admin);
    auto const provider = operated.house.token(Role::provider, "prv-qalam");

    for (auto const& stranger : {std::string(), provider, std::string("itq_wrong")})
        CHECK(operated.get("/readyz", "", stranger).body.find("secret") == std::string::npos);
    auto const seen = Json::parse(operated.get("/readyz", "", admin).body);
    CHECK(seen.at("checks").at(0).at("do") == "df -h /srv/secret");
    operated.inside = true;
    CHECK(operated.get("/readyz").body.find("disk is full") != std::string::npos);
}

TEST_CASE("while the storage does not answer nobody is looked up in it, and administrators are strangers") {
    Operated operated;
    auto const admin = operated.house.token(Role::admin);
    operated.now.is_failed = true;
    operated.now.checks = {{"storage", "failed", "/srv/secret", "itqan doctor"}};

    auto const answer = operated.get("/readyz", "", admin);

    CHECK(answer.status == 503);
    CHECK(answer.body.find("secret") == std::string::npos);
}

TEST_CASE("metrics are text of the exposition format, on the internal listener only") {
    Operated operated;
    CHECK(operated.get("/metrics").status == 404);
    operated.inside = true;

    auto const answer = operated.get("/metrics");

    CHECK(answer.headers.get("content-type") == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(answer.body == "# HELP a x\n");
}
