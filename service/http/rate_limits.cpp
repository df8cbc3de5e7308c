#include "service/http/rate_limits.hpp"

#include <algorithm>
#include <utility>

#include "service/http/networks.hpp"

namespace itqan::http {

RateLimits::RateLimits(RateSettings settings)
    : is_exempt_(std::move(settings.is_exempt)),
      verify_(settings.verify),
      sign_in_(settings.sign_in),
      anonymous_(settings.anonymous),
      signed_in_(settings.signed_in) {}

void RateLimits::use(RateSettings settings) {
    verify_.use(settings.verify);
    sign_in_.use(settings.sign_in);
    anonymous_.use(settings.anonymous);
    signed_in_.use(settings.signed_in);
    std::lock_guard const lock(mutex_);
    is_exempt_ = std::move(settings.is_exempt);
}

RateLimits::Counted RateLimits::counted(Work work, std::string const& principal, std::string const& client) const {
    if (!principal.empty() && work != Work::sign_in) return {&signed_in_, principal, "signed-in"};
    {
        std::lock_guard const lock(mutex_);
        if (is_exempt_ && is_exempt_(client)) return {};
    }
    if (work == Work::verify) return {&verify_, limit_key(client), "verify"};
    if (work == Work::sign_in) return {&sign_in_, limit_key(client), "sign-in"};
    return {&anonymous_, limit_key(client), "anonymous"};
}

Result<void> RateLimits::admit(Work work, std::string const& principal, std::string const& client, Instant now) {
    auto const by = counted(work, principal, client);
    auto const wait = by.limiter == nullptr ? std::nullopt : by.limiter->refuse(by.key, now);
    if (!wait) return {};
    return Error{Fault::rate_limited,
                 "rate-limited",
                 "Too many requests. Try again in " + std::to_string(*wait) + " seconds.",
                 {}};
}

void RateLimits::tell(Response& response, Work work, std::string const& principal, std::string const& client,
                      Instant now) const {
    auto const by = counted(work, principal, client);
    if (by.limiter == nullptr) return;
    auto const standing = by.limiter->standing(by.key, now);
    std::string const name = "\"" + std::string(by.policy) + "\"";
    response.headers.add("ratelimit-policy",
                         name + ";q=" + std::to_string(standing.limit) + ";w=" + std::to_string(standing.window));
    response.headers.add("ratelimit",
                         name + ";r=" + std::to_string(standing.remaining) + ";t=" + std::to_string(standing.reset));
    if (response.status != 429) return;
    std::erase_if(response.headers.all, [](auto const& field) { return field.first == "retry-after"; });
    response.headers.add("retry-after", std::to_string(std::max(1, standing.reset)));
}

}  // namespace itqan::http
