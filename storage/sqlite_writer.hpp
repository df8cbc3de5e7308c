#pragma once
// The one writer of a SQLite file in this process: units of work wait in a queue, a thread puts those that wait into
// one commit. A unit that is refused leaves nothing. It knows nothing of readers and of what the units write.

#include <semaphore.h>

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "schemas/tally.hpp"
#include "storage/sqlite_connection.hpp"

namespace itqan::storage {

class SqliteWriter {
  public:
    /// Opens the connection and starts the thread. Throws SqliteError.
    explicit SqliteWriter(SqliteConfig config);
    /// Finishes what waits, then stops.
    ~SqliteWriter();
    SqliteWriter(SqliteWriter const&) = delete;
    SqliteWriter& operator=(SqliteWriter const&) = delete;

    /// Runs the unit on the writer's thread and returns after the commit that holds it is durable, or after the unit
    /// was rolled back because it returned false. Rethrows what the unit threw. Throws DatabaseError when the commit of
    /// its group failed: whether the unit is in the database is then unknown.
    void run(std::function<bool(Session&)> const& unit);

    /// The same without waiting: `ended` is called on the writer's thread when the commit is durable or the unit is
    /// gone, and must not throw.
    void run_later(std::function<bool(Session&)> unit, std::function<void(Pending::Outcome, std::exception_ptr)> ended);

    /// Runs `work` alone, outside any transaction, and rethrows what it throws.
    void upkeep(std::function<void(Connection&)> const& work);

    /// What was counted so far.
    DatabaseFigures figures() const;

    /// The session of the unit that calls this; none outside a unit.
    Session* session_of_this_thread() const;

  private:
    /// POSIX lets the one who waited destroy it at once, which C++'s own semaphore does not say; and who wakes has no
    /// lock to queue for.
    class Done {
      public:
        Done() { sem_init(&semaphore_, 0, 0); }
        ~Done() { sem_destroy(&semaphore_); }
        Done(Done const&) = delete;
        Done& operator=(Done const&) = delete;
        void tell() { sem_post(&semaphore_); }
        void wait() {
            // Only a signal ends it early.
            while (sem_wait(&semaphore_) != 0)
                continue;
        }

      private:
        sem_t semaphore_;
    };

    struct Waiting {
        std::function<bool(Session&)> const* unit = nullptr;
        std::function<void(Connection&)> const* upkeep = nullptr;
        bool is_later = false;
        std::exception_ptr error = nullptr;
        bool keep = false;
        Done done = {};
    };
    /// One that nobody waits for.
    struct Later : Waiting {
        Later() { is_later = true; }
        std::function<bool(Session&)> owned;
        std::function<void(Pending::Outcome, std::exception_ptr)> ended;
        std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
    };

    /// How the writes of a refused unit go. Most groups refuse none, and a savepoint copies every page that its unit
    /// touches: so a group runs without them first, and once more with one each when a unit has to be undone.
    enum class Undo { all, each };

    void enqueue(Waiting& waiting);
    void wait_for(Waiting& waiting);
    void serve();
    bool take(std::vector<Waiting*>& group);
    void wait_for_company(std::unique_lock<std::mutex>& lock);
    void run_alone(Waiting& waiting);
    void commit_group(std::vector<Waiting*>& group);
    bool run_units(Connection& connection, std::vector<Waiting*>& group, Undo undo);
    bool run_unit(Connection& connection, Waiting& waiting, Undo undo);
    void note(WriteFault fault, std::string const& reason);
    void recover(bool reopen);
    void finish(std::vector<Waiting*> const& group);
    void end(std::unique_ptr<Later> later);
    Connection& connection();

    SqliteConfig config_;
    std::unique_ptr<Connection> connection_;  ///< None after a failure, until the next group opens it again.

    Count groups_, units_, retries_, failures_;
    Tally group_size_{size_steps}, work_{microsecond_steps}, commit_{microsecond_steps}, wait_{microsecond_steps};

    mutable std::mutex mutex_;
    WriteFault last_ = WriteFault::none;
    std::string last_error_;
    std::condition_variable work_waits_;
    std::vector<Waiting*> queue_;  ///< First come, first served.
    bool idle_ = false;
    bool stopping_ = false;
    std::size_t expected_ = 0;  ///< Units in work at the last commit: those in it and those that waited for the next.
    std::chrono::steady_clock::duration commit_took_{};
    std::thread thread_;
};

}  // namespace itqan::storage
