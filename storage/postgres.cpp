#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "storage/database.hpp"
#include "storage/postgres_connection.hpp"

namespace itqan::storage {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// How often a unit runs again before its caller is told to come back.
constexpr int most_runs = 24;
/// A key that is taken by a row which the unit did not see is seen the next time; if it is still refused then, the unit
/// means it.
constexpr int most_runs_for_a_key = 3;

/// Connections that are made when first needed and given to one thread at a time.
class ConnectionPool {
    struct Slot {
        std::unique_ptr<PostgresConnection> connection;
        bool taken = false;
    };

  public:
    ConnectionPool(PostgresConfig const& config, int most)
        : config_(config), slots_(static_cast<std::size_t>(std::max(most, 1))) {}

    class Lease {
      public:
        explicit Lease(ConnectionPool& pool) : pool_(pool), slot_(pool.take()) {}
        ~Lease() { pool_.give_back(slot_); }
        Lease(Lease const&) = delete;
        Lease& operator=(Lease const&) = delete;

        /// A connection that works as far as can be seen. Throws DatabaseError.
        PostgresConnection& connection() const {
            if (slot_.connection && !slot_.connection->is_usable()) slot_.connection.reset();
            if (!slot_.connection) slot_.connection = pool_.connect();
            return *slot_.connection;
        }
        void close() const { slot_.connection.reset(); }

      private:
        ConnectionPool& pool_;
        Slot& slot_;
    };

  private:
    Slot& take() {
        std::unique_lock lock(mutex_);
        auto const end = Steady::now() + config_.statement;
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
    void give_back(Slot& slot) {
        {
            std::lock_guard const lock(mutex_);
            slot.taken = false;
        }
        given_back_.notify_one();
    }

    /// One at a time, and not again at once after a failure: a dead server costs one thread its patience, not all.
    std::unique_ptr<PostgresConnection> connect() {
        std::lock_guard const lock(connecting_);
        if (Steady::now() < next_attempt_) throw DatabaseError(last_failure_);
        try {
            return std::make_unique<PostgresConnection>(config_);
        } catch (DatabaseError const& error) {
            last_failure_ = error.what();
            next_attempt_ = Steady::now() + milliseconds(250);
            throw;
        }
    }

    PostgresConfig config_;
    std::mutex mutex_;
    std::condition_variable given_back_;
    std::vector<Slot> slots_;
    std::mutex connecting_;
    Steady::time_point next_attempt_{};
    std::string last_failure_;
};

/// What this thread has begun on a database: inner reads see what the outermost unit sees.
class Scope {
  public:
    Scope(void const* database, Session& session, bool writes)
        : database_(database), session_(session), writes_(writes), outer_(innermost_) {
        innermost_ = this;
    }
    ~Scope() { innermost_ = outer_; }
    Scope(Scope const&) = delete;
    Scope& operator=(Scope const&) = delete;

    static Scope const* of_this_thread(void const* database, bool writes_only) {
        for (auto const* scope = innermost_; scope != nullptr; scope = scope->outer_)
            if (scope->database_ == database && (scope->writes_ || !writes_only)) return scope;
        return nullptr;
    }
    Session& session() const { return session_; }

  private:
    inline static thread_local Scope const* innermost_ = nullptr;

    void const* database_;
    Session& session_;
    bool writes_;
    Scope const* outer_;
};

/// Longer and longer, and never the same: those who met once should not meet again.
void pause_before(int run) {
    static thread_local std::minstd_rand dice{
        static_cast<unsigned>(std::hash<std::thread::id>{}(std::this_thread::get_id()))};
    auto const most = std::min(200 << std::min(run, 8), 40'000);
    std::this_thread::sleep_for(std::chrono::microseconds(std::uniform_int_distribution<int>(0, most)(dice)));
}

class PostgresDatabase final : public Database {
  public:
    explicit PostgresDatabase(PostgresConfig const& config)
        : writers_(config, config.writers), readers_(config, config.readers) {
        read([](Session& session) { check(session); });
    }

    void purge_deleted() override {
        // What is rewritten: the tables that held something of a person.
        ConnectionPool::Lease const lease(writers_);
        for (std::string const table : {"learner", "person", "note", "subject", "evidence", "credential",
                                        "credential_document", "answer", "session", "mail_link", "outbox"})
            lease.connection().alone("VACUUM " + table);
    }

    void continue_numbers() override {
        for (auto const& [table, column] : {std::pair("event", "seq"), std::pair("learner", "position")}) {
            std::int64_t next = 1;
            auto const text = std::string("SELECT coalesce(max(") + column + "), 0) + 1 FROM " + table;
            read([&](Session& session) { session.query(text, [&](Row const& row) { next = row.integer(0); }); });
            ConnectionPool::Lease const lease(writers_);
            lease.connection().alone(std::string("ALTER TABLE ") + table + " ALTER COLUMN " + column +
                                     " RESTART WITH " + std::to_string(next));
        }
    }

  protected:
    void read_unit(std::function<bool(Session&)> const& unit) override {
        if (auto const* const outer = Scope::of_this_thread(this, false)) {
            unit(outer->session());
            return;
        }
        ConnectionPool::Lease const lease(readers_);
        for (bool first = true;; first = false) {
            auto& connection = lease.connection();
            try {
                read_once(connection, unit);
                return;
            } catch (ConnectionLost const&) {
                // The server had ended it while nobody used it.
                if (!first || connection.has_answered()) throw;
                lease.close();
            }
        }
    }

    void write_unit(std::function<bool(Session&)> const& unit) override {
        if (Scope::of_this_thread(this, true) != nullptr)
            throw std::logic_error("write() inside a unit of work: its commit cannot come before the unit's own");
        bool savepoints = false;
        for (int run = 1, key_runs = 1;; ++run) {
            ConnectionPool::Lease const lease(writers_);
            try {
                if (try_unit(lease.connection(), unit, savepoints)) return;
                savepoints = true;  // It went on, or ended well, after a refused row.
            } catch (SerializationError const&) {
                if (run >= most_runs) throw;
            } catch (UniqueError const&) {
                if (key_runs++ >= most_runs_for_a_key) throw;
            } catch (ConnectionLost const&) {
                // Before its commit was sent: nothing of it is there.
                lease.close();
                if (run >= 3) throw;
            }
            pause_before(run);
        }
    }

  private:
    void read_once(PostgresConnection& connection, std::function<bool(Session&)> const& unit) {
        connection.begin(PostgresConnection::Use::read);
        try {
            Scope const scope(this, connection, false);
            unit(connection);
        } catch (...) {
            connection.rollback();
            throw;
        }
        connection.rollback();
    }

    /// False when the unit needs savepoints.
    bool try_unit(PostgresConnection& connection, std::function<bool(Session&)> const& unit, bool savepoints) {
        connection.begin(PostgresConnection::Use::write, savepoints);
        bool keep = false;
        try {
            Scope const scope(this, connection, true);
            keep = unit(connection);
        } catch (NeedsSavepoints const&) {
            connection.rollback();
            return false;
        } catch (...) {
            connection.rollback();
            throw;
        }
        bool const again = keep && connection.has_failed();
        if (!keep || again) {
            connection.rollback();
            return !again;
        }
        try {
            connection.commit();
        } catch (ConnectionLost const& error) {
            throw DatabaseError(std::string("it is not known whether the unit was kept: ") + error.what());
        }
        return true;
    }

    static void check(Session& session) {
        std::string encoding;
        session.query("SHOW server_encoding", [&](Row const& row) { encoding = row.string(0); });
        bool by_bytes = false;
        session.query("SELECT 1 WHERE 'B' < 'a'", [&](Row const&) { by_bytes = true; });
        if (encoding != "UTF8" || !by_bytes)
            throw DatabaseError(
                "this database cannot be used: it must be UTF-8 and sort by bytes. Make one with: CREATE DATABASE "
                "itqan ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0");
    }

    ConnectionPool writers_, readers_;
};

}  // namespace

std::unique_ptr<Database> open_postgres(PostgresConfig const& config) {
    return std::make_unique<PostgresDatabase>(config);
}

}  // namespace itqan::storage
