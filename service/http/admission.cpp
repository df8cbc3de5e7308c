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
constexpr std::size_t none = urgencies;
constexpr int politeness = 5;  ///< Added to the nice value of workers.

/// The edge goes before those whom it feeds: else it could not say in time that there is too much. True, to be kept.
bool let_the_edge_go_first() {
    auto const thread = static_cast<id_t>(::gettid());
    errno = 0;
    int const now = ::getpriority(PRIO_PROCESS, thread);
    // Where that is forbidden everything works, only less evenly under overload.
    if (errno == 0) ::setpriority(PRIO_PROCESS, thread, now + politeness);
    return true;
}

}  // namespace

Admission::Admission(AdmissionRules rules)
    : rules_(rules), workers_(std::max<std::size_t>(1, rules.workers), std::max<std::size_t>(1, rules.workers)) {
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
    bool const is_bulk = &lane == &lanes_[2];
    if (is_bulk && lane.pace == Clock::duration::zero()) return waiting >= always_admitted + lane.at_once;
    auto const limit = now - lane.empty_until > rules_.burst || is_bulk ? rules_.target : rules_.patience / 2;
    return lane.pace * static_cast<Clock::rep>(waiting) > limit;
}

bool Admission::is_full(Urgency urgency) const {
    std::lock_guard const lock(mutex_);
    return has_no_room(lanes_[static_cast<std::size_t>(urgency)], Clock::now());
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

void Admission::start_worker() {
    if (active_ < std::max<std::size_t>(1, rules_.workers) && workers_.submit([this] { run(); })) ++active_;
}

bool Admission::submit(Urgency urgency, Job job) {
    std::lock_guard const lock(mutex_);
    auto const place = static_cast<std::size_t>(urgency);
    auto& lane = lanes_[place];
    auto const now = Clock::now();
    if (has_no_room(lane, now)) return false;
    if (lane.queue.empty()) lane.empty_until = now;
    lane.queue.push_back({std::move(job), now});
    if (may_start(place)) start_worker();
    return true;
}

void Admission::note_start(Lane& lane, Clock::time_point now) {
    // Only while others waited does the time between two beginnings say how fast the queue moves.
    if (lane.last_start != Clock::time_point{}) {
        auto const took = now - lane.last_start;
        lane.pace = lane.pace == Clock::duration::zero() ? took : lane.pace + (took - lane.pace) / 16;
    }
    lane.last_start = lane.queue.empty() ? Clock::time_point{} : now;
}

void Admission::run() {
    static thread_local bool const is_polite = let_the_edge_go_first();
    static_cast<void>(is_polite);
    std::unique_lock lock(mutex_);
    while (true) {
        auto const place = next_lane();
        if (place == none) break;
        auto& lane = lanes_[place];
        auto waiting = std::move(lane.queue.front());
        lane.queue.pop_front();
        auto const now = Clock::now();
        bool const in_time = now - waiting.since <= rules_.patience;
        if (in_time) note_start(lane, now);  // Refusals would make the queue look quick.
        ++lane.running;
        // This worker may have come for another job, which would wait for it.
        if (next_lane() != none) start_worker();
        lock.unlock();
        waiting.job(in_time);
        waiting.job = nullptr;  // What it holds goes before the next lock.
        lock.lock();
        --lane.running;
    }
    --active_;
}

std::array<std::size_t, urgencies> Admission::queued() const {
    std::lock_guard const lock(mutex_);
    return {lanes_[0].queue.size(), lanes_[1].queue.size(), lanes_[2].queue.size()};
}

std::array<std::size_t, urgencies> Admission::running() const {
    std::lock_guard const lock(mutex_);
    return {lanes_[0].running, lanes_[1].running, lanes_[2].running};
}

}  // namespace itqan::http
