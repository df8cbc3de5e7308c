#include "service/http/rate_limits.hpp"

#include <utility>

#include "service/http/networks.hpp"

namespace itqan::http {

RateLimits::RateLimits(RateSettings settings)
    : is_exempt_(std::move(settings.is_exempt)),
      verify_(settings.verify),
      sign_in_(settings.sign_in),
      anonymous_(settings.anonymous),
      signed_in_(settings.signed_in) {}

Result<void> RateLimits::admit(Work work, std::string const& principal, std::string const& client, Instant now) {
    std::optional<int> wait;
    if (!principal.empty() && work != Work::sign_in) {
        wait = signed_in_.refuse(principal, now);
    } else if (!is_exempt_ || !is_exempt_(client)) {
        auto& limiter = work == Work::verify ? verify_ : work == Work::sign_in ? sign_in_ : anonymous_;
        wait = limiter.refuse(limit_key(client), now);
    }
    if (!wait) return {};
    return Error{Fault::rate_limited,
                 "rate-limited",
                 "Too many requests. Try again in " + std::to_string(*wait) + " seconds.",
                 {}};
}

}  // namespace itqan::http
