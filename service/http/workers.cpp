#include "service/http/workers.hpp"

#include <system_error>

namespace itqan::http {

Workers::Workers(std::size_t threads, std::size_t queue_limit, std::size_t stack_bytes) : queue_limit_(queue_limit) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stack_bytes);
    threads_.reserve(threads);
    for (std::size_t i = 0; i < threads; ++i) {
        pthread_t thread{};
        auto const entry = [](void* self) -> void* {
            static_cast<Workers*>(self)->run();
            return nullptr;
        };
        if (int const failure = pthread_create(&thread, &attributes, entry, this); failure != 0)
            throw std::system_error(failure, std::generic_category(), "a worker thread cannot be started");
        threads_.push_back(thread);
    }
    pthread_attr_destroy(&attributes);
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
    }
    waits_.notify_one();
    return true;
}

void Workers::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        waits_.wait(lock, [this] { return ending_ || !queue_.empty(); });
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
