#include "service/auth/guard.hpp"

#include <doctest/doctest.h>

#include "tests/storage/temporary_database.hpp"

namespace itqan::auth {
namespace {

constexpr auto base = "https://badges.example";

class TestClock final : public Clock {
  public:
    Instant wall() const override { return now; }
    Instant domain() const override { return now; }
    void pass_minutes(std::int64_t minutes) { now.milliseconds += minutes * 60'000; }

    Instant now = tests::noon;
};

struct House {
    tests::TemporaryDatabase db;
    TestClock clock;
    Guard guard{*db.database, clock, base};

    CreatedToken token(Role role, std::int64_t minutes = 60) {
        NewToken wanted;
        wanted.role = role;
        if (role == Role::provider) wanted.provider_id = "prv-qalam";
        wanted.expires_at = Instant{clock.now.milliseconds + minutes * 60'000};
        return db->write([&](storage::Session& session) { return create_token(session, wanted, Actor{}, clock.now); });
    }
};

http::Request request(std::string method, std::vector<std::pair<std::string, std::string>> headers) {
    http::Request made;
    made.method = std::move(method);
    for (auto& [name, value] : headers)
        made.headers.add(std::move(name), std::move(value));
    return made;
}

/// The pair of a Set-Cookie value as a browser sends it back.
std::string cookie(std::string const& set_cookie) {
    return set_cookie.substr(0, set_cookie.find(';'));
}

TEST_CASE("a good token is its role and nobody's request is a stranger's") {
    House house;
    auto const created = house.token(Role::provider);

    auto const caller = house.guard.identify(request("GET", {{"authorization", "Bearer " + created.secret}}));
    auto const stranger = house.guard.identify(request("GET", {}));

    REQUIRE(caller);
    REQUIRE(caller->has_value());
    CHECK((*caller)->actor.role == Role::provider);
    CHECK((*caller)->principal == "token:" + created.row.id);
    CHECK_FALSE((*caller)->by_session);
    REQUIRE(stranger);
    CHECK_FALSE(stranger->has_value());
}

TEST_CASE("a token that is wrong, revoked or of another scheme is refused and never a stranger's") {
    House house;
    auto const created = house.token(Role::admin);
    REQUIRE(
        house.db->write([&](storage::Session& s) { return end_token(s, created.row.id, Actor{}, house.clock.now); }));

    for (std::string const& value :
         {"Bearer " + created.secret, std::string("Bearer itq_unknown"), std::string("Bearer "),
          std::string("Basic eDp5"), std::string("x"), "Bearer itq_" + std::string(5000, 'a')}) {
        CAPTURE(value.substr(0, 20));
        auto const caller = house.guard.identify(request("GET", {{"authorization", value}}));
        REQUIRE_FALSE(caller);
        CHECK(caller.error().fault == Fault::unauthorized);
        CHECK(caller.error().code == "invalid-token");
    }
}

TEST_CASE("an expired token says so") {
    House house;
    auto const created = house.token(Role::admin, 10);

    house.clock.pass_minutes(10);
    auto const caller = house.guard.identify(request("GET", {{"authorization", "Bearer " + created.secret}}));

    REQUIRE_FALSE(caller);
    CHECK(caller.error().code == "expired-token");
}

TEST_CASE("a role that may not is forbidden and no token is unauthorized") {
    House house;
    auto const created = house.token(Role::provider);

    auto const wrong =
        house.guard.require(request("POST", {{"authorization", "Bearer " + created.secret}}), {Role::admin});
    auto const none = house.guard.require(request("POST", {}), {Role::admin});

    CHECK(wrong.error().code == "wrong-role");
    CHECK(wrong.error().fault == Fault::forbidden);
    CHECK(none.error().code == "token-required");
    CHECK(none.error().fault == Fault::unauthorized);
}

TEST_CASE("the session cookie is host-bound, closed to scripts and stored as a hash only") {
    House house;

    auto const set = house.guard.open_session({.role = Role::learner, .learner_id = "lrn-001"}, std::nullopt);

    CHECK(set.starts_with("__Host-s="));
    for (auto const rule : {"; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax", "; Max-Age=43200"}) {
        CAPTURE(rule);
        CHECK(set.find(rule) != std::string::npos);
    }
    auto const secret = cookie(set).substr(9);
    CHECK(base64url_decode(secret).value().size() == 32);
    CHECK(house.db->read([&](storage::Session& s) { return storage::session_by_hash(s, secret).has_value(); }) ==
          false);
    auto const caller = house.guard.identify(request("GET", {{"cookie", "a=b; " + cookie(set)}}));
    REQUIRE(caller);
    REQUIRE(caller->has_value());
    CHECK((*caller)->actor.learner_id == "lrn-001");
    CHECK((*caller)->actor.id == "learner:lrn-001");
    CHECK((*caller)->by_session);
}

TEST_CASE("every sign-in opens a new session and logout ends it on the server") {
    House house;
    Actor const learner{.role = Role::learner, .learner_id = "lrn-001"};
    auto const first = cookie(house.guard.open_session(learner, std::nullopt));
    auto const second = cookie(house.guard.open_session(learner, std::nullopt));
    CHECK(first != second);

    auto const cleared = house.guard.close_session(request("POST", {{"cookie", first}}));

    CHECK(cleared.find("Max-Age=0") != std::string::npos);
    CHECK_FALSE(house.guard.identify(request("GET", {{"cookie", first}}))->has_value());
    CHECK(house.guard.identify(request("GET", {{"cookie", second}}))->has_value());
}

TEST_CASE("a session id that a visitor brought along is never adopted") {
    House house;

    auto const opened = house.guard.open_session({.role = Role::learner, .learner_id = "lrn-001"}, std::nullopt);

    CHECK(cookie(opened) != "__Host-s=fixed-by-the-attacker");
    CHECK_FALSE(house.guard.identify(request("GET", {{"cookie", "__Host-s=fixed-by-the-attacker"}}))->has_value());
}

TEST_CASE("a staff session ends when its token ends or after 15 idle minutes") {
    House house;
    auto const created = house.token(Role::provider, 600);
    auto const signed_in = house.guard.actor_of_token(created.secret);
    REQUIRE(signed_in);
    auto const idle = cookie(house.guard.open_session(signed_in->first, signed_in->second));
    auto const busy = cookie(house.guard.open_session(signed_in->first, signed_in->second));
    auto const alive = [&](std::string const& value) {
        return house.guard.identify(request("GET", {{"cookie", value}}))->has_value();
    };

    for (int i = 0; i < 4; ++i) {
        house.clock.pass_minutes(5);
        CHECK(alive(busy));
    }
    CHECK_FALSE(alive(idle));
    REQUIRE(
        house.db->write([&](storage::Session& s) { return end_token(s, created.row.id, Actor{}, house.clock.now); }));
    CHECK_FALSE(alive(busy));
}

TEST_CASE("a session writes only from our pages and with its own form token") {
    House house;
    auto const set = cookie(house.guard.open_session({.role = Role::learner, .learner_id = "lrn-001"}, std::nullopt));
    auto const csrf = (*house.guard.identify(request("GET", {{"cookie", set}})))->csrf;
    auto const send = [&](std::string const& method, std::vector<std::pair<std::string, std::string>> headers) {
        headers.emplace_back("cookie", set);
        return house.guard.require(request(method, std::move(headers)), {Role::learner});
    };

    CHECK(send("GET", {}));
    CHECK(send("POST", {{"x-csrf-token", csrf}}).error().code == "cross-site-request");
    CHECK(send("POST", {{"sec-fetch-site", "cross-site"}, {"origin", "https://evil.example"}, {"x-csrf-token", csrf}})
              .error()
              .code == "cross-site-request");
    CHECK(send("POST", {{"sec-fetch-site", "same-origin"}}).error().code == "csrf");
    CHECK(send("POST", {{"sec-fetch-site", "same-origin"}, {"x-csrf-token", csrf + "x"}}).error().code == "csrf");
    CHECK(send("POST", {{"sec-fetch-site", "same-origin"}, {"x-csrf-token", csrf}}));
    CHECK(send("PUT", {{"origin", base}, {"x-csrf-token", csrf}}));
}

}  // namespace
}  // namespace itqan::auth
