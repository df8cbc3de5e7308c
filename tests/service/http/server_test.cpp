#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <latch>
#include <optional>

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "schemas/bytes.hpp"
#include "schemas/clock.hpp"
#include "service/http/certificate.hpp"
#include "service/http/server.hpp"
#include "tests/support/shared.hpp"
#include "tls_client.hpp"

namespace {

using namespace itqan;
using namespace itqan::http;
using tests::TlsClient;
namespace fs = std::filesystem;

DemoCertificate const& certificate() {
    static DemoCertificate const made = [] {
        auto folder = fs::temp_directory_path() / ("itqan-http-test-" + std::to_string(::getpid()));
        auto result = demo_certificate(folder, {"badge.test"}, SystemClock().wall());
        if (!result) throw std::runtime_error(result.error().detail);
        return *result;
    }();
    return made;
}

struct House {
    std::atomic<int> smuggled{0};
    std::latch entered{1};
    std::latch refused{1};
    std::promise<void> release;
    std::shared_future<void> released = release.get_future().share();
    std::optional<Router> router;
    std::optional<Server> server;

    explicit House(std::function<void(ServerConfig&)> const& change = nullptr) {
        JsonLimits small;
        small.bytes = 16;
        auto const echo = [](Request const& request) -> Result<Response> { return Response{200, {}, request.body}; };
        auto const client = [](Request const& request) -> Result<Response> { return Response{200, {}, request.client}; };
        auto const count = [this](Request const&) -> Result<Response> {
            ++smuggled;
            return Response{};
        };
        auto const slow = [this](Request const&) -> Result<Response> {
            entered.count_down();
            released.wait();
            return Response{200, {}, "done"};
        };
        router.emplace(std::vector<Route>{{"POST", "/api/v1/echo", small, echo}, {"GET", "/hello", small, client},
                                          {"GET", "/smuggled", small, count}, {"GET", "/slow", small, slow}});
        ServerConfig config;
        config.port = 0;
        config.certificate = certificate().certificate;
        config.key = certificate().key;
        config.hosts = {"badge.test"};
        config.workers = 4;
        if (change) change(config);
        server.emplace(config, *router, [this](Access const& access) {
            if (access.status == 503) refused.count_down();
        });
        server->start();
    }
    TlsClient client(std::string const& name = "badge.test") const { return {server->port(), certificate().authority, name}; }
};

std::string get(std::string const& path, std::string const& more = "") {
    return "GET " + path + " HTTP/1.1\r\nHost: badge.test\r\n" + more + "\r\n";
}
std::string post(std::string const& body, std::string const& more = "") {
    return "POST /api/v1/echo HTTP/1.1\r\nHost: badge.test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + more + "\r\n" + body;
}

}  // namespace

TEST_CASE("one connection answers several requests, also when they are sent at once") {
    House house;
    auto client = house.client();
    REQUIRE(client.connected());
    client.send(post("one") + post("two") + get("/hello"));
    CHECK(client.receive().body == "one");
    CHECK(client.receive().body == "two");
    CHECK(client.receive().body == "127.0.0.1");
    client.send("HEAD /hello HTTP/1.1\r\nHost: badge.test\r\n\r\n");
    auto const head = client.receive(true);
    CHECK(head.status == 200);
    CHECK(head.field("content-length") == "9");
    client.send(post("three"));
    CHECK(client.receive().body == "three");
}

TEST_CASE("every answer carries the security headers, errors included") {
    House house([](ServerConfig& config) { config.hsts = false; });
    for (auto const& request : {get("/hello"), get("/nowhere"), get("/%00"), post(std::string(17, 'x'))}) {
        auto client = house.client();
        client.send(request);
        auto const answer = client.receive();
        CAPTURE(answer.head);
        CHECK(answer.field("x-content-type-options") == "nosniff");
        CHECK(answer.field("x-frame-options") == "DENY");
        CHECK(answer.field("referrer-policy") == "same-origin");
        CHECK(answer.field("content-security-policy") == "default-src 'none'; frame-ancestors 'none'");
        CHECK(answer.field("cross-origin-opener-policy") == "same-origin");
        CHECK(answer.field("cross-origin-resource-policy") == "same-origin");
        CHECK(answer.field("cache-control") == "no-store");
        CHECK(answer.field("request-id").size() == 16);
        CHECK(answer.field("strict-transport-security").empty());
        CHECK(answer.field("server").empty());
    }
}

TEST_CASE("a body over the route's limit is refused unread and the connection ends") {
    House house;
    auto client = house.client();
    client.send("POST /api/v1/echo HTTP/1.1\r\nHost: badge.test\r\nContent-Length: 17\r\nExpect: 100-continue\r\n\r\n");
    auto const answer = client.receive();
    CHECK(answer.status == 413);
    CHECK(answer.field("connection") == "close");
    CHECK(client.closed());
    auto chunked = house.client();
    chunked.send("POST /api/v1/echo HTTP/1.1\r\nHost: badge.test\r\nTransfer-Encoding: chunked\r\n\r\n11\r\n12345678901234567\r\n0\r\n\r\n");
    CHECK(chunked.receive().status == 413);
}

TEST_CASE("a client that asks before it sends its body is told to go on") {
    House house;
    auto client = house.client();
    client.send("POST /api/v1/echo HTTP/1.1\r\nHost: badge.test\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    CHECK(client.receive().status == 100);
    client.send("abc");
    CHECK(client.receive().body == "abc");
}

TEST_CASE("a server name that is not ours is refused and a missing one is served") {
    House house;
    CHECK_FALSE(house.client("evil.test").connected());
    CHECK(house.client("").connected());
}

TEST_CASE("a header section that does not arrive in time ends the connection") {
    House house([](ServerConfig& config) { config.timeouts.header = std::chrono::milliseconds(50); });
    auto client = house.client();
    client.send("GET / HT");
    CHECK(client.receive().status == 0);
    CHECK(client.closed());
}

TEST_CASE("a full queue is answered with 503 at once while those in the queue wait") {
    House house([](ServerConfig& config) {
        config.workers = 1;
        config.queued_requests = 1;
    });
    auto busy = house.client();
    busy.send(get("/slow"));
    house.entered.wait();
    auto one = house.client();
    auto two = house.client();
    one.send(get("/hello"));
    two.send(get("/hello"));
    house.refused.wait();
    house.release.set_value();
    auto const first = one.receive();
    auto const second = two.receive();
    CHECK(first.status + second.status == 200 + 503);
    auto const& refused = first.status == 503 ? first : second;
    CHECK_FALSE(refused.field("retry-after").empty());
    CHECK(busy.receive().body == "done");
}

TEST_CASE("stop lets a request in hand finish") {
    House house;
    auto const port = house.server->port();
    auto client = house.client();
    client.send(get("/slow"));
    house.entered.wait();
    auto stopped = std::async(std::launch::async, [&] { house.server->stop(); });
    house.release.set_value();
    CHECK(client.receive().body == "done");
    stopped.get();
    CHECK_FALSE(TlsClient(port, certificate().authority, "badge.test").connected());
}

TEST_CASE("X-Forwarded-For counts from a trusted proxy only") {
    House direct;
    auto client = direct.client();
    client.send(get("/hello", "X-Forwarded-For: 192.0.2.1\r\n"));
    CHECK(client.receive().body == "127.0.0.1");
    House proxied([](ServerConfig& config) { config.trusted_proxies = {"127.0.0.0/8"}; });
    auto proxy = proxied.client();
    proxy.send(get("/hello", "X-Forwarded-For: 198.51.100.9, 192.0.2.1\r\n"));
    CHECK(proxy.receive().body == "192.0.2.1");
}

TEST_CASE("no published smuggling attack reaches a second request") {
    auto const shared = tests::shared_dir();
    if (!shared) {
        MESSAGE("skipped: the shared vectors are not beside the project");
        return;
    }
    auto const cases = nlohmann::json::parse(tests::read_file(*shared / "vectors/attacks/http-smuggling/cases.json"));
    House house([](ServerConfig& config) { config.timeouts.header = config.timeouts.body = config.timeouts.idle = std::chrono::milliseconds(300); });
    for (auto const& attack : cases) {
        auto const id = attack.at("id").get<std::string>();
        CAPTURE(id);
        auto const raw = base64_decode(attack.at("raw").get<std::string>());
        REQUIRE(raw);
        auto client = house.client();
        client.send(std::string(raw->begin(), raw->end()));
        auto const answer = client.receive();
        if (attack.at("expect").get<std::string>().starts_with("400 and")) {
            CHECK(answer.status == 400);
            CHECK(client.closed());
        } else {
            CHECK(answer.status >= 400);
        }
        CHECK(house.smuggled == 0);
    }
}
