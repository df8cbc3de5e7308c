#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "service/http/fetch_lanes.hpp"

namespace {

using namespace itqan::http;
using std::chrono::milliseconds;

/// Tasks that run until they are let go, and a note of what became of each.
struct Gate {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = false;
    std::vector<std::string> ran, gave_up;

    FetchTask task(std::string const& name, std::string const& host, std::string const& client) {
        return {host, client,
                [this, name] {
                    std::unique_lock lock(mutex);
                    ran.push_back(name);
                    changed.notify_all();
                    changed.wait(lock, [this] { return open; });
                },
                [this, name] {
                    std::lock_guard const lock(mutex);
                    gave_up.push_back(name);
                    changed.notify_all();
                }};
    }
    void let_go() {
        std::lock_guard const lock(mutex);
        open = true;
        changed.notify_all();
    }
    bool wait_until(std::size_t all_ran, std::size_t all_gave_up) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, std::chrono::seconds(20),
                                [&] { return ran.size() == all_ran && gave_up.size() == all_gave_up; });
    }
};

LaneLimits const small{.at_once = 4,
                       .of_host = 2,
                       .for_client = 3,
                       .waiting = 4,
                       .waiting_for_client = 2,
                       .patience = milliseconds(60'000)};

}  // namespace

TEST_CASE("so many of one host, for one client and in all run at once, and the others follow") {
    Gate gate;
    FetchLanes lanes(small);
    lanes.submit(gate.task("a1", "a", "x"));
    lanes.submit(gate.task("a2", "a", "x"));
    lanes.submit(gate.task("a3 waits for its host", "a", "y"));
    lanes.submit(gate.task("b1", "b", "x"));
    lanes.submit(gate.task("c1 waits for its client", "c", "x"));
    lanes.submit(gate.task("d1", "d", "z"));
    lanes.submit(gate.task("e1 waits for any place", "e", "w"));
    REQUIRE(gate.wait_until(4, 0));
    {
        std::lock_guard const lock(gate.mutex);
        for (auto const& name : gate.ran)
            CHECK(name.find("waits") == std::string::npos);
    }
    gate.let_go();
    CHECK(gate.wait_until(7, 0));
}

TEST_CASE("a client that asks too much is given up, and others still get a place") {
    Gate gate;
    FetchLanes lanes(small);
    for (int i = 0; i < 7; ++i)
        lanes.submit(gate.task("greedy", "host " + std::to_string(i), "greedy"));
    // Three run, two wait, two are given up at once.
    REQUIRE(gate.wait_until(3, 2));
    lanes.submit(gate.task("other", "o", "other"));
    CHECK(gate.wait_until(4, 2));
    gate.let_go();
    CHECK(gate.wait_until(6, 2));
}

TEST_CASE("who found no place in time is given up and never runs") {
    Gate gate;
    auto limits = small;
    limits.patience = milliseconds(1);
    FetchLanes lanes(limits);
    lanes.submit(gate.task("a1", "a", "x"));
    lanes.submit(gate.task("a2", "a", "x"));
    lanes.submit(gate.task("late", "a", "y"));
    REQUIRE(gate.wait_until(2, 0));
    std::this_thread::sleep_for(milliseconds(20));
    gate.let_go();
    REQUIRE(gate.wait_until(2, 1));
    CHECK(gate.gave_up.front() == "late");
}

TEST_CASE("at the end what waits is given up, what runs is waited for, and nothing new begins") {
    Gate gate;
    {
        FetchLanes lanes(small);
        for (auto const* const client : {"x", "y", "z"})
            lanes.submit(gate.task(client, "a", client));
        REQUIRE(gate.wait_until(2, 0));
        lanes.end();
        CHECK(gate.wait_until(2, 1));
        lanes.submit(gate.task("new", "b", "w"));
        CHECK(gate.wait_until(2, 2));
        gate.let_go();
    }
    CHECK(gate.ran.size() == 2);
}
