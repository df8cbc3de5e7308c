#pragma once
// Requests and answers as bytes on one connection, each step within its time. It knows one connection and nothing
// of the others, of routes and of handlers.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include "service/http/body_budget.hpp"
#include "service/http/gate.hpp"
#include "service/http/response_headers.hpp"
#include "service/http/stream.hpp"
#include "service/http/timeouts.hpp"

namespace itqan::http {

/// The time a step may take. When it has passed, what the socket waits for ends with operation_aborted and the socket
/// stays usable, so that the client can be told. To be used on the socket's strand only.
class Deadline {
  public:
    explicit Deadline(boost::asio::ip::tcp::socket& socket);
    ~Deadline();
    Deadline(Deadline const&) = delete;
    Deadline& operator=(Deadline const&) = delete;

    /// Starts a new step.
    void set(std::chrono::milliseconds limit);
    /// Ends the step: nothing is cut short until the next set().
    void clear();
    /// True when the last step's time has passed.
    bool passed() const;

  private:
    using Clock = std::chrono::steady_clock;
    struct State;
    static void ring(std::shared_ptr<State> const& state, Clock::time_point when);
    std::shared_ptr<State> state_;
};

struct Connection {
    Connection(boost::asio::ip::tcp::socket socket, SSL_CTX* tls)
        : stream(std::move(socket), tls), deadline(stream.socket()) {}

    Stream stream;
    Deadline deadline;
    boost::beast::flat_buffer buffer{};  ///< What was read and not yet used.
    bool idle = true;                    ///< Nothing is asked on it: it may be ended at any time. Its strand's.
};

/// Reads until a whole header section is in the buffer; its length, or what is wrong. A connection that ends, or that
/// `closing` finds idle, gives length 0 without a refusal.
boost::asio::awaitable<HeadScan> read_section(Connection& connection, GateRules const& rules, Timeouts const& timeouts,
                                              std::atomic<bool> const& closing);

/// The body of a request with Content-Length or in chunks, at most `limit` bytes. The buffer holds what followed the
/// header section; afterwards what follows the body. `share` grows with what comes; where it cannot: 503.
boost::asio::awaitable<std::optional<Refusal>> read_body(Connection& connection, Head& head, std::string const& section,
                                                         std::size_t limit, BodyShare& share, Timeouts const& timeouts);

/// False when the answer did not leave whole.
boost::asio::awaitable<bool> send(Connection& connection, Response const& response, Framing const& framing,
                                  std::string_view request_id, Timeouts const& timeouts);

/// Ends TLS and the connection. With `drain`, what the client still sends is read and thrown away, within bounds,
/// because unread bytes would make the system take the answer back.
boost::asio::awaitable<void> close(Connection& connection, bool drain);

}  // namespace itqan::http
