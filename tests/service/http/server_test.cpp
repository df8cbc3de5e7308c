#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include <openssl/ssl.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include "certificate_folder.hpp"
#include "schemas/bytes.hpp"
#include "service/http/server.hpp"
#include "tests/support/shared.hpp"
#include "tls_client.hpp"

namespace {

using namespace itqan;
using namespace itqan::http;
using std::chrono::milliseconds;
using tests::CertificateFolder;
using tests::TlsClient;

DemoCertificate const& certificate() {
    static CertificateFolder const folder;
    static DemoCertificate const made = folder.make({"badge.test"});
    return made;
}

/// Something that happens. Nobody waits for it without end, so that a failed check ends its test.
class Event {
  public:
    void happen() {
        std::lock_guard const lock(mutex_);
        ++count_;
        changed_.notify_all();
    }
    bool wait() { return wait_for_count(1); }
    bool wait_for_count(int count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return count_ >= count; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int count_ = 0;
};

struct House {
    std::atomic<int> smuggled{0};
    Event entered, refused, release;
    std::optional<Router> router;
    std::optional<Server> server;

    explicit House(std::function<void(ServerConfig&)> const& change = nullptr) {
        JsonLimits small, large;
        small.bytes = 16;
        large.bytes = 1 << 20;
        auto const echo = [](Request const& request) -> Result<Response> { return Response{200, {}, request.body}; };
        auto const client = [](Request const& request) -> Result<Response> {
            return Response{200, {}, request.client};
        };
        auto const count = [this](Request const&) -> Result<Response> {
            ++smuggled;
            return Response{};
        };
        auto const slow = [this](Request const&) -> Result<Response> {
            entered.happen();
            release.wait();
            return Response{200, {}, "done"};
        };
        router.emplace(std::vector<Route>{{"GET", "/", small, client},
                                          {"POST", "/api/v1/echo", small, echo},
                                          {"POST", "/large", large, echo},
                                          {"POST", "/held", large, slow},
                                          {"GET", "/hello", small, client},
                                          {"GET", "/smuggled", small, count},
                                          {"GET", "/slow", small, slow},
                                          {"GET", "/staff", small, client, Audience::internal},
                                          {"GET", "/figures", small, client, Audience::internal_only}});
        ServerConfig config;
        config.port = 0;
        config.certificate = certificate().certificate;
        config.key = certificate().key;
        config.hosts = {"badge.test"};
        config.admission.workers = 4;
        if (change) change(config);
        server.emplace(config, *router, [this](Access const& access) {
            if (access.status == 503) refused.happen();
        });
        server->start();
    }
    ~House() { release.happen(); }
    House(House const&) = delete;
    House& operator=(House const&) = delete;

    TlsClient client(std::string const& name = "badge.test", tests::TlsWish const& wish = {}) const {
        return {server->port(), certificate().authority, name, wish};
    }
};

std::string get(std::string const& path, std::string const& more = "") {
    return "GET " + path + " HTTP/1.1\r\nHost: badge.test\r\n" + more + "\r\n";
}
std::string post(std::string const& body, std::string const& more = "") {
    return "POST /api/v1/echo HTTP/1.1\r\nHost: badge.test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           more + "\r\n" + body;
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
    chunked.send(
        "POST /api/v1/echo HTTP/1.1\r\nHost: badge.test\r\nTransfer-Encoding: "
        "chunked\r\n\r\n11\r\n12345678901234567\r\n0\r\n\r\n");
    CHECK(chunked.receive().status == 413);
}

TEST_CASE("a client that sends on after a refusal still gets the answer and the end of TLS") {
    House house;
    auto client = house.client();
    client.send(post(std::string(50'000, 'x')));
    CHECK(client.receive().status == 413);
    CHECK(client.closed());
    CHECK(client.said_goodbye());
}

TEST_CASE("a body of many records arrives whole, counted and in chunks") {
    House house;
    auto client = house.client();
    std::string body;
    while (body.size() < 300'000)
        body += std::to_string(body.size()) + " ";
    client.send("POST /large HTTP/1.1\r\nHost: badge.test\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\n\r\n" + body + get("/hello"));
    CHECK(client.receive().body == body);
    CHECK(client.receive().body == "127.0.0.1");
    client.send("POST /large HTTP/1.1\r\nHost: badge.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    client.send("2;x=y\r\nde\r\n0\r\n\r\n" + get("/hello"));
    CHECK(client.receive().body == "abcde");
    CHECK(client.receive().body == "127.0.0.1");
}

TEST_CASE("a body for an address that takes none is answered by the router") {
    House house;
    auto client = house.client();
    client.send("POST /nowhere HTTP/1.1\r\nHost: badge.test\r\nContent-Length: 100\r\n\r\n" + std::string(100, 'x') +
                get("/hello"));
    CHECK(client.receive().status == 404);
    CHECK(client.receive().body == "127.0.0.1");
    client.send("PUT /hello HTTP/1.1\r\nHost: badge.test\r\nContent-Length: 3\r\n\r\nabc");
    auto const refused = client.receive();
    CHECK(refused.status == 405);
    CHECK(refused.field("allow") == "GET, HEAD, OPTIONS");
    auto large = house.client();
    large.send("POST /nowhere HTTP/1.1\r\nHost: badge.test\r\nContent-Length: 65537\r\n\r\n");
    CHECK(large.receive().status == 413);
}

TEST_CASE("a method that nobody uses here is answered with those that are") {
    House house;
    auto client = house.client();
    client.send("TRACE / HTTP/1.1\r\nHost: badge.test\r\n\r\n");
    auto const answer = client.receive();
    CHECK(answer.status == 405);
    CHECK(answer.field("allow") == "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    CHECK(client.closed());
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

TEST_CASE("a header section that does not arrive in time is answered with 408") {
    House house([](ServerConfig& config) { config.timeouts.header = milliseconds(50); });
    auto client = house.client();
    client.send("GET / HT");
    auto const answer = client.receive();
    CHECK(answer.status == 408);
    CHECK(answer.field("connection") == "close");
    CHECK(client.closed());
    CHECK(client.said_goodbye());
}

TEST_CASE("a body that does not arrive in time is answered with 408") {
    House house([](ServerConfig& config) { config.timeouts.body = milliseconds(50); });
    for (auto const* const rest : {"Content-Length: 8\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"}) {
        CAPTURE(rest);
        auto client = house.client();
        client.send(std::string("POST /api/v1/echo HTTP/1.1\r\nHost: badge.test\r\n") + rest);
        auto const answer = client.receive();
        CHECK(answer.status == 408);
        CHECK(answer.field("connection") == "close");
        CHECK(client.closed());
        CHECK(client.said_goodbye());
    }
}

TEST_CASE("a body that trickles is ended long before its time, and one that keeps its pace is not") {
    House house([](ServerConfig& config) {
        config.timeouts.body = milliseconds(20'000);
        config.timeouts.grace = milliseconds(200);
        config.timeouts.body_rate = 10;
    });
    std::string const start = "POST /api/v1/echo HTTP/1.1\r\nHost: badge.test\r\nContent-Length: 16\r\n\r\n";
    auto const began = std::chrono::steady_clock::now();
    auto slow = house.client();
    slow.send(start + "1");
    CHECK(slow.receive().status == 408);
    CHECK(std::chrono::steady_clock::now() - began < milliseconds(10'000));

    auto steady = house.client();
    steady.send(start + "12345678901");
    std::this_thread::sleep_for(milliseconds(400));  // Eleven bytes have earned it 1.1 s more.
    steady.send("23456");
    CHECK(steady.receive().body == "1234567890123456");
}

TEST_CASE("a connection on which nothing is asked ends without an answer") {
    House house([](ServerConfig& config) { config.timeouts.idle = milliseconds(50); });
    auto client = house.client();
    CHECK(client.receive().status == 0);
    CHECK(client.said_goodbye());
    auto used = house.client();
    used.send(get("/hello"));
    CHECK(used.receive().status == 200);
    CHECK(used.closed());
}

TEST_CASE("a handler may take longer than any time that the client has") {
    House house([](ServerConfig& config) {
        config.timeouts.header = config.timeouts.body = config.timeouts.idle = config.timeouts.write =
            milliseconds(100);
    });
    auto slow = house.client();
    slow.send(get("/slow"));
    REQUIRE(house.entered.wait());
    CHECK(house.client().closed());  // Another connection's idle time passes meanwhile.
    house.release.happen();
    CHECK(slow.receive().body == "done");
}

TEST_CASE("a client has so many connections and no more") {
    House house([](ServerConfig& config) { config.connections_per_client = 2; });
    auto one = house.client();
    auto two = house.client();
    CHECK_FALSE(house.client().connected());
    two.send(get("/hello"));
    CHECK(two.receive().status == 200);
    two.send(get("/hello", "Connection: close\r\n"));
    CHECK(two.receive().status == 200);
    CHECK(two.closed());
    CHECK(one.connected());
}

TEST_CASE("a trusted proxy has as many connections as the server") {
    House house([](ServerConfig& config) {
        config.connections = 2;
        config.connections_per_client = 1;
        config.trusted_proxies = {"127.0.0.1"};
    });
    auto one = house.client();
    auto two = house.client();
    CHECK(one.connected());
    CHECK(two.connected());
    one.send(get("/slow"));
    two.send(get("/slow"));
    REQUIRE(house.entered.wait_for_count(2));
    CHECK_FALSE(house.client().connected());
}

TEST_CASE("when all places are taken the connection that rests longest makes room, and never one that works") {
    House house([](ServerConfig& config) { config.connections = 3; });
    auto busy = house.client();
    busy.send(get("/slow"));
    REQUIRE(house.entered.wait());
    auto oldest = house.client();
    auto younger = house.client();
    oldest.send(get("/hello"));
    CHECK(oldest.receive().status == 200);
    younger.send(get("/hello"));
    CHECK(younger.receive().status == 200);

    auto fresh = house.client();

    REQUIRE(fresh.connected());
    CHECK(oldest.closed());
    CHECK(oldest.said_goodbye());
    younger.send(get("/hello"));
    CHECK(younger.receive().status == 200);
    fresh.send(get("/hello"));
    CHECK(fresh.receive().status == 200);
    house.release.happen();
    CHECK(busy.receive().body == "done");
}

TEST_CASE("a connection answers so many requests and no more") {
    House house([](ServerConfig& config) { config.requests_per_connection = 2; });
    auto client = house.client();
    client.send(get("/hello") + get("/hello") + get("/smuggled"));
    CHECK(client.receive().field("connection").empty());
    CHECK(client.receive().field("connection") == "close");
    CHECK(client.closed());
    CHECK(house.smuggled == 0);
}

TEST_CASE("a new certificate counts for new connections and an unusable one for none") {
    CertificateFolder const folder, other;
    auto const before = folder.make({"badge.test"});
    auto const authority = tests::read_file(before.authority);
    House house([&](ServerConfig& config) {
        config.certificate = before.certificate;
        config.key = before.key;
    });
    auto const old_authority = folder.path() / "old-authority.pem";
    std::ofstream(old_authority) << authority;
    auto const connects = [&](std::filesystem::path const& trusted) {
        return TlsClient(house.server->port(), trusted, "badge.test").connected();
    };
    TlsClient early(house.server->port(), old_authority, "badge.test");
    REQUIRE(early.connected());

    std::ofstream(before.certificate) << "no certificate";
    CHECK_THROWS_AS(house.server->reload_certificate(), std::runtime_error);
    CHECK(connects(old_authority));
    auto const after = folder.make({"badge.test"});
    house.server->reload_certificate();

    CHECK_FALSE(connects(old_authority));
    CHECK(connects(after.authority));
    early.send(get("/hello"));
    CHECK(early.receive().status == 200);
}

TEST_CASE("HTTP/1.1 is agreed on and HTTP/2 alone is refused") {
    House house;
    CHECK(house.client("badge.test", {"\x02h2\x08http/1.1", 0}).protocol() == "http/1.1");
    auto const refused = house.client("badge.test", {"\x02h2", 0});
    CHECK_FALSE(refused.connected());
    CHECK(refused.failure() == "tlsv1 alert no application protocol");
}

TEST_CASE("TLS 1.2 is spoken and TLS 1.1 is refused") {
    House house;
    CHECK(house.client("badge.test", {"", TLS1_2_VERSION}).connected());
    auto const refused = house.client("badge.test", {"", TLS1_1_VERSION});
    CHECK_FALSE(refused.connected());
    CHECK(refused.failure() == "tlsv1 alert protocol version");
}

TEST_CASE("a full queue is answered with 503 at once while those in the queue wait") {
    House house([](ServerConfig& config) {
        config.admission.workers = 1;
        config.admission.queued = 1;
    });
    auto busy = house.client();
    busy.send(get("/slow"));
    REQUIRE(house.entered.wait());
    auto one = house.client();
    auto two = house.client();
    one.send(get("/hello"));
    two.send(get("/hello"));
    CHECK(house.refused.wait());
    house.release.happen();
    auto const first = one.receive();
    auto const second = two.receive();
    CHECK(first.status + second.status == 200 + 503);
    auto const& refused = first.status == 503 ? first : second;
    CHECK_FALSE(refused.field("retry-after").empty());
    CHECK(refused.field("connection").empty());
    auto& again = first.status == 503 ? one : two;
    again.send(get("/hello"));
    CHECK(again.receive().status == 200);
    CHECK(busy.receive().body == "done");
}

TEST_CASE("stop lets a request in hand finish") {
    House house;
    auto const port = house.server->port();
    auto client = house.client();
    client.send(get("/slow"));
    REQUIRE(house.entered.wait());
    auto idle = house.client();
    REQUIRE(idle.connected());
    auto stopped = std::async(std::launch::async, [&] { house.server->stop(); });
    CHECK(idle.closed());  // From here on the server is stopping.
    house.release.happen();
    auto const answer = client.receive();
    CHECK(answer.body == "done");
    CHECK(answer.field("connection") == "close");
    CHECK(client.closed());
    stopped.get();
    CHECK_FALSE(TlsClient(port, certificate().authority, "badge.test").connected());
}

TEST_CASE("while it stops a connection that rests may ask once more, and is told that it was the last time") {
    House house([](ServerConfig& config) { config.timeouts.lull = milliseconds(5'000); });
    auto client = house.client();
    client.send(get("/hello"));
    REQUIRE(client.receive().status == 200);
    auto const port = house.server->port();
    auto stopped = std::async(std::launch::async, [&] { house.server->stop(); });
    while (TlsClient(port, certificate().authority, "badge.test").connected()) {
    }

    client.send(get("/hello"));
    auto const answer = client.receive();

    CHECK(answer.status == 200);
    CHECK(answer.field("connection") == "close");
    CHECK(client.closed());
    CHECK(stopped.wait_for(std::chrono::seconds(4)) == std::future_status::ready);
}

TEST_CASE("the house's listener serves everything and the other one only what is for everybody") {
    House house([](ServerConfig& config) { config.internal = InternalListener{"127.0.0.1", 0, true, {"staff.test"}}; });
    auto const inside = [&house](std::string const& name) {
        return TlsClient(house.server->internal_port(), certificate().authority, name);
    };
    auto outer = house.client();
    outer.send(get("/staff"));
    CHECK(outer.receive().status == 404);
    outer.send(get("/figures"));
    CHECK(outer.receive().status == 404);

    auto inner = inside("badge.test");
    REQUIRE(inner.connected());
    for (auto const* const path : {"/staff", "/figures", "/hello"}) {
        inner.send(get(path));
        CHECK(inner.receive().status == 200);
    }
    auto staff = inside("");
    staff.send("GET /staff HTTP/1.1\r\nHost: staff.test\r\n\r\n");
    CHECK(staff.receive().status == 200);
    auto misled = house.client();
    misled.send("GET /hello HTTP/1.1\r\nHost: staff.test\r\n\r\n");
    CHECK(misled.receive().status == 421);

    House alone;
    auto client = alone.client();
    client.send(get("/staff"));
    CHECK(client.receive().status == 200);
    client.send(get("/figures"));
    CHECK(client.receive().status == 404);
}

TEST_CASE("who waits in a socket that was taken over is served by the next process") {
    int const listening = open_listening_socket("127.0.0.1", 0, false);
    auto const take = [&](ServerConfig& config) { config.sockets = {{::dup(listening), "itqan-public.socket"}}; };
    std::uint16_t port = 0;
    {
        House first(take);
        port = first.server->port();
        CHECK(TlsClient(port, certificate().authority, "").connected());
        first.server->stop();
    }
    auto waiting = std::async(std::launch::async, [&] {
        TlsClient client(port, certificate().authority, "");
        client.send(get("/hello"));
        return client.receive().status;
    });
    CHECK(waiting.wait_for(milliseconds(100)) == std::future_status::timeout);

    House second(take);

    CHECK(waiting.get() == 200);
    ::close(listening);
}

TEST_CASE("in the clear, for a proxy of this machine, the same is said without TLS") {
    House house([](ServerConfig& config) { config.internal = InternalListener{"127.0.0.1", 0, false, {}}; });
    auto const text = tests::ask_in_the_clear(house.server->internal_port(), get("/figures", "Connection: close\r\n"));
    CHECK(text.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(text.find("strict-transport-security") == std::string::npos);
    CHECK(text.ends_with("127.0.0.1"));
}

TEST_CASE("in the clear nobody listens beyond this machine, whoever opened the socket") {
    auto const own = [](ServerConfig& config) { config.internal = InternalListener{"0.0.0.0", 0, false, {}}; };
    auto const inherited = [](ServerConfig& config) {
        config.internal = InternalListener{"127.0.0.1", 0, false, {}};
        config.sockets = {{open_listening_socket("0.0.0.0", 0, false), "internal"}};
    };
    auto const open = [](std::function<void(ServerConfig&)> const& change) { House const house(change); };

    CHECK_THROWS_WITH_AS(open(own), doctest::Contains("loopback"), std::runtime_error);
    CHECK_THROWS_WITH_AS(open(inherited), doctest::Contains("loopback"), std::runtime_error);
}

TEST_CASE("bodies in hand have so much memory together, and who comes when it is taken is told to come again") {
    House house([](ServerConfig& config) { config.body_bytes = 100'000; });
    auto const begin = [](std::string const& path, std::string const& framing) {
        return "POST " + path + " HTTP/1.1\r\nHost: badge.test\r\n" + framing + "\r\n\r\n";
    };
    auto one = house.client();
    one.send(begin("/held", "Content-Length: 80000") + std::string(80'000, 'x'));
    REQUIRE(house.entered.wait());

    auto const counted = begin("/large", "Content-Length: 50000") + std::string(50'000, 'x');
    auto const chunked =
        begin("/large", "Transfer-Encoding: chunked") + "c350\r\n" + std::string(50'000, 'x') + "\r\n0\r\n\r\n";
    for (auto const& request : {counted, chunked}) {
        auto client = house.client();
        client.send(request);
        auto const refused = client.receive();
        CHECK(refused.status == 503);
        CHECK_FALSE(refused.field("retry-after").empty());
        CHECK(refused.field("connection") == "close");
        CHECK(client.closed());
    }
    auto small = house.client();
    small.send(post("one"));
    CHECK(small.receive().body == "one");

    house.release.happen();
    CHECK(one.receive().body == "done");
    for (auto const& request : {counted, chunked}) {
        small.send(request);
        CHECK(small.receive().body.size() == 50'000);
    }
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
    House house([](ServerConfig& config) {
        config.timeouts.header = config.timeouts.body = config.timeouts.idle = milliseconds(300);
    });
    std::map<std::string, int> const other_than_400{
        {"expect-100-big", 413}, {"method-override", 405}, {"connect", 405}};
    for (auto const& attack : cases) {
        auto const id = attack.at("id").get<std::string>();
        CAPTURE(id);
        auto const raw = base64_decode(attack.at("raw").get<std::string>());
        REQUIRE(raw);
        auto client = house.client();
        client.send(std::string(raw->begin(), raw->end()));
        auto const answer = client.receive();
        auto const special = other_than_400.find(id);
        CHECK(answer.status == (special == other_than_400.end() ? 400 : special->second));
        CHECK(client.closed());
        CHECK(house.smuggled == 0);
    }
}
