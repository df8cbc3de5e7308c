#pragma once
// Fetches documents of other hosts for those who may not wait: in lanes of their own (fetch_lanes), each document once
// at a time, in bounded memory, and with a cache (decision 21, T11).

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "schemas/fetched.hpp"
#include "service/http/client.hpp"
#include "service/http/fetch_lanes.hpp"

namespace itqan::http {

struct WayOutConfig {
    LaneLimits lanes = {};
    std::size_t cache_bytes = 64 * 1024 * 1024;     ///< As FetchedCache charges.
    std::size_t question_bytes = 8 * 1024 * 1024;   ///< Documents of one question,
    std::size_t gathered_bytes = 64 * 1024 * 1024;  ///< and of all questions that are being answered.
    /// The longest that a document is used without asking for it again, whatever its host says (fetched_lifetime).
    std::chrono::milliseconds keep{300'000};
    std::chrono::milliseconds keep_keys{300'000};  ///< The same for DID documents, if that is less.
    std::chrono::milliseconds keep_failure{30'000};
    /// What a document itself says about how long it may be kept (the ttl of a status list); none: nothing.
    std::function<std::optional<std::chrono::milliseconds>(Fetched const&)> own_lifetime = nullptr;
    /// Makes Fetched::reading of what is kept; none: nothing is made.
    std::function<std::shared_ptr<void>()> new_reading = nullptr;
};

/// How documents were got since the start.
struct WayOutFigures {
    std::uint64_t kept = 0;       ///< From the cache, failures that are remembered included.
    std::uint64_t fetched = 0;    ///< Whole, from their host.
    std::uint64_t unchanged = 0;  ///< Their host said that what we had still holds.
    std::uint64_t failed = 0;     ///< The host's fault or the network's.
    std::uint64_t not_asked = 0;  ///< Refused here: no room, or an address that must not be asked.
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

    WayOutFigures figures() const;

    /// Nothing is fetched from now on: what waits is told so, what is in hand ends in its own time.
    void end();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace itqan::http
