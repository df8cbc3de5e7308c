#pragma once
// One connection to PostgreSQL (or an engine that speaks its protocol), its prepared statements and its transaction,
// seen as a Session. It belongs to one thread at a time; which units run, and again, is postgres.cpp's business.

#include <chrono>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/database.hpp"

struct pg_conn;
struct pg_result;

namespace itqan::storage {

/// The transaction lost against another one (SQLSTATE 40001, 40P01): nothing of it stays, it may run again.
struct SerializationError : DatabaseError {
    using DatabaseError::DatabaseError;
};
/// A row of this transaction or of one that it cannot see has the key already (SQLSTATE 23505).
struct UniqueError : ConstraintError {
    using ConstraintError::ConstraintError;
};
/// The connection ended. Before a commit was sent nothing of the transaction stays.
struct ConnectionLost : DatabaseError {
    using DatabaseError::DatabaseError;
};
/// The server refused the statement for a reason of its own.
struct ServerError : DatabaseError {
    ServerError(WriteFault fault_, std::string const& message) : DatabaseError(message), fault(fault_) {}
    WriteFault fault;
};
/// A unit went on after a refused row, which PostgreSQL allows behind a savepoint only: it must run again with them.
struct NeedsSavepoints : DatabaseError {
    NeedsSavepoints() : DatabaseError("the unit must run again with savepoints") {}
};

class PostgresConnection final : public Session {
  public:
    enum class Use { write, read };

    /// Connects within `config.connect`. Throws DatabaseError.
    explicit PostgresConnection(PostgresConfig const& config);
    ~PostgresConnection() override;
    PostgresConnection(PostgresConnection const&) = delete;
    PostgresConnection& operator=(PostgresConnection const&) = delete;

    /// The transaction begins with its first statement, in the same message. With `savepoints` a refused row ends the
    /// statement only.
    void begin(Use use, bool savepoints = false);
    /// Returns when the commit is durable. Throws SerializationError; ConnectionLost when it is not known whether it
    /// is.
    void commit();
    /// Ends the transaction without keeping it; nobody waits for that.
    void rollback() noexcept;
    /// Runs one statement outside any transaction (VACUUM knows no other way).
    void alone(std::string const& sql);

    /// Whether a statement of the transaction was refused, so that it cannot be committed.
    bool has_failed() const { return state_ == State::failed; }
    /// Whether a statement of the transaction was answered. Before that a lost connection has told its unit nothing.
    bool has_answered() const { return has_answered_; }
    /// False when the server or the network ended it, as far as can be seen without asking.
    bool is_usable();

    std::int64_t execute_bound(std::string_view sql, std::span<Parameter const> parameters) override;
    void execute_later_bound(std::string_view sql, std::span<Parameter const> parameters) override;
    void query_bound(std::string_view sql, std::span<Parameter const> parameters,
                     std::function<void(Row const&)> const& each) override;
    bool runs_alone() const override { return false; }

  private:
    enum class State { none, begun, open, failed };
    struct Finish {
        void operator()(pg_conn* connection) const;
    };
    struct Clear {
        void operator()(pg_result* result) const;
    };
    using Answer = std::unique_ptr<pg_result, Clear>;
    class Deadline;

    void check_time() const;
    Answer run(std::string_view sql, std::span<Parameter const> parameters);
    void send(std::string const& sql);
    void send_prepared(std::string_view sql, std::span<Parameter const> parameters);
    void synchronise();
    /// The answers to everything sent, in order, up to the synchronisation.
    std::vector<Answer> answers();
    /// The same when the last of them was `sql`. Throws what one of them was refused with.
    std::vector<Answer> good_answers(std::string_view sql);
    Answer next_answer(Deadline const& deadline);
    void wait(Deadline const& deadline, bool writes);
    [[noreturn]] void fail(pg_result const* refused, std::string_view sql);
    [[noreturn]] void lose(std::string const& what);

    std::chrono::milliseconds patience_, unit_;
    std::chrono::steady_clock::time_point unit_ends_{};
    std::unique_ptr<pg_conn, Finish> connection_;
    Use use_ = Use::read;
    State state_ = State::none;
    bool savepoints_ = false;
    bool has_answered_ = false;
    std::size_t held_ = 0;    ///< Statements of the transaction that were sent and not waited for.
    std::size_t unread_ = 0;  ///< Synchronisations whose answers nobody has read yet.

    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    std::unordered_map<std::string, std::string, TextHash, std::equal_to<>> prepared_;  ///< SQL to its name there.
    std::size_t names_given_ = 0;
    std::vector<std::string> new_names_;  ///< Sent for preparation and not yet answered.
};

}  // namespace itqan::storage
