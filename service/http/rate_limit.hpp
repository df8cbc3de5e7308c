#pragma once
// How often one caller may come: a bucket per key that fills evenly (GCRA), in bounded memory. It knows neither
// addresses nor tokens; the route says what the key is.

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "schemas/clock.hpp"

namespace itqan::http {

struct RateRule {
    int burst = 60;        ///< So many at once,
    int per_minute = 120;  ///< then so many a minute, evenly.
};

class RateLimiter {
  public:
    explicit RateLimiter(RateRule rule, std::size_t most_keys = 100'000);

    /// None when the request may pass; else after how many whole seconds the next one may. Refused requests cost
    /// nothing.
    std::optional<int> refuse(std::string const& key, Instant now);

  private:
    void forget_idle(std::int64_t now);

    std::int64_t interval_;   ///< Microseconds between two requests of the even flow.
    std::int64_t tolerance_;  ///< How far ahead of the even flow a caller may run.
    std::size_t most_keys_;
    std::mutex mutex_;
    std::unordered_map<std::string, std::int64_t> arrival_;  ///< Theoretical arrival time, microseconds.
};

}  // namespace itqan::http
