#include "service/keeping/restore.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <nlohmann/json.hpp>

#include "service/domain/erase_person.hpp"
#include "service/keeping/erasure_journal.hpp"
#include "service/keeping/published_list.hpp"
#include "service/keeping/whole_file.hpp"
#include "storage/backup_file.hpp"
#include "storage/catalog.hpp"
#include "storage/outbox.hpp"
#include "storage/people.hpp"
#include "storage/restoring.hpp"

namespace itqan::service {
namespace {

Actor restoring() {
    Actor actor;
    actor.role = Role::admin;
    actor.id = "restore";
    return actor;
}

/// A private copy that this process may change.
void copy_backup(std::filesystem::path const& from, std::filesystem::path const& to) {
    storage::make_private_file(to.string());
    std::ifstream in(from, std::ios::binary);
    std::ofstream out(to, std::ios::binary | std::ios::in);
    out << in.rdbuf();
    out.flush();
    if (!in || !out)
        throw std::runtime_error(from.string() + " cannot be copied to " + to.string() + ": is there space?");
}

/// Every row is as it was when the backup was taken, whatever happened to the file since.
bool holds_what_it_says(storage::Database& database, Json const& manifest) {
    auto const tables = storage::tables_of(storage::migrations(), manifest.at("schema").get<int>());
    return database.read(
        [&](storage::Session& session) { return storage::sum_tables(session, tables, nullptr) == sums_of(manifest); });
}

std::string text_of(std::filesystem::path const& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

KeysById listed_keys(storage::Session& session) {
    KeysById keys;
    std::vector<storage::KeyRow> rows;
    session.query("SELECT id, public_jwk FROM issuer_key WHERE state <> 'revoked'", [&](storage::Row const& row) {
        storage::KeyRow key;
        key.id = row.string(0);
        key.public_jwk = row.string(1);
        rows.push_back(std::move(key));
    });
    for (auto const& row : rows)
        if (auto const full = storage::key(session, row.id)) static_cast<void>(check_key(*full, std::nullopt, keys));
    return keys;
}

/// The bits of a published list, and the credentials that they are about.
Result<void> take_bits(storage::Session& session, PublishedList const& list, Instant now, Restored& done) {
    auto const known = storage::status_list(session, list.id);
    if (known && known->issuer_id != list.issuer_id)
        return Error{Fault::unprocessable, "not-our-list", "The list " + list.id + " is not its signer's.", {}};
    // Begun after the backup: what it said stays readable, nothing new comes into it.
    if (!known) {
        auto const length = static_cast<std::int64_t>(list.bits.size());
        storage::insert_status_list(session, {list.id, list.issuer_id, list.purpose, length, length, now});
    }
    for (std::uint64_t i = 0; i < list.bits.size(); ++i) {
        if (!list.bits.get(i)) continue;
        auto const position = static_cast<std::int64_t>(i);
        if (known && position >= known->length) break;
        if (storage::put_published_bit(session, list.id, position, now)) ++done.bits;
        auto row = storage::credential_at(session, list.id, position);
        if (!row || row->status == "revoked" || row->erased_at) continue;
        auto const before = row->changed_at;
        row->status = "revoked";
        row->reason.reset();
        row->changed_at = now;
        if (!storage::update_credential(session, *row, before))
            throw storage::DatabaseError("credential changed within its transaction");
        storage::append_event(session, {0, now, now, restoring().id, "credential.revoked", row->id, row->issuer_id,
                                        Json{{"reason", nullptr}, {"from", "published list"}}.dump()});
        ++done.revoked;
    }
    return {};
}

Result<std::vector<std::string>> erasures_since(Config const& config, RestoreOptions const& options) {
    auto journals = options.journals;
    for (auto const& own : {erasure_journal(config), options.backup.parent_path() / erasure_journal(config).filename()})
        if (std::filesystem::exists(own)) journals.push_back(own);
    std::vector<std::string> ids;
    for (auto const& journal : journals) {
        auto const read = read_erasures(journal);
        if (!read) return read.error();
        ids.insert(ids.end(), read->begin(), read->end());
    }
    return ids;
}

/// Everything that is known to have happened since, in one unit.
Result<void> catch_up(storage::Database& database, Config const& config, RestoreOptions const& options,
                      Restored& done) {
    auto const erasures = erasures_since(config, options);
    if (!erasures) return erasures.error();
    domain::Addresses const addresses(config.base_url());
    auto const keys = database.read(listed_keys);
    std::vector<PublishedList> lists;
    for (auto const& file : options.status_lists) {
        if (!std::filesystem::is_regular_file(file))
            return Error{Fault::not_found, "no-file", "There is no status list " + file.string() + ".", {}};
        auto list = read_published_list(text_of(file), keys, addresses);
        if (!list) return Error{list.error().fault, list.error().code, file.string() + ": " + list.error().detail, {}};
        lists.push_back(std::move(*list));
    }
    auto const now = SystemClock().wall();
    return database.write([&](storage::Session& session) -> Result<void> {
        // One writer leaves no number out: what is missing in its file is damage, and stays visible as such.
        auto const unused = text_member(done.manifest, "engine") == sqlite_engine
                                ? known_unused_numbers(session)
                                : storage::unused_event_numbers(session);
        done.closed_lists = storage::close_status_lists(session);
        done.revoked = done.bits = done.erased = 0;
        for (auto const& list : lists)
            if (auto const taken = take_bits(session, list, now, done); !taken) return taken.error();
        for (auto const& id : *erasures) {
            auto const learner = storage::learner(session, id);
            if (!learner || learner->erased_at) continue;
            if (auto const erased = domain::erase_person(session, restoring(), id, now); !erased) return erased.error();
            ++done.erased;
        }
        done.ended_sessions = storage::end_sessions(session);
        for (auto const* const topic : {"status", "keys", "programme"})
            storage::bump_change(session, topic);
        storage::append_event(session, {0, now, now, restoring().id, "database.restored", "database", std::nullopt,
                                        Json{{"backup", done.manifest.at("time")},
                                             {"newestEvent", done.manifest.at("newestEvent")},
                                             {"unusedNumbers", unused}}
                                            .dump()});
        return {};
    });
}

std::optional<crypto::KeyEncryptionKey> kek_of(Config const& config) {
    if (!std::filesystem::exists(config.key_file())) return std::nullopt;
    auto kek = config.kek_file.empty() ? crypto::KeyEncryptionKey::load_or_create(config.key_file())
                                       : crypto::KeyEncryptionKey::load_provided(config.kek_file);
    if (!kek) return std::nullopt;
    return std::move(*kek);
}

Result<void> put_into(Place const& place, std::filesystem::path const& file, KeepingProgress const& progress) {
    auto const target = open_place(place, PlaceUse::shared);
    storage::migrate(*target, SystemClock().wall());
    auto const used =
        target->read([](storage::Session& session) { return storage::first_used_table(session, storage::tables()); });
    if (!used.empty())
        return Error{Fault::conflict,
                     "target-not-empty",
                     place.shown() + " holds rows already (in " + used + "): restore into an empty database.",
                     {}};
    auto const source = open_place({Place::Engine::sqlite, file.string()}, PlaceUse::shared);
    auto const tell = [&](std::string_view table, std::int64_t rows) {
        if (progress && rows % 10'000 == 0) progress("restored " + std::string(table) + ": " + std::to_string(rows));
    };
    auto const sums = source->read(
        [&](storage::Session& session) { return storage::copy_tables(session, *target, storage::tables(), tell); });
    target->continue_numbers();
    auto const there = target->read(
        [&](storage::Session& session) { return storage::sum_tables(session, storage::tables(), nullptr); });
    if (there != sums)
        return Error{
            Fault::unavailable, "not-equal", "The rows in " + place.shown() + " are not those of the backup.", {}};
    return {};
}

}  // namespace

Result<Restored> restore(Config const& config, RestoreOptions const& options, KeepingProgress const& progress) {
    auto const place = place_of(config);
    if (place.engine == Place::Engine::sqlite && std::filesystem::exists(place.address))
        return Error{Fault::conflict,
                     "already-exists",
                     place.address + " is there already: restore into an empty folder, or move the old database away.",
                     {}};
    if (place.engine == Place::Engine::sqlite)
        if (auto const left = log_beside(place.address); !left.empty())
            return Error{Fault::conflict,
                         "already-exists",
                         left.string() +
                             " is there still, the log of a database that was here: it would be played into the "
                             "restored one. Move " +
                             place.address + "-wal, -shm and -journal away too, to where the old database is.",
                         {}};
    if (progress) progress("checking the backup");
    auto manifest = read_backup(options.backup);
    if (!manifest) return manifest.error();
    Restored done;
    done.manifest = std::move(*manifest);

    std::filesystem::path const unfinished_name = config.data / ".restoring";
    UnfinishedFile::remove(unfinished_name);
    UnfinishedFile unfinished(unfinished_name);
    copy_backup(options.backup, unfinished_name);
    storage::unseal_backup(unfinished_name.string());
    {
        auto const copy = open_place({Place::Engine::sqlite, unfinished_name.string()}, PlaceUse::scratch);
        if (!holds_what_it_says(*copy, done.manifest))
            return Error{
                Fault::unprocessable,
                "damaged-backup",
                options.backup.string() + " does not hold the rows that its manifest counts. Take an older backup.",
                {}};
        storage::migrate(*copy, SystemClock().wall());
        if (auto const caught = catch_up(*copy, config, options, done); !caught) return caught.error();
        if (done.erased > 0) copy->purge_deleted();
        FsckOptions wanted;
        wanted.progress = progress;
        done.fsck = fsck(*copy, domain::Addresses(config.base_url()), kek_of(config), wanted);
    }
    if (place.engine == Place::Engine::postgres) {
        if (auto const put = put_into(place, unfinished_name, progress); !put) return put.error();
        return done;
    }
    put_in_place(unfinished_name, place.address);
    unfinished.keep();
    return done;
}

}  // namespace itqan::service
