#pragma once
// How often values fell between fixed steps: durations, sizes of groups. Whoever works counts here without a lock;
// whoever looks gets a copy. It knows no names and no format (service/metrics does).

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace itqan {

/// Microseconds from 50 us to 10 s.
inline constexpr std::array<std::int64_t, 17> microsecond_steps{
    50,     100,     250,     500,     1'000,     2'500,     5'000,     10'000,    25'000,
    50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 5'000'000, 10'000'000};
/// Sizes of groups.
inline constexpr std::array<std::int64_t, 8> size_steps{1, 2, 4, 8, 16, 32, 64, 128};

/// A copy of a tally at one moment. `counts` has one more than `steps`: what lies above the last.
struct Tallied {
    std::span<std::int64_t const> steps;
    std::vector<std::uint64_t> counts;
    std::int64_t sum = 0;

    std::uint64_t total() const;
};

/// Threads count into shards of their own as far as there are some, so that a busy tally is no shared cache line.
class Tally {
  public:
    /// `steps` grow, are at most 17 and outlive the tally.
    explicit Tally(std::span<std::int64_t const> steps) : steps_(steps) {}

    void add(std::int64_t value) noexcept;
    /// Microseconds since then.
    void add_since(std::chrono::steady_clock::time_point start) noexcept;
    Tallied seen() const;

  private:
    struct alignas(64) Shard {
        std::array<std::atomic<std::uint64_t>, microsecond_steps.size() + 1> counts{};
        std::atomic<std::int64_t> sum{0};
    };

    std::span<std::int64_t const> steps_;
    std::array<Shard, 4> shards_{};
};

/// One number that only grows.
class Count {
  public:
    void add(std::uint64_t more = 1) noexcept { value_.fetch_add(more, std::memory_order_relaxed); }
    std::uint64_t seen() const noexcept { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> value_{0};
};

}  // namespace itqan
