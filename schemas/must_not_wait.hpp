#pragma once
// Some threads serve so many that they must never wait: for a commit, for a database elsewhere. Whoever is about to
// wait asks here first, and the work is begun again on a thread that may.

namespace itqan {

/// What wait_is_due() throws. No std::exception, so that nobody takes it for a failure.
struct MustNotWait {};

/// While one lives, its thread must not wait.
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

}  // namespace itqan
