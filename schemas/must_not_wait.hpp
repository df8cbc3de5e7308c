#pragma once
// Some threads serve so many that they must never wait (for a commit, for a database elsewhere) and never work for
// long. Whoever is about to asks here first, and the work is begun again on a thread that may.

namespace itqan {

/// What the two functions below throw. No std::exception, so that nobody takes it for a failure.
struct MustNotWait {};

/// While one lives, its thread must not wait nor work for long.
class NoWaiting {
  public:
    NoWaiting() noexcept : outer_(is_asked_of_this_thread()) { is_asked_of_this_thread() = true; }
    ~NoWaiting() { is_asked_of_this_thread() = outer_; }
    NoWaiting(NoWaiting const&) = delete;
    NoWaiting& operator=(NoWaiting const&) = delete;

    static bool& is_asked_of_this_thread() noexcept {
        static thread_local bool is_asked = false;
        return is_asked;
    }

  private:
    bool outer_;
};

/// To be called before anything is begun that a thread would wait for. Throws MustNotWait.
inline void wait_is_due() {
    if (NoWaiting::is_asked_of_this_thread()) throw MustNotWait();
}
/// To be called where what is asked turns out to take milliseconds. Throws MustNotWait.
inline void long_work_is_due() {
    wait_is_due();
}

}  // namespace itqan
