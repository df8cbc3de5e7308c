#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <sstream>

#include <doctest/doctest.h>

#include "storage/migrate.hpp"
#include "tests/storage/temporary_database.hpp"

using namespace itqan;
using namespace itqan::storage;
using namespace itqan::tests;

namespace {

std::vector<Migration> const three{
    {1, "0001_one",
     "CREATE TABLE one (a TEXT NOT NULL) STRICT; -- first; with a semicolon\n"
     "INSERT INTO one (a) VALUES ('it''s; -- no comment');"},
    {2, "0002_two", "CREATE TABLE two (b TEXT) STRICT;\nCREATE INDEX two_b ON two (b);\n"},
    {3, "0003_three", "CREATE TABLE three (c TEXT) STRICT;"},
};
std::vector<Migration> first(std::size_t count) {
    return {three.begin(), three.begin() + static_cast<long>(count)};
}

}  // namespace

TEST_CASE("the program's migrations are numbered without gaps and apply once") {
    TemporaryStore store;
    auto const database = store.open();

    auto const names = migrate(*database, noon);

    REQUIRE(names.size() == migrations().size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        CHECK(migrations()[i].number == static_cast<int>(i + 1));
        CHECK(names[i] == migrations()[i].name);
    }
    CHECK(names.front() == "0001_foundation");
    CHECK(migrate(*database, after(1)).empty());
    CHECK(number(*database, "SELECT count(*) FROM schema_migration") == static_cast<std::int64_t>(names.size()));
}

TEST_CASE("migrations use only the type words every driver knows") {
    for (auto const& migration : migrations()) {
        std::istringstream lines(migration.sql);
        for (std::string line; std::getline(lines, line);) {
            auto const sql = line.substr(0, line.find("--")) + " ";
            for (std::string const word :
                 {"ROWID", "AUTOINCREMENT", "BOOLEAN", "TIMESTAMP", "VARCHAR", "JSON", " INT "})
                CHECK_MESSAGE(sql.find(word) == std::string::npos, migration.name << ": " << line);
        }
    }
}

TEST_CASE("statements are split at semicolons outside quotes and comments") {
    TemporaryStore store;
    auto const database = store.open();

    migrate(*database, noon, first(1));

    database->read([](Session& session) {
        session.query("SELECT a FROM one", [](Row const& row) { CHECK(row.text(0) == "it's; -- no comment"); });
    });
    CHECK(number(*database, "SELECT count(*) FROM one") == 1);
}

TEST_CASE("an applied migration with another text is refused") {
    TemporaryStore store;
    auto const database = store.open();
    migrate(*database, noon, first(2));
    auto changed = three;
    changed[1].sql += "-- changed\n";

    CHECK_THROWS_WITH_AS(migrate(*database, noon, changed), doctest::Contains("0002_two"), DatabaseError);

    CHECK(number(*database, "SELECT count(*) FROM schema_migration") == 2);
}

TEST_CASE("an older program accepts a newer schema") {
    TemporaryStore store;
    auto const database = store.open();
    migrate(*database, noon, three);

    CHECK(migrate(*database, after(1), first(2)).empty());
}

TEST_CASE("a migration that fails leaves nothing and those before it stay") {
    TemporaryStore store;
    auto const database = store.open();
    auto broken = first(2);
    broken[1].sql = "CREATE TABLE two (b TEXT) STRICT; CREATE TABLE one (a TEXT) STRICT;";

    CHECK_THROWS_AS(migrate(*database, noon, broken), DatabaseError);
    auto const names = migrate(*database, noon, three);

    CHECK(names == std::vector<std::string>{"0002_two", "0003_three"});
}

TEST_CASE("a program killed inside a migration resumes with it") {
    TemporaryStore store;

    auto const child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        auto const database = store.open();
        migrate(*database, noon, first(1));
        database->write([](Session& session) {
            session.execute("CREATE TABLE two (b TEXT) STRICT");
            ::kill(::getpid(), SIGKILL);
        });
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    auto const database = store.open();

    CHECK(migrate(*database, noon, three) == std::vector<std::string>{"0002_two", "0003_three"});
    CHECK(number(*database, "SELECT count(*) FROM one") == 1);
}
