#pragma once
// Something that was begun and ends later, once, on another thread. It knows neither what nor who waits for it.

#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace itqan {

class Pending {
  public:
    enum class Outcome { kept, refused, failed };  ///< Refused: as if it had never begun.

    /// By whoever carries it out. `failure` says why it failed, else it is null.
    void end(Outcome outcome, std::exception_ptr failure) {
        std::shared_ptr<void> held;  // First, so that it goes last.
        std::function<void()> then;
        {
            std::lock_guard const lock(mutex_);
            outcome_ = outcome;
            failure_ = std::move(failure);
            has_ended_ = true;
            then = std::move(then_);
            held = std::move(held_);
        }
        if (then) then();
    }

    /// Keeps this until it has ended and whoever asked was told.
    void hold(std::shared_ptr<void> what) {
        std::lock_guard const lock(mutex_);
        if (!has_ended_) held_ = std::move(what);
    }

    /// Calls `then` once, when it has ended: at once on this thread or later on another. May be asked for once.
    void when_ended(std::function<void()> then) {
        {
            std::lock_guard const lock(mutex_);
            if (!has_ended_) {
                then_ = std::move(then);
                return;
            }
        }
        then();
    }

    /// To be asked when it has ended.
    Outcome outcome() const { return outcome_; }
    std::exception_ptr const& failure() const { return failure_; }

  private:
    std::mutex mutex_;
    bool has_ended_ = false;
    Outcome outcome_ = Outcome::kept;
    std::exception_ptr failure_;
    std::function<void()> then_;
    std::shared_ptr<void> held_;
};

}  // namespace itqan
