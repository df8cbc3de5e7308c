// Several addresses of one name, and the way through a forward proxy.

#include "service/http/forward_proxy.hpp"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <set>

#include "certificate_folder.hpp"
#include "raw_peer.hpp"
#include "service/http/way_out.hpp"

namespace forward_proxy_cases {
namespace {

using namespace itqan;
using namespace itqan::http;
using itqan::tests::Line;
using itqan::tests::Listener;
using itqan::tests::RawPeer;
using itqan::tests::whole_answer;
using std::chrono::milliseconds;

bool holds(std::string const& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

int connected_to(std::uint16_t port) {
    int const made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    inet_pton(AF_INET, "127.0.0.1", &at.sin_addr);
    if (::connect(made, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0) return made;
    ::close(made);
    return -1;
}

void say(int socket, std::string_view text) {
    (void)!::write(socket, text.data(), text.size());
}

/// Carries bytes both ways until one side ends.
void carry(int one, int other) {
    char some[16 * 1024];
    while (true) {
        pollfd both[2] = {{one, POLLIN, 0}, {other, POLLIN, 0}};
        if (::poll(both, 2, 5'000) <= 0) return;
        for (int i = 0; i < 2; ++i) {
            if (both[i].revents == 0) continue;
            auto const count = ::read(both[i].fd, some, sizeof some);
            if (count <= 0) return;
            if (::write(both[1 - i].fd, some, static_cast<std::size_t>(count)) != count) return;
        }
    }
}

/// A forward proxy that leads every name to one port of this machine, or answers `refusal`.
struct Proxy {
    std::uint16_t target = 0;
    std::string refusal;
    std::mutex mutex;
    std::vector<std::string> asked;
    Listener listener{[this](int socket) {
        std::string section;
        char c = 0;
        while (!section.ends_with("\r\n\r\n") && ::read(socket, &c, 1) == 1)
            section += c;
        {
            std::lock_guard const lock(mutex);
            asked.push_back(section);
        }
        if (!refusal.empty()) return say(socket, refusal);
        int const to = connected_to(target);
        say(socket, to < 0 ? "HTTP/1.1 502 Bad Gateway\r\n\r\n" : "HTTP/1.1 200 Connected\r\nx: y\r\n\r\n");
        if (to < 0) return;
        carry(socket, to);
        ::close(to);
    }};
};

struct House {
    tests::CertificateFolder folder;
    DemoCertificate certificate = folder.make({"good.test"});
    RawPeer peer{certificate, [](Line& line) {
                     line.read_section();
                     line.write(whole_answer("", "{}"));
                 }};
    std::vector<std::string> addresses{"127.0.0.1"};
    std::vector<std::string> looked_up;

    ClientConfig client() {
        ClientConfig made;
        made.allow = {"good.test:" + std::to_string(peer.port()), "other.test:" + std::to_string(peer.port())};
        made.allow_private = *Networks::read({"127.0.0.0/8"});
        made.ca_file = certificate.authority;
        made.connect = milliseconds(1'000);
        made.resolve = [this](std::string const& host, std::string const&,
                              milliseconds) -> Result<std::vector<std::string>> {
            looked_up.push_back(host);
            if (host == "127.0.0.1") return std::vector<std::string>{host};
            if (addresses.empty()) return Error{Fault::unavailable, "outbound-name", "no such name", {}};
            return addresses;
        };
        return made;
    }
    ClientConfig client(Proxy& proxy) {
        proxy.target = peer.port();
        auto made = client();
        made.proxy = *read_forward_proxy("http://127.0.0.1:" + std::to_string(proxy.listener.port()));
        made.allow_private = {};
        addresses.clear();
        return made;
    }
};

}  // namespace

TEST_CASE("when the first address does not answer the next is tried, in turn of their families, within the time") {
    House house;
    // Nobody listens at the others: refused at once.
    house.addresses = {"127.0.0.9", "127.0.0.8", "127.0.0.1"};
    auto const got = Client(house.client()).get(house.peer.url("good.test"), {});
    CHECK_MESSAGE(got.failure == "", got.failure);
    CHECK(house.looked_up.size() == 1);
    CHECK(got.exceptions ==
          std::set<std::string>{"allow good.test:" + std::to_string(house.peer.port()), "allow_private good.test"});

    // The fifth is one too many.
    house.addresses = {"127.0.0.9", "127.0.0.8", "127.0.0.7", "127.0.0.6", "127.0.0.1"};
    CHECK(Client(house.client()).get(house.peer.url("good.test"), {}).failure != "");
    // Families take turns: the second address of the other family is the fourth try.
    house.addresses = {"::1", "::1", "127.0.0.9", "127.0.0.1"};
    auto config = house.client();
    config.allow_private = *Networks::read({"127.0.0.0/8", "::1/128"});
    CHECK(Client(config).get(house.peer.url("good.test"), {}).failure == "");

    auto const before = house.peer.accepted();
    house.addresses = {"127.0.0.1", "10.0.0.1"};
    CHECK(holds(Client(house.client()).get(house.peer.url("good.test"), {}).failure, "not public"));
    CHECK(house.peer.accepted() == before);
}

TEST_CASE("a first address that swallows everything takes only its share of the time") {
    House house;
    // A listener whose queue is full: the kernel drops what comes.
    int const full = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(house.peer.port());
    inet_pton(AF_INET, "127.0.0.77", &at.sin_addr);
    REQUIRE(::bind(full, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    REQUIRE(::listen(full, 0) == 0);
    std::vector<int> filling;
    for (int i = 0; i < 8; ++i) {
        filling.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        (void)::connect(filling.back(), reinterpret_cast<sockaddr*>(&at), sizeof at);
    }
    house.addresses = {"127.0.0.77", "127.0.0.1"};
    auto const began = std::chrono::steady_clock::now();
    auto const got = Client(house.client()).get(house.peer.url("good.test"), {});
    auto const took = std::chrono::steady_clock::now() - began;
    CHECK_MESSAGE(got.failure == "", got.failure);
    CHECK(took >= milliseconds(450));  // Its half of the second.
    CHECK(took < milliseconds(4'000));
    for (int const one : filling)
        ::close(one);
    ::close(full);
}

TEST_CASE("a certificate that does not hold is no reason to try the next address") {
    House house;
    house.addresses = {"127.0.0.1", "127.0.0.1", "127.0.0.2"};
    CHECK(holds(Client(house.client()).get(house.peer.url("other.test"), {}).failure, "certificate"));
    CHECK(house.peer.accepted() == 1);
}

TEST_CASE("through a proxy the host is named, its certificate checked, and nothing else asked for") {
    House house;
    Proxy proxy;
    auto config = house.client(proxy);
    auto const got = Client(config).get(house.peer.url("good.test", "/x?secret"), {});
    CHECK_MESSAGE(got.failure == "", got.failure);
    CHECK(got.body == "{}");
    REQUIRE(proxy.asked.size() == 1);
    auto const authority = "good.test:" + std::to_string(house.peer.port());
    CHECK(got.exceptions == std::set<std::string>{"allow " + authority, "proxy"});
    CHECK(proxy.asked[0].starts_with("CONNECT " + authority + " HTTP/1.1\r\nhost: " + authority + "\r\n"));
    CHECK_FALSE(holds(proxy.asked[0], "secret"));
    CHECK_FALSE(holds(proxy.asked[0], "proxy-authorization"));

    REQUIRE(set_proxy_credentials(*config.proxy, "itqan:p:w"));
    CHECK(Client(config).get(house.peer.url("good.test"), {}).failure == "");
    CHECK(holds(proxy.asked[1], "\r\nproxy-authorization: Basic aXRxYW46cDp3\r\n"));

    CHECK(holds(Client(config).get(house.peer.url("other.test"), {}).failure, "certificate"));
}

TEST_CASE("through a proxy the same addresses are refused before it is asked") {
    House house;
    Proxy proxy;
    auto config = house.client(proxy);
    config.own_authority = "own.test";
    Client const client(config);
    for (auto const* const url : {"https://127.0.0.1/", "https://[::1]/", "https://localhost/", "https://good.test:22/",
                                  "https://own.test/", "http://good.test/", "https://printer.local/"}) {
        CAPTURE(url);
        CHECK(client.get(url, {}).failure != "");
    }
    // A name server that answers here is listened to.
    house.addresses = {"10.0.0.1"};
    CHECK(holds(client.get(house.peer.url("good.test"), {}).failure, "not public"));
    CHECK(proxy.asked.empty());
}

TEST_CASE("a proxy that is away or lets nobody in is our own fault, one that does not get there is not") {
    House house;
    Proxy proxy;
    auto config = house.client(proxy);
    auto const fetched = [&] { return Client(config).get(house.peer.url("good.test"), {}); };
    REQUIRE(set_proxy_credentials(*config.proxy, "itqan:secret"));
    for (auto const* const answer : {"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "SSH-2.0-x\r\n\r\n"}) {
        proxy.refusal = answer;
        auto const got = fetched();
        CHECK(got.own_fault);
        CHECK(holds(got.failure, "proxy"));
        CHECK_FALSE(holds(got.failure, "secret"));
    }
    proxy.refusal = "HTTP/1.1 502 Bad Gateway\r\n\r\n";
    auto const none = fetched();
    CHECK_FALSE(none.own_fault);
    CHECK(holds(none.failure, "502"));
    proxy.refusal = "HTTP/1.1 200 OK\r\n" + std::string(20'000, 'x');
    CHECK(holds(fetched().failure, "longer"));
    proxy.refusal = "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}";
    CHECK(holds(fetched().failure, "TLS"));
    config.proxy->port = 1;
    CHECK(fetched().own_fault);
}

TEST_CASE("the address of a proxy is read strictly and its credentials hide no line") {
    auto const read = read_forward_proxy("HTTP://Proxy.Example:3128/");
    REQUIRE(read);
    CHECK(read->host == "proxy.example");
    CHECK(read->port == 3128);
    CHECK(read_forward_proxy("http://[::1]:3128")->host == "::1");
    CHECK(read_forward_proxy("http://10.0.0.1:80")->host == "10.0.0.1");
    for (auto const* const text :
         {"proxy.example:3128", "https://proxy.example:3128", "http://proxy.example", "http://u:p@proxy.example:3128",
          "http://proxy.example:0", "http://proxy.example:70000", "http://:3128", "http://proxy.example:3128/x",
          "http://[::1", "http://[x]:1", "http://a b:1", "socks5://a:1", "", "http://", "http://::1:3128"}) {
        CAPTURE(text);
        auto const wrong = read_forward_proxy(text);
        REQUIRE_FALSE(wrong);
        CHECK_FALSE(holds(wrong.error().detail, "u:p"));
    }
    ForwardProxy proxy;
    CHECK_FALSE(set_proxy_credentials(proxy, "a:b\r\nx: y"));
    CHECK_FALSE(set_proxy_credentials(proxy, "nobody"));
    CHECK(proxy.credentials.empty());
}

}  // namespace forward_proxy_cases
