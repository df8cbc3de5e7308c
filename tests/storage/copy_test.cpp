#include "storage/copy.hpp"

#include <sys/stat.h>

#include <map>
#include <set>

#include <doctest/doctest.h>

#include "storage/backup_file.hpp"
#include "storage/catalog.hpp"
#include "tests/storage/rows.hpp"

using namespace itqan;
using namespace itqan::storage;
using namespace itqan::tests;

namespace {

/// A few rows of most kinds, and many of one.
void fill_all_kinds(Database& database) {
    database.write([](Session& session) {
        put_programme_item(session, {"programme", "prg", R"({"name":"Programme"})"}, noon);
        for (int n = 0; n < 1'203; ++n) {
            auto const id = std::to_string(n);
            put_learner(session, learner_row("lrn-" + id));
            session.execute("INSERT INTO status_position (list_id, position) VALUES ($1, $2)",
                            "list-" + std::to_string(n % 3), n);
        }
        insert_credential(session, credential_row("one"));
        session.execute("INSERT INTO job VALUES ('job-1', 'verify', 'c', 0, 40, 0, 1, NULL, 1, 2)");
        Bytes const bytes{0, 1, 2, 255, 0};
        for (int n = 0; n < 40; ++n)
            session.execute("INSERT INTO job_item VALUES ('job-1', $1, $2, $3, NULL, NULL, '')", n, "a'b\n\"ع\"",
                            bytes);
        session.execute("UPDATE job_item SET input = $1 WHERE n = 1", Bytes{});
        session.execute("UPDATE job_item SET input = NULL WHERE n = 2");
        bump_change(session, "programme");
    });
}

std::vector<TableSum> sums_in(Database& database) {
    return database.read([](Session& session) { return sum_tables(session, tables(), nullptr); });
}

std::vector<TableSum> copied(Database& from, Database& to) {
    return from.read([&](Session& session) { return copy_tables(session, to, tables(), nullptr); });
}

TableSum const& sum_of(std::vector<TableSum> const& all, std::string const& table) {
    for (auto const& sum : all)
        if (sum.table == table) return sum;
    throw std::out_of_range(table);
}

}  // namespace

TEST_CASE("the tables and columns read from the migrations are those that the database has") {
    TemporaryDatabase const database;
    std::map<std::string, std::vector<std::string>> have;
    // Each engine's own catalogue.
    auto const* const sql =
        database.is_postgres()
            ? "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) FROM information_schema.columns WHERE "
              "table_schema = current_schema AND table_name <> 'schema_migration' ORDER BY table_name, ordinal_position"
            : "SELECT m.name, c.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c WHERE m.type = "
              "'table' "
              "AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'schema_migration' ORDER BY m.name, c.cid";
    database.database->read([&](Session& session) {
        session.query(sql, [&](Row const& row) { have[row.string(0)].push_back(row.string(1)); });
    });

    std::map<std::string, std::vector<std::string>> known;
    for (auto const& table : tables())
        for (auto const& column : table.columns)
            known[table.name].push_back(column.name);

    CHECK(known == have);
    CHECK(have.size() >= 20);
}

TEST_CASE("keys and types of the tables are read from the migrations") {
    std::vector<Migration> const all{{1, "0001",
                                      "-- a; comment\nCREATE TABLE a (x TEXT NOT NULL, y INTEGER DEFAULT (1 + 2), z "
                                      "BLOB, PRIMARY KEY (y, x)) STRICT;"
                                      "CREATE UNIQUE INDEX a_i ON a (z);"},
                                     {2, "0002",
                                      "CREATE TABLE b (id REAL NOT NULL PRIMARY KEY, UNIQUE (id)) STRICT; ALTER TABLE "
                                      "a ADD COLUMN w REAL; UPDATE a SET w = 1"},
                                     {3, "0003", "DROP TABLE a"}};

    auto const first = tables_of(all, 1);
    auto const second = tables_of(all, 2);

    REQUIRE(first.size() == 1);
    CHECK(first[0].key == std::vector<std::size_t>{1, 0});
    CHECK(first[0].columns[2].type == ColumnType::blob);
    REQUIRE(second.size() == 2);
    CHECK(second[0].columns.back().name == "w");
    CHECK(second[1].key == std::vector<std::size_t>{0});
    CHECK(tables_of(all).size() == 1);
    CHECK_THROWS_AS(tables_of({{1, "0001", "ALTER TABLE a RENAME TO b"}}), std::logic_error);
    CHECK_THROWS_AS(tables_of({{1, "0001", "CREATE TABLE a (x TEXT)"}}), std::logic_error);
}

TEST_CASE("a copy has every row of every table, byte for byte") {
    TemporaryDatabase const from, to;
    fill_all_kinds(*from.database);

    auto const read = copied(*from.database, *to.database);

    CHECK(read == sums_in(*from.database));
    CHECK(read == sums_in(*to.database));
    CHECK(sum_of(read, "learner").rows == 1'203);
    CHECK(sum_of(read, "job_item").rows == 40);
    CHECK(number(*to.database, "SELECT count(*) FROM job_item WHERE input IS NULL") == 1);
    CHECK(number(*to.database, "SELECT count(*) FROM job_item WHERE length(input) = 0") == 1);
    CHECK(number(*to.database, "SELECT count(*) FROM learner WHERE name_ar IS NULL") == 1'203);
}

TEST_CASE("one changed value, one missing row and one row more move the sum of their table and of no other") {
    TemporaryDatabase const database;
    fill_all_kinds(*database.database);
    auto const before = sums_in(*database.database);
    auto const differs = [&](std::string const& table) {
        auto const after = sums_in(*database.database);
        bool others = false;
        for (auto const& sum : after)
            if (sum.table != table && sum != sum_of(before, sum.table)) others = true;
        return !others && sum_of(after, table) != sum_of(before, table);
    };

    database->write([](Session& session) { session.execute("UPDATE job_item SET input = NULL WHERE n = 1"); });
    CHECK(differs("job_item"));
    database->write([](Session& session) { session.execute("UPDATE job_item SET input = $1 WHERE n = 1", Bytes{}); });
    CHECK(sums_in(*database.database) == before);
    database->write([](Session& session) { session.execute("DELETE FROM learner WHERE id = 'lrn-7'"); });
    CHECK(differs("learner"));
}

TEST_CASE("what is written while a copy runs is not in it") {
    TemporaryDatabase const from, to;
    fill_all_kinds(*from.database);
    bool wrote = false;

    from.database->read([&](Session& session) {
        return copy_tables(session, *to.database, tables(), [&](std::string_view, std::int64_t) {
            if (!std::exchange(wrote, true)) from.database->write([](Session& s) { bump_change(s, "keys"); });
        });
    });

    CHECK(wrote);
    CHECK(number(*from.database, "SELECT count(*) FROM change") == 2);
    CHECK(number(*to.database, "SELECT count(*) FROM change") == 1);
}

TEST_CASE("a used database is told from an empty one") {
    TemporaryDatabase const database;
    auto const used = [&] {
        return database.database->read([](Session& session) { return first_used_table(session, tables()); });
    };

    CHECK(used().empty());
    fill_all_kinds(*database.database);
    CHECK(used() == "programme_item");
    CHECK(database.database->read([](Session& session) { return schema_number(session); }) ==
          migrations().back().number);
}

TEST_CASE("a backup file is its owner's alone, whole in one file, and says what it is") {
    TemporaryFolder const folder;
    auto const source = folder.file("itqan.db");
    auto const database = open_sqlite({.path = source});
    migrate(*database, noon);
    fill_all_kinds(*database);
    auto const file = folder.file("backup");

    snapshot_sqlite(source, file);
    seal_backup(file, R"({"format":"x"})");

    CHECK(backup_manifest(file) == R"({"format":"x"})");
    struct stat facts {};
    REQUIRE(::stat(file.c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777) == 0600);
    CHECK_FALSE(std::filesystem::exists(file + "-wal"));
    CHECK_FALSE(std::filesystem::exists(file + "-journal"));
    CHECK_THROWS_AS(snapshot_sqlite(source, file), DatabaseError);
    unseal_backup(file);
    CHECK(backup_manifest(file).empty());
    auto const back = open_sqlite({.path = file});
    CHECK(sums_in(*back) == sums_in(*database));
}
