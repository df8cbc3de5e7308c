#pragma once
// A thread that does one piece of work again and again: the outbox, the sweeper of the rules. It stops when told to and
// is the one place where exceptions of jobs are caught.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace itqan::jobs {

class Periodic {
  public:
    /// Runs `work` at once and then every `interval`, or earlier after wake(). Work that returns true is run again
    /// without waiting. `report` gets the text of an exception; the thread goes on.
    Periodic(std::chrono::milliseconds interval, std::function<bool()> work,
             std::function<void(std::string const&)> report);
    /// Waits for the work in hand.
    ~Periodic();
    Periodic(Periodic const&) = delete;
    Periodic& operator=(Periodic const&) = delete;

    void wake();
    /// No more work begins; returns when the work in hand is done. May be called twice.
    void stop();

  private:
    void loop();

    std::chrono::milliseconds interval_;
    std::function<bool()> work_;
    std::function<void(std::string const&)> report_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool woken_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace itqan::jobs
