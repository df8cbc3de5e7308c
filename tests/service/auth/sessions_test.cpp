#include "service/auth/sessions.hpp"

#include <doctest/doctest.h>

namespace itqan::auth {
namespace {

Instant const opened{1'793'000'000'000};
Instant after_minutes(std::int64_t minutes) {
    return Instant{opened.milliseconds + minutes * 60'000};
}

storage::SessionRow session_of(Role role) {
    storage::SessionRow row;
    row.role = std::string(role_name(role));
    row.created_at = row.used_at = opened;
    row.expires_at = Instant{opened.milliseconds + session_life(role)};
    return row;
}

TEST_CASE("a learner's session lives 12 hours however idle") {
    auto const row = session_of(Role::learner);

    CHECK(is_alive(row, after_minutes(12 * 60 - 1)));
    CHECK_FALSE(is_alive(row, after_minutes(12 * 60)));
}

TEST_CASE("a staff session ends after 15 idle minutes and after 8 hours of work") {
    for (auto const role : {Role::admin, Role::issuer, Role::provider, Role::lead}) {
        auto row = session_of(role);

        CHECK(is_alive(row, after_minutes(15)));
        CHECK_FALSE(is_alive(row, after_minutes(16)));
        row.used_at = after_minutes(8 * 60 - 1);
        CHECK(is_alive(row, after_minutes(8 * 60 - 1)));
        CHECK_FALSE(is_alive(row, after_minutes(8 * 60)));
    }
}

TEST_CASE("a session that was opened under a clock far ahead is dead when the clock is right again") {
    auto row = session_of(Role::learner);
    row.created_at = row.used_at = after_minutes(10 * 365 * 24 * 60);
    row.expires_at = Instant{row.created_at.milliseconds + session_life(Role::learner)};

    CHECK_FALSE(is_alive(row, after_minutes(0)));
    row.created_at = after_minutes(5);
    CHECK(is_alive(row, after_minutes(0)));
}

TEST_CASE("an ended session is dead at once") {
    auto row = session_of(Role::learner);
    row.revoked_at = opened;

    CHECK_FALSE(is_alive(row, opened));
}

TEST_CASE("use is written down once a minute") {
    auto const row = session_of(Role::admin);

    CHECK_FALSE(needs_touch(row, Instant{opened.milliseconds + 59'999}));
    CHECK(needs_touch(row, after_minutes(1)));
}

}  // namespace
}  // namespace itqan::auth
