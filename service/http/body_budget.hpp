#pragma once
// What the bodies of all requests in hand may hold in memory together. It counts and never waits: who finds no room is
// told to come again.

#include <atomic>
#include <cstddef>
#include <utility>

namespace itqan::http {

class BodyBudget {
  public:
    explicit BodyBudget(std::size_t most) : most_(most) {}
    BodyBudget(BodyBudget const&) = delete;
    BodyBudget& operator=(BodyBudget const&) = delete;

    /// False, and nothing is taken, when there is not so much left.
    bool take(std::size_t bytes) {
        auto held = held_.load();
        do {
            if (bytes > most_ - held) return false;
        } while (!held_.compare_exchange_weak(held, held + bytes));
        return true;
    }
    void give_back(std::size_t bytes) { held_ -= bytes; }

  private:
    std::size_t const most_;
    std::atomic<std::size_t> held_{0};  ///< Never above `most_`.
};

/// What one request holds of it, given back at the latest when this is destroyed.
class BodyShare {
  public:
    explicit BodyShare(BodyBudget& budget) : budget_(budget) {}
    ~BodyShare() { release(); }
    BodyShare(BodyShare const&) = delete;
    BodyShare& operator=(BodyShare const&) = delete;

    /// Lets it hold so many bytes in all. False, and it holds what it held, when there is no room for that.
    bool cover(std::size_t bytes) {
        if (bytes <= held_) return true;
        if (!budget_.take(bytes - held_)) return false;
        held_ = bytes;
        return true;
    }
    void release() { budget_.give_back(std::exchange(held_, std::size_t{0})); }

  private:
    BodyBudget& budget_;
    std::size_t held_ = 0;
};

}  // namespace itqan::http
