#pragma once
// What was fetched of other hosts, for a while: documents and the reasons why there are none, in bounded memory. It is
// charged for what readers may make of a document, not only for its text.

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "schemas/fetched.hpp"
#include "service/http/fetched_lifetime.hpp"

namespace itqan::http {

class FetchedCache {
  public:
    using Clock = std::chrono::steady_clock;

    explicit FetchedCache(std::size_t bytes) : most_bytes_(bytes) {}

    /// What is kept and has not run out.
    std::optional<Fetched> find(std::string const& key);
    /// What its host said about keeping it, whether it has run out or not; none where it cannot be asked about.
    std::optional<StoringAdvice> advice(std::string const& key) const;
    /// Keeps it until then, unless it takes more than a quarter of the room. What runs out first makes room. A failure
    /// never takes the place of a document that still holds. What its host can be asked about stays when it has run
    /// out, until its room is needed.
    void keep(std::string const& key, Fetched const& fetched, Clock::time_point until,
              StoringAdvice const& advice = {});
    /// It was confirmed at that moment: it holds until then, with what was read of it and its charge. None when its
    /// room was needed meanwhile.
    std::optional<Fetched> renew(std::string const& key, Instant at, Clock::time_point until,
                                 StoringAdvice const& advice);
    void forget(std::string const& key);

    /// Of all that is kept, as charged.
    std::size_t charged() const;

  private:
    struct Entry {
        Fetched fetched;
        Clock::time_point until;
        std::size_t cost = 0;
        StoringAdvice advice = {};
    };
    using Entries = std::map<std::string, Entry, std::less<>>;

    void drop(Entries::iterator entry);

    std::size_t const most_bytes_;
    mutable std::mutex mutex_;
    Entries entries_;
    std::size_t bytes_ = 0;
};

}  // namespace itqan::http
