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
