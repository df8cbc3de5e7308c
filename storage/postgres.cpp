#include <algorithm>
#include <atomic>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

#include "schemas/must_not_wait.hpp"
#include "schemas/tally.hpp"
#include "storage/database.hpp"
#include "storage/postgres_connection.hpp"
#include "storage/postgres_pool.hpp"

namespace itqan::storage {
namespace {

using Steady = std::chrono::steady_clock;

/// How often a unit runs again before its caller is told to come back.
constexpr int most_runs = 24;
/// A key that is taken by a row which the unit did not see is seen the next time; if it is still refused then, the unit
/// means it.
constexpr int most_runs_for_a_key = 3;
constexpr int most_connections = 3;

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
        : config_(config),
          patience_(config.statement + config.statement / 2),
          writers_(config, config.writers),
          readers_(config, config.readers) {
        read([](Session& session) { check(session); });
    }

    DatabaseFigures figures() const override {
        DatabaseFigures figures;
        figures.groups = commits_.seen();
        figures.units = units_.seen();
        figures.retries = retries_.seen();
        figures.failures = failures_.seen();
        figures.waiting = waiting_;
        figures.group_size = Tally(size_steps).seen();  // Each unit is a transaction of its own.
        figures.work = work_.seen();
        figures.commit = commit_.seen();
        figures.wait = wait_.seen();
        std::lock_guard const lock(last_mutex_);
        figures.last = last_;
        figures.last_error = last_error_;
        return figures;
    }

    void purge_deleted() override {
        // What is rewritten: the tables that held something of a person. Large ones take their time.
        auto patient = config_;
        patient.statement = std::chrono::hours(6);
        PostgresConnection connection(patient);
        for (std::string const table : {"learner", "person", "note", "subject", "evidence", "credential",
                                        "credential_document", "answer", "session", "mail_link", "outbox"})
            connection.alone("VACUUM " + table);
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
        wait_is_due();
        auto const began = Steady::now();
        Waits const waits(waiting_);
        units_.add();
        try {
            run_until_kept(unit);
        } catch (ConstraintError const&) {
            throw;
        } catch (ServerError const& error) {
            note(error.fault, error.what());
            throw;
        } catch (DatabaseError const& error) {
            note(WriteFault::failed, error.what());
            throw;
        }
        wait_.add_since(began);
    }

  private:
    /// Counts for as long as it lives.
    class Waits {
      public:
        explicit Waits(std::atomic<std::size_t>& count) : count_(count) { ++count_; }
        ~Waits() { --count_; }
        Waits(Waits const&) = delete;
        Waits& operator=(Waits const&) = delete;

      private:
        std::atomic<std::size_t>& count_;
    };

    void run_until_kept(std::function<bool(Session&)> const& unit) {
        bool savepoints = false;
        auto const last_start = Steady::now() + patience_;
        for (int run = 1, key_runs = 1;; ++run) {
            bool const is_last = run >= most_runs || Steady::now() > last_start;
            try {
                ConnectionPool::Lease const lease(writers_);
                try {
                    if (try_unit(lease.connection(), unit, savepoints)) return;
                    savepoints = true;  // It went on, or ended well, after a refused row.
                } catch (ConnectionLost const&) {
                    // Before its commit was sent: nothing of it is there.
                    lease.close();
                    if (is_last || run >= most_connections) throw;
                }
            } catch (SerializationError const&) {
                if (is_last) throw;
            } catch (UniqueError const&) {
                if (is_last || key_runs++ >= most_runs_for_a_key) throw;
            }
            retries_.add();
            pause_before(run);
        }
    }

    void note(WriteFault fault, std::string const& reason) {
        if (fault != WriteFault::none) failures_.add();
        std::lock_guard const lock(last_mutex_);
        last_ = fault;
        last_error_ = reason;
        has_fault_ = fault != WriteFault::none;
    }

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
        auto const began = Steady::now();
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
        work_.add_since(began);
        auto const ran = Steady::now();
        try {
            connection.commit();
        } catch (ConnectionLost const& error) {
            throw DatabaseError(std::string("it is not known whether the unit was kept: ") + error.what());
        }
        commits_.add();
        commit_.add_since(ran);
        if (has_fault_.exchange(false)) note(WriteFault::none, {});
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

    PostgresConfig config_;
    std::chrono::milliseconds patience_;  ///< After that a unit that lost is not run again.
    ConnectionPool writers_, readers_;

    Count commits_, units_, retries_, failures_;
    std::atomic<std::size_t> waiting_{0};
    Tally work_{microsecond_steps}, commit_{microsecond_steps}, wait_{microsecond_steps};
    std::atomic<bool> has_fault_{false};
    mutable std::mutex last_mutex_;
    WriteFault last_ = WriteFault::none;
    std::string last_error_;
};

}  // namespace

std::unique_ptr<Database> open_postgres(PostgresConfig const& config) {
    return std::make_unique<PostgresDatabase>(config);
}

}  // namespace itqan::storage
