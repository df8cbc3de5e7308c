#include "storage/sqlite_writer.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <sqlite3.h>

#include "schemas/must_not_wait.hpp"

namespace itqan::storage {
namespace {

/// Bounds how long the first unit of a group waits for the last; 64 workers never fill it.
constexpr std::size_t group_limit = 128;

WriteFault fault_of(int primary_code) {
    if (primary_code == SQLITE_FULL) return WriteFault::disk_full;
    return primary_code == SQLITE_READONLY ? WriteFault::read_only : WriteFault::failed;
}
/// Where a commit takes longer than this, those who come back from it shortly are waited for: a quarter of that time,
/// and never longer than the limit.
constexpr std::chrono::milliseconds slow_commit{2}, longest_window{5};

}  // namespace

SqliteWriter::SqliteWriter(SqliteConfig config)
    : config_(std::move(config)), connection_(std::make_unique<Connection>(config_, Connection::Use::write)) {
    thread_ = std::thread([this] { serve(); });
}

SqliteWriter::~SqliteWriter() {
    {
        std::lock_guard const lock(mutex_);
        stopping_ = true;
        work_waits_.notify_one();
    }
    thread_.join();
}

void SqliteWriter::run(std::function<bool(Session&)> const& unit) {
    Waiting waiting;
    waiting.unit = &unit;
    wait_for(waiting);
}

void SqliteWriter::upkeep(std::function<void(Connection&)> const& work) {
    Waiting waiting;
    waiting.upkeep = &work;
    wait_for(waiting);
}

void SqliteWriter::run_later(std::function<bool(Session&)> unit,
                             std::function<void(Pending::Outcome, std::exception_ptr)> ended) {
    auto later = std::make_unique<Later>();
    later->owned = std::move(unit);
    later->ended = std::move(ended);
    later->unit = &later->owned;
    enqueue(*later);
    static_cast<void>(later.release());  // end() takes it back.
}

Session* SqliteWriter::session_of_this_thread() const {
    return std::this_thread::get_id() == thread_.get_id() ? connection_.get() : nullptr;
}

void SqliteWriter::enqueue(Waiting& waiting) {
    if (session_of_this_thread() != nullptr)
        throw std::logic_error("write() inside a unit of work: its commit cannot come before the unit's own");
    bool was_idle = false;
    {
        std::lock_guard const lock(mutex_);
        queue_.push_back(&waiting);
        was_idle = queue_.size() >= expected_ && std::exchange(idle_, false);
    }
    if (was_idle) work_waits_.notify_one();
}

void SqliteWriter::wait_for(Waiting& waiting) {
    wait_is_due();
    auto const began = std::chrono::steady_clock::now();
    enqueue(waiting);
    waiting.done.wait();
    wait_.add_since(began);
    if (waiting.error) std::rethrow_exception(waiting.error);
}

void SqliteWriter::serve() {
    std::vector<Waiting*> group;
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            wait_for_company(lock);
            while (queue_.empty() && !stopping_) {
                expected_ = 0;
                idle_ = true;
                work_waits_.wait(lock);
            }
            if (queue_.empty()) return;
        }
        group.clear();
        take(group);
        if (group.front()->upkeep != nullptr)
            run_alone(*group.front());
        else
            commit_group(group);
        {
            std::lock_guard const lock(mutex_);
            expected_ = std::min(group.size() + queue_.size(), group_limit);
        }
        finish(group);
    }
}

/// On a slow disk two halves of the callers would else take turns, each waiting for two commits. Nobody waits who is
/// alone.
void SqliteWriter::wait_for_company(std::unique_lock<std::mutex>& lock) {
    if (commit_took_ < slow_commit || expected_ < 2) return;
    auto const end = std::chrono::steady_clock::now() +
                     std::min<std::chrono::steady_clock::duration>(commit_took_ / 4, longest_window);
    while (queue_.size() < expected_ && !stopping_) {
        idle_ = true;
        if (work_waits_.wait_until(lock, end) == std::cv_status::timeout) break;
    }
    idle_ = false;
}

/// Moves waiting units into the group; upkeep is taken alone. Returns whether there were any.
bool SqliteWriter::take(std::vector<Waiting*>& group) {
    std::lock_guard const lock(mutex_);
    auto const before = group.size();
    if (group.empty() && !queue_.empty() && queue_.front()->upkeep != nullptr) {
        group.push_back(queue_.front());
        queue_.erase(queue_.begin());
        return true;
    }
    auto const room = std::min(queue_.size(), group_limit - group.size());
    auto const last = std::find_if(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(room),
                                   [](Waiting const* waiting) { return waiting->upkeep != nullptr; });
    group.insert(group.end(), queue_.begin(), last);
    queue_.erase(queue_.begin(), last);
    return group.size() > before;
}

void SqliteWriter::run_alone(Waiting& waiting) {
    try {
        (*waiting.upkeep)(connection());
    } catch (...) {
        waiting.error = std::current_exception();
        recover(false);
    }
}

void SqliteWriter::commit_group(std::vector<Waiting*>& group) {
    auto const fail_all = [&](std::string const& reason) {
        for (auto* const waiting : group)
            waiting->error = std::make_exception_ptr(DatabaseError(reason));
    };
    groups_.add();
    // Also a unit that was only refused fails with its group: it may have been refused because of a row that is now
    // gone.
    try {
        auto& open = connection();
        auto const rows_before = open.changed_rows();
        auto const began = std::chrono::steady_clock::now();
        open.execute("BEGIN IMMEDIATE");
        if (!run_units(open, group, Undo::all)) {
            retries_.add();
            open.execute("ROLLBACK");
            open.execute("BEGIN IMMEDIATE");
            run_units(open, group, Undo::each);
        }
        work_.add_since(began);
        auto const ran = std::chrono::steady_clock::now();
        open.execute("COMMIT");
        commit_took_ = std::chrono::steady_clock::now() - ran;
        commit_.add_since(ran);
        // A commit of nothing touches no disk and says nothing about it.
        if (open.changed_rows() != rows_before) note(WriteFault::none, {});
    } catch (SqliteError const& error) {
        fail_all(error.what());
        note(fault_of(error.primary_code), error.what());
        recover(error.primary_code != SQLITE_BUSY && error.primary_code != SQLITE_FULL);
    } catch (std::exception const& error) {
        fail_all(error.what());
        note(WriteFault::failed, error.what());
        recover(true);
    }
    units_.add(group.size());
    group_size_.add(static_cast<std::int64_t>(group.size()));
}

/// Runs the group, and those who came while it ran: they need not wait for the next commit. With Undo::all it gives up
/// (false) at the first unit whose writes must go.
bool SqliteWriter::run_units(Connection& connection, std::vector<Waiting*>& group, Undo undo) {
    std::size_t ran = 0;
    do {
        for (; ran < group.size(); ++ran)
            if (!run_unit(connection, *group[ran], undo)) return false;
    } while (take(group));
    return true;
}

bool SqliteWriter::run_unit(Connection& connection, Waiting& waiting, Undo undo) {
    if (undo == Undo::each) connection.execute("SAVEPOINT unit");
    connection.forget_writes();
    waiting.keep = false;
    waiting.error = nullptr;
    try {
        waiting.keep = (*waiting.unit)(connection);
    } catch (...) {
        waiting.error = std::current_exception();
    }
    if (!connection.in_transaction()) {
        // SQLite gave the transaction up inside the unit; what it said is the reason for the whole group.
        if (waiting.error) std::rethrow_exception(waiting.error);
        throw SqliteError(SQLITE_ABORT, "the transaction was given up inside a unit of work");
    }
    if (undo == Undo::all) return waiting.keep || !connection.has_written();
    if (!waiting.keep) connection.execute("ROLLBACK TO unit");
    connection.execute("RELEASE unit");
    return true;
}

void SqliteWriter::note(WriteFault fault, std::string const& reason) {
    if (fault != WriteFault::none) failures_.add();
    std::lock_guard const lock(mutex_);
    last_ = fault;
    if (fault != WriteFault::none || !last_error_.empty()) last_error_ = reason;
}

DatabaseFigures SqliteWriter::figures() const {
    DatabaseFigures figures{groups_.seen(),     units_.seen(), retries_.seen(), failures_.seen(), 0,
                            group_size_.seen(), work_.seen(),  commit_.seen(),  wait_.seen()};
    std::lock_guard const lock(mutex_);
    figures.waiting = queue_.size();
    figures.last = last_;
    figures.last_error = last_error_;
    return figures;
}

void SqliteWriter::recover(bool reopen) {
    if (!connection_) return;
    try {
        connection_->rollback();
    } catch (DatabaseError const&) {
        reopen = true;
    }
    if (reopen) connection_.reset();
}

void SqliteWriter::finish(std::vector<Waiting*> const& group) {
    for (auto* const waiting : group) {
        if (waiting->is_later)
            end(std::unique_ptr<Later>(static_cast<Later*>(waiting)));
        else
            waiting->done.tell();
    }
}

void SqliteWriter::end(std::unique_ptr<Later> later) {
    wait_.add_since(later->began);
    auto outcome = later->keep ? Pending::Outcome::kept : Pending::Outcome::refused;
    if (later->error) {
        outcome = Pending::Outcome::failed;
        try {
            std::rethrow_exception(later->error);
        } catch (ConstraintError const&) {
            outcome = Pending::Outcome::refused;
        } catch (...) {  // It is handed on.
        }
    }
    later->ended(outcome, outcome == Pending::Outcome::failed ? later->error : nullptr);
}

Connection& SqliteWriter::connection() {
    if (!connection_) connection_ = std::make_unique<Connection>(config_, Connection::Use::write);
    return *connection_;
}

}  // namespace itqan::storage
