#include "service/http/rate_limit.hpp"

#include <algorithm>

namespace itqan::http {
namespace {

constexpr std::int64_t second = 1'000'000;

int seconds_up(std::int64_t microseconds) {
    return static_cast<int>((microseconds + second - 1) / second);
}

}  // namespace

RateLimiter::RateLimiter(RateRule rule, std::size_t most_keys) : most_keys_(std::max<std::size_t>(1, most_keys)) {
    use(rule);
}

void RateLimiter::use(RateRule rule) {
    std::lock_guard const lock(mutex_);
    rule_ = {std::max(1, rule.burst), std::max(1, rule.per_minute)};
    interval_ = 60 * second / rule_.per_minute;
    tolerance_ = interval_ * (rule_.burst - 1);
}

RateStanding RateLimiter::standing(std::string const& key, Instant instant) const {
    auto const now = instant.milliseconds * 1000;
    std::lock_guard const lock(mutex_);
    auto const found = by_key_.find(key);
    auto const ahead = found == by_key_.end() ? 0 : std::max<std::int64_t>(0, found->second->arrival - now);
    RateStanding standing;
    standing.limit = rule_.burst;
    standing.window = seconds_up(interval_ * rule_.burst);
    standing.remaining = ahead > tolerance_ ? 0 : static_cast<int>((tolerance_ - ahead) / interval_ + 1);
    standing.reset = seconds_up(standing.remaining == 0 ? ahead - tolerance_ : ahead);
    return standing;
}

std::optional<int> RateLimiter::refuse(std::string const& key, Instant instant) {
    auto const now = instant.milliseconds * 1000;
    std::lock_guard const lock(mutex_);
    auto const found = by_key_.find(key);
    if (found == by_key_.end()) {
        if (callers_.size() >= most_keys_) {
            by_key_.erase(callers_.back().key);
            callers_.pop_back();
        }
        callers_.push_front({key, now + interval_});
        by_key_.emplace(callers_.front().key, callers_.begin());
        return std::nullopt;
    }
    callers_.splice(callers_.begin(), callers_, found->second);
    auto& caller = callers_.front();
    // Nobody is further ahead than a whole burst: the clock went back, and must not lock anybody out for as long.
    if (caller.arrival - now > tolerance_ + interval_) caller.arrival = now;
    auto const arrival = std::max(caller.arrival, now);
    if (auto const early = arrival - tolerance_ - now; early > 0) return seconds_up(early);
    caller.arrival = arrival + interval_;
    return std::nullopt;
}

}  // namespace itqan::http
