// How other hosts may behave (the server cases of vectors/attacks/ssrf and more), over the real client and real TLS.

#include <doctest/doctest.h>

#include <unistd.h>

#include <csignal>
#include <fstream>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "certificate_folder.hpp"
#include "crypto/did.hpp"
#include "raw_peer.hpp"
#include "schemas/clock.hpp"
#include "service/http/outbound_url.hpp"
#include "service/http/way_out.hpp"
#include "tests/support/shared.hpp"

namespace outbound_hostile_cases {
namespace {

using namespace itqan;
using namespace itqan::http;
using itqan::tests::Line;
using itqan::tests::RawPeer;
using itqan::tests::whole_answer;
using std::chrono::milliseconds;

DemoCertificate const& certificate() {
    std::signal(SIGPIPE, SIG_IGN);  // Peers write to clients that have gone.
    static tests::CertificateFolder const folder;
    static DemoCertificate const made = folder.make({"good.test", "good2.test"});
    return made;
}

/// A client for which every name leads to this machine and the ports of these peers are open.
ClientConfig client_of(std::vector<RawPeer const*> const& peers) {
    ClientConfig made;
    for (auto const* const peer : peers)
        for (auto const* const host : {"good.test", "good2.test", "other.test"})
            made.allow.push_back(host + (":" + std::to_string(peer->port())));
    made.allow_private = *Networks::read({"127.0.0.1/32"});
    made.ca_file = certificate().authority;
    made.resolve = [](std::string const&, std::string const&, milliseconds) -> Result<std::vector<std::string>> {
        return std::vector<std::string>{"127.0.0.1"};
    };
    made.total = milliseconds(1'200);
    made.first_byte = milliseconds(800);
    made.connect = milliseconds(1'000);
    return made;
}

std::string const json_fields = "content-type: application/json\r\n";

std::function<void(Line&)> says(std::string answer) {
    return [answer = std::move(answer)](Line& line) {
        line.read_section();
        line.write(answer);
    };
}

/// Why the answer was not taken; "" when it was.
std::string failure_of(std::function<void(Line&)> talk, FetchLimits const& limits = {}) {
    RawPeer const peer(certificate(), std::move(talk));
    auto const began = std::chrono::steady_clock::now();
    auto const got = Client(client_of({&peer})).get(peer.url("good.test"), limits);
    CHECK(std::chrono::steady_clock::now() - began < milliseconds(4'000));
    CHECK((got.failure.empty() || got.body.empty()));
    return got.failure;
}

bool holds(std::string const& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::string gzip_like(std::size_t size) {
    return "\x1f\x8b\x08" + std::string(size, '\0');
}

/// Bytes without end, until the client goes.
std::function<void(Line&)> floods(std::string start, std::string again, milliseconds pause = milliseconds(0)) {
    return [=](Line& line) {
        line.read_section();
        if (!line.write(start)) return;
        for (int i = 0; i < 100'000 && line.write(again); ++i)
            std::this_thread::sleep_for(pause);
    };
}

}  // namespace

TEST_CASE("every published behaviour of a hostile server ends as the corpus wants it") {
    NEEDS_SHARED();
    std::map<std::string, std::function<std::string()>> const cases{
        {"1 byte a second", [] { return failure_of(floods("HTTP/1.1 200 OK\r\n\r\n", "x", milliseconds(50))); }},
        {"gzip Content-Encoding bomb",
         [] { return failure_of(says(whole_answer("content-encoding: gzip\r\n", gzip_like(1'000)))); }},
        {"10000 headers", [] { return failure_of(floods("HTTP/1.1 200 OK\r\n", "x-more: 1\r\n")); }},
        {"text/html body", [] { return failure_of(says(whole_answer("content-type: text/html\r\n", "<p>"))); }},
        {"certificate for another name",
         [] {
             RawPeer const peer(certificate(), says(whole_answer(json_fields, "{}")));
             auto const got = Client(client_of({&peer})).get(peer.url("other.test"), {});
             CHECK(holds(got.failure, "certificate"));
             return got.failure;
         }},
        {"self-signed",
         [] {
             tests::CertificateFolder const folder;
             RawPeer const peer(folder.make({"good.test"}), says(whole_answer(json_fields, "{}")));
             auto const got = Client(client_of({&peer})).get(peer.url("good.test"), {});
             CHECK(holds(got.failure, "certificate"));
             return got.failure;
         }},
        {"TLS 1.0 only",
         [] {
             RawPeer const peer(certificate(), says(whole_answer(json_fields, "{}")), TLS1_VERSION);
             auto const got = Client(client_of({&peer})).get(peer.url("good.test"), {});
             CHECK(peer.handshakes() == 0);
             return got.failure;
         }},
        {"HTTP/0.9 answer", [] { return failure_of(says("{\"a\":1}")); }},
        {"101 Switching Protocols",
         [] { return failure_of(says("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n")); }},
        {"204/206/304 unasked", [] {
             for (auto const* const status : {"204 No Content", "206 Partial Content"})
                 CHECK(failure_of(says(whole_answer(json_fields, "{}", status))) != "");
             return failure_of(says(whole_answer("etag: \"a\"\r\n", "", "304 Not Modified")));
         }}};
    std::ifstream stream(*tests::shared_dir() / "vectors/attacks/ssrf/cases.json");
    std::size_t driven = 0;
    for (auto const& one : nlohmann::json::parse(stream)) {
        if (!one.contains("server")) continue;
        auto const name = one.at("server").get<std::string>();
        CAPTURE(name);
        REQUIRE(cases.contains(name));
        CHECK(cases.at(name)() != "");
        ++driven;
    }
    CHECK(driven == cases.size());
    CHECK(failure_of(says(whole_answer(json_fields, "{}"))) == "");
}

TEST_CASE("answers that lie about their length, never end or hide lines are refused with the reason") {
    auto const refused = [](std::string const& answer, std::string_view why, FetchLimits const& limits = {1'000, 0}) {
        CAPTURE(answer.substr(0, 80));
        auto const failure = failure_of(says(answer), limits);
        CHECK_MESSAGE(holds(failure, why), failure);
    };
    refused("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{}", "ends too early");
    refused("HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}", "length");
    refused("HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999999\r\n\r\n{}", "length");
    refused("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}", "framing");
    refused("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            "framing");
    refused("HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", "framing");
    refused("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n", "chunks");
    refused("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3e9\r\n", "larger");
    refused("HTTP/1.1 200 OK\r\nx y: 1\r\n\r\n{}", "header section");
    refused("HTTP/1.1 200 OK\r\netag: \"a\nhost: b\"\r\n\r\n{}", "header section");
    refused("HTTP/2 200\r\n\r\n{}", "HTTP/1.1");
    CHECK(holds(failure_of(floods("HTTP/1.1 200 OK\r\n\r\n", std::string(500, 'x')), {1'000, 0}), "larger"));
    CHECK(holds(failure_of(floods("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "1\r\nx\r\n"), {1'000, 0}),
                "larger"));
    CHECK(holds(failure_of([](Line& line) { line.wait(); }), "in time"));
    // What has a length is read to it and not beyond.
    CHECK(failure_of(says("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}more")) == "");
}

TEST_CASE("a certificate that has run out is not believed, nor a connection in the clear") {
    tests::CertificateFolder const folder;
    auto const old = demo_certificate(folder.path(), {"good.test"}, *Instant::parse("2001-01-01T00:00:00Z"));
    REQUIRE(old);
    RawPeer const peer(*old, says(whole_answer(json_fields, "{}")));
    auto config = client_of({&peer});
    config.ca_file = old->authority;
    auto const got = Client(config).get(peer.url("good.test"), {});
    CHECK_MESSAGE(holds(got.failure, "expired"), got.failure);
    CHECK(holds(Client(config).get("http://good.test:" + std::to_string(peer.port()) + "/", {}).failure, "https"));

    tests::Listener const plain([](int socket) {
        char some[64];
        (void)!::read(socket, some, sizeof some);
        constexpr std::string_view answer = "HTTP/1.1 200 OK\r\n\r\n{}";
        (void)!::write(socket, answer.data(), answer.size());
    });
    config.allow.push_back("good.test:" + std::to_string(plain.port()));
    CHECK(holds(Client(config).get("https://good.test:" + std::to_string(plain.port()) + "/", {}).failure, "TLS"));
}

TEST_CASE("a name that is looked up again leads elsewhere is connected to as it was checked") {
    RawPeer const peer(certificate(), says(whole_answer(json_fields, "{}")));
    auto config = client_of({&peer});
    int lookups = 0;
    config.allow_private = *Networks::read({"127.0.0.1/32"});
    config.resolve = [&lookups](std::string const&, std::string const&,
                                milliseconds) -> Result<std::vector<std::string>> {
        return std::vector<std::string>{++lookups == 1 ? "127.0.0.1" : "127.0.0.2"};
    };
    Client const client(config);
    CHECK(client.get(peer.url("good.test"), {}).failure == "");
    CHECK(lookups == 1);
    CHECK(peer.handshakes() == 1);
    CHECK(holds(client.get(peer.url("good.test"), {}).failure, "not public"));
    CHECK(peer.accepted() == 1);
}

TEST_CASE("redirects to what may not be asked end there, wherever they start") {
    std::string location;
    RawPeer const peer(certificate(), [&location](Line& line) {
        line.read_section();
        line.write(whole_answer("location: " + location + "\r\n", "", "302 Found"));
    });
    Client const client(client_of({&peer}));
    auto const port = std::to_string(peer.port());
    for (auto const& each : std::vector<std::string>{
             "http://good.test:" + port + "/", "https://127.0.0.1:" + port + "/", "https://[::1]:" + port + "/",
             "https://[::ffff:7f00:1]/", "https://2130706433/", "https://good.test:22/",
             "https://u@good.test:" + port + "/", "https://localhost/", "//169.254.169.254/latest",
             "https://good.test:" + port + "/\xE2\x80\xAE", "https://g\xC3\xB6od.test/",
             "https://good\xE3\x80\x82test/", "file:///etc/passwd", "gopher://good.test/", "https://good.test./"}) {
        location = each;
        CAPTURE(location);
        auto const before = peer.accepted();
        auto const got = client.get(peer.url("good.test"), {1'000, 3});
        CHECK_MESSAGE(holds(got.failure, "not asked"), got.failure);
        CHECK(peer.accepted() == before + 1);
    }
    location = "https://good2.test:" + port + "/";
    auto const before = peer.accepted();
    CHECK(holds(client.get(peer.url("good.test"), {1'000, 3}).failure, "more often"));
    CHECK(peer.accepted() == before + 4);
    CHECK(holds(client.get(peer.url("good.test"), {1'000, 0}).failure, "not followed"));
    CHECK(peer.accepted() == before + 5);
}

TEST_CASE("the published DIDs are asked for where they should be and nowhere else") {
    NEEDS_SHARED();
    std::ifstream stream(*tests::shared_dir() / "vectors/attacks/ssrf/didweb.json");
    std::set<std::string> looked_up;
    RawPeer const peer(certificate(), says(whole_answer(json_fields, "{}")));
    auto config = client_of({&peer});
    config.resolve = [&looked_up](std::string const& host, std::string const&,
                                  milliseconds) -> Result<std::vector<std::string>> {
        looked_up.insert(host);
        return Error{Fault::unavailable, "outbound-name", "no such name", {}};
    };
    WayOut way_out(config, {});
    int judged = 0;
    for (auto const& one : nlohmann::json::parse(stream)) {
        if (one.contains("document")) continue;  // Judged in crypto's and the verifier's tests.
        auto const did = one.at("did").get<std::string>();
        auto const expected = one.at("expect").get<std::string>();
        CAPTURE(did);
        looked_up.clear();
        auto const documents = way_out.fetch_and_wait({}, {{did}, false});
        CHECK_FALSE(documents.by_address.at(did).failure.empty());
        bool const is_asked = expected.starts_with("https://") && !holds(expected, "only if");
        CHECK(looked_up == (is_asked ? std::set<std::string>{"example.com"} : std::set<std::string>{}));
        if (is_asked) CHECK(*crypto::did_web_url(did) == expected);
        ++judged;
    }
    CHECK(judged == 17);
}

}  // namespace outbound_hostile_cases
