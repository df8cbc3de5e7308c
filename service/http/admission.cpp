#include "service/http/admission.hpp"

#include <algorithm>
#include <cerrno>
#include <thread>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

namespace itqan::http {
namespace {

constexpr std::size_t always_admitted = 4;  ///< So many may wait however slow the pace was: by them it is measured.
constexpr auto none = static_cast<std::size_t>(-1);
constexpr int most_surprise = 8;  ///< How much slower than the pace a beginning may count.
constexpr int politeness = 5;     ///< Added to the nice value of workers.

int nice_value() {
    errno = 0;
    int const now = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()));
    return errno == 0 ? now : 0;
}

/// The edge goes before those whom it feeds: else it could not say in time that there is too much. `edge` is the edge's
/// own nice value: a worker may have been started by another one, whose it has then. True, to be kept.
bool let_the_edge_go_first(int edge) {
    // Where that is forbidden everything works, only less evenly under overload.
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), edge + politeness);
    return true;
}

}  // namespace

Admission::Admission(AdmissionRules rules, std::function<void()> ask_for_turn)
    : rules_(rules),
      nice_value_(nice_value()),
      ask_for_turn_(std::move(ask_for_turn)),
      workers_(std::max<std::size_t>(1, rules.workers), std::max<std::size_t>(1, rules.workers)) {
    auto const workers = std::max<std::size_t>(1, rules.workers);
    auto const share = std::max<std::size_t>(1, workers / 8);
    // Reserved: an eighth that only what is essential may use, and seven eighths that bulk may not.
    // Essential work computes and hardly waits: more of it at once only keeps the edge from the processors, and the
    // edge is who refuses.
    lanes_[0].at_once = std::min<std::size_t>(workers, std::max(4U, 2 * std::thread::hardware_concurrency()));
    lanes_[1].at_once = workers > share ? workers - share : workers;
    lanes_[2].at_once = share;
    lanes_[0].most_queued = lanes_[1].most_queued = rules.queued;
    lanes_[2].most_queued = std::max<std::size_t>(1, rules.queued / 8);
    for (std::size_t i = 0; i < urgencies; ++i)
        lanes_[urgencies + i].most_queued = lanes_[i].most_queued;
}

/// A short crowd, such as all who waited for a restart, is served; a standing queue only makes everybody late (as CoDel
/// tells good queues from bad ones, RFC 8289).
bool Admission::has_no_room(Lane const& lane, Clock::time_point now) const {
    auto const waiting = lane.queue.size();
    if (waiting >= lane.most_queued) return true;
    if (waiting < always_admitted) return false;
    // The pace moves only when something begins: where nothing does, the oldest says how long one would wait.
    if (now - lane.queue.front().since > rules_.burst) return true;
    // How long bulk takes is not known before some of it is done, and it is never in a hurry.
    bool const is_bulk = &lane == &lanes_[2] || &lane == &lanes_[urgencies + 2];
    if (is_bulk && lane.pace == Clock::duration::zero()) return waiting >= always_admitted + lane.at_once;
    auto const limit = now - lane.empty_until > rules_.crowd || is_bulk ? rules_.target : rules_.patience / 2;
    return lane.pace * static_cast<Clock::rep>(waiting) > limit;
}

std::size_t Admission::lane_of(Urgency urgency, Pace pace) {
    return static_cast<std::size_t>(urgency) + (pace == Pace::quick ? urgencies : 0);
}

bool Admission::is_full(Urgency urgency, Pace pace) const {
    std::lock_guard const lock(mutex_);
    return has_no_room(lanes_[lane_of(urgency, pace)], Clock::now());
}

/// Work that is less urgent never has more workers than its class and those below may have together, whichever of them
/// came first.
bool Admission::may_start(std::size_t lane) const {
    if (lanes_[lane].queue.empty()) return false;
    if (lane == 0) return lanes_[0].running < lanes_[0].at_once;
    if (lanes_[1].running + lanes_[2].running >= lanes_[1].at_once) return false;
    return lane == 1 || lanes_[2].running < lanes_[2].at_once;
}

std::size_t Admission::next_lane() const {
    for (std::size_t i = 0; i < urgencies; ++i)
        if (may_start(i)) return i;
    return none;
}

std::size_t Admission::next_quick_lane() const {
    for (std::size_t i = urgencies; i < kinds; ++i)
        if (!lanes_[i].queue.empty()) return i;
    return none;
}

void Admission::start_worker() {
    if (active_ < std::max<std::size_t>(1, rules_.workers) && workers_.submit([this] { run(); })) ++active_;
}

bool Admission::submit(Urgency urgency, Job job, Pace pace) {
    std::unique_lock lock(mutex_);
    auto const place = lane_of(urgency, pace);
    auto& lane = lanes_[place];
    auto const now = Clock::now();
    if (has_no_room(lane, now)) return false;
    if (lane.queue.empty()) lane.empty_until = now;
    lane.queue.push_back({std::move(job), now});
    if (pace == Pace::slow) {
        if (may_start(place)) start_worker();
    } else if (turns_ < rules_.turns) {
        ++turns_;
        lock.unlock();
        ask_for_turn_();
    }
    return true;
}

void Admission::take_turn() {
    std::unique_lock lock(mutex_);
    auto const place = next_quick_lane();
    if (place != none) run_first(place, lock);
    if (next_quick_lane() == none) {
        --turns_;
        return;
    }
    lock.unlock();
    ask_for_turn_();
}

void Admission::note_start(Lane& lane, Clock::time_point now) {
    // Only while others waited does the time between two beginnings say how fast the queue moves.
    if (lane.last_start != Clock::time_point{}) {
        // One that took long, because the machine was elsewhere, says little about the next.
        auto const seen = now - lane.last_start;
        auto const took = lane.pace == Clock::duration::zero() ? seen : std::min(seen, most_surprise * lane.pace);
        lane.pace = lane.pace == Clock::duration::zero() ? took : lane.pace + (took - lane.pace) / 16;
    }
    lane.last_start = lane.queue.empty() ? Clock::time_point{} : now;
}

void Admission::run() {
    static thread_local bool const is_polite = let_the_edge_go_first(nice_value_);
    static_cast<void>(is_polite);
    std::unique_lock lock(mutex_);
    while (true) {
        auto const place = next_lane();
        if (place == none) break;
        run_first(place, lock);
    }
    --active_;
}

/// Runs the first of a lane, without the lock.
void Admission::run_first(std::size_t place, std::unique_lock<std::mutex>& lock) {
    auto& lane = lanes_[place];
    auto waiting = std::move(lane.queue.front());
    lane.queue.pop_front();
    auto const now = Clock::now();
    bool const in_time = now - waiting.since <= rules_.patience;
    if (in_time) note_start(lane, now);  // Refusals would make the queue look quick.
    ++lane.running;
    // This worker may have come for another job, which would wait for it.
    if (place < urgencies && next_lane() != none) start_worker();
    lock.unlock();
    waiting.job(in_time);
    waiting.job = nullptr;  // What it holds goes before the next lock.
    lock.lock();
    --lane.running;
}

std::array<std::size_t, urgencies> Admission::queued() const {
    std::lock_guard const lock(mutex_);
    std::array<std::size_t, urgencies> counts{};
    for (std::size_t i = 0; i < kinds; ++i)
        counts[i % urgencies] += lanes_[i].queue.size();
    return counts;
}

std::array<std::size_t, urgencies> Admission::running() const {
    std::lock_guard const lock(mutex_);
    std::array<std::size_t, urgencies> counts{};
    for (std::size_t i = 0; i < kinds; ++i)
        counts[i % urgencies] += lanes_[i].running;
    return counts;
}

}  // namespace itqan::http
