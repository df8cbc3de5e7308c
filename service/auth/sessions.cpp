#include "service/auth/sessions.hpp"

namespace itqan::auth {
namespace {

constexpr std::int64_t minute = 60'000;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t staff_idle = 15 * minute;
constexpr std::int64_t clock_leeway = 5 * minute;

bool is_staff(Role role) {
    return role != Role::learner && role != Role::mentor;
}

}  // namespace

std::int64_t session_life(Role role) {
    return (is_staff(role) ? 8 : 12) * hour;
}

bool is_alive(storage::SessionRow const& row, Instant now) {
    if (row.revoked_at || now >= row.expires_at) return false;
    // Opened while the clock was wrong: its end would be as far off as the clock was.
    if (row.created_at.milliseconds - now.milliseconds > clock_leeway) return false;
    bool const idles_out = is_staff(read_role(row.role).value_or(Role::admin));
    return !idles_out || now.milliseconds - row.used_at.milliseconds <= staff_idle;
}

bool needs_touch(storage::SessionRow const& row, Instant now) {
    return now.milliseconds - row.used_at.milliseconds >= minute;
}

}  // namespace itqan::auth
