#include "schemas/tally.hpp"

#include <algorithm>
#include <numeric>

namespace itqan {
namespace {

std::size_t shard_of_this_thread() noexcept {
    static std::atomic<std::size_t> threads{0};
    thread_local std::size_t const mine = threads.fetch_add(1, std::memory_order_relaxed);
    return mine;
}

}  // namespace

std::uint64_t Tallied::total() const {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

void Tally::add(std::int64_t value) noexcept {
    auto& shard = shards_[shard_of_this_thread() % shards_.size()];
    auto const step = static_cast<std::size_t>(std::lower_bound(steps_.begin(), steps_.end(), value) - steps_.begin());
    shard.counts[step].fetch_add(1, std::memory_order_relaxed);
    shard.sum.fetch_add(value, std::memory_order_relaxed);
}

void Tally::add_since(std::chrono::steady_clock::time_point start) noexcept {
    add(std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start).count());
}

Tallied Tally::seen() const {
    Tallied copy{steps_, std::vector<std::uint64_t>(steps_.size() + 1), 0};
    for (auto const& shard : shards_) {
        for (std::size_t i = 0; i < copy.counts.size(); ++i)
            copy.counts[i] += shard.counts[i].load(std::memory_order_relaxed);
        copy.sum += shard.sum.load(std::memory_order_relaxed);
    }
    return copy;
}

}  // namespace itqan
