#include "service/http/rate_limit.hpp"

#include <doctest/doctest.h>

#include "service/http/networks.hpp"
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

}  // namespace
}  // namespace itqan::http
