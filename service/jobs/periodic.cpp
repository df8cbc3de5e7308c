#include "service/jobs/periodic.hpp"

#include <exception>
#include <utility>

namespace itqan::jobs {

Periodic::Periodic(std::chrono::milliseconds interval, std::function<bool()> work,
                   std::function<void(std::string const&)> report)
    : interval_(interval), work_(std::move(work)), report_(std::move(report)), thread_([this] { loop(); }) {}

Periodic::~Periodic() {
    stop();
}

void Periodic::wake() {
    {
        std::lock_guard const lock(mutex_);
        woken_ = true;
    }
    changed_.notify_all();
}

void Periodic::stop() {
    {
        std::lock_guard const lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Periodic::loop() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        woken_ = false;
        lock.unlock();
        bool again = false;
        try {
            again = work_();
        } catch (std::exception const& failure) {
            report_(failure.what());
        }
        lock.lock();
        if (!again) changed_.wait_for(lock, interval_, [this] { return stopping_ || woken_; });
    }
}

}  // namespace itqan::jobs
