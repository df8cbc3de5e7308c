// What both drivers promise: units of work and snapshots.

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

struct Rows : TemporaryDatabase {
    Rows() {
        database->write([](Session& session) {
            session.execute("CREATE TABLE number (n INTEGER NOT NULL PRIMARY KEY, text TEXT) STRICT");
        });
    }
    std::int64_t count() const { return number(*database, "SELECT count(*) FROM number"); }
    void insert(std::int64_t n) const {
        database->write([&](Session& session) { session.execute("INSERT INTO number (n) VALUES ($1)", n); });
    }
};

constexpr std::string_view sum_of_changes = "SELECT coalesce(max(n), 0) FROM change";

void bump_once(Database& database) {
    database.write([](Session& session) {
        session.execute(
            "INSERT INTO change (topic, n) VALUES ('a', 1) ON CONFLICT (topic) DO UPDATE SET n = change.n + 1");
    });
}

}  // namespace

TEST_CASE("a unit that fails does not hurt those committed with it, and its exception reaches its caller only") {
    Rows numbers;
    std::atomic<int> refused = 0;
    std::atomic<int> own_exception = 0;
    std::latch ready(16);
    std::vector<std::thread> threads;

    for (int t = 0; t < 16; ++t) {
        threads.emplace_back([&, t] {
            ready.arrive_and_wait();
            for (int i = 0; i < 20; ++i) {
                try {
                    numbers->write([&](Session& session) {
                        session.execute("INSERT INTO number (n) VALUES ($1)", t * 100 + i);
                        if (i % 4 == 1) session.execute("INSERT INTO number (n) VALUES ($1)", t * 100);
                        if (i % 4 == 2) throw std::range_error(std::to_string(t * 100 + i));
                    });
                } catch (ConstraintError const&) {
                    refused += i % 4 == 1;
                } catch (std::range_error const& error) {
                    own_exception += error.what() == std::to_string(t * 100 + i);
                }
            }
        });
    }
    for (auto& thread : threads)
        thread.join();

    CHECK(refused == 16 * 5);
    CHECK(own_exception == 16 * 5);
    CHECK(numbers.count() == 16 * 10);
    CHECK(number(*numbers.database, "SELECT count(*) FROM number WHERE n % 100 % 4 IN (1, 2)") == 0);
}

TEST_CASE("an error result rolls its unit back and is returned as it is") {
    Rows numbers;

    auto const answer = numbers->write([](Session& session) -> Result<int> {
        session.execute("INSERT INTO number (n) VALUES (1)");
        return Error{Fault::conflict, "wrong-state", "It is revoked already."};
    });

    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == "wrong-state");
    CHECK(numbers.count() == 0);
}

TEST_CASE("a value result is kept and returned") {
    Rows numbers;

    auto const answer = numbers->write([](Session& session) -> Result<std::int64_t> {
        session.execute("INSERT INTO number (n) VALUES (7)");
        return number(session, "SELECT max(n) FROM number");
    });

    REQUIRE(answer);
    CHECK(*answer == 7);
    CHECK(numbers.count() == 1);
}

TEST_CASE("a unit may catch a refused row and go on") {
    Rows numbers;
    numbers.insert(1);

    numbers->write([](Session& session) {
        CHECK_THROWS_AS(session.execute("INSERT INTO number (n) VALUES (1)"), ConstraintError);
        session.execute("INSERT INTO number (n) VALUES (2)");
    });

    CHECK(numbers.count() == 2);
}

TEST_CASE("a write inside a unit of work is refused instead of waiting for itself") {
    Rows numbers;

    CHECK_THROWS_AS(numbers->write([&](Session&) { numbers.insert(1); }), std::logic_error);

    CHECK(numbers.count() == 0);
}

TEST_CASE("a reader keeps its snapshot while others write") {
    TemporaryDatabase test;
    bump_once(*test.database);

    test->read([&](Session& session) {
        CHECK(number(session, sum_of_changes) == 1);
        std::thread([&] { bump_once(*test.database); }).join();
        CHECK(number(session, sum_of_changes) == 1);
    });

    CHECK(number(*test.database, sum_of_changes) == 2);
}

TEST_CASE("a unit of work sees its own writes, also through read()") {
    TemporaryDatabase test;

    test->write([&](Session& session) {
        session.execute("INSERT INTO change (topic, n) VALUES ('a', 5)");
        CHECK(number(session, sum_of_changes) == 5);
        CHECK(number(*test.database, sum_of_changes) == 5);
    });
}

TEST_CASE("a read inside a read shares its snapshot") {
    TemporaryDatabase test;
    bump_once(*test.database);

    test->read([&](Session& session) {
        CHECK(number(session, sum_of_changes) == 1);
        std::thread([&] { bump_once(*test.database); }).join();
        CHECK(number(*test.database, sum_of_changes) == 1);
    });
}

TEST_CASE("a reader cannot write") {
    TemporaryDatabase test;

    CHECK_THROWS_AS(test->read([](Session& session) { session.execute("DELETE FROM change"); }), DatabaseError);
}

TEST_CASE("more threads than connections all get their turn") {
    TemporaryDatabase test;
    bump_once(*test.database);
    std::latch ready(24);
    std::atomic<int> right = 0;
    std::vector<std::thread> threads;

    for (int t = 0; t < 24; ++t) {
        threads.emplace_back([&] {
            ready.arrive_and_wait();
            for (int i = 0; i < 20; ++i)
                right += number(*test.database, sum_of_changes) == 1;
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
    bump_once(*test.database);

    for (int i = 0; i < 10; ++i) {
        CHECK_THROWS_AS(test->read([](Session& session) {
            session.query(sum_of_changes, [](Row const&) { throw std::range_error("stop"); });
        }),
                        std::range_error);
    }
    bump_once(*test.database);

    CHECK(number(*test.database, sum_of_changes) == 2);
}

TEST_CASE("two databases on one store write in turn and see each other, as two nodes do") {
    TemporaryDatabase server;
    auto const command = server.open();
    std::latch ready(8);
    std::vector<std::thread> threads;

    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&, t] {
            ready.arrive_and_wait();
            for (int i = 0; i < 25; ++i)
                bump_once(t % 4 == 0 ? *command : *server.database);
        });
    }
    for (auto& thread : threads)
        thread.join();

    CHECK(number(*command, sum_of_changes) == 200);
    CHECK(number(*server.database, sum_of_changes) == 200);
}
