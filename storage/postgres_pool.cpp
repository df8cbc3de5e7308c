#include "storage/postgres_pool.hpp"

#include <algorithm>

#include "schemas/must_not_wait.hpp"

namespace itqan::storage {

ConnectionPool::ConnectionPool(PostgresConfig const& config, int most)
    : config_(config), slots_(static_cast<std::size_t>(std::max(most, 1))) {}

PostgresConnection& ConnectionPool::Lease::connection() const {
    if (slot_.connection && !slot_.connection->is_usable()) slot_.connection.reset();
    if (!slot_.connection) slot_.connection = pool_.connect();
    return *slot_.connection;
}

ConnectionPool::Slot& ConnectionPool::take() {
    wait_is_due();  // Every statement waits for the server.
    auto const end = std::chrono::steady_clock::now() + config_.statement;
    std::unique_lock lock(mutex_);
    while (true) {
        // The first free one, so that a quiet service keeps few connections busy.
        auto const found = std::find_if(slots_.begin(), slots_.end(), [](Slot const& slot) { return !slot.taken; });
        if (found != slots_.end()) {
            found->taken = true;
            return *found;
        }
        if (given_back_.wait_until(lock, end) == std::cv_status::timeout)
            throw DatabaseError("no connection to the database became free in time");
    }
}

void ConnectionPool::give_back(Slot& slot) {
    {
        std::lock_guard const lock(mutex_);
        slot.taken = false;
    }
    given_back_.notify_one();
}

/// One at a time, and not again at once after a failure: a dead server costs one thread its patience, not all.
std::unique_ptr<PostgresConnection> ConnectionPool::connect() {
    std::lock_guard const lock(connecting_);
    if (std::chrono::steady_clock::now() < next_attempt_) throw DatabaseError(last_failure_);
    try {
        return std::make_unique<PostgresConnection>(config_);
    } catch (DatabaseError const& error) {
        last_failure_ = error.what();
        next_attempt_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(250);
        throw;
    }
}

}  // namespace itqan::storage
