#pragma once
// Which request runs now, which waits and which is refused: a bounded queue for each class of work, so that what many
// depend on is answered before what few have ordered in bulk (R8). It knows nothing of requests and sockets.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "service/http/urgency.hpp"
#include "service/http/workers.hpp"

namespace itqan::http {

struct AdmissionRules {
    std::size_t workers = 64;
    std::size_t queued = 1'024;                 ///< Of each class at most; of bulk an eighth.
    std::chrono::milliseconds target{50};       ///< Who would wait longer, as things go, is refused at once,
    std::chrono::milliseconds crowd{100};       ///< once a queue has stood for so long; before that, beyond patience.
    std::chrono::milliseconds burst{500};       ///< Where the oldest waits longer than this, whoever comes is refused.
    std::chrono::milliseconds patience{1'000};  ///< Who has waited longer all the same is refused instead of run.
    std::size_t turns = std::max(1U, std::thread::hardware_concurrency());  ///< Quick work at once.
};

class Admission {
  public:
    /// Called once, on a worker or in a turn; false: it has waited too long and must be refused. Must not throw.
    using Job = std::function<void(bool in_time)>;

    /// Quick work takes no worker: `ask_for_turn` has take_turn() called once, soon, on a thread that is there anyway;
    /// null: there is no quick work.
    explicit Admission(AdmissionRules rules, std::function<void()> ask_for_turn = nullptr);
    Admission(Admission const&) = delete;
    Admission& operator=(Admission const&) = delete;

    /// False, at once, when the job would wait too long or there is no room for it.
    bool submit(Urgency urgency, Job job, Pace pace = Pace::slow);
    /// Whether submit would refuse now: for those who have a body to read first.
    bool is_full(Urgency urgency, Pace pace = Pace::slow) const;
    /// Runs the quick job that is due, if any, and asks for the next turn when more wait.
    void take_turn();

    /// How many wait, by urgency.
    std::array<std::size_t, urgencies> queued() const;
    /// How many are being run, by urgency.
    std::array<std::size_t, urgencies> running() const;

  private:
    using Clock = std::chrono::steady_clock;
    enum : std::size_t { kinds = 2 * urgencies };  ///< Lanes: by urgency, slow work before quick work.
    struct Waiting {
        Job job;
        Clock::time_point since;
    };
    struct Lane {
        std::deque<Waiting> queue;
        std::size_t most_queued = 0;
        std::size_t at_once = 0;
        std::size_t running = 0;
        Clock::duration pace{0};             ///< Between two beginnings while others wait, smoothed.
        Clock::time_point last_start = {};   ///< Its epoch: nobody waited then.
        Clock::time_point empty_until = {};  ///< When the queue that stands now began.
    };

    bool has_no_room(Lane const& lane, Clock::time_point now) const;
    static std::size_t lane_of(Urgency urgency, Pace pace);
    bool may_start(std::size_t lane) const;
    std::size_t next_lane() const;
    std::size_t next_quick_lane() const;
    void run_first(std::size_t lane, std::unique_lock<std::mutex>& lock);
    void note_start(Lane& lane, Clock::time_point now);
    void start_worker();
    void run();

    AdmissionRules const rules_;
    mutable std::mutex mutex_;
    std::array<Lane, kinds> lanes_;
    int const nice_value_;  ///< Of whoever made it.
    std::function<void()> const ask_for_turn_;
    std::size_t turns_ = 0;   ///< Asked for and not yet over.
    std::size_t active_ = 0;  ///< Workers that run jobs or look for one.
    Workers workers_;         // Last: its threads end first.
};

}  // namespace itqan::http
