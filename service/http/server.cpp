#include "service/http/server.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <thread>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "schemas/tally.hpp"
#include "schemas/text.hpp"
#include "service/http/networks.hpp"
#include "service/http/problem.hpp"
#include "service/http/tls.hpp"
#include "service/http/trace.hpp"
#include "service/http/wire.hpp"
#include "service/http/workers.hpp"

// g++ 12 takes the frames of Asio's coroutines, which have an operator new and delete of their own, for mismatched once
// it has inlined one of the two.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace itqan::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

std::string host_without_port(std::string const& host) {
    auto const colon = host.rfind(':');
    return colon == std::string::npos || host.ends_with(']') ? host : host.substr(0, colon);
}

/// 64 bits that name a request in the log; they order nothing and guess nothing.
std::string next_request_id() {
    static std::atomic<std::uint64_t> counter{
        static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count())};
    static constexpr char digits[] = "0123456789abcdef";
    auto value = counter.fetch_add(0x9e3779b97f4a7c15ULL);
    std::string id(16, '0');
    for (auto& c : id) {
        c = digits[value & 15];
        value >>= 4;
    }
    return id;
}

std::int64_t microseconds_since(Clock::time_point start) {
    return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start).count();
}

/// Counts what is in hand for as long as it lives.
class InHand {
  public:
    explicit InHand(std::atomic<std::size_t>& count) : count_(count) { ++count_; }
    ~InHand() { --count_; }
    InHand(InHand const&) = delete;
    InHand& operator=(InHand const&) = delete;

  private:
    std::atomic<std::size_t>& count_;
};

/// A request as far as it came.
struct Received {
    std::optional<Head> head = {};  ///< None when the header section was refused.
    std::optional<Refusal> refusal = {};
    std::string method = {};
    std::string_view pattern = {};  ///< "" when no route answers.
    bool last = false;              ///< The connection ends with the answer.
    Trace trace = {};
    Stages stages = {};
};

}  // namespace

struct Server::State {
    State(ServerConfig config_, Router const& router_, std::function<void(Access const&)> on_access_,
          FetchDocuments fetch_)
        : config(std::move(config_)),
          router(router_),
          on_access(std::move(on_access_)),
          fetch(std::move(fetch_)),
          io(config.io_threads),
          acceptor(io),
          workers(config.workers, config.queued_requests) {}

    ServerConfig config;
    Router const& router;
    std::function<void(Access const&)> on_access;
    FetchDocuments fetch;
    GateRules rules;
    Networks proxies;
    std::vector<std::string> names;

    asio::io_context io;
    tcp::acceptor acceptor;
    std::vector<std::thread> threads;
    std::atomic<bool> stopping{false};
    std::atomic<std::size_t> in_flight{0};
    Count refused_connections, refused_requests;

    std::mutex mutex;
    std::condition_variable changed;
    std::shared_ptr<asio::ssl::context> tls;
    std::list<Connection*> connections;
    std::map<std::string, std::size_t, std::less<>> per_client;

    Workers workers;  // Last: its threads end first.

    void open();
    asio::awaitable<void> accept();
    asio::awaitable<void> serve(tcp::socket socket, std::string peer);
    asio::awaitable<void> talk(Connection& connection, std::string const& peer);
    asio::awaitable<Received> receive(Connection& connection, HeadScan const& scan);
    asio::awaitable<Response> answer(Received& received, std::string const& peer, std::string const& request_id);
    bool admit(std::string const& peer);
    void dismiss(std::string const& peer);
};

namespace {

/// Runs the handler in the pool and resumes the coroutine with its answer; nothing when the queue is full.
asio::awaitable<std::optional<Response>> on_worker(Workers& workers, Router const& router,
                                                   std::shared_ptr<Request> request, Stages& stages) {
    auto initiate = [&workers, &router, request, &stages](auto handler) {
        using Handler = decltype(handler);
        auto executor = asio::get_associated_executor(handler);
        auto waiting = std::make_shared<Handler>(std::move(handler));
        auto const resume = [executor, waiting](std::optional<Response> made) {
            asio::post(executor, [waiting, made = std::move(made)]() mutable {
                auto resumed = std::move(*waiting);
                resumed(std::move(made));
            });
        };
        auto const submitted = Clock::now();
        bool const queued = workers.submit([&router, request, resume, &stages, submitted] {
            auto const started = Clock::now();
            std::optional<Response> answer;
            try {
                answer = router.handle_in_place(*request);
            } catch (...) {
                answer = Response{500, {}, {}};  // There was no memory even to say so.
            }
            // Nobody else looks at them before resume().
            stages.queue += std::chrono::duration_cast<std::chrono::microseconds>(started - submitted).count();
            stages.handler += microseconds_since(started);
            resume(std::move(answer));
        });
        if (!queued) resume(std::nullopt);
    };
    using Token = asio::use_awaitable_t<>;
    Token token{};
    auto answer = co_await asio::async_initiate<Token, void(std::optional<Response>)>(std::move(initiate), token);
    co_return answer;
}

/// Lets the documents be fetched and resumes the coroutine with them; no thread waits meanwhile.
asio::awaitable<FetchedDocuments> fetched_by(FetchDocuments const& fetch, FetchedDocuments known, DocumentNeeds needs) {
    auto initiate = [&fetch, known = std::move(known), needs = std::move(needs)](auto handler) mutable {
        using Handler = decltype(handler);
        auto executor = asio::get_associated_executor(handler);
        auto waiting = std::make_shared<Handler>(std::move(handler));
        fetch(std::move(known), needs, [executor, waiting](FetchedDocuments made) {
            asio::post(executor, [waiting, made = std::move(made)]() mutable {
                auto resumed = std::move(*waiting);
                resumed(std::move(made));
            });
        });
    };
    using Token = asio::use_awaitable_t<>;
    Token token{};
    auto made = co_await asio::async_initiate<Token, void(FetchedDocuments)>(std::move(initiate), token);
    co_return made;
}

constexpr int most_rounds = 8;  ///< The domain ends a question earlier; this ends what does not.

}  // namespace

void Server::State::open() {
    auto read = Networks::read(config.trusted_proxies);
    if (!read) throw std::runtime_error(read.error().detail);
    proxies = std::move(*read);
    tcp::endpoint const endpoint(asio::ip::make_address(config.address), config.port);
    acceptor.open(endpoint.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    error_code failure;
    acceptor.bind(endpoint, failure);
    if (failure)
        throw std::runtime_error(config.address + ":" + std::to_string(config.port) +
                                 " cannot be used: " + failure.message());
    acceptor.listen(1024);
    for (auto const& host : config.hosts) {
        auto const lowered = ascii_lower(host);
        names.push_back(host_without_port(lowered));
        rules.hosts.push_back(lowered);
        if (config.port == 0)
            rules.hosts.push_back(names.back() + ":" + std::to_string(acceptor.local_endpoint().port()));
    }
    tls = make_tls_context(config.certificate, config.key, names);
}

bool Server::State::admit(std::string const& peer) {
    std::lock_guard const lock(mutex);
    std::size_t total = 0;
    for (auto const& [address, count] : per_client)
        total += count;
    if (stopping || total >= config.connections) return false;
    auto& mine = per_client[limit_key(peer)];
    if (mine >= config.connections_per_client && !proxies.contains(peer)) return false;
    ++mine;
    return true;
}

void Server::State::dismiss(std::string const& peer) {
    std::lock_guard const lock(mutex);
    auto const found = per_client.find(limit_key(peer));
    if (--found->second == 0) per_client.erase(found);
    changed.notify_all();
}

asio::awaitable<void> Server::State::accept() {
    while (!stopping) {
        error_code failure;
        auto token = asio::redirect_error(asio::use_awaitable, failure);
        auto strand = asio::make_strand(io);
        tcp::socket socket = co_await acceptor.async_accept(strand, token);
        if (failure == asio::error::operation_aborted) co_return;
        if (failure) {
            // Out of descriptors, most likely: a pause lets some of them come back.
            asio::steady_timer pause(io, std::chrono::milliseconds(50));
            co_await pause.async_wait(token);
            continue;
        }
        auto const endpoint = socket.remote_endpoint(failure);
        if (failure) continue;
        auto peer = endpoint.address().to_string();
        if (!admit(peer)) {
            refused_connections.add();
            continue;
        }
        auto conversation = serve(std::move(socket), std::move(peer));
        asio::co_spawn(strand, std::move(conversation), asio::detached);
    }
}

asio::awaitable<void> Server::State::serve(tcp::socket socket, std::string peer) {
    std::shared_ptr<asio::ssl::context> context;
    {
        std::lock_guard const lock(mutex);
        context = tls;
    }
    error_code failure;
    socket.set_option(tcp::no_delay(true), failure);
    Stream stream(std::move(socket), *context);
    Connection connection(stream);
    connection.buffer.max_size(rules.header_bytes + 64 * 1024);
    std::list<Connection*>::iterator place;
    {
        std::lock_guard const lock(mutex);
        place = connections.insert(connections.end(), &connection);
    }
    try {
        auto token = asio::redirect_error(asio::use_awaitable, failure);
        connection.deadline.set(config.timeouts.handshake);
        // Read after the list has the connection: either stop() finds it there or this finds stop().
        if (!stopping) {
            co_await stream.async_handshake(asio::ssl::stream_base::server, token);
            if (!failure) co_await talk(connection, peer);
        }
    } catch (std::exception const&) {
        // The peer or the stream went away in the middle of something: nobody is left to be told.
        stream.next_layer().close(failure);
    }
    {
        std::lock_guard const lock(mutex);
        connections.erase(place);
    }
    dismiss(peer);
}

/// What follows the scan: the header section is judged, and the body read when there is one to be read.
asio::awaitable<Received> Server::State::receive(Connection& connection, HeadScan const& scan) {
    Received received;
    received.refusal = scan.refusal;
    if (received.refusal) co_return received;
    std::string const section(static_cast<char const*>(connection.buffer.cdata().data()), scan.end);
    connection.buffer.consume(scan.end);
    auto read = read_head(section, rules);
    received.refusal = std::move(read.refusal);
    received.head = std::move(read.head);
    if (!received.head) co_return received;
    auto& head = *received.head;
    received.method = head.request.method;
    received.pattern = router.pattern_of(head.request.method, head.request.path);
    received.last = !head.keep_alive;
    auto const limit = router.body_limit(head.request.method, head.request.path);
    auto const length = head.content_length.value_or(0);
    if (length > limit)
        received.refusal =
            Refusal{413, "too-large",
                    "The body is larger than the " + std::to_string(limit) + " bytes that this address takes."};
    if (!received.refusal && (head.chunked || length > 0))
        received.refusal = co_await read_body(connection, head, section, limit, config.timeouts);
    co_return received;
}

asio::awaitable<Response> Server::State::answer(Received& received, std::string const& peer,
                                                std::string const& request_id) {
    if (received.refusal) {
        auto const& refusal = *received.refusal;
        auto response = problem(refusal.status, refusal.code, refusal.detail);
        if (!refusal.allow.empty()) response.headers.add("allow", refusal.allow);
        received.last = true;
        co_return response;
    }
    auto request = std::make_shared<Request>(std::move(received.head->request));
    request->id = request_id;
    auto& stages = received.stages;
    request->client = client_of(peer, request->header("x-forwarded-for"), proxies);
    auto fetched = fetch ? std::make_shared<FetchedDocuments>() : nullptr;
    request->fetched = fetched;
    auto response = co_await on_worker(workers, router, request, stages);
    while (response && !response->awaits.addresses.empty()) {
        if (!fetched || fetched->rounds >= most_rounds) {
            response = internal_problem();
            break;
        }
        response->awaits.client = limit_key(request->client);
        FetchedDocuments known = std::move(*fetched);  // The handler has answered: nobody reads them meanwhile.
        auto const asked = Clock::now();
        auto documents = co_await fetched_by(fetch, std::move(known), response->awaits);
        *fetched = std::move(documents);
        stages.fetch += microseconds_since(asked);
        response = co_await on_worker(workers, router, request, stages);
    }
    if (!response) {
        refused_requests.add();
        response = problem(503, "overloaded", "Too many requests wait. Repeat this one in a moment.");
        received.last = true;
    }
    // A method that an address does not take is a mistake or an attempt; neither has more to say here.
    if (received.pattern.empty() && response->status == 405) received.last = true;
    co_return std::move(*response);
}

asio::awaitable<void> Server::State::talk(Connection& connection, std::string const& peer) {
    for (std::size_t count = 1;; ++count) {
        auto const scan = co_await read_section(connection, rules, config.timeouts, stopping);
        if (scan.end == 0 && !scan.refusal) break;
        auto const began = Clock::now();
        auto const request_id = next_request_id();
        InHand const in_hand(in_flight);
        auto received = co_await receive(connection, scan);
        connection.deadline.clear();
        received.trace = trace_of(received.head ? received.head->request.header("traceparent") : std::string_view());
        received.stages.receive = microseconds_since(began);
        auto response = co_await answer(received, peer, request_id);
        name_request(response, request_id);
        // Judged when the answer is there: stop() may have come while it was made.
        received.last = received.last || count >= config.requests_per_connection || stopping;
        Framing framing;
        framing.hsts = config.hsts;
        framing.is_head = received.method == "HEAD";
        framing.keep_alive = !received.last;
        auto const answered = Clock::now();
        bool const sent = co_await send(connection, response, framing, request_id, config.timeouts);
        received.stages.send = microseconds_since(answered);
        if (on_access) {
            auto const& [trace_id, span_id] = received.trace;
            on_access({received.method, received.pattern, response.status, microseconds_since(began),
                       response.body.size(), request_id, trace_id, span_id, received.stages});
        }
        if (!sent) co_return;
        if (received.last) {
            co_await close(connection, true);
            co_return;
        }
    }
    co_await close(connection, false);
}

Server::Server(ServerConfig config, Router const& router, std::function<void(Access const&)> on_access,
               FetchDocuments fetch)
    : state_(std::make_unique<State>(std::move(config), router, std::move(on_access), std::move(fetch))) {
    state_->open();
}

Server::~Server() {
    stop();
}

void Server::start() {
    auto& state = *state_;
    asio::co_spawn(state.io, state.accept(), asio::detached);
    for (int i = 0; i < state.config.io_threads; ++i)
        state.threads.emplace_back([&state] { state.io.run(); });
}

std::uint16_t Server::port() const {
    return state_->acceptor.local_endpoint().port();
}

ServerFigures Server::figures() const {
    auto& state = *state_;
    ServerFigures figures;
    {
        std::lock_guard const lock(state.mutex);
        figures.connections = state.connections.size();
    }
    figures.in_flight = state.in_flight;
    figures.queued = state.workers.queued();
    figures.workers = state.workers.threads();
    figures.refused_connections = state.refused_connections.seen();
    figures.refused_requests = state.refused_requests.seen();
    return figures;
}

void Server::reload_certificate() {
    auto fresh = make_tls_context(state_->config.certificate, state_->config.key, state_->names);
    std::lock_guard const lock(state_->mutex);
    state_->tls = std::move(fresh);
}

void Server::stop() {
    auto& state = *state_;
    if (state.threads.empty()) return;
    state.stopping = true;
    asio::post(state.io, [&state] {
        error_code ignored;
        state.acceptor.close(ignored);
    });
    {
        std::unique_lock lock(state.mutex);
        for (auto* const connection : state.connections) {
            // Closed on its own strand; the list keeps it alive as long as the lock is ours.
            if (!connection->idle) continue;
            asio::post(connection->stream.get_executor(), [connection, &state] {
                std::lock_guard const still(state.mutex);
                auto const& all = state.connections;
                bool const there = std::find(all.begin(), all.end(), connection) != all.end();
                if (there && connection->idle) connection->deadline.set(std::chrono::milliseconds(0));
            });
        }
        state.changed.wait_for(lock, state.config.timeouts.drain, [&] { return state.per_client.empty(); });
    }
    state.io.stop();
    for (auto& thread : state.threads)
        thread.join();
    state.threads.clear();
}

}  // namespace itqan::http

#pragma GCC diagnostic pop
