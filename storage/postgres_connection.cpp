#include "storage/postgres_connection.hpp"

#include <poll.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <map>
#include <utility>

#include <libpq-fe.h>

#include "storage/postgres_sql.hpp"

namespace itqan::storage {
namespace {

constexpr std::size_t statements_kept = 200;
constexpr std::size_t most_held = 64;  ///< The server stops reading when nobody reads its answers.

std::string trimmed(char const* text) {
    std::string line = text == nullptr ? "" : text;
    while (!line.empty() && (line.back() == '\n' || line.back() == ' '))
        line.pop_back();
    return line;
}

int hex_value(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    return digit - 'a' + 10;
}

/// A row of an answer in text form.
class PostgresRow final : public Row {
  public:
    explicit PostgresRow(PGresult const* result) : result_(result) {}

    void move_to(int row) {
        row_ = row;
        blobs_.clear();
    }
    bool is_null(int column) const override { return PQgetisnull(result_, row_, column) == 1; }
    std::int64_t integer(int column) const override {
        auto const digits = text(column);
        std::int64_t value = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return value;
    }
    double real(int column) const override {
        auto const digits = text(column);
        double value = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return value;
    }
    std::string_view text(int column) const override {
        if (is_null(column)) return {};
        return {PQgetvalue(result_, row_, column), static_cast<std::size_t>(PQgetlength(result_, row_, column))};
    }
    /// BYTEA's text form: "\x" and two digits a byte.
    ByteView blob(int column) const override {
        auto const found = blobs_.find(column);
        if (found != blobs_.end()) return found->second;
        auto const digits = text(column);
        Bytes bytes;
        bytes.reserve(digits.size() / 2);
        for (std::size_t i = 2; i + 1 < digits.size(); i += 2)
            bytes.push_back(static_cast<std::uint8_t>(hex_value(digits[i]) * 16 + hex_value(digits[i + 1])));
        return blobs_.emplace(column, std::move(bytes)).first->second;
    }

  private:
    PGresult const* result_;
    int row_ = 0;
    mutable std::map<int, Bytes> blobs_;
};

/// Parameters as libpq takes them: texts and blobs as bytes with their length, numbers as digits, because the type of a
/// placeholder is what the statement makes of it.
class Bound {
  public:
    explicit Bound(std::span<Parameter const> parameters)
        : digits_(parameters.size()),
          values_(parameters.size(), nullptr),
          lengths_(parameters.size(), 0),
          forms_(parameters.size(), 0) {
        for (std::size_t i = 0; i < parameters.size(); ++i)
            std::visit([this, i](auto const& value) { set(i, value); }, parameters[i]);
    }
    int count() const { return static_cast<int>(values_.size()); }
    char const* const* values() const { return values_.data(); }
    int const* lengths() const { return lengths_.data(); }
    int const* forms() const { return forms_.data(); }

  private:
    using Digits = std::array<char, 40>;

    void set(std::size_t, std::nullptr_t) {}
    template <typename Number>
    void set(std::size_t i, Number const& value) requires std::is_arithmetic_v<Number> {
        auto& digits = digits_[i];
        *std::to_chars(digits.data(), digits.data() + digits.size() - 1, value).ptr = '\0';
        values_[i] = digits.data();
    }
    void set(std::size_t i, std::string_view text) { set_bytes(i, text.data(), text.size()); }
    void set(std::size_t i, ByteView blob) { set_bytes(i, reinterpret_cast<char const*>(blob.data()), blob.size()); }
    void set_bytes(std::size_t i, char const* data, std::size_t size) {
        values_[i] = size == 0 ? "" : data;
        lengths_[i] = static_cast<int>(size);
        forms_[i] = 1;
    }

    std::vector<Digits> digits_;
    std::vector<char const*> values_;
    std::vector<int> lengths_, forms_;
};

std::string explain(std::string_view state, std::string const& said) {
    if (state == "53100") return "the disk of the database server is full: nothing can be written until there is space";
    if (state == "53300") return "the database server has no connection left: raise max_connections or use fewer here";
    if (state == "25006") return "the database server takes no writes (a standby, or read only): " + said;
    if (state == "57014") return "a statement took longer than it may: " + said;
    if (state.starts_with("57")) return "the database server ended the connection: " + said;
    return "the database refused a statement: " + said;
}

/// What libpq is told besides the address: a transaction whose client froze must not hold its locks for ever.
std::string server_options(PostgresConfig const& config, std::string const& given) {
    auto const limit = std::to_string(config.statement.count());
    return given + " -c idle_in_transaction_session_timeout=" + limit + " -c statement_timeout=" + limit;
}

bool is_loopback(std::string const& address) {
    return address == "127.0.0.1" || address == "::1";
}
bool is_local(std::string const& host, std::string const& address) {
    if (!address.empty()) return is_loopback(address);
    return host.empty() || host.starts_with('/') || host == "localhost" || is_loopback(host);
}

using Options = std::map<std::string, std::string>;

/// As libpq looks: the address, then the environment.
std::string given(Options const& options, std::string const& name, char const* variable) {
    if (auto const found = options.find(name); found != options.end()) return found->second;
    auto const* const value = std::getenv(variable);
    return value == nullptr ? std::string() : std::string(value);
}

Options options_of(PostgresConfig const& config) {
    char* complaint = nullptr;
    std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> const parsed(
        PQconninfoParse(config.url.c_str(), &complaint), PQconninfoFree);
    std::unique_ptr<char, void (*)(void*)> const owned(complaint, PQfreemem);
    if (!parsed) throw DatabaseError("the address of the database cannot be read: " + trimmed(complaint));
    Options options;
    for (auto const* option = parsed.get(); option->keyword != nullptr; ++option)
        if (option->val != nullptr) options[option->keyword] = option->val;
    options["options"] = server_options(config, options["options"]);
    if (!options.contains("sslmode") &&
        !is_local(given(options, "host", "PGHOST"), given(options, "hostaddr", "PGHOSTADDR"))) {
        options["sslmode"] = "verify-full";
        options.try_emplace("sslrootcert", "/etc/ssl/certs/ca-certificates.crt");
    }
    if (!config.password.empty()) options["password"] = config.password;
    options.try_emplace("application_name", "itqan");
    options.try_emplace("connect_timeout", std::to_string(std::max<long>(2, config.connect.count() / 1000)));
    options.try_emplace("tcp_user_timeout", std::to_string(config.statement.count()));
    options["client_encoding"] = "UTF8";
    return options;
}

PGconn* connect(PostgresConfig const& config) {
    auto const options = options_of(config);
    std::vector<char const*> names, values;
    for (auto const& [name, value] : options) {
        names.push_back(name.c_str());
        values.push_back(value.c_str());
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    return PQconnectdbParams(names.data(), values.data(), 0);
}

}  // namespace

class PostgresConnection::Deadline {
  public:
    explicit Deadline(std::chrono::milliseconds patience) : end_(std::chrono::steady_clock::now() + patience) {}
    int milliseconds_left() const {
        auto const left =
            std::chrono::duration_cast<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
        return static_cast<int>(std::max<std::int64_t>(0, left.count()));
    }

  private:
    std::chrono::steady_clock::time_point end_;
};

void PostgresConnection::Finish::operator()(pg_conn* connection) const {
    PQfinish(connection);
}
void PostgresConnection::Clear::operator()(pg_result* result) const {
    PQclear(result);
}

PostgresConnection::PostgresConnection(PostgresConfig const& config)
    // A little longer than the server's own limit, which says more than silence does.
    : patience_(config.statement + std::chrono::milliseconds(1'000)), unit_(config.unit), connection_(connect(config)) {
    if (!connection_ || PQstatus(connection_.get()) != CONNECTION_OK)
        throw DatabaseError("the database server does not answer: " +
                            trimmed(connection_ ? PQerrorMessage(connection_.get()) : "out of memory"));
    PQsetnonblocking(connection_.get(), 1);
    PQsetNoticeProcessor(
        connection_.get(), [](void*, char const*) {}, nullptr);
    if (PQenterPipelineMode(connection_.get()) != 1) lose("it has no pipeline mode");
}

PostgresConnection::~PostgresConnection() = default;

void PostgresConnection::begin(Use use, bool savepoints) {
    use_ = use;
    savepoints_ = savepoints;
    has_answered_ = false;
    unit_ends_ = std::chrono::steady_clock::now() + unit_;
    state_ = State::begun;
    if (prepared_.size() >= statements_kept || names_given_ >= 2 * statements_kept) {
        send("DEALLOCATE ALL");
        synchronise();
        prepared_.clear();
        names_given_ = 0;
    }
}

void PostgresConnection::commit() {
    if (state_ == State::begun || state_ == State::none) {
        state_ = State::none;
        return;
    }
    check_time();
    send("COMMIT");
    synchronise();
    std::vector<Answer> all;
    try {
        all = good_answers("COMMIT");
    } catch (...) {
        rollback();  // What was refused may have been a statement before it: then the transaction is still open.
        throw;
    }
    state_ = State::none;
    auto const* const answer = all.back().get();
    if (std::string_view(PQcmdStatus(const_cast<PGresult*>(answer))) != "COMMIT")
        throw DatabaseError("the database gave the transaction up");
}

void PostgresConnection::rollback() noexcept {
    bool const is_open = state_ == State::open || state_ == State::failed;
    state_ = State::none;
    held_ = 0;
    new_names_.clear();
    if (!is_open || !connection_) return;
    try {
        send("ROLLBACK");
        synchronise();
    } catch (std::exception const&) {
        connection_.reset();  // The server rolls back what has no client.
    }
}

void PostgresConnection::alone(std::string const& sql) {
    send(sql);
    synchronise();
    for (auto const& answer : answers())
        if (PQresultStatus(answer.get()) == PGRES_FATAL_ERROR) fail(answer.get(), sql);
}

bool PostgresConnection::is_usable() {
    if (!connection_) return false;
    pollfd watched{PQsocket(connection_.get()), POLLIN, 0};
    // Silence is health; the end of the connection, or words nobody asked for, are seen here.
    if (::poll(&watched, 1, 0) == 0) return true;
    return PQconsumeInput(connection_.get()) == 1 && PQstatus(connection_.get()) == CONNECTION_OK;
}

std::int64_t PostgresConnection::execute_bound(std::string_view sql, std::span<Parameter const> parameters) {
    auto const answer = run(sql, parameters);
    if (PQntuples(answer.get()) > 0) throw std::logic_error("execute() got rows, use query() for: " + std::string(sql));
    std::string_view const count = PQcmdTuples(answer.get());
    std::int64_t changed = 0;
    std::from_chars(count.data(), count.data() + count.size(), changed);
    return changed;
}

void PostgresConnection::query_bound(std::string_view sql, std::span<Parameter const> parameters,
                                     std::function<void(Row const&)> const& each) {
    auto const answer = run(sql, parameters);
    PostgresRow row(answer.get());
    for (int i = 0; i < PQntuples(answer.get()); ++i) {
        row.move_to(i);
        each(row);
    }
}

PostgresConnection::Answer PostgresConnection::run(std::string_view sql, std::span<Parameter const> parameters) {
    if (!connection_) throw ConnectionLost("the connection to the database is gone");
    if (state_ == State::failed) throw NeedsSavepoints();
    check_time();
    if (state_ == State::none) throw std::logic_error("a statement outside a transaction: " + std::string(sql));
    if (state_ == State::begun)
        send(use_ == Use::write ? "BEGIN ISOLATION LEVEL REPEATABLE READ"
                                : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    state_ = State::open;
    if (savepoints_) send("SAVEPOINT statement");
    send_prepared(sql, parameters);
    if (savepoints_) send("RELEASE SAVEPOINT statement");
    synchronise();

    auto all = good_answers(sql);
    auto& statement = all[savepoints_ ? all.size() - 2 : all.size() - 1];
    return std::move(statement);
}

std::vector<PostgresConnection::Answer> PostgresConnection::good_answers(std::string_view sql) {
    auto all = answers();
    bool const is_alone = std::exchange(held_, 0) == 0;
    for (auto& answer : all) {
        if (PQresultStatus(answer.get()) != PGRES_FATAL_ERROR) continue;
        state_ = State::failed;
        if (savepoints_) {
            send("ROLLBACK TO SAVEPOINT statement");
            synchronise();
            answers();
            state_ = State::open;
        }
        fail(answer.get(), is_alone ? std::string(sql) : "a statement up to " + std::string(sql));
    }
    for (auto const& name : new_names_) {
        auto const found = name.find(' ');
        prepared_.emplace(name.substr(found + 1), name.substr(0, found));
    }
    new_names_.clear();
    has_answered_ = true;
    return all;
}

void PostgresConnection::execute_later_bound(std::string_view sql, std::span<Parameter const> parameters) {
    // The first statement shows whether the connection is alive, and with savepoints each must be known to be good.
    if (state_ != State::open || savepoints_ || !connection_) {
        execute_bound(sql, parameters);
        return;
    }
    check_time();
    send_prepared(sql, parameters);
    if (++held_ < most_held) return;
    synchronise();
    good_answers(sql);
}

/// Readers of events count on it that nothing is written longer after it was begun (storage/outbox.cpp).
void PostgresConnection::check_time() const {
    if (use_ == Use::write && std::chrono::steady_clock::now() > unit_ends_)
        throw DatabaseError("a unit of work took longer than " + std::to_string(unit_.count()) +
                            " ms: nothing of it was kept. Where it is an import, import it in parts");
}

void PostgresConnection::send(std::string const& sql) {
    if (!connection_) throw ConnectionLost("the connection to the database is gone");
    if (PQsendQueryParams(connection_.get(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) != 1)
        lose(trimmed(PQerrorMessage(connection_.get())));
}

void PostgresConnection::send_prepared(std::string_view sql, std::span<Parameter const> parameters) {
    Bound const bound(parameters);
    auto const found = prepared_.find(sql);
    std::string name;
    if (found != prepared_.end()) {
        name = found->second;
    } else {
        name = "s" + std::to_string(names_given_++);
        if (PQsendPrepare(connection_.get(), name.c_str(), postgres_text(sql).c_str(), 0, nullptr) != 1)
            lose(trimmed(PQerrorMessage(connection_.get())));
        new_names_.push_back(name + " " + std::string(sql));
    }
    if (PQsendQueryPrepared(connection_.get(), name.c_str(), bound.count(), bound.values(), bound.lengths(),
                            bound.forms(), 0) != 1)
        lose(trimmed(PQerrorMessage(connection_.get())));
}

void PostgresConnection::synchronise() {
    if (PQpipelineSync(connection_.get()) != 1) lose(trimmed(PQerrorMessage(connection_.get())));
    ++unread_;
    if (PQflush(connection_.get()) < 0) lose(trimmed(PQerrorMessage(connection_.get())));
}

std::vector<PostgresConnection::Answer> PostgresConnection::answers() {
    Deadline const deadline(patience_);
    std::vector<Answer> all;
    // What earlier transactions left (the end of a rollback) comes first, and nobody asks for it.
    for (; unread_ > 0; --unread_) {
        all.clear();
        bool ended = false;
        while (true) {
            auto answer = next_answer(deadline);
            if (!answer) {  // The end of one statement's answers, or, twice in turn, of what was asked.
                if (std::exchange(ended, true)) lose("it answered less than was asked");
                continue;
            }
            ended = false;
            if (PQresultStatus(answer.get()) == PGRES_PIPELINE_SYNC) break;
            all.push_back(std::move(answer));
        }
    }
    return all;
}

PostgresConnection::Answer PostgresConnection::next_answer(Deadline const& deadline) {
    auto* const connection = connection_.get();
    while (true) {
        auto const left = PQflush(connection);
        if (left < 0) lose(trimmed(PQerrorMessage(connection)));
        if (PQisBusy(connection) == 0) break;
        wait(deadline, left == 1);
    }
    Answer answer(PQgetResult(connection));
    if (PQstatus(connection) != CONNECTION_OK) {
        auto const* const state = answer ? PQresultErrorField(answer.get(), PG_DIAG_SQLSTATE) : nullptr;
        auto const said = trimmed(answer ? PQresultErrorMessage(answer.get()) : PQerrorMessage(connection));
        lose(state == nullptr ? said : explain(state, said));
    }
    return answer;
}

void PostgresConnection::wait(Deadline const& deadline, bool writes) {
    auto* const connection = connection_.get();
    pollfd watched{PQsocket(connection), static_cast<short>(writes ? POLLIN | POLLOUT : POLLIN), 0};
    auto const ready = ::poll(&watched, 1, deadline.milliseconds_left());
    if (ready == 0) lose("it did not answer within " + std::to_string(patience_.count()) + " ms");
    if ((watched.revents & (POLLIN | POLLHUP | POLLERR)) != 0 && PQconsumeInput(connection) != 1)
        lose(trimmed(PQerrorMessage(connection)));
}

void PostgresConnection::fail(pg_result const* refused, std::string_view sql) {
    new_names_.clear();
    auto const* const field = PQresultErrorField(refused, PG_DIAG_SQLSTATE);
    std::string_view const state = field == nullptr ? "" : field;
    auto const* const primary = PQresultErrorField(refused, PG_DIAG_MESSAGE_PRIMARY);
    std::string const said = primary == nullptr ? "" : primary;
    if (state == "40001" || state == "40P01") throw SerializationError("another transaction came first: " + said);
    // A table that another node has just made (42P07, 42710) is a key that is taken, too.
    if (state == "23505" || state == "42P07" || state == "42710") throw UniqueError(said);
    if (state.starts_with("23")) throw ConstraintError(said);
    // Words of the server's end, which may have waited in the connection since it was idle.
    if (state.starts_with("57P") || state.starts_with("08")) lose(said);
    // A prepared statement that the server forgot (a pooler gave us another session): nothing of ours is known there.
    if (state == "26000" || state == "42P05") lose("it forgot our statements");
    auto message = explain(state, said);
    if (state.starts_with("42") || state.starts_with("22")) message += " in: " + std::string(sql);
    auto const fault = state == "53100"   ? WriteFault::disk_full
                       : state == "25006" ? WriteFault::read_only
                                          : WriteFault::failed;
    throw ServerError(fault, message);
}

void PostgresConnection::lose(std::string const& what) {
    connection_.reset();
    prepared_.clear();
    new_names_.clear();
    unread_ = 0;
    names_given_ = 0;
    state_ = State::none;
    throw ConnectionLost("the connection to the database was lost: " + what);
}

}  // namespace itqan::storage
