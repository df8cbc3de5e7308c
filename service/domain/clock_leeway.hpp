#pragma once
// How far the clocks of honest people differ (decision 20).

#include "schemas/clock.hpp"

#include <cstdint>

namespace itqan::domain {

inline constexpr std::int64_t clock_leeway_milliseconds = 5 * 60'000;

/// Whether a moment is still to come, with leeway. Ends have none: what has run out has run out.
constexpr bool is_to_come(Instant from, Instant now) {
    return from.milliseconds > now.milliseconds + clock_leeway_milliseconds;
}

}  // namespace itqan::domain
