#include "service/http/rate_limit.hpp"

#include <algorithm>

namespace itqan::http {
namespace {

constexpr std::int64_t second = 1'000'000;

}  // namespace

RateLimiter::RateLimiter(RateRule rule, std::size_t most_keys)
    : interval_(60 * second / std::max(1, rule.per_minute)),
      tolerance_(interval_ * (std::max(1, rule.burst) - 1)),
      most_keys_(std::max<std::size_t>(1, most_keys)) {}

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
    if (auto const early = arrival - tolerance_ - now; early > 0)
        return static_cast<int>((early + second - 1) / second);
    caller.arrival = arrival + interval_;
    return std::nullopt;
}

}  // namespace itqan::http
