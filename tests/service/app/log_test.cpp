#include "service/log.hpp"
#include "service/line_budget.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

#include <nlohmann/json.hpp>

#include "schemas/json.hpp"

using namespace itqan;
using namespace itqan::service;

namespace {

/// A socket that keeps each write() apart, as the system made it.
struct Writes {
    std::array<int, 2> ends{};
    Writes() { REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends.data()) == 0); }
    ~Writes() {
        ::close(ends[0]);
        ::close(ends[1]);
    }
    std::string next() const {
        std::string text(64 * 1024, '\0');
        auto const size = ::recv(ends[1], text.data(), text.size(), MSG_DONTWAIT);
        text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
        return text;
    }
};

}  // namespace

TEST_CASE("a line of the log is one write and one JSON object, whatever its values hold") {
    Writes const writes;
    Log log(Log::Form::json, writes.ends[0]);
    std::string const hostile = "a\nb\r\t\"\\\x1b[2J\x7f \xd8\xa5 \xf0\x9f\x98\x80 \xff";

    log.warn("disk-low", {{"reason", hostile}, {"do", "df -h"}});
    log.info("request");

    auto const line = writes.next();
    CHECK(line.find('\n') == line.size() - 1);
    for (char const c : line.substr(0, line.size() - 1))
        CHECK((c >= ' ' && c < '\x7f'));
    auto const json = Json::parse(line);
    CHECK(json.at("level") == "warn");
    CHECK(json.at("event") == "disk-low");
    CHECK(json.at("reason") == "a\nb\r\t\"\\\x1b[2J\x7f \xd8\xa5 \xf0\x9f\x98\x80 \xef\xbf\xbd");
    CHECK(json.at("do") == "df -h");
    CHECK(Instant::parse(json.at("time").get<std::string>()));
    CHECK(Json::parse(writes.next()).at("event") == "request");
    CHECK(writes.next().empty());
}

TEST_CASE("a long value is cut and a plain line cannot steer a terminal") {
    Writes const writes;
    Log log(Log::Form::plain, writes.ends[0]);

    log.error("handler-failed", {{"reason", std::string(20'000, 'x')}, {"more", "\x1b]0;title\x07"}});

    auto const line = writes.next();
    CHECK(line.size() < 9'000);
    CHECK(line.starts_with("  handler-failed  reason=\"xxx"));
    CHECK(line.find('\x1b') == std::string::npos);
    CHECK(line.ends_with("more=\"\\u001b]0;title\\u0007\"\n"));
}

TEST_CASE("lines of many threads do not mix") {
    Writes const writes;
    Log log(Log::Form::json, writes.ends[0]);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&log, i] {
            for (int n = 0; n < 20; ++n)
                log.info("request", {{"thread", std::to_string(i)}});
        });
    int seen = 0;
    for (auto& thread : threads)
        thread.join();
    for (auto line = writes.next(); !line.empty(); line = writes.next()) {
        CHECK(Json::parse(line).at("event") == "request");
        ++seen;
    }
    CHECK(seen == 80);
}

TEST_CASE("what is refused again and again is written some times a second, and counted") {
    using std::chrono::milliseconds;
    LineBudget lines(3);
    LineBudget::Clock::time_point const noon(std::chrono::hours(12));
    int written = 0;
    for (int i = 0; i < 100; ++i)
        written += lines.take(noon + milliseconds(i * 5)) ? 1 : 0;
    CHECK(written == 3);

    CHECK(lines.take(noon + milliseconds(1'100)) == std::uint64_t{97});
    CHECK(lines.take(noon + milliseconds(1'101)) == std::uint64_t{0});
}
