#pragma once
// Some threads serve so many that they must never wait (for a commit, for a database elsewhere) and never work for
// long. Whoever is about to asks here first, and the work is begun again on a thread that may.

#include <chrono>
#include <ctime>

namespace itqan {

/// What the functions below throw. No std::exception, so that nobody takes it for a failure.
struct MustNotWait {};

/// While one lives, its thread must not wait nor work for long.
class NoWaiting {
  public:
    NoWaiting() noexcept : outer_(innermost()), began_(processor_time()) { innermost() = this; }
    ~NoWaiting() { innermost() = outer_; }
    NoWaiting(NoWaiting const&) = delete;
    NoWaiting& operator=(NoWaiting const&) = delete;

    static bool is_asked_of_this_thread() noexcept { return innermost() != nullptr; }
    /// Of the processor, since the innermost began; 0 where none lives.
    static std::chrono::nanoseconds worked() noexcept {
        auto const* const mine = innermost();
        return mine == nullptr ? std::chrono::nanoseconds(0) : processor_time() - mine->began_;
    }

  private:
    static NoWaiting*& innermost() noexcept {
        static thread_local NoWaiting* one = nullptr;
        return one;
    }
    static std::chrono::nanoseconds processor_time() noexcept {
        timespec now{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
    }

    NoWaiting* outer_;
    std::chrono::nanoseconds began_;
};

/// To be called before anything is begun that a thread would wait for. Throws MustNotWait.
inline void wait_is_due() {
    if (NoWaiting::is_asked_of_this_thread()) throw MustNotWait();
}
/// To be called before work that takes milliseconds. Throws MustNotWait.
inline void long_work_is_due() {
    wait_is_due();
}
/// To be called between the parts of work of which there may be many. Throws MustNotWait when those behind it took
/// long.
inline void work_goes_on() {
    constexpr std::chrono::milliseconds long_work{2};
    if (NoWaiting::worked() > long_work) throw MustNotWait();
}

}  // namespace itqan
