#include "service/jobs/mail_backoff.hpp"

#include <doctest/doctest.h>

namespace itqan::jobs {
namespace {

Instant const now{1'764'000'000'000};

TEST_CASE("the first repeat comes after 15 to 45 seconds") {
    CHECK(next_attempt(0, now, now, 0)->milliseconds - now.milliseconds == 15'000);
    CHECK(next_attempt(0, now, now, 999)->milliseconds - now.milliseconds == 44'970);
}

TEST_CASE("waits double up to one hour") {
    CHECK(next_attempt(1, now, now, 500)->milliseconds - now.milliseconds == 60'000);
    CHECK(next_attempt(3, now, now, 500)->milliseconds - now.milliseconds == 240'000);
    CHECK(next_attempt(50, now, now, 500)->milliseconds - now.milliseconds == 3'600'000);
}

TEST_CASE("72 hours after the row was made nothing is tried again") {
    Instant const created{now.milliseconds - 72LL * 3'600'000};

    CHECK_FALSE(next_attempt(80, created, now, 0));
    CHECK(next_attempt(80, Instant{created.milliseconds + 1'800'000}, now, 0));
}

TEST_CASE("a server that is down for 24 hours gets every mail in the end") {
    auto due = now;
    int failures = 0;

    while (due.milliseconds - now.milliseconds < 24LL * 3'600'000) {
        auto const next = next_attempt(failures++, now, due, 500);
        REQUIRE(next);
        due = *next;
    }

    CHECK(failures < 40);
}

}  // namespace
}  // namespace itqan::jobs
