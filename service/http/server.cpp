#include "service/http/server.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/defer.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "schemas/text.hpp"
#include "service/http/server_state.hpp"

namespace itqan::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

std::string host_without_port(std::string const& host) {
    auto const colon = host.rfind(':');
    return colon == std::string::npos || host.ends_with(']') ? host : host.substr(0, colon);
}

std::shared_ptr<Networks const> read_proxies(std::vector<std::string> const& cidrs) {
    auto read = Networks::read(cidrs);
    if (!read) throw std::runtime_error(read.error().detail);
    return std::make_shared<Networks const>(std::move(*read));
}

}  // namespace

Server::State::State(ServerConfig config_, Router const& router_, std::function<void(Access const&)> on_access_,
                     FetchDocuments fetch_)
    : config(std::move(config_)),
      router(router_),
      on_access(std::move(on_access_)),
      fetch(std::move(fetch_)),
      connections(config.connections, config.connections_per_client),
      bodies(config.body_bytes),
      io(config.io_threads),
      admission(config.admission, [this] { asio::defer(io, [this] { admission.take_turn(); }); }) {}

void Server::State::listen(int descriptor, Door door, bool tls_wanted, bool is_inherited) {
    if (!tls_wanted && !is_local_only(descriptor)) {
        ::close(descriptor);
        throw std::runtime_error(
            "the internal listener without TLS must be bound to a loopback address such as 127.0.0.1: tokens pass it");
    }
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&bound), &size);
    auto& listener =
        listeners.emplace_back(Listener{tcp::acceptor(asio::make_strand(io)), door, tls_wanted, is_inherited});
    listener.acceptor.assign(bound.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), descriptor);
    auto const port = ":" + std::to_string(listener.acceptor.local_endpoint().port());
    auto hosts = config.hosts;
    bool const is_internal = door == Door::internal;
    if (is_internal) hosts.insert(hosts.end(), config.internal->hosts.begin(), config.internal->hosts.end());
    bool const any_port = (is_internal ? config.internal->port : config.port) == 0;
    for (auto const& host : hosts) {
        auto const lowered = ascii_lower(host);
        names.push_back(host_without_port(lowered));
        listener.rules.hosts.push_back(lowered);
        if (any_port) listener.rules.hosts.push_back(names.back() + port);
    }
}

void Server::State::open() {
    proxies = read_proxies(config.trusted_proxies);
    bool has_public = false;
    bool has_internal = false;
    for (auto const& socket : config.sockets) {
        if (socket.is_internal() && !config.internal) config.internal.emplace();
        (socket.is_internal() ? has_internal : has_public) = true;
    }
    auto const main_door = config.internal ? Door::everybody : Door::sole;
    for (auto const& socket : config.sockets)
        listen(socket.descriptor, socket.is_internal() ? Door::internal : main_door,
               !socket.is_internal() || config.internal->tls, true);
    if (!has_public)
        listen(open_listening_socket(config.address, config.port, config.shares_port), main_door, true, false);
    if (config.internal && !has_internal)
        listen(open_listening_socket(config.internal->address, config.internal->port, config.shares_port),
               Door::internal, config.internal->tls, false);
    load_certificate(config.certificate, config.key);
}

std::shared_ptr<Networks const> Server::State::proxies_now() {
    std::lock_guard const lock(mutex);
    return proxies;
}

void Server::State::welcome(Listener& listener, tcp::socket socket) {
    error_code failure;
    auto const endpoint = socket.remote_endpoint(failure);
    if (failure) return;
    auto peer = endpoint.address().to_string();
    auto place = connections.admit(limit_key(peer), proxies_now()->contains(peer));
    if (!place) {
        refused_connections.add();
        return;
    }
    auto const executor = socket.get_executor();
    auto conversation = serve(listener, std::move(socket), std::move(peer), std::move(*place));
    asio::co_spawn(executor, std::move(conversation), asio::detached);
}

asio::awaitable<void> Server::State::accept(Listener& listener) {
    while (!stopping) {
        error_code failure;
        auto token = asio::redirect_error(asio::use_awaitable, failure);
        auto strand = asio::make_strand(io);
        tcp::socket socket = co_await listener.acceptor.async_accept(strand, token);
        if (failure == asio::error::operation_aborted || failure == asio::error::bad_descriptor) co_return;
        if (!failure) {
            welcome(listener, std::move(socket));
            continue;
        }
        // Out of descriptors, most likely: a pause lets some of them come back.
        asio::steady_timer pause(io, std::chrono::milliseconds(50));
        co_await pause.async_wait(token);
    }
}

/// Whoever has connected by now is served once: closing a socket resets those who wait in it.
void Server::State::close(Listener& listener) {
    error_code failure;
    if (!listener.is_inherited) {
        listener.acceptor.non_blocking(true, failure);
        while (!failure) {
            tcp::socket socket(asio::make_strand(io));
            listener.acceptor.accept(socket, failure);
            if (!failure) welcome(listener, std::move(socket));
        }
    }
    listener.acceptor.close(failure);
}

Server::Server(ServerConfig config, Router const& router, std::function<void(Access const&)> on_access,
               FetchDocuments fetch)
    : state_(std::make_unique<State>(std::move(config), router, std::move(on_access), std::move(fetch))) {
    state_->open();
}

Server::~Server() {
    stop();
    state_->open_ends->wait_for_all();
}

void Server::start() {
    auto& state = *state_;
    for (auto& listener : state.listeners)
        asio::co_spawn(listener.acceptor.get_executor(), state.accept(listener), asio::detached);
    for (int i = 0; i < state.config.io_threads; ++i)
        state.threads.emplace_back([&state] { state.io.run(); });
}

namespace {

std::uint16_t port_of(std::deque<Listener> const& listeners, bool internal) {
    auto const found = std::find_if(listeners.begin(), listeners.end(),
                                    [&](Listener const& one) { return (one.door == Door::internal) == internal; });
    return found == listeners.end() ? std::uint16_t{0} : found->acceptor.local_endpoint().port();
}

}  // namespace

std::uint16_t Server::port() const {
    return port_of(state_->listeners, false);
}

std::uint16_t Server::internal_port() const {
    return port_of(state_->listeners, true);
}

Admission const& Server::admission() const {
    return state_->admission;
}

ServerFigures Server::figures() const {
    auto const& state = *state_;
    ServerFigures figures;
    figures.connections = state.connections.count();
    figures.in_flight = state.in_flight;
    figures.queued = state.admission.queued();
    figures.running = state.admission.running();
    figures.workers = state.config.admission.workers;
    figures.refused_connections = state.refused_connections.seen();
    figures.refused_requests = state.refused_requests.seen();
    return figures;
}

std::size_t Server::connections() const {
    return state_->connections.count();
}

void Server::stop() {
    auto& state = *state_;
    if (state.threads.empty()) return;
    state.stopping = true;
    for (auto& listener : state.listeners)
        asio::post(listener.acceptor.get_executor(), [&state, &listener] { state.close(listener); });
    // A client that asks just now shall not find its connection closed under it.
    state.connections.wait_for_end(state.config.timeouts.lull);
    state.closing = true;
    state.connections.end_resting(false);
    state.connections.wait_for_end(state.config.timeouts.fresh);
    state.ending = true;
    state.connections.end_resting(true);
    state.connections.wait_for_end(state.config.timeouts.drain);
    state.io.stop();
    for (auto& thread : state.threads)
        thread.join();
    state.threads.clear();
}

}  // namespace itqan::http
