#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

#include <sqlite3.h>

#include "schemas/must_not_wait.hpp"
#include "storage/database.hpp"
#include "storage/sqlite_connection.hpp"
#include "storage/sqlite_writer.hpp"

namespace itqan::storage {
namespace {

DatabaseError file_error(std::string const& path, std::string const& what) {
    return DatabaseError(what + " " + path + ": " + std::generic_category().message(errno));
}

/// Makes the file before SQLite does, so that it is never readable by others; -wal and -shm inherit its mode. An
/// existing file is not opened here: closing a second descriptor would drop this process's locks on it.
void prepare_file(std::string const& path) {
    auto const made = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (made >= 0)
        ::close(made);
    else if (errno != EEXIST)
        throw file_error(path, "cannot create the database file");
    for (auto const* const suffix : {"", "-wal", "-shm"}) {
        auto const file = path + suffix;
        struct stat found {};
        if (::stat(file.c_str(), &found) != 0) continue;
        if ((found.st_mode & 077) != 0 && ::chmod(file.c_str(), 0600) != 0)
            throw file_error(file, "others may read the database and its mode cannot be changed to 0600:");
    }
}

SqliteConfig const& with_file(SqliteConfig const& config) {
    prepare_file(config.path);
    return config;
}

/// Snapshots on a few connections, opened when first needed. A thread that reads inside its own read gets the same
/// snapshot, so nested reads cannot wait for each other.
class ReaderPool {
  public:
    explicit ReaderPool(SqliteConfig config)
        : config_(std::move(config)), slots_(static_cast<std::size_t>(std::max(config_.readers, 1))) {}

    void run(std::function<bool(Session&)> const& unit) {
        if (auto* const session = Lease::of_this_thread(*this)) {
            unit(*session);
            return;
        }
        Lease const lease(*this);
        auto& connection = lease.connection();
        try {
            connection.execute("BEGIN DEFERRED");
            unit(connection);
            connection.rollback();
        } catch (ConstraintError const&) {
            connection.rollback();
            throw;
        } catch (DatabaseError const&) {
            lease.close();
            throw;
        } catch (...) {
            connection.rollback();
            throw;
        }
    }

  private:
    struct Slot {
        std::unique_ptr<Connection> connection;
        bool taken = false;
    };

    class Lease {
      public:
        explicit Lease(ReaderPool& pool) : pool_(pool), slot_(pool.take()), outer_(innermost_) { innermost_ = this; }
        ~Lease() {
            innermost_ = outer_;
            pool_.give_back(slot_);
        }
        Lease(Lease const&) = delete;
        Lease& operator=(Lease const&) = delete;

        Connection& connection() const {
            if (!slot_.connection)
                slot_.connection = std::make_unique<Connection>(pool_.config_, Connection::Use::read);
            return *slot_.connection;
        }
        void close() const { slot_.connection.reset(); }

        /// The session that this thread reads `pool` with already, if any.
        static Session* of_this_thread(ReaderPool const& pool) {
            for (auto const* lease = innermost_; lease != nullptr; lease = lease->outer_)
                if (&lease->pool_ == &pool) return lease->slot_.connection.get();
            return nullptr;
        }

      private:
        inline static thread_local Lease const* innermost_ = nullptr;

        ReaderPool& pool_;
        Slot& slot_;
        Lease const* outer_;
    };

    Slot& take() {
        std::unique_lock lock(mutex_);
        for (;;) {
            // The first free one, so that a quiet service keeps few caches warm.
            for (auto& slot : slots_) {
                if (std::exchange(slot.taken, true)) continue;
                return slot;
            }
            wait_is_due();
            given_back_.wait(lock);
        }
    }
    void give_back(Slot& slot) {
        {
            std::lock_guard const lock(mutex_);
            slot.taken = false;
        }
        given_back_.notify_one();
    }

    SqliteConfig config_;
    std::mutex mutex_;
    std::condition_variable given_back_;
    std::vector<Slot> slots_;
};

class SqliteDatabase final : public Database {
  public:
    explicit SqliteDatabase(SqliteConfig const& config)
        : path_(config.path), is_exclusive_(config.exclusive), writer_(with_file(config)), readers_(config) {
        // The lock is taken by the first that looks into the file.
        if (is_exclusive_) write_unit([](Session&) { return true; });
        settle_log();
    }

    DatabaseFigures figures() const override { return writer_.figures(); }

    std::vector<std::string> integrity_faults() override {
        std::vector<std::string> faults;
        read([&](Session& session) {
            session.query("PRAGMA quick_check(20)", [&](Row const& row) {
                if (row.text(0) != "ok") faults.push_back(row.string(0));
            });
            session.query("PRAGMA foreign_key_check", [&](Row const& row) {
                if (faults.size() < 20)
                    faults.push_back("a row of " + row.string(0) + " refers to none of " + row.string(2));
            });
        });
        return faults;
    }

    void purge_deleted() override {
        writer_.upkeep([this](Connection& connection) {
            empty_log(connection);
            connection.forget_statements();
            connection.execute("VACUUM");
            empty_log(connection);
        });
    }

    void check_integrity(std::function<void(std::string_view)> const& on_damage) override {
        read_unit([&](Session& session) {
            session.query("PRAGMA integrity_check", [&](Row const& row) {
                if (row.text(0) != "ok") on_damage(row.text(0));
            });
            session.query("PRAGMA foreign_key_check", [&](Row const& row) {
                on_damage("row " + row.string(1) + " of " + row.string(0) + " points to no row of " + row.string(2));
            });
            return false;
        });
    }

    void continue_numbers() override {}  // SQLite's next number is the largest one plus one.

  protected:
    void read_unit(std::function<bool(Session&)> const& unit) override {
        // Inside a unit of work the unit's own session is the newest snapshot; waiting for a reader could wait for
        // ever.
        if (auto* const session = writer_.session_of_this_thread())
            unit(*session);
        else if (is_exclusive_)
            writer_.run([&](Session& session_alone) {
                unit(session_alone);
                return false;
            });
        else
            readers_.run(unit);
    }
    void write_unit(std::function<bool(Session&)> const& unit) override { writer_.run(unit); }
    void write_unit_later(std::function<bool(Session&)> const& unit, Ended const& ended) override {
        writer_.run_later(unit, ended);
    }

  private:
    /// What is read from here on is on the disk: a commit whose sync failed before the process ended may stand in the
    /// log and be visible, and a sync of the log alone would not write it again.
    void settle_log() {
        std::error_code none;
        if (auto const left = std::filesystem::file_size(path_ + "-wal", none); none || left == 0) return;
        try {
            writer_.upkeep(
                [](Connection& connection) { connection.query("PRAGMA wal_checkpoint(PASSIVE)", [](Row const&) {}); });
        } catch (SqliteError const& error) {
            // Reading goes on where nothing can be written; nothing new is promised there either.
            if (error.primary_code != SQLITE_FULL && error.primary_code != SQLITE_READONLY &&
                error.primary_code != SQLITE_BUSY)
                throw;
        }
    }

    void empty_log(Connection& connection) const {
        bool busy = true;
        connection.query("PRAGMA wal_checkpoint(TRUNCATE)", [&](Row const& row) { busy = row.boolean(0); });
        std::error_code none;
        auto const left = std::filesystem::file_size(path_ + "-wal", none);
        if (busy || (!none && left > 0))
            throw DatabaseError("deleted bytes may still be in " + path_ +
                                "-wal: somebody still reads an older snapshot. Run it again when that has ended.");
    }

    std::string path_;
    bool is_exclusive_;
    SqliteWriter writer_;
    ReaderPool readers_;
};

}  // namespace

std::unique_ptr<Database> open_sqlite(SqliteConfig const& config) {
    return std::make_unique<SqliteDatabase>(config);
}

}  // namespace itqan::storage
