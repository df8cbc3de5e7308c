#include "service/http/fetch_lanes.hpp"

#include <utility>
#include <vector>

namespace itqan::http {
namespace {

using Counts = std::map<std::string, std::size_t, std::less<>>;

std::size_t count_of(Counts const& counts, std::string const& key) {
    auto const found = counts.find(key);
    return found == counts.end() ? 0 : found->second;
}

void add_to(Counts& counts, std::string const& key, int by) {
    auto const entry = counts.try_emplace(key, 0).first;
    entry->second += static_cast<std::size_t>(by);
    if (entry->second == 0) counts.erase(entry);
}

}  // namespace

FetchLanes::FetchLanes(LaneLimits limits) : limits_(limits), workers_(limits.at_once, limits.at_once) {}

FetchLanes::~FetchLanes() {
    end();
}

bool FetchLanes::has_place(FetchTask const& task) const {
    return running_ < limits_.at_once && count_of(of_host_, task.host) < limits_.of_host &&
           (task.client.empty() || count_of(for_client_, task.client) < limits_.for_client);
}

bool FetchLanes::may_wait(FetchTask const& task) const {
    return waiting_.size() < limits_.waiting &&
           (task.client.empty() || count_of(waiting_for_client_, task.client) < limits_.waiting_for_client);
}

void FetchLanes::count(std::string const& host, std::string const& client, int by) {
    running_ += static_cast<std::size_t>(by);
    add_to(of_host_, host, by);
    if (!client.empty()) add_to(for_client_, client, by);
}

void FetchLanes::submit(FetchTask task) {
    {
        std::lock_guard const lock(mutex_);
        if (!ending_ && has_place(task)) return start(std::move(task));
        if (!ending_ && may_wait(task)) {
            if (!task.client.empty()) add_to(waiting_for_client_, task.client, 1);
            waiting_.push_back({std::move(task), Clock::now() + limits_.patience});
            return;
        }
    }
    task.give_up();
}

/// With the mutex held. There are as many threads as places, so the pool always takes it.
void FetchLanes::start(FetchTask task) {
    count(task.host, task.client, 1);
    workers_.submit([this, task = std::move(task)] {
        task.run();
        finish(task.host, task.client);
    });
}

void FetchLanes::finish(std::string const& host, std::string const& client) {
    std::vector<FetchTask> late;
    {
        std::lock_guard const lock(mutex_);
        count(host, client, -1);
        auto const now = Clock::now();
        for (auto one = waiting_.begin(); one != waiting_.end();) {
            bool const is_late = one->until <= now;
            if (!is_late && !has_place(one->task)) {
                ++one;
                continue;
            }
            if (!one->task.client.empty()) add_to(waiting_for_client_, one->task.client, -1);
            auto task = std::move(one->task);
            one = waiting_.erase(one);
            if (is_late)
                late.push_back(std::move(task));
            else
                start(std::move(task));
        }
    }
    for (auto const& task : late)
        task.give_up();
}

void FetchLanes::end() {
    std::list<Waiting> waiting;
    {
        std::lock_guard const lock(mutex_);
        ending_ = true;
        waiting.swap(waiting_);
        waiting_for_client_.clear();
    }
    for (auto const& one : waiting)
        one.task.give_up();
}

}  // namespace itqan::http
