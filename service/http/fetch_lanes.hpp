#pragma once
// Whose turn it is to fetch: so many at once in all, of one host and for one client; the others wait for a place, each
// only for a while. Whoever asks much, or for what does not answer, waits for himself.

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>

#include "service/http/workers.hpp"

namespace itqan::http {

struct LaneLimits {
    std::size_t at_once = 64;
    std::size_t of_host = 4;
    std::size_t for_client = 8;
    std::size_t waiting = 1'024;
    std::size_t waiting_for_client = 64;
    std::chrono::milliseconds patience{10'000};  ///< How long one waits for its place.
};

struct FetchTask {
    std::string host;
    std::string client;             ///< "" is nobody's and counts for no client.
    std::function<void()> run;      ///< On a thread of the lanes. Must not throw.
    std::function<void()> give_up;  ///< Instead of run, when no place came in time or the lanes ended.
};

class FetchLanes {
  public:
    explicit FetchLanes(LaneLimits limits);
    /// Waits for what runs.
    ~FetchLanes();
    FetchLanes(FetchLanes const&) = delete;
    FetchLanes& operator=(FetchLanes const&) = delete;

    /// Runs it now or later, or gives it up, once; perhaps before this returns.
    void submit(FetchTask task);
    /// Nothing new begins; what waits is given up.
    void end();

  private:
    using Clock = std::chrono::steady_clock;
    struct Waiting {
        FetchTask task;
        Clock::time_point until;
    };

    bool has_place(FetchTask const& task) const;
    bool may_wait(FetchTask const& task) const;
    void start(FetchTask task);
    void finish(std::string const& host, std::string const& client);
    void count(std::string const& host, std::string const& client, int by);

    LaneLimits const limits_;
    std::mutex mutex_;
    bool ending_ = false;
    std::size_t running_ = 0;
    std::map<std::string, std::size_t, std::less<>> of_host_, for_client_, waiting_for_client_;
    std::list<Waiting> waiting_;  ///< In the order they came.
    Workers workers_;             // Last: its threads end first.
};

}  // namespace itqan::http
