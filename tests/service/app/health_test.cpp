#include "service/health.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <thread>

#include <nlohmann/json.hpp>

#include "service/http/certificate.hpp"
#include "storage/catalog.hpp"
#include "storage/outbox.hpp"
#include "tests/storage/temporary_database.hpp"

using namespace itqan;
using namespace itqan::service;
using namespace itqan::tests;

namespace {

struct Watched {
    TemporaryDatabase db;
    struct : Clock {
        Instant now = SystemClock().wall();
        Instant wall() const override { return now; }
        Instant domain() const override { return now; }
    } clock;
    std::vector<Finding> told;

    HealthSettings settings() const {
        HealthSettings settings;
        settings.data = db.folder.path();
        settings.probe_interval = std::chrono::milliseconds(0);
        settings.outbox_interval = std::chrono::milliseconds(0);
        return settings;
    }
    Health watch(HealthSettings settings) {
        return {*db.database, clock, std::move(settings), [this](Finding const& finding) { told.push_back(finding); }};
    }
    void record(Instant at) {
        storage::EventRow row;
        row.recorded_at = row.occurred_at = at;
        row.actor = "system";
        row.kind = "programme.changed";
        db->write([&](storage::Session& session) { storage::append_event(session, row); });
    }
};

Finding const* finding_of(std::vector<Finding> const& all, std::string const& name) {
    for (auto const& one : all)
        if (one.name == name) return &one;
    return nullptr;
}

/// SQLite itself says that the disk is full when a file would grow above its bound.
void bound_pages(storage::Database& database) {
    database.write(
        [&](storage::Session& session) { session.query("PRAGMA max_page_count = 1", [](storage::Row const&) {}); });
}

void write_much(storage::Database& database) {
    std::string const long_text(200'000, 'x');
    database.write([&](storage::Session& session) {
        storage::EventRow row;
        row.recorded_at = row.occurred_at = noon;
        row.actor = long_text;
        row.kind = "programme.changed";
        storage::append_event(session, row);
    });
}

}  // namespace

TEST_CASE("a sound installation is ready for reads and writes and says nothing to the log") {
    Watched watched;
    auto health = watched.watch(watched.settings());

    health.look();

    auto const found = health.findings();
    CHECK(found.size() == 5);
    CHECK(Health::worst(found) == Soundness::ok);
    CHECK(Health::can_write(found));
    CHECK(watched.told.empty());
}

TEST_CASE("a full disk stops writes, is told once with what to do, and is over by itself") {
    Watched watched;
    auto settings = watched.settings();
    settings.probe_interval = std::chrono::hours(1);
    auto health = watched.watch(settings);
    bound_pages(*watched.db.database);
    CHECK_THROWS_AS(write_much(*watched.db.database), storage::DatabaseError);
    health.look();  // Its one probe in this hour fits into pages that are there.
    CHECK(watched.db->figures().last == storage::WriteFault::none);
    CHECK_THROWS_AS(write_much(*watched.db.database), storage::DatabaseError);
    // A commit of nothing touches no disk: it does not end it.
    watched.db->write([](storage::Session& session) { session.execute("DELETE FROM outbox WHERE id = 'none'"); });

    health.look();
    health.look();

    auto const found = health.findings();
    CHECK_FALSE(Health::can_write(found));
    CHECK(Health::worst(found) == Soundness::degraded);
    REQUIRE(watched.told.size() == 1);
    CHECK(watched.told.front().event == "disk-full");
    CHECK(watched.told.front().remedy.find(watched.db.folder.path()) != std::string::npos);
    CHECK(watched.db->figures().failures == 2);
    watched.db->write([](storage::Session& session) { storage::bump_change(session, "programme"); });
    health.look();
    CHECK(Health::can_write(health.findings()));
    REQUIRE(watched.told.size() == 2);
    CHECK(watched.told.back().soundness == Soundness::ok);
}

TEST_CASE("little room on the disk is degraded before writes stop") {
    Watched watched;
    auto settings = watched.settings();
    settings.low_bytes = INT64_MAX;
    settings.low_share = 1.0;
    auto health = watched.watch(settings);

    health.look();
    health.look();

    auto const found = health.findings();
    CHECK(Health::worst(found) == Soundness::degraded);
    CHECK(Health::can_write(found));
    REQUIRE(watched.told.size() == 1);
    CHECK(watched.told.front().event == "disk-low");
    CHECK(watched.told.front().remedy.find("df -h") != std::string::npos);
}

TEST_CASE("a certificate near its end, and one past it, are told apart") {
    Watched watched;
    auto const made = http::demo_certificate(watched.db.folder.file("tls"), {}, watched.clock.now);
    REQUIRE(made);
    auto settings = watched.settings();
    settings.certificate = made->certificate;
    auto health = watched.watch(settings);
    health.look();
    CHECK(watched.told.empty());

    constexpr std::int64_t day = 86'400'000;
    watched.clock.now = Instant{watched.clock.now.milliseconds + 360 * day};
    health.look();
    watched.clock.now = Instant{watched.clock.now.milliseconds + 30 * day};
    health.look();

    std::vector<std::string> events;
    for (auto const& one : watched.told)
        events.push_back(one.event);
    CHECK(std::count(events.begin(), events.end(), "certificate-expires") == 1);
    CHECK(std::count(events.begin(), events.end(), "certificate-expired") == 1);
    CHECK(std::count(events.begin(), events.end(), "clock-jumped") == 2);
}

TEST_CASE("a clock behind the newest event is degraded") {
    Watched watched;
    watched.record(Instant{watched.clock.now.milliseconds + 3'600'000});
    auto health = watched.watch(watched.settings());

    health.look();

    auto const found = health.findings();
    REQUIRE(finding_of(found, "clock") != nullptr);
    CHECK(finding_of(found, "clock")->event == "clock-behind");
    CHECK(Health::can_write(found));
}

TEST_CASE("a mail that waits too long is degraded, and so is a mail server that does not answer") {
    Watched watched;
    storage::OutboxRow row;
    row.id = "o-1";
    row.kind = "mail.claim";
    row.data = "{}";
    row.created_at = row.due_at = Instant{watched.clock.now.milliseconds - 7'200'000};
    watched.db->write([&](storage::Session& session) { storage::insert_outbox(session, row); });
    auto health = watched.watch(watched.settings());

    health.look();
    health.mail("smtp-unreachable (curl 7)");
    health.mail("smtp-unreachable (curl 28)");
    CHECK(finding_of(health.findings(), "outbox")->event == "outbox-stuck");
    REQUIRE(finding_of(health.findings(), "mail") != nullptr);
    health.mail(std::nullopt);

    CHECK(finding_of(health.findings(), "mail") == nullptr);
    REQUIRE(watched.told.size() == 3);
    CHECK(watched.told[1].event == "mail-server-unreachable");
    CHECK(watched.told[2].soundness == Soundness::ok);
}

TEST_CASE("a storage that does not answer is told by who asks, without waiting for it") {
    Watched watched;
    auto settings = watched.settings();
    settings.patience = std::chrono::milliseconds(20);
    auto health = watched.watch(settings);
    health.look();
    // All readers are taken, so that the next look waits for one.
    std::atomic<bool> release{false};
    std::atomic<int> held{0};
    std::vector<std::thread> readers;
    for (int i = 0; i < storage::SqliteConfig().readers; ++i)
        readers.emplace_back([&] {
            watched.db->read([&](storage::Session&) {
                ++held;
                while (!release)
                    std::this_thread::yield();
            });
        });
    while (held < storage::SqliteConfig().readers)
        std::this_thread::yield();
    std::thread looking([&] { health.look(); });

    auto const until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (Health::worst(health.findings()) != Soundness::failed && std::chrono::steady_clock::now() < until)
        std::this_thread::yield();
    auto const found = health.findings();
    release = true;
    looking.join();
    for (auto& reader : readers)
        reader.join();

    REQUIRE(finding_of(found, "storage") != nullptr);
    CHECK(finding_of(found, "storage")->event == "storage-unanswered");
    CHECK_FALSE(Health::can_write(found));
    CHECK(Health::worst(health.findings()) == Soundness::ok);
}

TEST_CASE("the note of the last backup is read, and nothing that is no such note") {
    TemporaryFolder folder;
    CHECK_FALSE(last_backup(folder.path()));
    for (std::string const wrong : {"", "[]", "{\"time\": 7}", "{\"time\": \"yesterday\"}"}) {
        std::ofstream(folder.file("backup.json")) << wrong;
        CHECK_FALSE(last_backup(folder.path()));
    }
    std::ofstream(folder.file("backup.json")) << R"({"time": "2026-11-01T12:00:00Z", "path": "/backups/a"})";
    CHECK(last_backup(folder.path()) == Instant::parse("2026-11-01T12:00:00Z"));
}
