// How long what other hosts say is used: by their word (RFC 9111) and within our limits.

#include <doctest/doctest.h>

#include <mutex>

#include "certificate_folder.hpp"
#include "raw_peer.hpp"
#include "service/http/way_out.hpp"

namespace outbound_cache_cases {
namespace {

using namespace itqan;
using namespace itqan::http;
using itqan::tests::Line;
using itqan::tests::RawPeer;
using itqan::tests::whole_answer;
using std::chrono::milliseconds;
using std::chrono::seconds;

Instant const now = *Instant::parse("2026-11-28T12:00:00Z");
std::string const made_now = "Sat, 28 Nov 2026 12:00:00 GMT";

Headers fields(std::initializer_list<std::pair<std::string, std::string>> all) {
    Headers headers;
    for (auto const& [name, value] : all)
        headers.add(name, value);
    return headers;
}

/// In seconds; -1 when it must not be kept.
int lifetime(Headers const& headers, LifetimeLimits const& limits = {}) {
    auto const kept = lifetime_of(read_storing_advice(headers, now), limits);
    return kept ? static_cast<int>(kept->count() / 1'000) : -1;
}

int lifetime(std::string const& cache_control) {
    return lifetime(fields({{"cache-control", cache_control}}));
}

/// A host on this machine that answers each request with what `answer` makes of its section.
struct House {
    std::mutex mutex;
    std::vector<std::string> asked;
    std::function<std::string(std::string const& section)> answer;
    tests::CertificateFolder folder;
    DemoCertificate certificate = folder.make({"good.test"});
    RawPeer peer{certificate, [this](Line& line) {
                     auto const section = line.read_section();
                     std::lock_guard const lock(mutex);
                     asked.push_back(section);
                     line.write(answer(section));
                 }};

    ClientConfig client() const {
        ClientConfig made;
        made.allow = {"good.test:" + std::to_string(peer.port())};
        made.allow_private = *Networks::read({"127.0.0.1/32"});
        made.ca_file = certificate.authority;
        made.resolve = [](std::string const&, std::string const&, milliseconds) -> Result<std::vector<std::string>> {
            return std::vector<std::string>{"127.0.0.1"};
        };
        return made;
    }
    Fetched ask(WayOut& way_out, std::string const& path = "/x") const {
        auto const url = peer.url("good.test", path);
        return way_out.fetch_and_wait({}, {{url}, false}).by_address.at(url);
    }
};

WayOutConfig with_readings() {
    WayOutConfig config;
    config.new_reading = [] { return std::make_shared<int>(0); };
    return config;
}

bool holds(std::string const& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the lifetime of an answer is what it says, between our floor and our ceiling") {
    CHECK(lifetime(Headers()) == 300);
    CHECK(lifetime("max-age=60") == 60);
    CHECK(lifetime("public, Max-Age=\"60\"") == 60);
    CHECK(lifetime("max-age=60, s-maxage=30") == 30);
    CHECK(lifetime("s-maxage=90, max-age=30") == 90);
    CHECK(lifetime("max-age=60, max-age=40") == 40);
    CHECK(lifetime("max-age=86400") == 300);
    CHECK(lifetime("max-age=99999999999999999999") == 300);
    CHECK(lifetime("max-age=0") == 5);
    CHECK(lifetime("max-age=-1") == 5);
    CHECK(lifetime("max-age") == 5);
    CHECK(lifetime("max-age=1, must-revalidate") == 1);
    CHECK(lifetime("s-maxage=0") == 0);
    CHECK(lifetime("no-store") == -1);
    CHECK(lifetime("private, max-age=60") == -1);
    CHECK(lifetime("no-cache, max-age=60") == 0);
    CHECK(lifetime("no-cache=\"set-cookie, x\"") == 0);
    CHECK(lifetime("x=\"no-store\", max-age=60") == 60);
    CHECK(lifetime("max-age=60, x=\"open") == 0);
    CHECK(lifetime(fields({{"cache-control", "max-age=60"}, {"cache-control", "no-store"}})) == -1);
    CHECK(lifetime(fields({{"vary", "accept, *"}})) == 0);
    CHECK(lifetime(fields({{"cache-control", "max-age=1"}}), {milliseconds(5'000), milliseconds(2'000)}) == 2);
    CHECK(lifetime(fields({{"cache-control", "max-age=60"}}), {milliseconds(5'000), milliseconds(0)}) == 0);
}

TEST_CASE("time that other caches had it counts, also against our ceiling") {
    CHECK(lifetime(fields({{"cache-control", "max-age=60"}, {"age", "20"}})) == 40);
    CHECK(lifetime(fields({{"cache-control", "max-age=3600"}, {"age", "200"}})) == 100);
    CHECK(lifetime(fields({{"cache-control", "max-age=3600"}, {"age", "1000"}})) == 0);
    CHECK(lifetime(fields({{"age", "100"}})) == 200);
    CHECK(lifetime(fields({{"age", "x"}})) == 0);
    CHECK(lifetime(fields({{"date", "Sat, 28 Nov 2026 11:59:00 GMT"}, {"cache-control", "max-age=200"}})) == 140);
    CHECK(lifetime(fields({{"date", "Sat, 28 Nov 2026 12:59:00 GMT"}, {"cache-control", "max-age=200"}})) == 200);
}

TEST_CASE("Expires counts where Cache-Control names no time, in all forms of a date") {
    for (auto const* const date :
         {"Sat, 28 Nov 2026 12:01:00 GMT", "Saturday, 28-Nov-26 12:01:00 GMT", "Sat Nov 28 12:01:00 2026"}) {
        CAPTURE(date);
        CHECK(lifetime(fields({{"expires", date}, {"date", made_now}})) == 60);
        CHECK(lifetime(fields({{"expires", date}})) == 60);
        CHECK(lifetime(fields({{"expires", date}, {"cache-control", "max-age=20"}})) == 20);
    }
    CHECK(lifetime(fields({{"expires", "0"}})) == 5);
    CHECK(lifetime(fields({{"expires", "Sat, 28 Nov 2026 11:00:00 GMT"}})) == 5);
}

TEST_CASE("only validators of the right form are kept, because they are sent again") {
    auto const etag = [](std::string const& text) {
        return read_storing_advice(fields({{"etag", text}}), now).validators.etag;
    };
    CHECK(etag("\"a-1\"") == "\"a-1\"");
    CHECK(etag("W/\"a\"") == "W/\"a\"");
    for (auto const* const bad : {"a", "\"a", "\"a\"b\"", "\"a b\"", "w/\"a\"", "\""})
        CHECK(etag(bad) == "");
    CHECK(etag("\"" + std::string(300, 'x') + "\"") == "");
    CHECK(read_storing_advice(fields({{"last-modified", made_now}}), now).validators.last_modified == made_now);
    CHECK(read_storing_advice(fields({{"last-modified", "yesterday, somewhere in the mornings"}}), now)
              .validators.empty());
}

TEST_CASE("what has run out is asked about, and a 304 keeps the body and what was read of it") {
    House house;
    bool changed = false;
    house.answer = [&](std::string const& section) {
        if (holds(section, "if-none-match: \"v1\"") && !changed)
            return whole_answer("cache-control: no-cache\r\netag: \"v1\"\r\n", "", "304 Not Modified");
        return whole_answer("cache-control: no-cache\r\netag: \"v1\"\r\nlast-modified: " + made_now + "\r\n",
                            changed ? "{\"v\":2}" : "{\"v\":1}");
    };
    WayOut way_out(house.client(), with_readings());
    auto const first = house.ask(way_out);
    auto const second = house.ask(way_out);
    changed = true;
    auto const third = house.ask(way_out);

    CHECK(first.body == "{\"v\":1}");
    CHECK(second.failure == "");
    CHECK(second.body == first.body);
    CHECK(second.reading == first.reading);
    CHECK(second.at->milliseconds >= first.at->milliseconds);
    CHECK(third.body == "{\"v\":2}");
    CHECK(third.reading != first.reading);
    REQUIRE(house.asked.size() == 3);
    CHECK_FALSE(holds(house.asked[0], "if-"));
    CHECK(holds(house.asked[1], "if-modified-since: " + made_now));
}

TEST_CASE("a 304 gives another lifetime, and one that confirms something else is refused") {
    House house;
    house.answer = [&](std::string const& section) {
        if (!holds(section, "if-none-match")) return whole_answer("cache-control: no-cache\r\netag: \"v1\"\r\n", "{}");
        return whole_answer(holds(section, "/other") ? "etag: \"v2\"\r\n" : "cache-control: max-age=60\r\n", "",
                            "304 Not Modified");
    };
    WayOut way_out(house.client(), with_readings());
    for (int i = 0; i < 5; ++i)
        CHECK(house.ask(way_out).failure == "");
    CHECK(house.asked.size() == 2);
    CHECK(house.ask(way_out, "/other").failure == "");
    CHECK(holds(house.ask(way_out, "/other").failure, "not asked about"));
}

TEST_CASE("no-store is not kept, lists only within the operator's ceiling and their own") {
    House house;
    house.answer = [](std::string const& section) {
        return whole_answer(holds(section, "/secret") ? "cache-control: no-store\r\netag: \"a\"\r\n"
                                                      : "cache-control: max-age=86400\r\n",
                            "{}");
    };
    auto config = with_readings();
    config.keep = milliseconds(150);
    WayOut way_out(house.client(), config);
    house.ask(way_out, "/secret");
    house.ask(way_out, "/secret");
    REQUIRE(house.asked.size() == 2);
    CHECK_FALSE(holds(house.asked[1], "if-none-match"));

    house.ask(way_out, "/list");
    house.ask(way_out, "/list");
    CHECK(house.asked.size() == 3);
    std::this_thread::sleep_for(milliseconds(160));
    house.ask(way_out, "/list");
    CHECK(house.asked.size() == 4);

    config.keep = milliseconds(60'000);
    config.own_lifetime = [](Fetched const& fetched) -> std::optional<milliseconds> {
        return milliseconds(fetched.body == "{}" ? 0 : 60'000);
    };
    WayOut own(house.client(), config);
    house.ask(own, "/list");
    house.ask(own, "/list");
    CHECK(house.asked.size() == 6);
}

TEST_CASE("a host that fails after its document ran out is told as failing, never papered over") {
    House house;
    bool broken = false;
    house.answer = [&](std::string const&) {
        return broken ? whole_answer("", "", "503 Busy")
                      : whole_answer("cache-control: no-cache\r\netag: \"a\"\r\n", "{}");
    };
    WayOut way_out(house.client(), with_readings());
    CHECK(house.ask(way_out).failure == "");
    broken = true;
    CHECK(holds(house.ask(way_out).failure, "503"));
    CHECK(house.ask(way_out).body == "");
    CHECK(house.asked.size() == 2);  // The failure itself is kept for a short while.
}

TEST_CASE("a document that may move is another than the one that may not") {
    House house;
    house.answer = [](std::string const& section) {
        if (holds(section, "GET /old")) return whole_answer("location: /new\r\n", "", "302 Found");
        return whole_answer("cache-control: max-age=60\r\netag: \"a\"\r\n", "{\"new\":true}");
    };
    WayOut way_out(house.client(), with_readings());
    auto const url = house.peer.url("good.test", "/old");
    DocumentNeeds moving{{url}, false};
    moving.may_move = {url};
    auto const moved = way_out.fetch_and_wait({}, moving).by_address.at(url);
    CHECK(moved.failure == "");
    CHECK(moved.landed == house.peer.url("good.test", "/new"));
    CHECK(holds(house.ask(way_out, "/old").failure, "not followed"));
    CHECK(way_out.fetch_and_wait({}, moving).by_address.at(url).landed == moved.landed);
    CHECK(house.asked.size() == 3);
}

}  // namespace outbound_cache_cases
