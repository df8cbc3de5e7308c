#include "service/keeping/move.hpp"

#include <nlohmann/json.hpp>

#include "service/keeping/fsck.hpp"
#include "service/keeping/whole_file.hpp"
#include "storage/checks.hpp"
#include "storage/outbox.hpp"

namespace itqan::service {
namespace {

std::int64_t newest_number(storage::Session& session) {
    std::int64_t newest = 0;
    session.query("SELECT coalesce(max(seq), 0) FROM event", [&](storage::Row const& row) { newest = row.integer(0); });
    return newest;
}

storage::CopyProgress told_of(KeepingProgress const& progress, std::string const& what) {
    return [&progress, what](std::string_view table, std::int64_t rows) {
        if (progress && rows % 10'000 == 0) progress(what + " " + std::string(table) + ": " + std::to_string(rows));
    };
}

bool is_sqlite(Place const& place) {
    return place.engine == Place::Engine::sqlite;
}

/// The source, which nobody else uses unless that was allowed.
Result<std::unique_ptr<storage::Database>> open_source(MoveOptions const& options) {
    auto const& from = options.from;
    if (is_sqlite(from) && !std::filesystem::exists(from.address))
        return Error{Fault::not_found, "no-database", "There is no database " + from.address + ".", {}};
    try {
        return open_place(from, options.online ? PlaceUse::shared : PlaceUse::exclusive);
    } catch (storage::DatabaseError const& error) {
        if (options.online || !is_sqlite(from)) throw;
        return Error{Fault::conflict,
                     "in-use",
                     from.address + " cannot be had alone (" + error.what() +
                         "). Stop the server that uses it, then move; or try with --online, which copies what there is "
                         "now and not what is written from now on.",
                     {}};
    }
}

Result<Moved> copy_and_compare(storage::Database& source, storage::Database& target, MoveOptions const& options,
                               KeepingProgress const& progress) {
    auto const newest = storage::migrations().back().number;
    auto const now = SystemClock().wall();
    storage::migrate(target, now);
    auto const used =
        target.read([](storage::Session& session) { return storage::first_used_table(session, storage::tables()); });
    if (!used.empty())
        return Error{Fault::conflict,
                     "target-not-empty",
                     options.to.shown() + " holds rows already (in " + used + "): a move needs an empty database.",
                     {}};
    Moved moved;
    std::int64_t last_event = 0;
    bool right_schema = true;
    source.read([&](storage::Session& session) {
        right_schema = storage::schema_number(session) == newest;
        if (!right_schema) return;
        last_event = newest_number(session);
        moved.sums = storage::copy_tables(session, target, storage::tables(), told_of(progress, "copied"));
    });
    if (!right_schema)
        return Error{
            Fault::conflict, "schema", "The source has not this program's schema: run itqan migrate first.", {}};
    target.continue_numbers();
    auto const there = target.read([&](storage::Session& session) {
        return storage::sum_tables(session, storage::tables(), told_of(progress, "compared"));
    });
    if (there != moved.sums)
        return Error{Fault::unavailable,
                     "not-equal",
                     "The rows in " + options.to.shown() + " are not those of the source. Empty it and move again.",
                     {}};
    auto const event_now = source.read([](storage::Session& session) { return newest_number(session); });
    moved.source_went_on = event_now != last_event;
    if (moved.source_went_on && !options.online)
        return Error{
            Fault::conflict,
            "source-changed",
            "The source was written to while it was copied: stop every node that uses it, empty the target, and "
            "move again.",
            {}};
    for (auto const& sum : moved.sums)
        moved.rows += sum.rows;
    target.write([&](storage::Session& session) {
        // One writer leaves no number out: what is missing in its file is damage, and stays visible as such.
        auto const unused =
            is_sqlite(options.from) ? known_unused_numbers(session) : storage::unused_event_numbers(session);
        storage::append_event(session, {0, now, now, "command-line", "database.moved", "database", std::nullopt,
                                        Json{{"rows", moved.rows},
                                             {"newestEvent", last_event},
                                             {"from", is_sqlite(options.from) ? "sqlite" : "postgres"},
                                             {"unusedNumbers", unused}}
                                            .dump()});
    });
    return moved;
}

}  // namespace

Result<Moved> move_database(MoveOptions const& options, KeepingProgress const& progress) {
    auto source = open_source(options);
    if (!source) return source.error();
    if (!is_sqlite(options.to) || std::filesystem::exists(options.to.address)) {
        auto const target = open_place(options.to, PlaceUse::shared);
        return copy_and_compare(**source, *target, options, progress);
    }
    if (auto const left = log_beside(options.to.address); !left.empty())
        return Error{Fault::conflict,
                     "already-exists",
                     left.string() +
                         " is there still, the log of a database that was here: it would be played into the new one. "
                         "Move " +
                         options.to.address + "-wal, -shm and -journal away, to where the old database is.",
                     {}};
    std::filesystem::path const unfinished_name = options.to.address + ".unfinished";
    UnfinishedFile::remove(unfinished_name);
    UnfinishedFile const unfinished(unfinished_name);
    auto moved = [&] {
        auto const target = open_place({Place::Engine::sqlite, unfinished_name.string()}, PlaceUse::scratch);
        return copy_and_compare(**source, *target, options, progress);
    }();
    if (!moved) return moved;
    put_in_place(unfinished_name, options.to.address);
    return moved;
}

}  // namespace itqan::service
