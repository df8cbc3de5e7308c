#pragma once
// One SQLite connection and its prepared statements, seen as a Session. It belongs to one thread at a time and decides
// nothing about transactions; the writer and the reader pool do.

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <SQLiteCpp/Database.h>

#include "storage/database.hpp"

struct sqlite3_stmt;

namespace itqan::storage {

/// What SQLite answered, beside its message: the primary result code (https://sqlite.org/rescode.html).
struct SqliteError : DatabaseError {
    SqliteError(int code, std::string const& message) : DatabaseError(message), primary_code(code) {}
    int primary_code;
};

/// Before the first use of SQLite in the process, by whatever way. Connection does it itself.
void set_up_sqlite();

class Connection final : public Session {
  public:
    enum class Use { write, read };

    /// Opens an existing file and sets every PRAGMA the driver promises. Throws SqliteError.
    Connection(SqliteConfig const& config, Use use);
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;

    std::int64_t execute_bound(std::string_view sql, std::span<Parameter const> parameters) override;
    void query_bound(std::string_view sql, std::span<Parameter const> parameters,
                     std::function<void(Row const&)> const& each) override;

    /// True between BEGIN and its end. SQLite ends a transaction by itself on some errors (disk full, I/O error).
    bool in_transaction() const;
    /// Ends a transaction without keeping it; does nothing outside one.
    void rollback();
    /// Whether a statement that can change the database ran since forget_writes().
    bool has_written() const { return has_written_; }
    void forget_writes() { has_written_ = false; }
    /// Forgets every prepared statement (VACUUM wants none running, and they hold memory).
    void forget_statements();

  private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    struct Statement {
        std::unique_ptr<sqlite3_stmt, Finalize> handle;
        std::vector<int> places;  ///< SQLite's index of $1, $2, ...; 0 where a number is left out.
        bool running = false;
    };
    class Run;
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };

    Statement prepare(std::string_view sql) const;
    Statement& cached(std::string_view sql);
    [[noreturn]] void fail(std::string_view sql) const;

    SQLite::Database database_;
    int busy_timeout_milliseconds_;
    bool has_written_ = false;
    std::unordered_map<std::string, Statement, TextHash, std::equal_to<>> statements_;
};

}  // namespace itqan::storage
