#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <fstream>
#include <optional>
#include <thread>

#include <boost/asio/ip/network_v4.hpp>
#include <nlohmann/json.hpp>

#include "certificate_folder.hpp"
#include "schemas/json.hpp"
#include "service/http/outbound_url.hpp"
#include "service/http/server.hpp"
#include "service/http/special_addresses.hpp"
#include "service/http/way_out.hpp"
#include "tests/support/shared.hpp"
#include "tls_client.hpp"

namespace {

using namespace itqan;
using namespace itqan::http;
using std::chrono::milliseconds;

DemoCertificate const& peer_certificate() {
    static tests::CertificateFolder const folder;
    static DemoCertificate const made = folder.make({"peer.test"});
    return made;
}

/// Another host: it answers what its handler says, on 127.0.0.1.
struct Peer {
    std::optional<Router> router;
    std::optional<Server> server;
    std::atomic<int> asked{0};

    explicit Peer(std::function<Response(Request const&)> const& answer) {
        JsonLimits const limits;
        std::vector<Route> routes;
        for (auto const* const path : {"/{a}", "/.well-known/did.json"})
            routes.push_back({"GET", path, limits, [this, answer](Request const& request) -> Result<Response> {
                                  ++asked;
                                  return answer(request);
                              }});
        router.emplace(std::move(routes));
        ServerConfig config;
        config.port = 0;
        config.certificate = peer_certificate().certificate;
        config.key = peer_certificate().key;
        config.hosts = {"localhost", "peer.test", "other.test"};
        server.emplace(config, *router);
        server->start();
    }

    std::string url(std::string const& host, std::string const& path) const {
        return "https://" + host + ":" + std::to_string(server->port()) + path;
    }
};

struct Lookups {
    std::atomic<int> count{0};
    std::vector<std::string> addresses{"127.0.0.1"};

    ClientConfig config(Peer const& peer) {
        ClientConfig made;
        for (auto const* const host : {"peer.test", "other.test"})
            made.allow.push_back(host + (":" + std::to_string(peer.server->port())));
        made.allow_private = *Networks::read({"127.0.0.1/32"});
        made.ca_file = peer_certificate().authority;
        made.resolve = [this](std::string const&, std::string const&,
                              milliseconds) -> Result<std::vector<std::string>> {
            ++count;
            return addresses;
        };
        return made;
    }
};

Response json_document(std::string body) {
    Response response;
    response.headers.add("content-type", "application/json");
    response.body = std::move(body);
    return response;
}

bool holds(std::string const& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("addresses that two readers could read differently, or that lead inside, are refused") {
    for (auto const* const url : {"https://127.0.0.1/x",
                                  "https://127.1/",
                                  "https://0/",
                                  "https://0x7f.1/",
                                  "https://2130706433/",
                                  "https://[::1]/",
                                  "http://example.com/",
                                  "https://localhost/",
                                  "https://a.localhost/",
                                  "https://printer.local/",
                                  "https://intranet/",
                                  "https://example.com:0/",
                                  "https://example.com:8443/",
                                  "https://example.com:/",
                                  "https://example.com:0443/",
                                  "https://example.com:0/",
                                  "https://u:p@example.com/",
                                  "https://example.com./",
                                  "https://exa\tmple.com/",
                                  " https://example.com/",
                                  "https://example.com/\r\nX: y",
                                  "https://127\xE3\x80\x82"
                                  "0.0.1/",
                                  "https:///x",
                                  "https://",
                                  "https://a..example/",
                                  "https://-a.example/",
                                  "https://example.com\\@a.example/",
                                  "",
                                  "file:///etc/passwd",
                                  "data:,x"}) {
        CAPTURE(url);
        CHECK_FALSE(read_outbound_url(url, {}));
    }
    auto const fine = read_outbound_url("HTTPS://Example.COM?a=b#@127.0.0.1", {});
    REQUIRE(fine);
    CHECK(fine->host == "example.com");
    CHECK(fine->port == 443);
    CHECK(fine->target == "/?a=b");
    CHECK(read_outbound_url("https://localhost:8443/x", {"localhost:8443"}));
    CHECK_FALSE(read_outbound_url("https://localhost:8444/x", {"localhost:8443"}));
    CHECK_FALSE(read_outbound_url("https://127.0.0.1:8443/x", {"127.0.0.1:8443"}));
}

TEST_CASE("every prefix of the registries is closed at its first, middle and last address, and not beyond") {
    namespace ip = boost::asio::ip;
    std::size_t v4 = 0;
    for (auto const prefix : special_prefixes()) {
        CAPTURE(prefix);
        if (prefix.find(':') != std::string_view::npos) {
            CHECK_FALSE(is_public_address(prefix.substr(0, prefix.find('/'))));
            continue;
        }
        ++v4;
        auto const network = ip::make_network_v4(std::string(prefix));
        auto const first = network.network().to_uint(), last = network.broadcast().to_uint();
        for (auto const address : {first, first + (last - first) / 2, last})
            CHECK_FALSE(is_public_address(ip::address_v4(address).to_string()));
    }
    CHECK(v4 >= 26);
    CHECK(special_prefixes().size() - v4 >= 25);
    for (auto const* const open : {"9.255.255.255", "11.0.0.0", "126.255.255.255", "128.0.0.0", "172.15.255.255",
                                   "172.32.0.0", "100.63.255.255", "100.128.0.0", "93.184.216.34", "2606:2800::1"}) {
        CAPTURE(open);
        CHECK(is_public_address(open));
    }
    for (auto const* const closed : {"224.0.0.1", "ff02::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1",
                                     "fe80::1%lo", "fec0::1", "::8.8.8.8", "", "localhost"}) {
        CAPTURE(closed);
        CHECK_FALSE(is_public_address(closed));
    }
}

TEST_CASE("the published cases of forged addresses are refused before any look-up or by what it gives") {
    NEEDS_SHARED();
    std::ifstream stream(*tests::shared_dir() / "vectors/attacks/ssrf/cases.json");
    std::size_t judged = 0;
    for (auto const& one : nlohmann::json::parse(stream)) {
        if (one.contains("server") || one.contains("redirect") || one.contains("dns_sequence")) continue;
        auto const url = one.at("url").get<std::string>();
        CAPTURE(url);
        bool allowed = static_cast<bool>(read_outbound_url(url, {}));
        if (one.contains("dns")) {
            CHECK(allowed);
            for (auto const& record : one.at("dns"))
                allowed = allowed && is_public_address(record.at("a").get<std::string>());
        }
        CHECK(allowed == (one.at("expect") == "allow"));
        ++judged;
    }
    CHECK(judged > 40);
}

TEST_CASE("a document comes over a checked connection, with one look-up for each") {
    Peer peer([](Request const&) { return json_document("{\"a\":1}"); });
    Lookups lookups;
    Client const client(lookups.config(peer));

    auto const got = client.get(peer.url("peer.test", "/x"), {});

    CHECK(got.failure == "");
    CHECK(got.body == "{\"a\":1}");
    CHECK(got.media_type == "application/json");
    CHECK(lookups.count == 1);
    CHECK(peer.asked == 1);
    CHECK(holds(client.get(peer.url("other.test", "/x"), {}).failure, "certificate"));
    CHECK(peer.asked == 1);
}

TEST_CASE("one address that is not public spoils the answer of the name server") {
    Peer peer([](Request const&) { return json_document("{}"); });
    Lookups lookups;
    lookups.addresses = {"127.0.0.1", "127.0.0.2"};
    auto const got = Client(lookups.config(peer)).get(peer.url("peer.test", "/x?secret"), {});
    CHECK(holds(got.failure, "not public"));
    CHECK(holds(got.failure, "peer.test"));
    CHECK_FALSE(holds(got.failure, "secret"));
    CHECK(peer.asked == 0);
}

TEST_CASE("an unknown authority is not believed") {
    Peer peer([](Request const&) { return json_document("{}"); });
    Lookups lookups;
    auto config = lookups.config(peer);
    tests::CertificateFolder const folder;
    config.ca_file = folder.make({}).authority;
    CHECK(holds(Client(std::move(config)).get(peer.url("peer.test", "/x"), {}).failure, "certificate"));
}

TEST_CASE("redirects are followed where allowed, each one checked, and end") {
    Peer peer([](Request const& request) {
        if (request.path == "/end") return json_document("{}");
        Response response;
        response.status = request.path == "/other" ? 303 : 302;
        response.headers.add("location", request.path == "/inner"  ? "https://127.0.0.1/x"
                                         : request.path == "/loop" ? "/loop"
                                                                   : "/end");
        return response;
    });
    Lookups lookups;
    Client const client(lookups.config(peer));
    auto const failure = [&](std::string const& path, int redirects) {
        return client.get(peer.url("peer.test", path), {1024, redirects}).failure;
    };

    CHECK(failure("/once", 1) == "");
    CHECK(lookups.count == 2);
    CHECK(holds(failure("/once", 0), "sends on"));
    CHECK(holds(failure("/loop", 3), "more often"));
    CHECK(holds(failure("/inner", 3), "not asked"));
    CHECK(holds(failure("/other", 3), "303"));
}

TEST_CASE("pages, compressed, large and unwilling answers are refused with the reason") {
    Peer peer([](Request const& request) {
        auto response = json_document(std::string(request.path == "/large" ? 2'000 : 10, 'x'));
        if (request.path == "/gone") response.status = 410;
        if (request.path == "/gzip") response.headers.add("content-encoding", "gzip");
        if (request.path == "/page") response.headers.all.front().second = "text/html; charset=utf-8";
        if (request.path == "/headers") response.headers.add("x-long", std::string(20'000, 'x'));
        return response;
    });
    Lookups lookups;
    Client const client(lookups.config(peer));
    auto const failure = [&](std::string const& path) {
        return client.get(peer.url("peer.test", path), {1'000, 0}).failure;
    };
    CHECK(holds(failure("/large"), "larger"));
    CHECK(holds(failure("/gone"), "410"));
    CHECK(holds(failure("/gzip"), "compresses"));
    CHECK(holds(failure("/page"), "page"));
    CHECK(holds(failure("/headers"), "header section"));
    CHECK(failure("/fine") == "");
}

TEST_CASE("a peer that does not answer is given up in time, and a name server likewise") {
    Peer peer([](Request const&) {
        std::this_thread::sleep_for(milliseconds(1'500));
        return json_document("{}");
    });
    Lookups lookups;
    auto config = lookups.config(peer);
    config.first_byte = milliseconds(200);
    auto const began = std::chrono::steady_clock::now();
    CHECK(holds(Client(std::move(config)).get(peer.url("peer.test", "/x"), {}).failure, "in time"));
    CHECK(std::chrono::steady_clock::now() - began < milliseconds(1'400));
}

TEST_CASE(
    "documents and failures are kept for a while, what a person's link leads to and a person's own documents are not") {
    Peer peer([](Request const& request) {
        auto response = json_document("{}");
        response.headers.add("cache-control", "max-age=60");
        if (request.path == "/gone") response.status = 410;
        return response;
    });
    Lookups lookups;
    WayOut way_out(lookups.config(peer), {});
    auto const ask = [&](std::string const& path, bool is_link) {
        return way_out.fetch_and_wait({}, {{peer.url("peer.test", path)}, is_link});
    };

    CHECK(ask("/x", false).rounds == 1);
    ask("/x", false);
    CHECK(peer.asked == 1);
    ask("/gone", false);
    CHECK_FALSE(ask("/gone", false).by_address.begin()->second.failure.empty());
    CHECK(peer.asked == 2);
    ask("/x", true);
    ask("/x", true);
    CHECK(peer.asked == 4);
    DocumentNeeds own;
    own.addresses = {peer.url("peer.test", "/x")};
    own.personal = {own.addresses.front()};
    way_out.fetch_and_wait({}, own);
    way_out.fetch_and_wait({}, own);
    CHECK(peer.asked == 6);
}

TEST_CASE("this service is never asked, whoever leads there") {
    Peer peer([&](Request const& request) {
        if (request.path == "/x") return json_document("{}");
        Response response;
        response.status = 302;
        response.headers.add("location", "https://peer.test:" + request.path.substr(1) + "/x");
        return response;
    });
    Lookups lookups;
    auto config = lookups.config(peer);
    auto const port = std::to_string(peer.server->port());
    config.own_authority = "Peer.test:" + port;
    CHECK(holds(Client(config).get(peer.url("peer.test", "/x"), {}).failure, "back to this service"));
    CHECK(peer.asked == 0);
    // Another name of the peer is certified for nobody here, so the hop back is made by a service with another name.
    config.own_authority = "elsewhere.test";
    CHECK(Client(config).get(peer.url("peer.test", "/" + port), {1024, 1}).failure == "");
    CHECK(peer.asked == 2);
}

TEST_CASE("a document that many ask for at once is fetched once") {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = false;
    Peer peer([&](Request const&) {
        std::unique_lock lock(mutex);
        changed.wait_for(lock, std::chrono::seconds(2), [&] { return open; });
        return json_document("{}");
    });
    Lookups lookups;
    WayOut way_out(lookups.config(peer), {});
    std::atomic<int> answered{0};
    std::atomic<int> good{0};
    auto const ask = [&](std::string const& client) {
        DocumentNeeds needs{{peer.url("peer.test", "/x")}, false};
        needs.client = client;
        way_out.fetch({}, needs, [&](FetchedDocuments const& documents) {
            good += documents.by_address.begin()->second.failure.empty() ? 1 : 0;
            ++answered;
        });
    };
    ask("first");
    for (int i = 0; peer.asked == 0 && i < 1'000; ++i)
        std::this_thread::sleep_for(milliseconds(2));
    for (int i = 0; i < 20; ++i)
        ask("client " + std::to_string(i));
    {
        std::lock_guard const lock(mutex);
        open = true;
    }
    changed.notify_all();
    for (int i = 0; answered < 21 && i < 2'000; ++i)
        std::this_thread::sleep_for(milliseconds(5));
    CHECK(answered == 21);
    CHECK(good == 21);
    CHECK(peer.asked == 1);
}

TEST_CASE("documents of one question and of all questions have a limit, and it is no fault of the address") {
    Peer peer([](Request const&) { return json_document(std::string(900, 'x')); });
    Lookups lookups;
    WayOutConfig config;
    config.question_bytes = 2'000;
    config.gathered_bytes = 2'500;
    WayOut way_out(lookups.config(peer), config);
    auto const ask = [&](std::vector<std::string> const& paths) {
        DocumentNeeds needs;
        for (auto const& path : paths)
            needs.addresses.push_back(peer.url("peer.test", path));
        return way_out.fetch_and_wait({}, needs);
    };
    auto const failures = [](FetchedDocuments const& documents) {
        std::string all;
        for (auto const& [address, one] : documents.by_address) {
            CHECK(one.own_fault == !one.failure.empty());
            if (!one.failure.empty()) all += one.failure + "\n";
        }
        return all;
    };
    auto const three = ask({"/a", "/b", "/c"});
    CHECK(holds(failures(three), "larger than is read together"));
    CHECK(std::count_if(three.by_address.begin(), three.by_address.end(),
                        [](auto const& one) { return one.second.failure.empty(); }) == 2);
    // The two above are still held.
    CHECK(holds(failures(ask({"/a"})), "too many documents are being read"));
    {
        auto held = three;
        CHECK(held.room.size() == 2);
    }
}

TEST_CASE("room is given back with the last copy of what took it") {
    Peer peer([](Request const&) { return json_document(std::string(900, 'x')); });
    Lookups lookups;
    WayOutConfig config;
    config.gathered_bytes = 1'000;
    WayOut way_out(lookups.config(peer), config);
    for (int i = 0; i < 5; ++i)
        CHECK(way_out.fetch_and_wait({}, {{peer.url("peer.test", "/a")}, false}).by_address.begin()->second.failure ==
              "");
}

TEST_CASE("after the end nothing is asked, and that is not kept as a failure of the address") {
    Peer peer([](Request const&) { return json_document("{}"); });
    Lookups lookups;
    WayOut way_out(lookups.config(peer), {});
    way_out.end();
    auto const documents = way_out.fetch_and_wait({}, {{peer.url("peer.test", "/x?secret")}, false});
    auto const& none = documents.by_address.begin()->second;
    CHECK(none.own_fault);
    CHECK_FALSE(holds(none.failure, "secret"));
    CHECK(peer.asked == 0);
}

TEST_CASE("what was taken away may say why, and an answer that is framed twice is refused") {
    Peer peer([](Request const& request) {
        auto response = json_document("{\"revoked\":true}");
        if (request.path == "/gone") response.status = 410;
        if (request.path == "/twice") response.headers.add("transfer-encoding", "identity");
        return response;
    });
    Lookups lookups;
    Client const client(lookups.config(peer));
    auto const gone = client.get(peer.url("peer.test", "/gone"), {});
    CHECK(gone.gone);
    CHECK(gone.body == "{\"revoked\":true}");
    CHECK(holds(gone.failure, "410"));
    CHECK(holds(client.get(peer.url("peer.test", "/twice"), {}).failure, "framing"));
}

TEST_CASE("a handler that awaits a document gives its worker back meanwhile") {
    tests::CertificateFolder const folder;
    auto const certificate = folder.make({});
    JsonLimits const limits;
    std::vector<Route> routes;
    routes.push_back({"GET", "/await", limits, [](Request const& request) -> Result<Response> {
                          auto const found = request.fetched->by_address.find("https://a.example/");
                          if (found == request.fetched->by_address.end())
                              return awaiting({{"https://a.example/"}, false});
                          return json_document(found->second.body);
                      }});
    routes.push_back(
        {"GET", "/other", limits, [](Request const&) -> Result<Response> { return json_document("other"); }});
    Router const router(std::move(routes));
    std::mutex mutex;
    std::vector<std::function<void()>> held;
    ServerConfig config;
    config.port = 0;
    config.certificate = certificate.certificate;
    config.key = certificate.key;
    config.hosts = {"localhost"};
    config.admission.workers = 1;
    Server server(config, router, nullptr,
                  [&](FetchedDocuments known, DocumentNeeds const& needs, std::function<void(FetchedDocuments)> done) {
                      ++known.rounds;
                      known.by_address[needs.addresses.front()].body = "fetched";
                      std::lock_guard const lock(mutex);
                      held.push_back([known, done] { done(known); });
                  });
    server.start();
    auto const request = [&](std::string const& path) {
        return "GET " + path + " HTTP/1.1\r\nhost: localhost:" + std::to_string(server.port()) + "\r\n\r\n";
    };
    std::vector<std::unique_ptr<tests::TlsClient>> stuck;
    for (int i = 0; i < 8; ++i) {
        stuck.push_back(std::make_unique<tests::TlsClient>(server.port(), certificate.authority, "localhost"));
        stuck.back()->send(request("/await"));
    }
    for (int i = 0; i < 1'000; ++i) {
        std::this_thread::sleep_for(milliseconds(5));
        std::lock_guard const lock(mutex);
        if (held.size() == 8) break;
    }

    tests::TlsClient other(server.port(), certificate.authority, "localhost");
    other.send(request("/other"));
    CHECK(other.receive().body == "other");

    std::lock_guard const lock(mutex);
    REQUIRE(held.size() == 8);
    for (auto const& answer : held)
        answer();
    for (auto const& one : stuck)
        CHECK(one->receive().body == "fetched");
    held.clear();  // They lead into the server, which goes first.
}
