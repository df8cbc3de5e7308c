#pragma once
// How often one caller may come: a bucket per key that fills evenly (GCRA), in bounded memory. It knows neither
// addresses nor tokens; the route says what the key is.

#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "schemas/clock.hpp"

namespace itqan::http {

struct RateRule {
    int burst = 60;        ///< So many at once,
    int per_minute = 120;  ///< then so many a minute, evenly.
};

/// What a caller has left at a moment.
struct RateStanding {
    int limit = 0;      ///< So many at once.
    int window = 0;     ///< Seconds in which an empty bucket fills.
    int remaining = 0;  ///< So many now.
    int reset = 0;      ///< Seconds until all of them are there again; with none left: until the next one is.
};

class RateLimiter {
  public:
    explicit RateLimiter(RateRule rule, std::size_t most_keys = 100'000);

    /// From now on this rule holds; who has used up what stays known.
    void use(RateRule rule);

    /// Costs nothing.
    RateStanding standing(std::string const& key, Instant now) const;

    /// None when the request may pass; else after how many whole seconds the next one may. Refused requests cost
    /// nothing. When all room is taken the caller who was seen longest ago is forgotten: everybody is counted, and
    /// whoever keeps coming stays counted.
    std::optional<int> refuse(std::string const& key, Instant now);

  private:
    struct Caller {
        std::string key;
        std::int64_t arrival;  ///< Theoretical arrival time, microseconds.
    };

    RateRule rule_;
    std::int64_t interval_;   ///< Microseconds between two requests of the even flow.
    std::int64_t tolerance_;  ///< How far ahead of the even flow a caller may run.
    std::size_t most_keys_;
    mutable std::mutex mutex_;
    std::list<Caller> callers_;  ///< Seen last first.
    std::unordered_map<std::string_view, std::list<Caller>::iterator> by_key_;
};

}  // namespace itqan::http
