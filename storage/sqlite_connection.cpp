#include "storage/sqlite_connection.hpp"

#include <chrono>
#include <limits>
#include <system_error>
#include <thread>

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

namespace itqan::storage {
namespace {

/// The program has about a hundred statements; the rest is migrations, which run once.
constexpr std::size_t statements_kept = 160;

class SqliteRow final : public Row {
  public:
    explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}

    bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
    std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
    double real(int column) const override { return sqlite3_column_double(statement_, column); }
    std::string_view text(int column) const override {
        auto const* const start = reinterpret_cast<char const*>(sqlite3_column_text(statement_, column));
        if (start == nullptr) return {};
        return {start, size(column)};
    }
    ByteView blob(int column) const override {
        auto const* const start = static_cast<std::uint8_t const*>(sqlite3_column_blob(statement_, column));
        if (start == nullptr) return {};
        return {start, size(column)};
    }

  private:
    std::size_t size(int column) const { return static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)); }

    sqlite3_stmt* statement_;
};

/// Short, even pauses instead of SQLite's growing ones: a command beside a busy server must find the small gaps between
/// its commits.
int wait_for_lock(void* limit, int pauses) {
    if (pauses >= *static_cast<int const*>(limit)) return 0;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return 1;
}

/// Journals of savepoints stay in memory: spilled to a temporary file they would be slow, and they hold people's data.
/// Memory is not counted: the counter is one lock that every allocation of every connection takes.
int set_up_library() {
    auto const answer = sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1);
    return answer != SQLITE_OK ? answer : sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

SqliteConfig const& configured(SqliteConfig const& config) {
    set_up_sqlite();
    return config;
}

struct Bind {
    sqlite3_stmt* statement;
    int index;

    int operator()(std::nullptr_t) const { return sqlite3_bind_null(statement, index); }
    int operator()(std::int64_t value) const { return sqlite3_bind_int64(statement, index, value); }
    int operator()(double value) const { return sqlite3_bind_double(statement, index, value); }
    int operator()(std::string_view text) const {
        auto const* const start = text.data() == nullptr ? "" : text.data();
        return sqlite3_bind_text64(statement, index, start, text.size(), nullptr, SQLITE_UTF8);
    }
    int operator()(ByteView blob) const {
        if (blob.empty()) return sqlite3_bind_zeroblob(statement, index, 0);
        return sqlite3_bind_blob64(statement, index, blob.data(), blob.size(), nullptr);
    }
};

std::string explain(int code, std::string const& said, int busy_timeout_milliseconds) {
    switch (code) {
        case SQLITE_BUSY:
            return "the database is busy: another process kept it locked for " +
                   std::to_string(busy_timeout_milliseconds) + " ms";
        case SQLITE_FULL:
            return "the disk is full: nothing can be written until there is space again";
        case SQLITE_READONLY:
            return "the database cannot be written here: " + said;
        case SQLITE_IOERR:
            return "the disk failed while the database was used: " + said +
                   ". The system's log says why (dmesg); when " +
                   "the disk is well and can be written, it goes on without a restart";
        case SQLITE_CANTOPEN:
            return "the database file cannot be opened: " + said;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return "the database file is damaged or is not a database: " + said;
        default:
            return "the database refused a statement: " + said;
    }
}

}  // namespace

void set_up_sqlite() {
    static int const answer = set_up_library();
    if (answer != SQLITE_OK) throw std::logic_error("SQLite was used before it was set up");
}

void Connection::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

/// One run of a statement: binds, steps, and leaves the statement reset and without the caller's memory.
class Connection::Run {
  public:
    Run(Connection const& connection, Statement& statement, std::string_view sql, std::span<Parameter const> parameters)
        : connection_(connection), statement_(statement), sql_(sql) {
        statement_.running = true;
        try {
            bind_all(parameters);
        } catch (...) {
            leave();
            throw;
        }
    }
    ~Run() { leave(); }
    Run(Run const&) = delete;
    Run& operator=(Run const&) = delete;

    bool next() {
        auto const code = sqlite3_step(statement_.handle.get());
        if (code == SQLITE_ROW) return true;
        if (code != SQLITE_DONE) connection_.fail(sql_);
        return false;
    }

  private:
    void bind_all(std::span<Parameter const> parameters) {
        auto* const handle = statement_.handle.get();
        auto const& places = statement_.places;
        if (places.size() > parameters.size())
            throw std::logic_error("a statement has more placeholders than parameters: " + std::string(sql_));
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            if (i >= places.size() || places[i] == 0)
                throw std::logic_error("a parameter has no placeholder in: " + std::string(sql_));
            if (std::visit(Bind{handle, places[i]}, parameters[i]) != SQLITE_OK) connection_.fail(sql_);
        }
    }
    void leave() {
        sqlite3_reset(statement_.handle.get());
        sqlite3_clear_bindings(statement_.handle.get());
        statement_.running = false;
    }

    Connection const& connection_;
    Statement& statement_;
    std::string_view sql_;
};

Connection::Connection(SqliteConfig const& config, Use use) try
    : database_(configured(config).path, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX),
      busy_timeout_milliseconds_(config.busy_timeout_milliseconds) {
    auto* const handle = database_.getHandle();
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_handler(handle, wait_for_lock, &busy_timeout_milliseconds_);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    if (config.exclusive) database_.exec("PRAGMA locking_mode=EXCLUSIVE");
    if (use == Use::write && database_.execAndGet("PRAGMA journal_mode=WAL").getString() != "wal")
        throw SqliteError(SQLITE_CANTOPEN, "the file system of " + config.path + " has no write-ahead log support");
    database_.exec(config.durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=OFF");
    database_.exec("PRAGMA foreign_keys=ON");
    database_.exec("PRAGMA secure_delete=ON");
    database_.exec("PRAGMA mmap_size=0");
    // Hot pages then reach the file once in many commits; journal_size_limit keeps the log's size.
    database_.exec("PRAGMA wal_autocheckpoint=4000");
    database_.exec("PRAGMA journal_size_limit=16777216");
    database_.exec("PRAGMA cache_size=-" + std::to_string(config.cache_kib));
    if (use == Use::read) database_.exec("PRAGMA query_only=ON");
} catch (SQLite::Exception const& error) {
    auto const code = error.getErrorCode() & 0xff;
    throw SqliteError(code, explain(code, error.what(), config.busy_timeout_milliseconds) + " (" + config.path + ")");
}

std::int64_t Connection::execute_bound(std::string_view sql, std::span<Parameter const> parameters) {
    auto const before = sqlite3_total_changes64(database_.getHandle());
    query_bound(sql, parameters, [&](Row const&) {
        throw std::logic_error("execute() got rows, use query() for: " + std::string(sql));
    });
    return sqlite3_total_changes64(database_.getHandle()) - before;
}

void Connection::query_bound(std::string_view sql, std::span<Parameter const> parameters,
                             std::function<void(Row const&)> const& each) {
    // A callback may use the statement it is called from: that run gets its own copy.
    Statement second;
    auto* statement = &cached(sql);
    if (statement->running) {
        second = prepare(sql);
        statement = &second;
    }
    if (sqlite3_stmt_readonly(statement->handle.get()) == 0) has_written_ = true;
    Run run(*this, *statement, sql, parameters);
    SqliteRow const row(statement->handle.get());
    while (run.next())
        each(row);
}

bool Connection::in_transaction() const {
    return sqlite3_get_autocommit(database_.getHandle()) == 0;
}

void Connection::rollback() {
    if (in_transaction()) execute("ROLLBACK");
}

void Connection::forget_statements() {
    std::erase_if(statements_, [](auto const& entry) { return !entry.second.running; });
}

Connection::Statement Connection::prepare(std::string_view sql) const {
    if (sql.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
        throw std::logic_error("a statement is longer than SQLite takes");
    sqlite3_stmt* made = nullptr;
    char const* rest = nullptr;
    auto const code = sqlite3_prepare_v3(database_.getHandle(), sql.data(), static_cast<int>(sql.size()),
                                         SQLITE_PREPARE_PERSISTENT, &made, &rest);
    Statement statement;
    statement.handle.reset(made);
    if (code != SQLITE_OK) fail(sql);
    auto const left = sql.substr(static_cast<std::size_t>(rest - sql.data()));
    if (made == nullptr || left.find_first_not_of(" \t\r\n;") != std::string_view::npos)
        throw std::logic_error("exactly one statement is expected, not: " + std::string(sql));
    statement.places.resize(static_cast<std::size_t>(sqlite3_bind_parameter_count(made)));
    for (std::size_t i = 0; i < statement.places.size(); ++i)
        statement.places[i] = sqlite3_bind_parameter_index(made, ("$" + std::to_string(i + 1)).c_str());
    return statement;
}

Connection::Statement& Connection::cached(std::string_view sql) {
    auto const found = statements_.find(sql);
    if (found != statements_.end()) return found->second;
    if (statements_.size() >= statements_kept) forget_statements();
    return statements_.emplace(std::string(sql), prepare(sql)).first->second;
}

void Connection::fail(std::string_view sql) const {
    auto* const handle = database_.getHandle();
    auto const code = sqlite3_errcode(handle) & 0xff;
    std::string said = sqlite3_errmsg(handle);
    if (code == SQLITE_CONSTRAINT) throw ConstraintError(said);
    if (auto const reason = sqlite3_system_errno(handle); code == SQLITE_IOERR && reason != 0)
        said += " (" + std::generic_category().message(reason) + ")";
    auto message = explain(code, said, busy_timeout_milliseconds_);
    if (code == SQLITE_ERROR || code == SQLITE_READONLY) message += " in: " + std::string(sql);
    throw SqliteError(code, message);
}

}  // namespace itqan::storage
