#pragma once
// The one narrow way to the rows: transactions, statements with $1 placeholders, and rows. SQLite and PostgreSQL
// drivers stand behind it; it knows no table and no rule.

#include <array>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "schemas/bytes.hpp"
#include "schemas/clock.hpp"
#include "schemas/pending.hpp"
#include "schemas/result.hpp"
#include "schemas/tally.hpp"

namespace itqan::storage {

/// A value bound to $n. Texts and blobs are views: they must live until the call returns.
using Parameter = std::variant<std::nullptr_t, std::int64_t, double, std::string_view, ByteView>;

inline Parameter bind(std::nullptr_t) {
    return nullptr;
}
inline Parameter bind(bool value) {
    return std::int64_t{value ? 1 : 0};
}
template <std::integral T>
requires(!std::is_same_v<T, bool>) Parameter bind(T value) {
    return static_cast<std::int64_t>(value);
}
inline Parameter bind(double value) {
    return value;
}
inline Parameter bind(std::string_view text) {
    return text;
}
inline Parameter bind(std::string const& text) {
    return std::string_view(text);
}
inline Parameter bind(char const* text) {
    return std::string_view(text);
}
inline Parameter bind(Bytes const& blob) {
    return ByteView(blob);
}
inline Parameter bind(ByteView blob) {
    return blob;
}
inline Parameter bind(Instant instant) {
    return instant.milliseconds;
}
inline Parameter bind(Day day) {
    return std::int64_t{day.number};
}
template <typename T>
Parameter bind(std::optional<T> const& value) {
    return value ? bind(*value) : Parameter(nullptr);
}

/// One row of an answer, valid only inside the callback that receives it. Columns count from 0.
class Row {
  public:
    virtual ~Row() = default;
    virtual bool is_null(int column) const = 0;
    virtual std::int64_t integer(int column) const = 0;
    virtual double real(int column) const = 0;
    virtual std::string_view text(int column) const = 0;  ///< "" for NULL.
    virtual ByteView blob(int column) const = 0;

    std::string string(int column) const { return std::string(text(column)); }
    std::optional<std::string> optional_text(int column) const;
    bool boolean(int column) const { return integer(column) != 0; }
    Instant instant(int column) const { return Instant{integer(column)}; }
    std::optional<Instant> optional_instant(int column) const;
    Day day(int column) const { return Day{static_cast<std::int32_t>(integer(column))}; }
    std::optional<Day> optional_day(int column) const;
};

/// Statements inside one transaction. SQL is a literal of the program, never built from input.
class Session {
  public:
    virtual ~Session() = default;

    /// Runs a statement that answers no rows. Returns how many rows it changed. Throws ConstraintError, DatabaseError.
    template <typename... T>
    std::int64_t execute(std::string_view sql, T const&... parameters) {
        std::array<Parameter, sizeof...(T)> const bound{bind(parameters)...};
        return execute_bound(sql, bound);
    }
    /// The same for one whose count nobody needs and whose refusal ends the unit: where the database is elsewhere it is
    /// sent on its way, and what refused it is thrown by the next statement that is waited for, or by the commit.
    template <typename... T>
    void execute_later(std::string_view sql, T const&... parameters) {
        std::array<Parameter, sizeof...(T)> const bound{bind(parameters)...};
        execute_later_bound(sql, bound);
    }
    /// Runs a statement and hands each row to `each(Row const&)`.
    template <typename F, typename... T>
    void query(std::string_view sql, F&& each, T const&... parameters) {
        std::array<Parameter, sizeof...(T)> const bound{bind(parameters)...};
        query_bound(sql, bound, std::forward<F>(each));
    }

    virtual std::int64_t execute_bound(std::string_view sql, std::span<Parameter const> parameters) = 0;
    virtual void execute_later_bound(std::string_view sql, std::span<Parameter const> parameters) {
        execute_bound(sql, parameters);
    }
    virtual void query_bound(std::string_view sql, std::span<Parameter const> parameters,
                             std::function<void(Row const&)> const& each) = 0;

    /// Whether no other unit of any process writes while this one runs (SQLite's one writer). Where others may, a unit
    /// whose writes rest on rows that it only read must write one of them too: then one of two such units runs again.
    virtual bool runs_alone() const { return true; }
};

/// The database said no or is gone. A lost commit is *unknown*: the row may be there (Fault::unavailable at the edge).
struct DatabaseError : std::runtime_error {
    using std::runtime_error::runtime_error;
};
/// A UNIQUE, PRIMARY KEY, NOT NULL, CHECK or FOREIGN KEY rule refused the row. Inside write() it may be caught by the
/// unit of work to answer a conflict; the whole unit is rolled back when it leaves the unit.
struct ConstraintError : DatabaseError {
    using DatabaseError::DatabaseError;
};

/// Why units of work cannot be kept.
enum class WriteFault { none, disk_full, read_only, failed };

/// What a driver counted since it was opened. A driver that does not count leaves them as they are.
struct DatabaseFigures {
    std::uint64_t groups = 0;            ///< Commits that were tried, each of one unit or more.
    std::uint64_t units = 0;             ///< Units of work in them.
    std::uint64_t retries = 0;           ///< Groups or units that ran once more (undo, serialization failure).
    std::uint64_t failures = 0;          ///< Groups that were not kept.
    std::size_t waiting = 0;             ///< Units that wait for their turn now.
    Tallied group_size;                  ///< Units in a group.
    Tallied work;                        ///< Microseconds a group's units ran.
    Tallied commit;                      ///< Microseconds the commit itself took: mostly the sync of the disk.
    Tallied wait;                        ///< Microseconds from write() to its return: queue, work and commit.
    WriteFault last = WriteFault::none;  ///< How the last commit ended.
    std::string last_error = {};         ///< What the driver said then; for operators, not for strangers.
};

class Database {
  public:
    virtual ~Database() = default;

    /// Cheap: counters and one short lock.
    virtual DatabaseFigures figures() const { return {}; }

    /// Runs `work(Session&)` on a consistent snapshot; it cannot write. Returns what `work` returns.
    template <typename F>
    auto read(F&& work) {
        return run(std::forward<F>(work), [this](std::function<bool(Session&)> const& unit) { read_unit(unit); });
    }

    /// Runs `work(Session&)` as one serializable unit and returns after the commit is durable. `work` may run more than
    /// once (busy, serialization failure), so it must not touch anything outside the session. When it returns a Result
    /// that holds an error, or throws, nothing of the unit stays.
    template <typename F>
    auto write(F&& work) {
        return run(std::forward<F>(work), [this](std::function<bool(Session&)> const& unit) { write_unit(unit); });
    }

    /// The same without waiting: `unit` returns whether it is to be kept, may run more than once and owns what it
    /// touches. The answer ends with `refused` when the unit was not to be kept or a constraint refused it: nothing of
    /// it stays then. `ended` may be null and is called before that, on the thread that the unit ran on. A driver
    /// without a thread for units runs it before it returns.
    std::shared_ptr<Pending> write_later(std::function<bool(Session&)> const& unit, std::function<void()> ended) {
        auto pending = std::make_shared<Pending>();
        write_unit_later(unit, [pending, ended = std::move(ended)](auto outcome, auto failure) {
            if (ended) ended();
            pending->end(outcome, std::move(failure));
        });
        return pending;
    }

    /// What is wrong with the stored bytes, as far as the driver can read all of them and tell; it may take long.
    virtual std::vector<std::string> integrity_faults() { return {}; }

    /// Driver-specific upkeep outside any transaction: truncates the write-ahead log and vacuums, so that deleted bytes
    /// are gone from the files. Throws DatabaseError when readers of other processes keep it from finishing.
    virtual void purge_deleted() = 0;

    /// To be called after rows were copied in with the numbers that they had elsewhere: the next number that the
    /// database gives in such a table is above all that are there.
    virtual void continue_numbers() = 0;

    /// Tells what the engine itself finds wrong with its files, where it has a way to ask. Throws DatabaseError when
    /// they cannot be read at all.
    virtual void check_integrity(std::function<void(std::string_view)> const& on_damage) {
        static_cast<void>(on_damage);
    }

  protected:
    /// Runs one unit in a transaction; commits when it returns true, rolls back when it returns false or throws.
    virtual void read_unit(std::function<bool(Session&)> const& unit) = 0;
    virtual void write_unit(std::function<bool(Session&)> const& unit) = 0;
    using Ended = std::function<void(Pending::Outcome, std::exception_ptr)>;
    virtual void write_unit_later(std::function<bool(Session&)> const& unit, Ended const& ended);

  private:
    template <typename T>
    static bool keeps(T const& answer) {
        if constexpr (requires { answer.error(); })
            return static_cast<bool>(answer);
        else
            return true;
    }
    template <typename F, typename Runner>
    static auto run(F&& work, Runner const& runner) {
        using Answer = std::invoke_result_t<F, Session&>;
        if constexpr (std::is_void_v<Answer>) {
            runner([&](Session& session) {
                work(session);
                return true;
            });
        } else {
            std::optional<Answer> answer;
            runner([&](Session& session) {
                answer.emplace(work(session));
                return keeps(*answer);
            });
            return std::move(*answer);
        }
    }
};

struct SqliteConfig {
    std::string path;
    int readers = 4;       ///< Connections for parallel snapshots.
    int cache_kib = 1024;  ///< Page cache per connection.
    int busy_timeout_milliseconds = 5000;
    bool durable = true;  ///< false: synchronous=OFF, for benchmarks and files that are synced as a whole later.
    /// Nobody else has the file open while this has, or opening throws; snapshots are units of work then.
    bool exclusive = false;
};

/// Opens (and creates) the file with mode 0600: WAL, synchronous=FULL, foreign keys, secure_delete, DEFENSIVE,
/// trusted_schema off. Throws DatabaseError.
std::unique_ptr<Database> open_sqlite(SqliteConfig const& config);

struct PostgresConfig {
    std::string url;       ///< "postgres://user@host:port/database?sslmode=verify-full" or libpq's key=value form.
    std::string password;  ///< Empty: libpq's own ways (password file, peer).
    int writers = 16;      ///< Connections for units of work, made when first needed.
    int readers = 8;       ///< Connections for snapshots.
    std::chrono::milliseconds connect{3'000};
    std::chrono::milliseconds statement{10'000};  ///< What takes longer has failed, also where the server is frozen.
    std::chrono::milliseconds unit{60'000};       ///< The same for all statements of a unit together.
};

/// Opens a pool of connections to a database that speaks PostgreSQL's protocol. Units run at REPEATABLE READ, again
/// when they lost against another; hosts elsewhere are reached by verified TLS unless the URL says otherwise. Throws
/// DatabaseError: nobody answers, the database is not UTF-8 or sorts by a language instead of by bytes.
std::unique_ptr<Database> open_postgres(PostgresConfig const& config);

}  // namespace itqan::storage
