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
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include "service/http/gate.hpp"
#include "service/http/networks.hpp"
#include "service/http/problem.hpp"
#include "service/http/response_headers.hpp"
#include "service/http/tls.hpp"
#include "service/http/workers.hpp"

namespace itqan::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;
using Stream = asio::ssl::stream<beast::tcp_stream>;
using Clock = std::chrono::steady_clock;

constexpr std::size_t coalesced_body = 64 * 1024;   ///< Up to this size head and body leave in one write.
constexpr std::size_t drained_bytes = 64 * 1024;    ///< Read and thrown away after a refusal, so that the answer arrives.

/// One connection as stop() sees it: idle ones are closed at once, busy ones finish their request.
struct Connection {
    Stream* stream = nullptr;
    std::atomic<bool> idle{true};
};

std::string host_without_port(std::string const& host) {
    auto const colon = host.rfind(':');
    return colon == std::string::npos || host.ends_with(']') ? host : host.substr(0, colon);
}

/// 64 bits that name a request in the log; they order nothing and guess nothing.
std::string next_request_id() {
    static std::atomic<std::uint64_t> counter{static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count())};
    static constexpr char digits[] = "0123456789abcdef";
    auto value = counter.fetch_add(0x9e3779b97f4a7c15ULL);
    std::string id(16, '0');
    for (auto& c : id) {
        c = digits[value & 15];
        value >>= 4;
    }
    return id;
}

}  // namespace

struct Server::State {
    State(ServerConfig config_, Router const& router_, std::function<void(Access const&)> on_access_)
        : config(std::move(config_)),
          router(router_),
          on_access(std::move(on_access_)),
          io(config.io_threads),
          acceptor(io),
          workers(config.workers, config.queued_requests) {}

    ServerConfig config;
    Router const& router;
    std::function<void(Access const&)> on_access;
    GateRules rules;
    Networks proxies;
    std::vector<std::string> names;

    asio::io_context io;
    tcp::acceptor acceptor;
    std::vector<std::thread> threads;
    std::atomic<bool> stopping{false};

    std::mutex mutex;
    std::condition_variable changed;
    std::shared_ptr<asio::ssl::context> tls;
    std::list<Connection*> connections;
    std::map<std::string, std::size_t, std::less<>> per_client;

    Workers workers;  // Last: its threads end first.

    void open();
    asio::awaitable<void> accept();
    asio::awaitable<void> serve(tcp::socket socket, std::string peer);
    asio::awaitable<void> talk(Stream& stream, Connection& connection, std::string const& peer);
    bool admit(std::string const& peer);
    void dismiss(std::string const& peer);
};

namespace {

/// Runs the handler in the pool and resumes the coroutine with its answer; nothing when the queue is full.
asio::awaitable<std::optional<Response>> on_worker(Workers& workers, Router const& router, std::shared_ptr<Request> request) {
    auto initiate = [&workers, &router, request](auto handler) {
        using Handler = decltype(handler);
        auto executor = asio::get_associated_executor(handler);
        auto waiting = std::make_shared<Handler>(std::move(handler));
        auto const resume = [executor, waiting](std::optional<Response> answer) {
            asio::post(executor, [waiting, answer = std::move(answer)]() mutable {
                auto resumed = std::move(*waiting);
                resumed(std::move(answer));
            });
        };
        bool const queued = workers.submit([&router, request, resume] { resume(router.handle(std::move(*request))); });
        if (!queued) resume(std::nullopt);
    };
    using Token = asio::use_awaitable_t<>;
    Token token{};
    auto answer = co_await asio::async_initiate<Token, void(std::optional<Response>)>(std::move(initiate), token);
    co_return answer;
}

/// Reads until a whole header section is in the buffer; its length, or what is wrong. A closed connection gives length 0
/// without a refusal.
asio::awaitable<HeadScan> read_section(Stream& stream, beast::flat_buffer& buffer, GateRules const& rules, Connection& connection,
                                       Timeouts const& timeouts) {
    bool waiting_for_first = buffer.size() == 0;
    connection.idle = waiting_for_first;
    beast::get_lowest_layer(stream).expires_after(waiting_for_first ? timeouts.idle : timeouts.header);
    while (true) {
        std::string_view const bytes(static_cast<char const*>(buffer.cdata().data()), buffer.size());
        auto scan = scan_head(bytes, rules);
        if (scan.end != 0 || scan.refusal) co_return scan;
        error_code failure;
        auto space = buffer.prepare(4096);
        auto token = asio::redirect_error(asio::use_awaitable, failure);
        auto const count = co_await stream.async_read_some(space, token);
        if (failure == beast::error::timeout && !waiting_for_first) {
            HeadScan late;
            late.refusal = Refusal{408, "header-timeout", "The header section did not arrive in time."};
            co_return late;
        }
        if (failure) co_return HeadScan{};
        buffer.commit(count);
        if (waiting_for_first) {
            waiting_for_first = false;
            connection.idle = false;
            beast::get_lowest_layer(stream).expires_after(timeouts.header);
        }
    }
}

/// The body of a request with Content-Length or in chunks, at most `limit` bytes. The buffer holds what followed the
/// header section; afterwards what follows the body.
asio::awaitable<std::optional<Refusal>> read_body(Stream& stream, beast::flat_buffer& buffer, Head& head, std::string const& section,
                                                  std::size_t limit) {
    error_code failure;
    auto token = asio::redirect_error(asio::use_awaitable, failure);
    if (!head.chunked) {
        auto const length = head.content_length.value_or(0);
        auto& body = head.request.body;
        auto const here = std::min(length, buffer.size());
        body.assign(static_cast<char const*>(buffer.cdata().data()), here);
        buffer.consume(here);
        if (here < length) {
            body.resize(length);
            auto rest = asio::buffer(body.data() + here, length - here);
            co_await asio::async_read(stream, rest, token);
        }
    } else {
        beast::http::request_parser<beast::http::string_body> parser;
        parser.header_limit(static_cast<std::uint32_t>(section.size() + 1));
        parser.body_limit(limit);
        auto const head_bytes = asio::buffer(section);
        parser.put(head_bytes, failure);
        if (failure == beast::http::error::need_more) failure = {};
        if (!failure) co_await beast::http::async_read(stream, buffer, parser, token);
        if (failure == beast::http::error::body_limit) {
            Refusal large{413, "too-large", "The body is larger than this address takes."};
            co_return large;
        }
        if (!failure) head.request.body = std::move(parser.get().body());
    }
    if (!failure) co_return std::nullopt;
    Refusal refusal{400, "broken-body", "The body ended early or its chunks are broken."};
    if (failure == beast::error::timeout) refusal = Refusal{408, "body-timeout", "The body did not arrive in time."};
    co_return refusal;
}

asio::awaitable<bool> send(Stream& stream, Response const& response, Framing const& framing, std::string_view request_id,
                           Timeouts const& timeouts) {
    auto text = head_text(response, framing, request_id);
    bool const with_body = !framing.is_head && response.status != 204 && response.status != 304;
    bool const together = with_body && response.body.size() <= coalesced_body;
    if (together) text += response.body;
    error_code failure;
    auto token = asio::redirect_error(asio::use_awaitable, failure);
    beast::get_lowest_layer(stream).expires_after(timeouts.write);
    auto const first = asio::buffer(text);
    co_await asio::async_write(stream, first, token);
    if (failure || !with_body || together) co_return !failure;
    auto const second = asio::buffer(response.body);
    co_await asio::async_write(stream, second, token);
    co_return !failure;
}

/// Lets the answer arrive before the connection goes: what the client still sends is read and thrown away.
asio::awaitable<void> close(Stream& stream, bool drain) {
    error_code failure;
    auto token = asio::redirect_error(asio::use_awaitable, failure);
    beast::get_lowest_layer(stream).expires_after(std::chrono::seconds(2));
    if (drain) {
        beast::get_lowest_layer(stream).socket().shutdown(tcp::socket::shutdown_send, failure);
        failure = {};
        std::size_t thrown_away = 0;
        std::string space(4096, '\0');
        while (!failure && thrown_away < drained_bytes) {
            auto const into = asio::buffer(space);
            thrown_away += co_await beast::get_lowest_layer(stream).async_read_some(into, token);
        }
    } else {
        co_await stream.async_shutdown(token);
    }
    beast::get_lowest_layer(stream).close();
}

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
    if (failure) throw std::runtime_error(config.address + ":" + std::to_string(config.port) + " cannot be used: " + failure.message());
    acceptor.listen(1024);
    for (auto const& host : config.hosts) {
        std::string lowered = host;
        for (auto& c : lowered)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        names.push_back(host_without_port(lowered));
        rules.hosts.push_back(lowered);
        if (config.port == 0) rules.hosts.push_back(names.back() + ":" + std::to_string(acceptor.local_endpoint().port()));
    }
    tls = make_tls_context(config.certificate, config.key, names);
}

bool Server::State::admit(std::string const& peer) {
    std::lock_guard const lock(mutex);
    std::size_t total = 0;
    for (auto const& [address, count] : per_client) total += count;
    if (stopping || total >= config.connections) return false;
    auto& mine = per_client[peer];
    if (mine >= config.connections_per_client && !proxies.contains(peer)) return false;
    ++mine;
    return true;
}

void Server::State::dismiss(std::string const& peer) {
    std::lock_guard const lock(mutex);
    auto const found = per_client.find(peer);
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
        if (!admit(peer)) continue;
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
    Stream stream(beast::tcp_stream(std::move(socket)), *context);
    Connection connection;
    connection.stream = &stream;
    std::list<Connection*>::iterator place;
    {
        std::lock_guard const lock(mutex);
        place = connections.insert(connections.end(), &connection);
    }
    beast::get_lowest_layer(stream).expires_after(config.timeouts.handshake);
    auto token = asio::redirect_error(asio::use_awaitable, failure);
    co_await stream.async_handshake(asio::ssl::stream_base::server, token);
    if (!failure) {
        try {
            co_await talk(stream, connection, peer);
        } catch (std::exception const&) {
            // The peer or the stream went away in the middle of something: nobody is left to be told.
            beast::get_lowest_layer(stream).close();
        }
    }
    {
        std::lock_guard const lock(mutex);
        connections.erase(place);
    }
    dismiss(peer);
}

asio::awaitable<void> Server::State::talk(Stream& stream, Connection& connection, std::string const& peer) {
    beast::flat_buffer buffer(rules.header_bytes + 64 * 1024);
    for (std::size_t count = 1; !stopping; ++count) {
        auto const scan = co_await read_section(stream, buffer, rules, connection, config.timeouts);
        if (scan.end == 0 && !scan.refusal) break;
        auto const began = Clock::now();
        auto const request_id = next_request_id();
        std::optional<Refusal> refusal = scan.refusal;
        std::optional<Head> head;
        if (!refusal) {
            std::string const section(static_cast<char const*>(buffer.cdata().data()), scan.end);
            buffer.consume(scan.end);
            auto answer = read_head(section, rules);
            refusal = std::move(answer.refusal);
            head = std::move(answer.head);
            if (head) {
                auto const limit = router.body_limit(head->request.method, head->request.path);
                bool const has_body = head->chunked || head->content_length.value_or(0) > 0;
                if (has_body && head->content_length.value_or(0) > limit)
                    refusal = Refusal{413, "too-large", "The body is larger than the " + std::to_string(limit) + " bytes that this address takes."};
                if (has_body && !refusal) {
                    beast::get_lowest_layer(stream).expires_after(config.timeouts.body);
                    if (head->expects_continue) {
                        std::string const go_on = "HTTP/1.1 100 Continue\r\n\r\n";
                        auto const bytes = asio::buffer(go_on);
                        asio::use_awaitable_t<> plain{};
                        co_await asio::async_write(stream, bytes, plain);
                    }
                    refusal = co_await read_body(stream, buffer, *head, section, limit);
                }
            }
        }
        std::optional<Response> response;
        Framing framing;
        framing.hsts = config.hsts;
        framing.is_head = head && head->request.method == "HEAD";
        framing.keep_alive = !refusal && head->keep_alive && count < config.requests_per_connection && !stopping;
        std::string const method = head ? head->request.method : std::string();
        std::string_view const pattern = head ? router.pattern_of(head->request.method, head->request.path) : std::string_view{};
        if (refusal) {
            response = problem(refusal->status, refusal->code, refusal->detail);
        } else {
            head->request.client = client_of(peer, head->request.header("x-forwarded-for"), proxies);
            auto request = std::make_shared<Request>(std::move(head->request));
            beast::get_lowest_layer(stream).expires_never();
            response = co_await on_worker(workers, router, std::move(request));
            if (!response) response = problem(503, "overloaded", "Too many requests wait. Repeat this one in a moment.");
        }
        bool const sent = co_await send(stream, *response, framing, request_id, config.timeouts);
        if (on_access) {
            auto const took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began).count();
            on_access({method, pattern, response->status, took, response->body.size(), request_id});
        }
        if (!sent) break;
        if (!framing.keep_alive) {
            co_await close(stream, refusal.has_value());
            co_return;
        }
    }
    co_await close(stream, false);
}

Server::Server(ServerConfig config, Router const& router, std::function<void(Access const&)> on_access)
    : state_(std::make_unique<State>(std::move(config), router, std::move(on_access))) {
    state_->open();
}

Server::~Server() { stop(); }

void Server::start() {
    auto& state = *state_;
    asio::co_spawn(state.io, state.accept(), asio::detached);
    for (int i = 0; i < state.config.io_threads; ++i) state.threads.emplace_back([&state] { state.io.run(); });
}

std::uint16_t Server::port() const { return state_->acceptor.local_endpoint().port(); }

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
            auto* const stream = connection->stream;
            asio::post(stream->get_executor(), [stream, connection, &state] {
                std::lock_guard const still(state.mutex);
                auto const& all = state.connections;
                if (std::find(all.begin(), all.end(), connection) != all.end() && connection->idle) beast::get_lowest_layer(*stream).cancel();
            });
        }
        state.changed.wait_for(lock, state.config.timeouts.drain, [&] { return state.per_client.empty(); });
    }
    state.io.stop();
    for (auto& thread : state.threads) thread.join();
    state.threads.clear();
}

}  // namespace itqan::http
