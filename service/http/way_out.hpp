#pragma once
// Fetches documents of other hosts for those who may not wait: threads of its own, at most 64 fetches at once and four
// of one host, and a cache with failures in it (decision 21, T11).

#include <functional>
#include <memory>

#include "schemas/fetched.hpp"
#include "service/http/client.hpp"

namespace itqan::http {

struct WayOutConfig {
    std::size_t threads = 64, queue = 1'024;
    int per_host = 4;
    std::size_t cache_bytes = 32 * 1024 * 1024;
    std::chrono::milliseconds keep{300'000};  ///< A document; a list must not be older.
    std::chrono::milliseconds keep_failure{30'000};
    /// Makes Fetched::reading of what is kept; none: nothing is made.
    std::function<std::shared_ptr<void>()> new_reading = nullptr;
};

class WayOut {
  public:
    /// Throws as Client does.
    WayOut(ClientConfig client, WayOutConfig config);
    /// Waits for the fetches in hand.
    ~WayOut();
    WayOut(WayOut const&) = delete;
    WayOut& operator=(WayOut const&) = delete;

    /// Calls `done` once, from any thread, perhaps before it returns: `known` with an answer for each of `needs` and
    /// one round more.
    void fetch(FetchedDocuments known, DocumentNeeds const& needs, std::function<void(FetchedDocuments)> done);
    /// The same for threads that may wait. Not for handlers.
    FetchedDocuments fetch_and_wait(FetchedDocuments known, DocumentNeeds const& needs);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace itqan::http
