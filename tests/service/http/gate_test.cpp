#include <doctest/doctest.h>

#include "service/http/gate.hpp"

namespace {

using namespace itqan::http;

GateRules rules() {
    GateRules made;
    made.hosts = {"badge.test"};
    return made;
}

int refused(std::string const& request_line, std::string const& fields = "Host: badge.test\r\n") {
    auto const answer = read_head(request_line + "\r\n" + fields + "\r\n", rules());
    return answer.refusal ? answer.refusal->status : 0;
}

}  // namespace

TEST_CASE("an ordinary request passes the gate with its path and query apart") {
    auto const answer = read_head("GET /a/b?x=1 HTTP/1.1\r\nHost: Badge.Test\r\n\r\n", rules());
    REQUIRE(answer.head);
    CHECK(answer.head->request.path == "/a/b");
    CHECK(answer.head->request.query == "x=1");
    CHECK(answer.head->keep_alive);
}

TEST_CASE("paths that two readers could understand differently are refused") {
    for (auto const* const path :
         {"/%00", "/a%2fb", "/a%2Fb", "/a%5cb", "/../a", "/a/%2e%2e/b", "/./a", "/a\\b", "/%zz", "/\xc3\xa9"}) {
        CAPTURE(path);
        CHECK(refused(std::string("GET ") + path + " HTTP/1.1") == 400);
    }
    CHECK(refused("GET /a..b/..c HTTP/1.1") == 0);
}

TEST_CASE("a query is refused for NUL and broken UTF-8 only") {
    CHECK(refused("GET /?a=%00 HTTP/1.1") == 400);
    CHECK(refused("GET /?a=%ff HTTP/1.1") == 400);
    CHECK(refused("GET /?next=%2Fa%2F..%5C&n=%D8%A7 HTTP/1.1") == 0);
}

TEST_CASE("unusual targets, methods and hosts are refused") {
    CHECK(refused("GET http://badge.test/ HTTP/1.1") == 400);
    CHECK(refused("TRACE / HTTP/1.1") == 405);
    CHECK(refused("GET / HTTP/2.0") == 400);
    CHECK(refused("GET / HTTP/1.1", "Host: evil.test\r\n") == 421);
    CHECK(refused("GET / HTTP/1.1", "") == 400);
    CHECK(refused("GET / HTTP/1.1", "Host: badge.test\r\nHost: badge.test\r\n") == 400);
}

TEST_CASE("a body's length is told in one way or the request is refused") {
    std::string const host = "Host: badge.test\r\n";
    for (auto const* const fields :
         {"Content-Length: 4\r\nContent-Length: 4\r\n", "Content-Length: 4, 4\r\n", "Content-Length: +4\r\n",
          "Content-Length: \r\n", "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: gzip, chunked\r\n",
          "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n"}) {
        CAPTURE(fields);
        CHECK(refused("POST / HTTP/1.1", host + fields) == 400);
    }
    CHECK(refused("POST / HTTP/1.0", host + "Transfer-Encoding: chunked\r\n") == 400);
    CHECK(refused("GET / HTTP/1.1", host + "Transfer-Encoding: chunked\r\n") == 400);
    CHECK(refused("POST / HTTP/1.1", host + "Transfer-Encoding: Chunked\r\n") == 0);
}

TEST_CASE("folded, high and too many header fields are refused") {
    CHECK(refused("GET / HTTP/1.1", "Host: badge.test\r\nX: a\r\n b\r\n") == 400);
    CHECK(refused("GET / HTTP/1.1", "Host: badge.test\r\nX: \xc3\xa9\r\n") == 400);
    std::string fields = "Host: badge.test\r\n";
    for (int i = 1; i < 64; ++i)
        fields += "X: y\r\n";
    CHECK(refused("GET / HTTP/1.1", fields) == 0);
    CHECK(refused("GET / HTTP/1.1", fields + "X: y\r\n") == 431);
}

TEST_CASE("a header section longer than 16 KiB is refused before its end is seen") {
    auto const scan = scan_head("GET / HTTP/1.1\r\nX: " + std::string(16 * 1024, 'a'), rules());
    REQUIRE(scan.refusal);
    CHECK(scan.refusal->status == 431);
}

TEST_CASE("a header section that arrives byte by byte is judged as if it came at once") {
    for (std::string const text : {"GET / HTTP/1.1\r\nHost: a\r\n\r\nrest", "GET / HTTP/1.1\nHost: a\n\n",
                                   "GET / HTTP/1.1\r\nX: a\rb\r\n\r\n"}) {
        CAPTURE(text);
        auto const whole = scan_head(text, rules());
        HeadScan piecewise;
        for (std::size_t seen = 0; seen < text.size() && piecewise.end == 0 && !piecewise.refusal; ++seen)
            piecewise = scan_head(std::string_view(text).substr(0, seen + 1), rules(), seen);
        CHECK(piecewise.end == whole.end);
        CHECK(piecewise.refusal.has_value() == whole.refusal.has_value());
    }
}

TEST_CASE("bytes that were scanned are not scanned again") {
    CHECK(scan_head("a\nb: c\r\n\r\n", rules(), 4).end == 10);
    CHECK(scan_head("a\nb: c\r\n\r\n", rules()).refusal);
}

TEST_CASE("a method that nobody uses here is refused with those that are") {
    auto const answer = read_head("TRACE / HTTP/1.1\r\nHost: badge.test\r\n\r\n", rules());
    REQUIRE(answer.refusal);
    CHECK(answer.refusal->allow == "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
}

TEST_CASE("a request to go on in HTTP/2 is refused and other upgrades are ignored") {
    std::string const host = "Host: badge.test\r\n";
    CHECK(refused("GET / HTTP/1.1", host + "Connection: Upgrade\r\nUpgrade: H2C\r\n") == 400);
    CHECK(refused("GET / HTTP/1.1", host + "HTTP2-Settings: AAA\r\n") == 400);
    CHECK(refused("GET / HTTP/1.1", host + "Connection: Upgrade\r\nUpgrade: websocket\r\n") == 0);
}
