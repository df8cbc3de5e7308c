#pragma once
// The HTTPS server: listeners, connections, TLS, time limits, framing and quick handlers at the edge, others in the
// worker pool. It knows the route table and nothing of what the routes do.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "service/http/admission.hpp"
#include "service/http/listening_sockets.hpp"
#include "service/http/router.hpp"
#include "service/http/timeouts.hpp"

namespace itqan::http {

/// The listener of the house, beside the one for everybody (decision 27).
struct InternalListener {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8444;
    bool tls = true;                 ///< false: in the clear, behind a proxy of this machine.
    std::vector<std::string> hosts;  ///< What Host may say there besides ServerConfig::hosts.
};

struct ServerConfig {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8443;               ///< 0: any free one.
    std::filesystem::path certificate, key;  ///< PEM; the certificate with its chain.
    std::vector<std::string>
        hosts;  ///< What Host may say and, without port, what SNI may ask for. Port 0's own port is added.
    std::optional<InternalListener> internal = {};  ///< None: one listener serves all but what is internal only.
    std::vector<InheritedSocket> sockets = {};      ///< Of the service manager: used instead of addresses and ports.
    bool shares_port = false;                       ///< Another process may listen on the same ports (SO_REUSEPORT).
    std::vector<std::string> trusted_proxies;       ///< CIDRs whose X-Forwarded-For is believed.
    bool hsts = true;
    Timeouts timeouts = {};
    std::size_t connections = 10'000;
    std::size_t connections_per_client = 100;
    std::size_t requests_per_connection = 1'000;
    std::size_t body_bytes = 256 * 1024 * 1024;  ///< What the bodies of all requests in hand may hold in memory.
    AdmissionRules admission = {};
    /// As many as there are turns: one more costs a sixth of the rate, and no turn lasts long
    /// (schemas/must_not_wait.hpp).
    int io_threads = static_cast<int>(std::max(2U, std::thread::hardware_concurrency()));
};

/// What may change while it runs.
struct Changeable {
    std::filesystem::path certificate, key;
    std::vector<std::string> trusted_proxies;
    std::size_t connections = 10'000, connections_per_client = 100;
};

/// Where the microseconds of a request went; what it never came to is 0.
struct Stages {
    std::int64_t receive = 0;  ///< From the end of the header section to the end of the body.
    std::int64_t queue = 0;    ///< Waiting for a worker.
    std::int64_t handler = 0;  ///< In the handler; in a worker its waits for the storage included.
    std::int64_t commit = 0;   ///< Waiting for a commit that the answer depends on.
    std::int64_t fetch = 0;    ///< Waiting for documents of other hosts.
    std::int64_t send = 0;
};

/// One answered request, for the log: no path as it was sent, because paths hold secrets.
struct Access {
    std::string_view method, pattern;  ///< "" when no route answers.
    int status = 0;
    std::int64_t microseconds = 0;
    std::size_t bytes = 0;
    std::string_view request_id;
    std::string_view trace_id, span_id;  ///< Of the client's traceparent, else new; the span is this request.
    Stages stages;
};

/// What the server is doing now, and whom it turned away before a route was asked.
struct ServerFigures {
    std::size_t connections = 0;
    std::size_t in_flight = 0;  ///< Requests whose header section is there and whose answer has not left.
    std::array<std::size_t, urgencies> queued{};   ///< Of those, waiting for a worker, by urgency.
    std::array<std::size_t, urgencies> running{};  ///< And with one.
    std::size_t workers = 0;
    std::uint64_t refused_connections = 0;  ///< Above the bounds on connections.
    std::uint64_t refused_requests = 0;     ///< 503: they would have waited too long, or had, or no room for a body.
};

/// Fetches what an answer awaits: calls `done` once, from any thread, with what was known and what was needed.
using FetchDocuments =
    std::function<void(FetchedDocuments known, DocumentNeeds const& needs, std::function<void(FetchedDocuments)> done)>;

class Server {
  public:
    /// Opens the port. Throws std::runtime_error when certificate, key or port cannot be used. `router` must outlive
    /// it. Without `fetch` there is no way out. Whoever fetches must have called every `done` before this is destroyed.
    Server(ServerConfig config, Router const& router, std::function<void(Access const&)> on_access = nullptr,
           FetchDocuments fetch = nullptr);
    ~Server();
    Server(Server const&) = delete;
    Server& operator=(Server const&) = delete;

    void start();
    std::uint16_t port() const;
    ServerFigures figures() const;
    /// 0 when there is no internal listener.
    std::uint16_t internal_port() const;
    /// What waits and what runs, for metrics.
    Admission const& admission() const;
    std::size_t connections() const;
    /// New connections get the certificate as it stands in its files now. Throws, and keeps the old one, when it is
    /// unusable.
    void reload_certificate();
    /// The same when the files have changed since they were read; whether they had.
    bool reload_changed_certificate();
    /// New connections are held to these from now on. Throws, and changes nothing, when one of them is unusable.
    void use(Changeable const& settings);
    /// Whether the edge answers within the time, for watchdogs.
    bool is_alive(std::chrono::milliseconds limit) const;
    /// Takes no new connection but those that wait already, lets requests in hand finish within the drain time, closes
    /// the rest. What waits in a socket of the service manager stays there. May be called twice.
    void stop();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace itqan::http
