#pragma once
// A bounded pool of connections to PostgreSQL, made when first needed and given to one thread at a time. It knows no
// transaction.

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "storage/postgres_connection.hpp"

namespace itqan::storage {

class ConnectionPool {
    struct Slot {
        std::unique_ptr<PostgresConnection> connection;
        bool taken = false;
    };

  public:
    ConnectionPool(PostgresConfig const& config, int most);

    class Lease {
      public:
        /// Waits for a free one, as long as a statement may take. Throws DatabaseError.
        explicit Lease(ConnectionPool& pool) : pool_(pool), slot_(pool.take()) {}
        ~Lease() { pool_.give_back(slot_); }
        Lease(Lease const&) = delete;
        Lease& operator=(Lease const&) = delete;

        /// A connection that works as far as can be seen. Throws DatabaseError.
        PostgresConnection& connection() const;
        void close() const { slot_.connection.reset(); }

      private:
        ConnectionPool& pool_;
        Slot& slot_;
    };

  private:
    Slot& take();
    void give_back(Slot& slot);
    std::unique_ptr<PostgresConnection> connect();

    PostgresConfig config_;
    std::mutex mutex_;
    std::condition_variable given_back_;
    std::vector<Slot> slots_;
    std::mutex connecting_;
    std::chrono::steady_clock::time_point next_attempt_{};
    std::string last_failure_;
};

}  // namespace itqan::storage
