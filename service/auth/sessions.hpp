#pragma once
// When a browser session is alive. Pure; the rows are storage's and the cookie is the guard's.

#include <cstdint>

#include "schemas/actor.hpp"
#include "schemas/clock.hpp"
#include "storage/access.hpp"

namespace itqan::auth {

/// Milliseconds from opening to the end: 12 h for learners and mentors, 8 h for staff.
std::int64_t session_life(Role role);
/// Whether it is neither ended nor run out nor, for staff, idle for more than 15 minutes.
bool is_alive(storage::SessionRow const& row, Instant now);
/// The use of a session is written down at most once a minute, so that reading pages costs no commit each.
bool needs_touch(storage::SessionRow const& row, Instant now);

}  // namespace itqan::auth
