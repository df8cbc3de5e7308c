#pragma once
// When a mail that could not be handed over is tried again. Pure.

#include <optional>

#include "schemas/clock.hpp"

namespace itqan::jobs {

/// 30 s after the first failure, doubled each time up to 1 h, times a jitter in [0.5, 1.5) from `random` in [0, 1000);
/// none when that lies more than 72 h after the row was created: the row is parked.
std::optional<Instant> next_attempt(int failures_before, Instant created_at, Instant now, unsigned random);

}  // namespace itqan::jobs
