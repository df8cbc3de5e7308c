#include "service/http/workers.hpp"

#include <system_error>

namespace itqan::http {

Workers::Workers(std::size_t threads, std::size_t queue_limit, std::size_t stack_bytes)
    : most_threads_(threads), queue_limit_(queue_limit), stack_bytes_(stack_bytes) {
    threads_.reserve(threads);
    std::lock_guard const lock(mutex_);
    if (int const failure = add_thread(); failure != 0)
        throw std::system_error(failure, std::generic_category(), "a worker thread cannot be started");
}

/// What pthread_create said. With the lock.
int Workers::add_thread() {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stack_bytes_);
    pthread_t thread{};
    auto const entry = [](void* self) -> void* {
        static_cast<Workers*>(self)->run();
        return nullptr;
    };
    int const failure = pthread_create(&thread, &attributes, entry, this);
    if (failure == 0) threads_.push_back(thread);
    pthread_attr_destroy(&attributes);
    return failure;
}

Workers::~Workers() {
    {
        std::lock_guard const lock(mutex_);
        ending_ = true;
    }
    waits_.notify_all();
    for (auto const thread : threads_)
        pthread_join(thread, nullptr);
}

bool Workers::submit(std::function<void()> work) {
    {
        std::lock_guard const lock(mutex_);
        if (ending_ || queue_.size() >= queue_limit_) return false;
        queue_.push_back(std::move(work));
        // One that cannot be started is no failure: those that are there will come to it.
        if (queue_.size() > idle_ && threads_.size() < most_threads_) add_thread();
    }
    waits_.notify_one();
    return true;
}

void Workers::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        ++idle_;
        waits_.wait(lock, [this] { return ending_ || !queue_.empty(); });
        --idle_;
        if (queue_.empty()) return;
        auto work = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        work();
        work = nullptr;  // What it holds goes before the next lock.
        lock.lock();
    }
}

}  // namespace itqan::http
