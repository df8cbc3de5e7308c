#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <set>
#include <thread>

#include <doctest/doctest.h>

#include "tests/storage/temporary_database.hpp"

namespace {

/// Counts the syncs of this program; the one with this number fails. 0: none.
std::atomic<long> syncs{0}, failing{0};
std::atomic<long> slower_by_microseconds{0};

int counted_sync(long call, int descriptor) {
    if (++syncs == failing) {
        errno = EIO;
        return -1;
    }
    if (auto const pause = slower_by_microseconds.load(); pause > 0)
        std::this_thread::sleep_for(std::chrono::microseconds(pause));
    return static_cast<int>(::syscall(call, descriptor));
}

}  // namespace

// SQLite finds these before those of the C library.
extern "C" int fdatasync(int descriptor) {
    return counted_sync(SYS_fdatasync, descriptor);
}
extern "C" int fsync(int descriptor) {
    return counted_sync(SYS_fsync, descriptor);
}

using namespace itqan;
using namespace itqan::storage;
using namespace itqan::tests;

namespace {

void fail_sync(long number) {
    syncs = 0;
    failing = number;
}

std::unique_ptr<Database> open_file(std::string const& file) {
    SqliteConfig config;
    config.path = file;
    return open_sqlite(config);
}

bool put_number(Database& database, std::int64_t n) {
    try {
        database.write([&](Session& session) { session.execute("INSERT INTO ledger (n) VALUES ($1)", n); });
        return true;
    } catch (DatabaseError const&) {
        return false;
    }
}

std::set<std::int64_t> numbers_in(Database& database) {
    return database.read([](Session& session) {
        std::set<std::int64_t> all;
        session.query("SELECT n FROM ledger", [&](Row const& row) { all.insert(row.integer(0)); });
        return all;
    });
}

void make_ledger(Database& database) {
    database.write([](Session& session) { session.execute("CREATE TABLE ledger (n INTEGER PRIMARY KEY) STRICT"); });
}

}  // namespace

TEST_CASE("a commit whose sync failed is told as unknown and no reader of the process sees it") {
    TemporaryFolder const folder;
    auto const database = open_file(folder.file("itqan.db"));
    make_ledger(*database);
    REQUIRE(put_number(*database, 1));
    REQUIRE(numbers_in(*database) == std::set<std::int64_t>{1});

    fail_sync(1);
    bool const told = put_number(*database, 2);
    fail_sync(0);

    CHECK_FALSE(told);
    CHECK(numbers_in(*database) == std::set<std::int64_t>{1});
    CHECK(put_number(*database, 3));
    CHECK(put_number(*database, 2));
    CHECK(numbers_in(*database) == std::set<std::int64_t>{1, 2, 3});
}

TEST_CASE("what is visible after a failed sync and the end of the process is brought to the disk when it is opened") {
    TemporaryFolder const folder, later;
    auto const database = open_file(folder.file("itqan.db"));
    make_ledger(*database);
    REQUIRE(put_number(*database, 1));
    REQUIRE(numbers_in(*database).size() == 1);  // A reader keeps the log when the writer opens anew.
    fail_sync(1);
    CHECK_FALSE(put_number(*database, 2));
    fail_sync(0);
    // The process ends here: its files, without the index of the log that died with it.
    for (auto const* const suffix : {"", "-wal"})
        std::filesystem::copy_file(folder.file("itqan.db") + suffix, later.file("itqan.db") + suffix);

    fail_sync(0);
    auto const again = open_file(later.file("itqan.db"));
    auto const after_opening = syncs.load();

    auto const seen = numbers_in(*again);
    CHECK(seen.contains(1));
    CHECK(after_opening >= 2);  // The log, and the file that its pages were written to.
    CHECK(std::filesystem::file_size(later.file("itqan.db")) > 4096);
    CHECK(put_number(*again, 7));
}

TEST_CASE("whichever sync fails, what was acknowledged is there afterwards") {
    long points = 0;
    for (long failed = 1; failed == 1 || failed <= points; ++failed) {
        TemporaryFolder const folder;
        std::set<std::int64_t> acknowledged;
        fail_sync(failed);
        try {
            auto const database = open_file(folder.file("itqan.db"));
            make_ledger(*database);
            for (std::int64_t n = 1; n <= 6; ++n) {
                if (put_number(*database, n)) acknowledged.insert(n);
                auto const seen = numbers_in(*database);
                for (auto const each : acknowledged)
                    CHECK(seen.contains(each));
            }
            database->purge_deleted();
        } catch (DatabaseError const&) {
            // Opening or making the table was told as failed.
        }
        points = std::max(points, syncs.load());
        fail_sync(0);
        if (acknowledged.empty()) continue;

        auto const again = open_file(folder.file("itqan.db"));
        auto const seen = numbers_in(*again);
        for (auto const each : acknowledged)
            CHECK(seen.contains(each));
        std::string integrity;
        again->read([&](Session& session) {
            session.query("PRAGMA integrity_check", [&](Row const& row) { integrity = row.string(0); });
        });
        CHECK(integrity == "ok");
    }
    CHECK(points > 8);
}

TEST_CASE("on a slow disk those who come back shortly share the next commit, and who is alone does not wait") {
    TemporaryFolder const folder;
    auto const database = open_file(folder.file("itqan.db"));
    make_ledger(*database);
    constexpr int clients = 8, rounds = 12;
    slower_by_microseconds = 20'000;
    fail_sync(0);
    std::vector<std::thread> threads;
    for (int client = 0; client < clients; ++client)
        threads.emplace_back([&, client] {
            for (int round = 0; round < rounds; ++round)
                put_number(*database, client * 1'000 + round);
        });
    for (auto& thread : threads)
        thread.join();
    auto const shared = syncs.load();
    fail_sync(0);
    auto const began = std::chrono::steady_clock::now();
    for (int n = 0; n < 5; ++n)
        put_number(*database, 100'000 + n);
    auto const alone = std::chrono::steady_clock::now() - began;
    slower_by_microseconds = 0;

    CHECK(numbers_in(*database).size() == clients * rounds + 5);
    CHECK(shared < clients * rounds / 3);
    CHECK(alone < std::chrono::seconds(2));
}
