#pragma once
// A bounded pool of threads with small stacks (decision 29): they run handlers, which mostly wait for the commit. A
// full queue refuses at once; nothing waits for a place.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include <pthread.h>

namespace itqan::http {

class Workers {
  public:
    /// The first thread is there at once, the others when there is work for them. Throws std::system_error.
    Workers(std::size_t threads, std::size_t queue_limit, std::size_t stack_bytes = 512 * 1024);
    /// Runs what waits, then ends the threads.
    ~Workers();
    Workers(Workers const&) = delete;
    Workers& operator=(Workers const&) = delete;

    /// False when the queue is full or the pool is ending. Work must not throw.
    bool submit(std::function<void()> work);

  private:
    void run();
    int add_thread();

    std::mutex mutex_;
    std::condition_variable waits_;
    std::deque<std::function<void()>> queue_;
    std::size_t const most_threads_, queue_limit_, stack_bytes_;
    std::size_t idle_ = 0;
    bool ending_ = false;
    std::vector<pthread_t> threads_;
};

}  // namespace itqan::http
