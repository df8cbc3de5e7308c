// Requests that are answered at the edge: they need no worker, and what turns out to have to wait gets one.

#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include <doctest/doctest.h>

#include "certificate_folder.hpp"
#include "schemas/must_not_wait.hpp"
#include "service/http/server.hpp"
#include "storage/database.hpp"
#include "tls_client.hpp"

namespace {

using namespace itqan;
using namespace itqan::http;
using std::chrono::milliseconds;
using tests::CertificateFolder;
using tests::TlsClient;
using Outcome = Pending::Outcome;

/// One worker, which a request may hold, and quick routes.
struct QuickHouse {
    CertificateFolder folder;
    DemoCertificate certificate = folder.make({"badge.test"});
    std::mutex mutex;
    std::set<std::thread::id> threads;  ///< Those that ran quick handlers to their end.
    std::atomic<bool> is_held{false}, may_go{false};
    std::atomic<int> asked{0};
    std::shared_ptr<Pending> pending = std::make_shared<Pending>();  ///< Of every answer; null: each has its own.
    std::vector<std::shared_ptr<Pending>> given;
    std::optional<Router> router;
    std::optional<Server> server;

    explicit QuickHouse(std::function<void(ServerConfig&)> const& change = nullptr) {
        JsonLimits large;
        large.bytes = 1 << 20;
        auto const hello = [this](Request const&) -> Result<Response> {
            std::lock_guard const lock(mutex);
            threads.insert(std::this_thread::get_id());
            return Response{200, {}, NoWaiting::is_asked_of_this_thread() ? "edge" : "worker"};
        };
        auto const waits = [this](Request const& request) -> Result<Response> {
            bool const is_first = ++asked == 1;
            wait_is_due();
            return Response{200, {}, is_first ? "first" : "again " + request.body};
        };
        auto const holds = [this](Request const&) -> Result<Response> {
            is_held = true;
            while (!may_go)
                std::this_thread::sleep_for(milliseconds(1));
            return Response{200, {}, "held"};
        };
        auto const depends = [this](Request const& request) -> Result<Response> {
            ++asked;
            Response response{201, {}, request.may_depend ? "at once" : "waited"};
            if (request.may_depend) {
                std::lock_guard const lock(mutex);
                response.depends_on = pending ? pending : std::make_shared<Pending>();
                given.push_back(response.depends_on);
            }
            return response;
        };
        std::vector<Route> routes{{"POST", "/hello", large, hello},
                                  {"POST", "/waits", large, waits},
                                  {"GET", "/holds", large, holds},
                                  {"GET", "/depends", large, depends}};
        for (auto& route : routes)
            if (route.path != "/holds") route.pace = Pace::quick;
        router.emplace(std::move(routes));
        ServerConfig config;
        config.port = 0;
        config.certificate = certificate.certificate;
        config.key = certificate.key;
        config.hosts = {"badge.test"};
        config.admission.workers = 1;
        if (change) change(config);
        server.emplace(config, *router);
        server->start();
    }
    ~QuickHouse() { may_go = true; }
    QuickHouse(QuickHouse const&) = delete;
    QuickHouse& operator=(QuickHouse const&) = delete;

    TlsClient client() const { return {server->port(), certificate.authority, "badge.test"}; }
    bool becomes(std::atomic<bool> const& what) const {
        for (int i = 0; i < 5'000 && !what; ++i)
            std::this_thread::sleep_for(milliseconds(1));
        return what;
    }
};

std::string get(std::string const& path) {
    return "GET " + path + " HTTP/1.1\r\nHost: badge.test\r\n\r\n";
}
std::string post(std::string const& path, std::string const& body) {
    return "POST " + path + " HTTP/1.1\r\nHost: badge.test\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

}  // namespace

TEST_CASE("quick requests are answered while every worker is held, large ones and those that must wait are not") {
    QuickHouse house;
    auto holder = house.client();
    holder.send(get("/holds"));
    REQUIRE(house.becomes(house.is_held));

    auto client = house.client();
    for (int i = 0; i < 50; ++i) {
        client.send(post("/hello", "small"));
        CHECK(client.receive().body == "edge");
    }
    CHECK(house.threads.size() <= std::max(2U, std::thread::hardware_concurrency()));

    auto waiting = house.client();
    waiting.send(post("/waits", "body"));
    auto large = house.client();
    large.send(post("/hello", std::string(20'000, 'x')));
    client.send(post("/hello", "small"));
    CHECK(client.receive().body == "edge");
    bool both_wait = false;
    for (int i = 0; i < 5'000 && !both_wait; ++i) {
        both_wait = house.server->figures().in_flight >= 3;
        std::this_thread::sleep_for(milliseconds(1));
    }
    CHECK(both_wait);

    house.may_go = true;
    CHECK(waiting.receive().body == "again body");
    CHECK(house.asked == 2);
    CHECK(large.receive().body == "worker");
    CHECK(holder.receive().body == "held");
}

TEST_CASE("an answer that depends on something leaves when that has ended well, and holds no thread until then") {
    QuickHouse house;
    std::vector<std::unique_ptr<TlsClient>> all;
    for (int i = 0; i < 8; ++i) {
        auto other = std::make_unique<TlsClient>(house.server->port(), house.certificate.authority, "badge.test");
        other->send(post("/hello", "small"));
        CHECK(other->receive().body == "edge");
        all.push_back(std::move(other));
    }
    auto client = house.client();
    client.send(get("/depends"));
    for (int i = 0; i < 2'000 && house.asked == 0; ++i)
        std::this_thread::sleep_for(milliseconds(1));
    REQUIRE(house.asked == 1);
    for (auto const& other : all) {
        other->send(post("/hello", "small"));
        CHECK(other->receive().body == "edge");
    }
    CHECK(house.server->figures().in_flight >= 1);

    house.pending->end(Outcome::kept, nullptr);
    auto const answer = client.receive();
    CHECK(answer.status == 201);
    CHECK(answer.body == "at once");
    CHECK(house.asked == 1);
}

TEST_CASE("where that is refused the handler is asked again and waits this time") {
    QuickHouse house;
    house.pending->end(Outcome::refused, nullptr);
    auto client = house.client();
    client.send(get("/depends"));
    CHECK(client.receive().body == "waited");
    CHECK(house.asked == 2);
}

TEST_CASE("where that fails the answer says that the outcome is unknown") {
    QuickHouse house;
    house.pending->end(Outcome::failed, std::make_exception_ptr(storage::DatabaseError("the disk failed")));
    auto client = house.client();
    client.send(get("/depends"));
    auto const answer = client.receive();
    CHECK(answer.status == 503);
    CHECK(answer.body.find("storage-unavailable") != std::string::npos);
    CHECK(answer.body.find("the disk failed") == std::string::npos);
    CHECK(house.asked == 1);
}

TEST_CASE("a server that ends waits for those who will still tell it of an end") {
    auto house = std::make_unique<QuickHouse>([](ServerConfig& config) {
        config.timeouts.lull = config.timeouts.fresh = config.timeouts.drain = milliseconds(1);
    });
    auto const pending = house->pending;
    auto client = house->client();
    client.send(get("/depends"));
    for (int i = 0; i < 2'000 && house->asked == 0; ++i)
        std::this_thread::sleep_for(milliseconds(1));
    REQUIRE(house->asked == 1);
    std::atomic<bool> told{false};
    std::thread later([&] {
        std::this_thread::sleep_for(milliseconds(500));  // stop() is over long before.
        told = true;
        pending->end(Outcome::kept, nullptr);
    });
    house.reset();
    CHECK(told);
    later.join();
}

TEST_CASE("work of many parts leaves the edge when it has taken long, and not before") {
    CHECK(NoWaiting::worked() == std::chrono::nanoseconds(0));
    work_goes_on();
    NoWaiting const here;
    work_goes_on();
    CHECK_THROWS_AS(long_work_is_due(), MustNotWait);
    std::size_t parts = 0;
    auto const work = [&] {
        for (; parts < 1'000'000'000; ++parts)
            if (parts % 1'000 == 0) work_goes_on();
    };
    CHECK_THROWS_AS(work(), MustNotWait);
    CHECK(parts > 0);
}

TEST_CASE(
    "where too many answers wait for their commits the next ones wait on workers, and are refused when those are "
    "full") {
    QuickHouse house([](ServerConfig& config) { config.connections_per_client = 1'000; });
    house.pending = nullptr;
    std::vector<std::unique_ptr<TlsClient>> all;
    for (int i = 0; i < 256; ++i) {
        all.push_back(std::make_unique<TlsClient>(house.server->port(), house.certificate.authority, "badge.test"));
        all.back()->send(get("/depends"));
    }
    for (int i = 0; i < 10'000 && house.asked < 256; ++i)
        std::this_thread::sleep_for(milliseconds(1));
    REQUIRE(house.asked == 256);
    auto client = house.client();
    client.send(get("/depends"));
    CHECK(client.receive().body == "waited");
    for (auto const& pending : house.given)
        pending->end(Outcome::kept, nullptr);
    for (auto const& other : all)
        CHECK(other->receive().body == "at once");
}
