#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "tests/storage/temporary_database.hpp"

using namespace itqan;
using namespace itqan::storage;
using namespace itqan::tests;

namespace {

constexpr std::string_view count_changes = "SELECT coalesce(max(n), 0) FROM change";

void bump(Database& database) {
    database.write([](Session& session) {
        session.execute(
            "INSERT INTO change (topic, n) VALUES ('a', 1) ON CONFLICT (topic) DO UPDATE SET n = change.n + 1");
    });
}

}  // namespace

TEST_CASE("a reader keeps its snapshot while others write") {
    TemporaryDatabase test;
    bump(*test.database);

    test->read([&](Session& session) {
        CHECK(number(session, count_changes) == 1);
        std::thread([&] { bump(*test.database); }).join();
        CHECK(number(session, count_changes) == 1);
    });

    CHECK(number(*test.database, count_changes) == 2);
}

TEST_CASE("a unit of work sees its own writes, also through read()") {
    TemporaryDatabase test;

    test->write([&](Session& session) {
        session.execute("INSERT INTO change (topic, n) VALUES ('a', 5)");
        CHECK(number(session, count_changes) == 5);
        CHECK(number(*test.database, count_changes) == 5);
    });
}

TEST_CASE("a read inside a read shares its snapshot") {
    TemporaryDatabase test;
    bump(*test.database);

    test->read([&](Session& session) {
        CHECK(number(session, count_changes) == 1);
        std::thread([&] { bump(*test.database); }).join();
        CHECK(number(*test.database, count_changes) == 1);
    });
}

TEST_CASE("a reader cannot write") {
    TemporaryDatabase test;

    CHECK_THROWS_AS(test->read([](Session& session) { session.execute("DELETE FROM change"); }), DatabaseError);
}

TEST_CASE("more threads than connections all get their turn") {
    TemporaryDatabase test;
    bump(*test.database);
    std::latch ready(24);
    std::atomic<int> right = 0;
    std::vector<std::thread> threads;

    for (int t = 0; t < 24; ++t) {
        threads.emplace_back([&] {
            ready.arrive_and_wait();
            for (int i = 0; i < 20; ++i)
                right += number(*test.database, count_changes) == 1;
        });
    }
    for (auto& thread : threads)
        thread.join();

    CHECK(right == 24 * 20);
}

TEST_CASE("a statement may be used again inside its own rows") {
    TemporaryDatabase test;
    test->write([](Session& session) { session.execute("INSERT INTO change (topic, n) VALUES ('a', 1), ('b', 2)"); });
    int pairs = 0;

    test->read([&](Session& session) {
        constexpr std::string_view all = "SELECT topic, n FROM change";
        session.query(all, [&](Row const&) { session.query(all, [&](Row const&) { ++pairs; }); });
    });

    CHECK(pairs == 4);
}

TEST_CASE("a connection is clean after a callback threw") {
    TemporaryDatabase test;
    bump(*test.database);

    for (int i = 0; i < 10; ++i) {
        CHECK_THROWS_AS(test->read([](Session& session) {
            session.query(count_changes, [](Row const&) { throw std::range_error("stop"); });
        }),
                        std::range_error);
    }
    bump(*test.database);

    CHECK(number(*test.database, count_changes) == 2);
}

TEST_CASE("two databases on one file write in turn and see each other, as a command beside the server") {
    TemporaryDatabase server;
    auto const command = server.open();
    std::latch ready(8);
    std::vector<std::thread> threads;

    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&, t] {
            ready.arrive_and_wait();
            for (int i = 0; i < 25; ++i)
                bump(t % 4 == 0 ? *command : *server.database);
        });
    }
    for (auto& thread : threads)
        thread.join();

    CHECK(number(*command, count_changes) == 200);
    CHECK(number(*server.database, count_changes) == 200);
}

TEST_CASE("a lock that another process keeps too long is an error, and the next unit works") {
    TemporaryDatabase test;
    SqliteConfig config;
    config.path = test.file;
    config.busy_timeout_milliseconds = 20;
    auto const impatient = open_sqlite(config);

    test->write([&](Session&) {
        CHECK_THROWS_WITH_AS(bump(*impatient), doctest::Contains("kept it locked for 20 ms"), DatabaseError);
    });
    bump(*impatient);

    CHECK(number(*test.database, count_changes) == 1);
}
