#include "service/http/wire.hpp"

#include <algorithm>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace itqan::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t coalesced_body = 64 * 1024;  ///< Up to this size head and body leave in one write.
constexpr std::size_t drained_bytes = 64 * 1024;  ///< Read and thrown away after a refusal, so that the answer arrives.
constexpr std::size_t read_step =
    16 * 1024;  ///< A TLS record: a body's memory grows with what arrived, not with what was promised.
constexpr std::chrono::milliseconds farewell{500};  ///< For the client's close_notify.
constexpr std::chrono::milliseconds draining{2'000};
constexpr std::chrono::milliseconds repeated{50};

/// The time a body may take: never more than it has in all, and never less than the slowest pace needs.
class BodyPace {
  public:
    BodyPace(Connection& connection, Timeouts const& timeouts) : connection_(connection), timeouts_(timeouts) {
        note(0);
    }
    void note(std::size_t bytes) {
        using std::chrono::milliseconds;
        received_ += bytes;
        auto const earned = milliseconds(received_ * 1'000 / std::max<std::size_t>(1, timeouts_.body_rate));
        auto const until = std::min(timeouts_.body, timeouts_.grace + earned);
        auto const spent = std::chrono::duration_cast<milliseconds>(Clock::now() - began_);
        connection_.deadline.set(std::max(milliseconds(0), until - spent));
    }

  private:
    using Clock = std::chrono::steady_clock;
    Connection& connection_;
    Timeouts const& timeouts_;
    Clock::time_point const began_ = Clock::now();
    std::size_t received_ = 0;
};

/// What a body that finds no room ends with; also the system's word for the same.
error_code no_room() {
    return asio::error::make_error_code(asio::error::no_memory);
}

asio::awaitable<error_code> read_counted(Connection& connection, BodyPace& pace, BodyShare& share, std::string& body,
                                         std::size_t length) {
    error_code failure;
    auto& buffer = connection.buffer;
    auto const here = std::min(length, buffer.size());
    if (!share.cover(here)) co_return no_room();
    body.assign(static_cast<char const*>(buffer.cdata().data()), here);
    buffer.consume(here);
    pace.note(here);
    while (!failure && body.size() < length) {
        auto const have = body.size();
        auto const most = have + std::min(read_step, length - have);
        if (!share.cover(most)) co_return no_room();
        body.resize(most);
        auto const count = co_await connection.stream.read_some(body.data() + have, body.size() - have, failure);
        body.resize(have + count);
        if (count > 0) pace.note(count);
    }
    co_return failure;
}

asio::awaitable<error_code> read_chunked(Connection& connection, BodyPace& pace, BodyShare& share, std::string& body,
                                         std::string const& section, std::size_t limit) {
    error_code failure;
    beast::http::request_parser<beast::http::string_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(section.size() + 1));
    parser.body_limit(limit);
    parser.eager(true);
    auto const head_bytes = asio::buffer(section);
    parser.put(head_bytes, failure);
    if (failure == beast::http::error::need_more) failure = {};
    auto& buffer = connection.buffer;
    if (!share.cover(buffer.size())) co_return no_room();
    pace.note(buffer.size());
    while (!failure && !parser.is_done()) {
        if (buffer.size() > 0) {
            auto const used = parser.put(buffer.cdata(), failure);
            buffer.consume(used);
            if (failure != beast::http::error::need_more) continue;
            failure = {};
        }
        if (!share.cover(parser.get().body().size() + read_step)) co_return no_room();
        auto const space = buffer.prepare(read_step);
        auto const count =
            co_await connection.stream.read_some(static_cast<char*>(space.data()), space.size(), failure);
        buffer.commit(count);
        if (count > 0) pace.note(count);
    }
    if (!failure) body = std::move(parser.get().body());
    co_return failure;
}

/// Each piece that leaves gives the next one its time: a slow reader is waited for, one that stands still is not.
asio::awaitable<error_code> write_all(Connection& connection, std::string_view bytes, Timeouts const& timeouts) {
    error_code failure;
    while (!failure && !bytes.empty()) {
        connection.deadline.set(timeouts.write);
        auto const count = co_await connection.stream.write_some(bytes, failure);
        bytes.remove_prefix(count);
    }
    co_return failure;
}

}  // namespace

/// Arming a timer costs a system call, and a request has several steps: so the timer is left where it is when a step's
/// end is later, and looks again when it rings.
struct Deadline::State {
    explicit State(tcp::socket& socket_) : socket(&socket_), timer(socket_.get_executor()) {}

    tcp::socket* socket;  ///< Null when the connection is gone.
    asio::steady_timer timer;
    Clock::time_point end = Clock::time_point::max();    ///< Of the step.
    Clock::time_point rings = Clock::time_point::max();  ///< The timer; max(): it does not.
    bool passed = false;
};

Deadline::Deadline(tcp::socket& socket) : state_(std::make_shared<State>(socket)) {}

Deadline::~Deadline() {
    state_->socket = nullptr;
    state_->timer.cancel();
}

void Deadline::set(std::chrono::milliseconds limit) {
    state_->passed = false;
    state_->end = Clock::now() + limit;
    if (state_->end < state_->rings) ring(state_, state_->end);
}

void Deadline::clear() {
    state_->end = Clock::time_point::max();
}

bool Deadline::passed() const {
    return state_->passed;
}

void Deadline::ring(std::shared_ptr<State> const& state, Clock::time_point when) {
    state->rings = when;
    state->timer.expires_at(when);
    state->timer.async_wait([state, when](error_code failure) {
        // Another ring took this one's place when the two differ.
        if (failure || state->socket == nullptr || state->rings != when) return;
        state->rings = Clock::time_point::max();
        auto next = state->end;
        auto const now = Clock::now();
        if (next <= now) {
            state->passed = true;
            error_code ignored;
            state->socket->cancel(ignored);
            // A step of several reads may have been between two of them: the next one has to end too.
            next = now + repeated;
        }
        if (next != Clock::time_point::max()) ring(state, next);
    });
}

asio::awaitable<HeadScan> read_section(Connection& connection, GateRules const& rules, Timeouts const& timeouts,
                                       std::atomic<bool> const& closing) {
    auto& buffer = connection.buffer;
    bool waiting_for_first = buffer.size() == 0;
    connection.idle = waiting_for_first;
    if (waiting_for_first && closing && !connection.stream.has_bytes()) co_return HeadScan{};
    connection.deadline.set(waiting_for_first ? timeouts.idle : timeouts.header);
    std::size_t scanned = 0;
    if (waiting_for_first) {
        buffer.shrink_to_fit();  // Those who ask nothing hold nothing.
        auto const failure = co_await connection.stream.wait_for_bytes();
        // Who asked while its connection was being ended is answered all the same.
        if (failure && !connection.stream.has_bytes()) co_return HeadScan{};
        if (failure) connection.deadline.set(timeouts.header);
    }
    while (true) {
        std::string_view const bytes(static_cast<char const*>(buffer.cdata().data()), buffer.size());
        auto scan = scan_head(bytes, rules, scanned);
        if (scan.end != 0 || scan.refusal) co_return scan;
        scanned = bytes.size();
        error_code failure;
        auto const space = buffer.prepare(4096);
        auto const count =
            co_await connection.stream.read_some(static_cast<char*>(space.data()), space.size(), failure);
        if (failure && connection.deadline.passed() && !waiting_for_first) {
            HeadScan late;
            late.refusal = Refusal{408, "header-timeout", "The header section did not arrive in time."};
            co_return late;
        }
        if (failure) co_return HeadScan{};
        buffer.commit(count);
        if (waiting_for_first) {
            waiting_for_first = false;
            connection.idle = false;
            connection.deadline.set(timeouts.header);
        }
    }
}

asio::awaitable<std::optional<Refusal>> read_body(Connection& connection, Head& head, std::string const& section,
                                                  std::size_t limit, BodyShare& share, Timeouts const& timeouts) {
    error_code failure;
    if (!share.cover(1)) failure = no_room();
    if (!failure && head.expects_continue)
        failure = co_await write_all(connection, "HTTP/1.1 100 Continue\r\n\r\n", timeouts);
    BodyPace pace(connection, timeouts);
    if (!failure && head.chunked) {
        failure = co_await read_chunked(connection, pace, share, head.request.body, section, limit);
    } else if (!failure) {
        failure = co_await read_counted(connection, pace, share, head.request.body, head.content_length.value_or(0));
    }
    if (!failure) co_return std::nullopt;
    Refusal refusal{400, "broken-body", "The body ended early or its chunks are broken."};
    if (failure == beast::http::error::body_limit)
        refusal = Refusal{413, "too-large", "The body is larger than this address takes."};
    if (failure == asio::error::no_memory) refusal = Refusal{503, "no-room", "There is no room for the body."};
    if (connection.deadline.passed()) refusal = Refusal{408, "body-timeout", "The body did not arrive in time."};
    co_return refusal;
}

asio::awaitable<bool> send(Connection& connection, Response const& response, Framing const& framing,
                           std::string_view request_id, Timeouts const& timeouts) {
    auto text = head_text(response, framing, request_id);
    bool const with_body = !framing.is_head && response.status != 204 && response.status != 304;
    bool const together = with_body && response.body.size() <= coalesced_body;
    if (together) text += response.body;
    auto failure = co_await write_all(connection, text, timeouts);
    if (!failure && with_body && !together) failure = co_await write_all(connection, response.body, timeouts);
    co_return !failure;
}

asio::awaitable<void> close(Connection& connection, bool drain) {
    auto& socket = connection.stream.socket();
    connection.deadline.set(farewell);
    auto failure = co_await connection.stream.shutdown();
    if (drain && failure) {
        // The client has not said goodbye: it may still be sending.
        connection.deadline.set(draining);
        socket.shutdown(tcp::socket::shutdown_send, failure);
        std::size_t thrown_away = 0;
        std::string space(4096, '\0');
        auto token = asio::redirect_error(asio::use_awaitable, failure);
        while (!failure && !connection.deadline.passed() && thrown_away < drained_bytes) {
            auto const into = asio::buffer(space);
            thrown_away += co_await socket.async_read_some(into, token);
        }
    }
    connection.deadline.clear();
    socket.close(failure);
}

}  // namespace itqan::http
