#pragma once
// What the parts of the server share. Included by server.cpp and conversation.cpp only.

#include <atomic>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "schemas/tally.hpp"
#include "service/http/body_budget.hpp"
#include "service/http/connections.hpp"
#include "service/http/gate.hpp"
#include "service/http/networks.hpp"
#include "service/http/server.hpp"

namespace itqan::http {

struct Listener {
    boost::asio::ip::tcp::acceptor acceptor;  ///< On a strand of its own.
    Door door = Door::sole;
    bool tls = true;
    bool is_inherited = false;  ///< Who waits in it is served by whoever comes after us.
    GateRules rules = {};
};

struct Received;

/// How many will still be told of an end, by threads that are not the server's: it stays until they were.
/// (An OpenEnd is held by its Pending from the moment on when an answer depends on it.)
class OpenEnds {
  public:
    void begin() { ++count_; }
    void end() {
        if (--count_ == 0) count_.notify_all();
    }
    std::size_t count() const { return count_; }
    void wait_for_all() {
        for (auto left = count_.load(); left != 0; left = count_.load())
            count_.wait(left);
    }

  private:
    std::atomic<std::size_t> count_{0};
};

class OpenEnd {
  public:
    explicit OpenEnd(std::shared_ptr<OpenEnds> all) : all_(std::move(all)) { all_->begin(); }
    ~OpenEnd() { all_->end(); }
    OpenEnd(OpenEnd const&) = delete;
    OpenEnd& operator=(OpenEnd const&) = delete;

  private:
    std::shared_ptr<OpenEnds> all_;
};

struct Server::State {
    State(ServerConfig config, Router const& router, std::function<void(Access const&)> on_access,
          FetchDocuments fetch);

    ServerConfig config;
    Router const& router;
    std::function<void(Access const&)> on_access;
    FetchDocuments fetch;
    std::vector<std::string> names;     ///< What SNI may ask for.
    std::atomic<bool> stopping{false};  ///< Every answer is its connection's last.
    std::atomic<bool> ending{false};    ///< So does what has never asked.
    std::atomic<bool> closing{false};   ///< What rests ends.
    std::atomic<std::size_t> in_flight{0};
    Count refused_connections, refused_requests;
    Connections connections;
    BodyBudget bodies;
    std::shared_ptr<OpenEnds> const open_ends = std::make_shared<OpenEnds>();

    boost::asio::io_context io;
    std::deque<Listener> listeners;
    std::vector<std::thread> threads;

    std::mutex mutex;  ///< Of what may change:
    std::filesystem::path certificate, key;
    std::string certificate_state;  ///< When its files were changed last.
    std::shared_ptr<SSL_CTX> tls;
    std::shared_ptr<Networks const> proxies;

    Admission admission;  // Last: its threads end first.

    void open();
    std::shared_ptr<Networks const> proxies_now();
    void listen(int descriptor, Door door, bool tls_wanted, bool is_inherited);
    boost::asio::awaitable<void> accept(Listener& listener);
    void welcome(Listener& listener, boost::asio::ip::tcp::socket socket);
    void close(Listener& listener);

    boost::asio::awaitable<void> serve(Listener const& listener, boost::asio::ip::tcp::socket socket, std::string peer,
                                       Connections::Place place);
    boost::asio::awaitable<void> talk(Listener const& listener, Connection& connection, std::string const& peer,
                                      Connections::Place& place);
    boost::asio::awaitable<Received> receive(Listener const& listener, Connection& connection, HeadScan const& scan,
                                             BodyShare& share);
    boost::asio::awaitable<Response> answer(Listener const& listener, Received& received, std::string const& peer,
                                            std::string const& request_id);
    void load_certificate(std::filesystem::path const& certificate_file, std::filesystem::path const& key_file);
};

}  // namespace itqan::http
