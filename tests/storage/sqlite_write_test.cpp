#include <sys/stat.h>

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "tests/storage/temporary_database.hpp"
#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::storage;
using namespace itqan::tests;

namespace {

struct Numbers : TemporaryDatabase {
    Numbers() {
        database->write([](Session& session) {
            session.execute("CREATE TABLE number (n INTEGER NOT NULL PRIMARY KEY, text TEXT) STRICT");
        });
    }
    std::int64_t count() const { return number(*database, "SELECT count(*) FROM number"); }
    void insert(std::int64_t n) const {
        database->write([&](Session& session) { session.execute("INSERT INTO number (n) VALUES ($1)", n); });
    }
};

/// Commits in the write-ahead log: frames whose header names the size of the database (file format 4.1).
int commits_in_log(std::string const& file) {
    auto const log = read_file(file + "-wal");
    auto const byte = [&](std::size_t at) { return static_cast<std::uint8_t>(log[at]); };
    int commits = 0;
    for (std::size_t frame = 32; frame + 24 + 4096 <= log.size(); frame += 24 + 4096) {
        if (byte(frame + 4) || byte(frame + 5) || byte(frame + 6) || byte(frame + 7)) ++commits;
    }
    return commits;
}

}  // namespace

TEST_CASE("units that wait together share a commit") {
    Numbers numbers;
    auto const before = commits_in_log(numbers.file);
    std::latch ready(32);
    std::vector<std::thread> threads;

    for (int t = 0; t < 32; ++t) {
        threads.emplace_back([&, t] {
            ready.arrive_and_wait();
            for (int i = 0; i < 10; ++i)
                numbers.insert(t * 10 + i);
        });
    }
    for (auto& thread : threads)
        thread.join();

    CHECK(numbers.count() == 320);
    CHECK(commits_in_log(numbers.file) - before < 160);
}

TEST_CASE("a refused commit fails the unit and the next one works") {
    Numbers numbers;
    numbers->write([](Session& session) {
        session.execute(
            "CREATE TABLE child (n INTEGER NOT NULL REFERENCES number (n) DEFERRABLE INITIALLY DEFERRED) STRICT");
    });

    CHECK_THROWS_AS(numbers->write([](Session& session) { session.execute("INSERT INTO child (n) VALUES (99)"); }),
                    DatabaseError);
    numbers.insert(1);

    CHECK(number(*numbers.database, "SELECT count(*) FROM child") == 0);
    CHECK(numbers.count() == 1);
}

TEST_CASE("a full database is an error until there is space again") {
    Numbers numbers;
    std::string const long_text(200'000, 'x');
    auto const pages = number(*numbers.database, "PRAGMA page_count");
    auto const limit = [&](std::string const& count) {
        numbers->write([&](Session& session) { session.query("PRAGMA max_page_count=" + count, [](Row const&) {}); });
    };
    auto const insert_long = [&] {
        numbers->write(
            [&](Session& session) { session.execute("INSERT INTO number (n, text) VALUES (1, $1)", long_text); });
    };
    limit(std::to_string(pages + 4));

    CHECK_THROWS_WITH_AS(insert_long(), "the disk is full: nothing can be written until there is space again",
                         DatabaseError);
    CHECK(numbers.count() == 0);
    limit("1000000");
    insert_long();

    CHECK(numbers.count() == 1);
}

TEST_CASE("a constraint error says which rule refused the row") {
    Numbers numbers;

    CHECK_THROWS_WITH_AS(
        numbers->write([](Session& session) { session.execute("INSERT INTO number (n, text) VALUES (1, x'00')"); }),
        doctest::Contains("number.text"), ConstraintError);
    CHECK_THROWS_AS(numbers->write([](Session& session) { session.execute("INSERT INTO absent (n) VALUES (1)"); }),
                    DatabaseError);
}

TEST_CASE("every kind of parameter comes back as it was bound") {
    Numbers numbers;
    Bytes const blob{0, 1, 255};
    std::string const text("a\0b \xd8\xa5", 6);

    numbers->write([&](Session& session) {
        int rows = 0;
        session.query(
            "SELECT $1, $2, $3, $4, $5, $6, $7, $8, $3",
            [&](Row const& row) {
                ++rows;
                CHECK(row.is_null(0));
                CHECK(row.integer(1) == INT64_MIN);
                CHECK(row.text(2) == text);
                CHECK(Bytes(row.blob(3).begin(), row.blob(3).end()) == blob);
                CHECK(row.real(4) == 0.1);
                CHECK(row.boolean(5));
                CHECK(row.day(6) == Day{20'000});
                CHECK_FALSE(row.optional_instant(7));
                CHECK(row.text(8) == text);
            },
            nullptr, INT64_MIN, text, blob, 0.1, true, Day{20'000}, std::optional<Instant>{});
        CHECK(rows == 1);
    });
}

TEST_CASE("a statement that does not fit its parameters is a broken invariant") {
    Numbers numbers;

    numbers->read([](Session& session) {
        auto const ignore = [](Row const&) {};
        CHECK_THROWS_AS(session.query("SELECT $1, $2", ignore, 1), std::logic_error);
        CHECK_THROWS_AS(session.query("SELECT $1", ignore, 1, 2), std::logic_error);
        CHECK_THROWS_AS(session.query("SELECT 1; SELECT 2", ignore), std::logic_error);
        CHECK_THROWS_AS(session.execute("SELECT 1"), std::logic_error);
    });
}

TEST_CASE("the files of the database are readable by their owner only") {
    Numbers numbers;
    numbers.insert(1);

    for (auto const* const suffix : {"", "-wal", "-shm"}) {
        struct stat found {};
        REQUIRE(::stat((numbers.file + suffix).c_str(), &found) == 0);
        CHECK((found.st_mode & 0777) == 0600);
    }
}

TEST_CASE("the promised settings hold on both kinds of connection") {
    Numbers numbers;
    auto const check = [](Session& session) {
        CHECK(number(session, "PRAGMA synchronous") == 2);
        CHECK(number(session, "PRAGMA foreign_keys") == 1);
        CHECK(number(session, "PRAGMA secure_delete") == 1);
        CHECK(number(session, "PRAGMA trusted_schema") == 0);
        session.query("PRAGMA journal_mode", [](Row const& row) { CHECK(row.text(0) == "wal"); });
        CHECK_THROWS_AS(session.query("SELECT load_extension('x')", [](Row const&) {}), DatabaseError);
    };

    numbers->write(check);
    numbers->read(check);

    // SQLITE_DBCONFIG_DEFENSIVE: the schema table cannot be edited.
    CHECK_THROWS_AS(numbers->write([](Session& session) {
        session.query("PRAGMA writable_schema=ON", [](Row const&) {});
        session.execute("DELETE FROM sqlite_schema");
    }),
                    DatabaseError);
}

TEST_CASE("a path that cannot hold a database is a database error") {
    SqliteConfig config;
    config.path = "/nonexistent/itqan.db";

    CHECK_THROWS_AS(open_sqlite(config), DatabaseError);
}
