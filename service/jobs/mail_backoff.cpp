#include "service/jobs/mail_backoff.hpp"

#include <algorithm>

namespace itqan::jobs {
namespace {

constexpr std::int64_t first_wait = 30'000;
constexpr std::int64_t longest_wait = 3'600'000;
constexpr std::int64_t give_up_after = std::int64_t{72} * 3'600'000;

}  // namespace

std::optional<Instant> next_attempt(int failures_before, Instant created_at, Instant now, unsigned random) {
    auto const doubled = first_wait << std::clamp(failures_before, 0, 10);
    auto const wait = std::min(doubled, longest_wait);
    auto const due = Instant{now.milliseconds + wait / 2 + wait * static_cast<std::int64_t>(random % 1000) / 1000};
    if (due.milliseconds - created_at.milliseconds > give_up_after) return std::nullopt;
    return due;
}

}  // namespace itqan::jobs
