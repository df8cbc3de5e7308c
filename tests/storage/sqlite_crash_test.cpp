#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <functional>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "tests/storage/temporary_database.hpp"

using namespace itqan;
using namespace itqan::storage;
using namespace itqan::tests;

namespace {

constexpr std::string_view table =
    "CREATE TABLE IF NOT EXISTS ledger (n INTEGER NOT NULL PRIMARY KEY, text TEXT) STRICT";

void insert(Database& database, std::int64_t n, std::string_view text) {
    database.write([&](Session& session) { session.execute("INSERT INTO ledger (n, text) VALUES ($1, $2)", n, text); });
}

/// Four threads insert numbers from `start` on and write each to the pipe once it is acknowledged.
[[noreturn]] void acknowledge_for_ever(std::string const& file, int pipe_end, std::int64_t start) {
    SqliteConfig config;
    config.path = file;
    auto const database = open_sqlite(config);
    database->write([](Session& session) { session.execute(table); });
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (auto n = start + t;; n += 4) {
                insert(*database, n, "acknowledged");
                if (::write(pipe_end, &n, sizeof n) != sizeof n) ::_exit(1);
            }
        });
    }
    for (auto& thread : threads)
        thread.join();
    ::_exit(1);
}

struct Round {
    pid_t child = -1;
    int answers = -1;
};

Round start_child(std::string const& file, std::int64_t start) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    auto const child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::close(ends[0]);
        acknowledge_for_ever(file, ends[1], start);
    }
    ::close(ends[1]);
    return {child, ends[0]};
}

/// What a child process says about itself: "" when all went well, "not run: reason" when it could not try.
std::string in_child(std::function<std::string()> const& act) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    auto const child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        std::string said;
        try {
            said = act();
        } catch (std::exception const& error) {
            said = std::string("failed: ") + error.what();
        }
        if (::write(ends[1], said.data(), said.size()) < 0) ::_exit(1);
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string said;
    char buffer[512];
    for (ssize_t got = 0; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;)
        said.append(buffer, static_cast<std::size_t>(got));
    ::close(ends[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    return said;
}

/// Inserts until the database refuses; returns what it said.
std::string fill(Database& database, std::int64_t& n) {
    std::string const text(20'000, 'x');
    try {
        for (int i = 0; i < 10'000; ++i)
            insert(database, n++, text);
    } catch (DatabaseError const& error) {
        return error.what();
    }
    throw std::runtime_error("the disk never became full");
}

}  // namespace

TEST_CASE("every acknowledged row survives kill -9") {
    TemporaryFolder folder;
    auto const file = folder.file("itqan.db");
    std::vector<std::int64_t> acknowledged;

    for (int round = 0; round < 20; ++round) {
        auto const running = start_child(file, round * 1'000'000);
        std::int64_t n = 0;
        // Killed at an arbitrary point of its work: after a different number of answers each time.
        for (int i = 0; i <= 3 + round * 7; ++i) {
            REQUIRE(::read(running.answers, &n, sizeof n) == sizeof n);
            acknowledged.push_back(n);
        }
        ::kill(running.child, SIGKILL);
        while (::read(running.answers, &n, sizeof n) == sizeof n)
            acknowledged.push_back(n);
        ::close(running.answers);
        ::waitpid(running.child, nullptr, 0);
    }

    SqliteConfig config;
    config.path = file;
    auto const database = open_sqlite(config);
    std::size_t kept = 0;
    database->read([&](Session& session) {
        for (auto const n : acknowledged)
            session.query(
                "SELECT text FROM ledger WHERE n = $1", [&](Row const& row) { kept += row.text(0) == "acknowledged"; },
                n);
        session.query("PRAGMA integrity_check", [](Row const& row) { CHECK(row.text(0) == "ok"); });
    });
    CHECK(kept == acknowledged.size());
}

TEST_CASE("a full disk is answered with an error, and writing goes on when there is space") {
    TemporaryFolder folder;

    auto const said = in_child([&]() -> std::string {
        if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=2m") != 0)
            return std::string("not run: a tmpfs cannot be mounted here: ") + std::strerror(errno);
        SqliteConfig config;
        config.path = folder.file("itqan.db");
        auto const database = open_sqlite(config);
        database->write([](Session& session) { session.execute(table); });
        std::int64_t n = 0;
        auto const error = fill(*database, n);
        auto const held = number(*database, "SELECT count(*) FROM ledger");
        if (::mount(nullptr, folder.path().c_str(), nullptr, MS_REMOUNT, "size=8m") != 0) return "cannot remount";
        insert(*database, n, "there is space again");
        auto const now = number(*database, "SELECT count(*) FROM ledger");
        if (error.find("the disk is full") == std::string::npos) return "wrong error: " + error;
        if (held != n - 1) return "acknowledged " + std::to_string(n - 1) + " rows, kept " + std::to_string(held);
        return now == held + 1 ? "" : "the row after the full disk is missing";
    });

    if (said.starts_with("not run"))
        MESSAGE(said);
    else
        CHECK(said == "");
}

TEST_CASE("a disk that fails while writing is answered with an error, and writing goes on when it works again") {
    TemporaryFolder folder;

    auto const said = in_child([&]() -> std::string {
        SqliteConfig config;
        config.path = folder.file("itqan.db");
        auto const database = open_sqlite(config);
        database->write([](Session& session) { session.execute(table); });
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit old{};
        ::getrlimit(RLIMIT_FSIZE, &old);
        rlimit const small{300'000, old.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &small);
        std::int64_t n = 0;
        auto const error = fill(*database, n);
        ::setrlimit(RLIMIT_FSIZE, &old);
        insert(*database, n, "the disk works again");
        auto const now = number(*database, "SELECT count(*) FROM ledger");
        if (error.find("the disk failed") == std::string::npos) return "wrong error: " + error;
        return now == n ? "" : "acknowledged " + std::to_string(n) + " rows, kept " + std::to_string(now);
    });

    CHECK(said == "");
}
