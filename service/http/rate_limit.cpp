#include "service/http/rate_limit.hpp"

#include <algorithm>

namespace itqan::http {
namespace {

constexpr std::int64_t second = 1'000'000;

}  // namespace

RateLimiter::RateLimiter(RateRule rule, std::size_t most_keys)
    : interval_(60 * second / std::max(1, rule.per_minute)),
      tolerance_(interval_ * (std::max(1, rule.burst) - 1)),
      most_keys_(most_keys) {}

std::optional<int> RateLimiter::refuse(std::string const& key, Instant instant) {
    auto const now = instant.milliseconds * 1000;
    std::lock_guard const lock(mutex_);
    auto const found = arrival_.find(key);
    auto const arrival = found == arrival_.end() ? now : std::max(found->second, now);
    if (auto const early = arrival - tolerance_ - now; early > 0)
        return static_cast<int>((early + second - 1) / second);
    if (found != arrival_.end()) {
        found->second = arrival + interval_;
        return std::nullopt;
    }
    if (arrival_.size() >= most_keys_) forget_idle(now);
    // Full of busy callers: newcomers pass uncounted rather than lock everyone out.
    if (arrival_.size() < most_keys_) arrival_.emplace(key, arrival + interval_);
    return std::nullopt;
}

void RateLimiter::forget_idle(std::int64_t now) {
    std::erase_if(arrival_, [now](auto const& entry) { return entry.second <= now; });
}

}  // namespace itqan::http
