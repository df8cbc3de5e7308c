#pragma once
// How often the log says the same: some lines a second, and how many were left out since the last one. Many that are
// refused must not cost more than the few that are served.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace itqan::service {

class LineBudget {
  public:
    using Clock = std::chrono::steady_clock;

    explicit LineBudget(std::uint32_t a_second) : a_second_(a_second) {}

    /// None: leave this line out. Else how many were left out since the last that was not. From any thread, without a
    /// lock; at the turn of a second a few more lines may pass.
    std::optional<std::uint64_t> take(Clock::time_point now) {
        auto const second = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
        if (second_.exchange(second, std::memory_order_relaxed) != second) taken_.store(0, std::memory_order_relaxed);
        if (taken_.fetch_add(1, std::memory_order_relaxed) >= a_second_) {
            left_out_.fetch_add(1, std::memory_order_relaxed);
            return std::nullopt;
        }
        return left_out_.exchange(0, std::memory_order_relaxed);
    }

  private:
    std::uint32_t const a_second_;
    std::atomic<std::int64_t> second_{-1};
    std::atomic<std::uint32_t> taken_{0};
    std::atomic<std::uint64_t> left_out_{0};
};

}  // namespace itqan::service
