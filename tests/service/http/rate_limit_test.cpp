#include "service/http/rate_limit.hpp"

#include <doctest/doctest.h>

#include "service/http/networks.hpp"
#include "service/http/problem.hpp"
#include "service/http/rate_limits.hpp"

namespace itqan::http {
namespace {

Instant const start{1'793'000'000'000};
Instant after(std::int64_t milliseconds) {
    return Instant{start.milliseconds + milliseconds};
}

TEST_CASE("a burst passes and then requests pass evenly") {
    RateLimiter limiter({60, 120});

    for (int i = 0; i < 60; ++i)
        CHECK_FALSE(limiter.refuse("a", start));

    CHECK(limiter.refuse("a", start) == 1);
    CHECK(limiter.refuse("a", after(499)) == 1);
    CHECK_FALSE(limiter.refuse("a", after(500)));
    CHECK(limiter.refuse("a", after(500)));
}

TEST_CASE("a clock that goes back an hour locks nobody out") {
    RateLimiter limiter({2, 120});

    CHECK_FALSE(limiter.refuse("a", after(3'600'000)));
    CHECK_FALSE(limiter.refuse("a", start));
    CHECK_FALSE(limiter.refuse("a", start));
    CHECK(limiter.refuse("a", start) == 1);
}

TEST_CASE("a minute after the burst 120 requests have passed and no more") {
    RateLimiter limiter({60, 120});
    int passed = 0;

    for (int i = 0; i < 6000; ++i)
        passed += limiter.refuse("a", after(i * 10)) ? 0 : 1;

    CHECK(passed >= 178);
    CHECK(passed <= 180);
}

TEST_CASE("callers do not use up each other's room") {
    RateLimiter limiter({1, 1});

    CHECK_FALSE(limiter.refuse("a", start));
    CHECK_FALSE(limiter.refuse("b", start));
    CHECK(limiter.refuse("a", start) == 60);
}

TEST_CASE("refused requests do not push the next chance away") {
    RateLimiter limiter({1, 60});
    REQUIRE_FALSE(limiter.refuse("a", start));

    for (int i = 0; i < 100; ++i)
        CHECK(limiter.refuse("a", after(i)));

    CHECK_FALSE(limiter.refuse("a", after(1000)));
}

TEST_CASE("who was seen longest ago makes room for new ones") {
    RateLimiter limiter({1, 60}, 2);
    REQUIRE_FALSE(limiter.refuse("a", start));
    REQUIRE_FALSE(limiter.refuse("b", start));

    CHECK_FALSE(limiter.refuse("c", after(2000)));

    CHECK(limiter.refuse("c", after(2000)));
}

TEST_CASE("when all room is taken everybody is still counted, and whoever keeps coming stays limited") {
    RateLimiter limiter({1, 60}, 3);
    REQUIRE_FALSE(limiter.refuse("busy", start));

    for (int i = 0; i < 20; ++i) {
        auto const newcomer = "newcomer " + std::to_string(i);
        CHECK_FALSE(limiter.refuse(newcomer, start));
        CHECK(limiter.refuse(newcomer, start));
        CHECK(limiter.refuse("busy", start));
    }
}

TEST_CASE("limits count an IPv6 client by its network of 64 bits") {
    CHECK(limit_key("192.0.2.7") == "192.0.2.7");
    CHECK(limit_key("::ffff:192.0.2.7") == "192.0.2.7");
    CHECK(limit_key("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64");
    CHECK(limit_key("2001:db8:1:2::1") == limit_key("2001:db8:1:2:ffff::"));
    CHECK(limit_key("2001:db8:1:3::1") != limit_key("2001:db8:1:2::1"));
    CHECK(limit_key("unknown") == "unknown");

    RateLimits limits(RateSettings{.verify = {2, 60}});
    auto const now = Instant{0};
    CHECK(limits.admit(RateLimits::Work::verify, "", "2001:db8::1", now));
    CHECK(limits.admit(RateLimits::Work::verify, "", "2001:db8::2", now));
    CHECK_FALSE(limits.admit(RateLimits::Work::verify, "", "2001:db8::3", now));
    CHECK(limits.admit(RateLimits::Work::verify, "", "2001:db8:0:1::1", now));
}

TEST_CASE("a caller learns what is left, and a new rule holds from then on") {
    RateLimiter limiter({3, 60});
    CHECK(limiter.standing("a", start).remaining == 3);
    REQUIRE_FALSE(limiter.refuse("a", start));

    auto const one = limiter.standing("a", start);
    CHECK(one.limit == 3);
    CHECK(one.window == 3);
    CHECK(one.remaining == 2);
    CHECK(one.reset == 1);
    REQUIRE_FALSE(limiter.refuse("a", start));
    REQUIRE_FALSE(limiter.refuse("a", start));
    CHECK(limiter.standing("a", start).remaining == 0);
    CHECK(limiter.standing("a", start).reset == 1);
    CHECK(limiter.refuse("a", start) == 1);

    limiter.use({6, 60});
    CHECK(limiter.standing("a", start).remaining == 3);
    CHECK_FALSE(limiter.refuse("a", start));
}

TEST_CASE("a counted answer says by RateLimit what is left, and a refusal when to come again") {
    RateSettings settings;
    settings.verify = {2, 6};
    settings.is_exempt = [](std::string_view client) { return client == "192.0.2.9"; };
    RateLimits limits(std::move(settings));
    using Work = RateLimits::Work;
    REQUIRE(limits.admit(Work::verify, "", "192.0.2.1", start));

    Response good;
    limits.tell(good, Work::verify, "", "192.0.2.1", start);
    CHECK(good.headers.get("ratelimit-policy") == "\"verify\";q=2;w=20");
    CHECK(good.headers.get("ratelimit") == "\"verify\";r=1;t=10");
    CHECK(good.headers.get("retry-after").empty());

    REQUIRE(limits.admit(Work::verify, "", "192.0.2.1", start));
    auto const refused = limits.admit(Work::verify, "", "192.0.2.1", start);
    REQUIRE_FALSE(refused);
    auto answer = problem(refused.error());
    limits.tell(answer, Work::verify, "", "192.0.2.1", start);
    CHECK(answer.status == 429);
    CHECK(answer.headers.get("ratelimit") == "\"verify\";r=0;t=10");
    CHECK(answer.headers.get("retry-after") == "10");

    Response token, exempt;
    limits.tell(token, Work::verify, "token:1", "192.0.2.1", start);
    CHECK(token.headers.get("ratelimit").starts_with("\"signed-in\";r=20000;"));
    limits.tell(exempt, Work::verify, "", "192.0.2.9", start);
    CHECK(exempt.headers.all.empty());
}

}  // namespace
}  // namespace itqan::http
