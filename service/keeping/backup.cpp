#include "service/keeping/backup.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <memory>
#include <set>
#include <stdexcept>

#include <openssl/evp.h>
#include <nlohmann/json.hpp>

#include "service/keeping/place.hpp"
#include "service/keeping/whole_file.hpp"
#include "storage/backup_file.hpp"

namespace itqan::service {
namespace {

constexpr char format[] = "itqan-backup-1";
constexpr char prefix[] = "itqan-";
constexpr char suffix[] = ".backup";
constexpr char unfinished_suffix[] = ".unfinished";
constexpr char temporary_prefix[] = ".backup-";
constexpr std::chrono::hours abandoned{1};

/// "20261128T093000Z".
std::string stamp_of(Instant now) {
    auto text = now.whole_seconds().text();
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

bool is_stamp(std::string_view text) {
    constexpr std::string_view form = "00000000T000000Z";
    auto const fits = [](char c, char wanted) { return wanted == '0' ? c >= '0' && c <= '9' : c == wanted; };
    return text.size() == form.size() && std::equal(text.begin(), text.end(), form.begin(), fits);
}

/// The name without what SQLite puts behind it.
std::string without_log_suffix(std::string name) {
    for (std::string_view const end : {"-wal", "-shm", "-journal"})
        if (name.ends_with(end)) return name.substr(0, name.size() - end.size());
    return name;
}

bool was_written_since(std::filesystem::path const& file, std::filesystem::file_time_type since) {
    std::error_code absent;
    for (auto const* const end : {"", "-wal", "-shm", "-journal"})
        if (auto const written = std::filesystem::last_write_time(file.string() + end, absent);
            !absent && written > since)
            return true;
    return false;
}

/// What killed runs left: files named `before`, a time, `after`, that nobody wrote to for an hour.
void remove_abandoned(std::filesystem::path const& folder, std::string_view before, std::string_view after,
                      KeepingProgress const& progress) {
    std::set<std::filesystem::path> found;
    std::error_code unreadable;
    for (auto const& entry :
         std::filesystem::directory_iterator(folder.empty() ? std::filesystem::path(".") : folder, unreadable)) {
        auto const name = without_log_suffix(entry.path().filename().string());
        if (!name.starts_with(before) || !name.ends_with(after) || name.size() < before.size() + after.size()) continue;
        auto const stamp = name.substr(before.size(), name.size() - before.size() - after.size());
        if (is_stamp(stamp)) found.insert(folder / name);
    }
    for (auto const& file : found) {
        if (was_written_since(file, std::filesystem::file_time_type::clock::now() - abandoned)) continue;
        UnfinishedFile::remove(file);
        if (progress) progress("removed what an interrupted backup left: " + file.string());
    }
}

std::filesystem::path manifest_file(std::filesystem::path const& backup) {
    return backup.string() + ".json";
}

storage::CopyProgress told(KeepingProgress const& progress, std::string const& what) {
    return [&progress, what](std::string_view table, std::int64_t rows) {
        if (progress && rows % 10'000 == 0) progress(what + " " + std::string(table) + ": " + std::to_string(rows));
    };
}

Json newest_event(storage::Session& session) {
    Json newest;
    session.query("SELECT seq, recorded_at, kind FROM event ORDER BY seq DESC LIMIT 1", [&](storage::Row const& row) {
        newest = {{"seq", row.integer(0)}, {"recordedAt", row.instant(1).text()}, {"kind", row.string(2)}};
    });
    return newest;
}

/// What a copy holds, asked of the copy itself.
Json describe(storage::Database& database, Config const& config, Instant now, KeepingProgress const& progress) {
    return database.read([&](storage::Session& session) {
        auto const number = storage::schema_number(session);
        auto const tables = storage::tables_of(storage::migrations(), number);
        return Json{{"format", format},
                    {"time", now.text()},
                    {"program", ITQAN_VERSION},
                    {"schema", number},
                    {"domain", config.domain},
                    {"engine", place_of(config).engine == Place::Engine::sqlite ? sqlite_engine : "postgres"},
                    {"newestEvent", newest_event(session)},
                    {"tables", sums_json(storage::sum_tables(session, tables, told(progress, "sum of")))}};
    });
}

/// Any engine into a new SQLite file.
void copy_to_file(Place const& from, std::string const& file, Instant now, KeepingProgress const& progress) {
    auto const source = open_place(from, PlaceUse::shared);
    auto const target = open_place({Place::Engine::sqlite, file}, PlaceUse::scratch);
    storage::migrate(*target, now);
    source->read([&](storage::Session& session) {
        if (storage::schema_number(session) != storage::migrations().back().number)
            throw storage::DatabaseError("the database has not this program's schema: run itqan migrate first");
        storage::copy_tables(session, *target, storage::tables(), told(progress, "copied"));
    });
}

/// The backup under a name that says it is not whole yet; removed unless it is kept.
Backup make(Config const& config, std::filesystem::path const& unfinished, KeepingProgress const& progress) {
    auto const now = SystemClock().wall();
    auto const place = place_of(config);
    if (place.engine == Place::Engine::sqlite) {
        if (progress) progress("taking a snapshot of " + place.address);
        storage::snapshot_sqlite(place.address, unfinished.string());
    } else {
        storage::make_private_file(unfinished.string());
        copy_to_file(place, unfinished.string(), now, progress);
    }
    Json manifest;
    {
        auto const copy = open_place({Place::Engine::sqlite, unfinished.string()}, PlaceUse::scratch);
        manifest = describe(*copy, config, now, progress);
    }
    storage::seal_backup(unfinished.string(), manifest.dump());
    auto const [hash, bytes] = hash_of_file(unfinished);
    manifest["bytes"] = bytes;
    manifest["sha256"] = hash;
    return {unfinished, std::move(manifest)};
}

Error damaged(std::filesystem::path const& file, std::string const& why) {
    return {
        Fault::unprocessable, "damaged-backup", file.string() + " is damaged: " + why + ". Take an older backup.", {}};
}

}  // namespace

std::pair<std::string, std::uintmax_t> hash_of_file(std::filesystem::path const& file) {
    std::ifstream in(file, std::ios::binary);
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> const context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    if (!in || !context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1)
        throw std::runtime_error(file.string() + " cannot be read");
    std::vector<char> block(std::size_t{1} << 20U);
    std::uintmax_t bytes = 0;
    while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0) {
        auto const count = static_cast<std::size_t>(in.gcount());
        bytes += count;
        if (EVP_DigestUpdate(context.get(), block.data(), count) != 1)
            throw std::runtime_error("OpenSSL cannot compute a SHA-256 digest");
    }
    if (in.bad()) throw std::runtime_error(file.string() + " cannot be read to its end");
    std::array<std::uint8_t, 32> digest{};
    if (EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1)
        throw std::runtime_error("OpenSSL cannot compute a SHA-256 digest");
    return {hex_encode(ByteView(digest)), bytes};
}

Json sums_json(std::vector<storage::TableSum> const& sums) {
    Json list = Json::array();
    for (auto const& sum : sums)
        list.push_back({{"table", sum.table}, {"rows", sum.rows}, {"sha256sum", sum.digest}});
    return list;
}

std::vector<storage::TableSum> sums_of(Json const& manifest) {
    std::vector<storage::TableSum> sums;
    for (auto const& each : manifest.at("tables"))
        sums.push_back({each.at("table").get<std::string>(), each.at("rows").get<std::int64_t>(),
                        each.at("sha256sum").get<std::string>()});
    return sums;
}

Result<Backup> take_temporary_backup(Config const& config, KeepingProgress const& progress) {
    remove_abandoned(config.data, temporary_prefix, "", progress);
    auto const file = config.data / (temporary_prefix + stamp_of(SystemClock().wall()));
    UnfinishedFile unfinished(file);
    auto backup = make(config, file, progress);
    unfinished.keep();
    return backup;
}

Result<Backup> take_backup(Config const& config, std::filesystem::path const& target, KeepingProgress const& progress) {
    auto file = target;
    if (std::filesystem::is_directory(target) || !target.has_filename()) {
        std::filesystem::create_directories(target);
        file = target / (prefix + stamp_of(SystemClock().wall()) + suffix);
    }
    if (std::filesystem::exists(file))
        return Error{
            Fault::conflict, "already-exists", file.string() + " is there already; backups are never replaced.", {}};
    auto const folder = file.parent_path();
    remove_abandoned(config.data, temporary_prefix, "", progress);
    remove_abandoned(folder, std::string(".") + prefix, std::string(suffix) + unfinished_suffix, progress);
    std::filesystem::path const unfinished_name = folder / ("." + file.filename().string() + unfinished_suffix);
    UnfinishedFile::remove(unfinished_name);
    UnfinishedFile unfinished(unfinished_name);
    auto backup = make(config, unfinished_name, progress);
    backup.file = file;
    backup.manifest["file"] = file.filename().string();
    // First what describes it: a backup without its hash would look whole.
    write_whole_file(manifest_file(file), backup.manifest.dump(2) + "\n");
    std::filesystem::rename(unfinished_name, file);
    storage::sync_file(file.string());
    unfinished.keep();
    return backup;
}

std::vector<std::filesystem::path> rotate_backups(std::filesystem::path const& folder, std::size_t keep) {
    std::vector<std::filesystem::path> found;
    for (auto const& entry : std::filesystem::directory_iterator(folder)) {
        auto const name = entry.path().filename().string();
        if (name.starts_with(prefix) && name.ends_with(suffix)) found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    found.resize(found.size() > keep ? found.size() - keep : 0);
    for (auto const& file : found) {
        std::filesystem::remove(file);
        std::filesystem::remove(manifest_file(file));
    }
    return found;
}

void note_backup(Config const& config, Backup const& backup, std::string const& where) {
    Json note{{"time", backup.manifest.at("time")},
              {"path", where},
              {"bytes", backup.manifest.at("bytes")},
              {"sha256", backup.manifest.at("sha256")}};
    write_whole_file(config.data / "backup.json", note.dump(2) + "\n");
}

Result<Json> read_backup(std::filesystem::path const& file) {
    if (!std::filesystem::is_regular_file(file))
        return Error{Fault::not_found, "no-backup", "There is no backup " + file.string() + ".", {}};
    if (std::ifstream beside(manifest_file(file)); beside) {
        auto const said = Json::parse(beside, nullptr, false);
        if (!said.is_object() || !said.contains("sha256")) return damaged(manifest_file(file), "it is no manifest");
        if (said.at("sha256") != hash_of_file(file).first)
            return damaged(file, "its SHA-256 is not that of its manifest");
    }
    std::string text;
    try {
        text = storage::backup_manifest(file.string());
    } catch (storage::DatabaseError const& error) {
        return damaged(file, error.what());
    }
    auto manifest = Json::parse(text, nullptr, false);
    if (!manifest.is_object() || manifest.value("format", Json()) != format ||
        !manifest.value("schema", Json()).is_number_integer() || !manifest.value("tables", Json()).is_array())
        return Error{Fault::unprocessable, "not-a-backup", file.string() + " was not made by itqan backup.", {}};
    if (manifest.at("schema").get<int>() > storage::migrations().back().number)
        return Error{
            Fault::unprocessable,
            "newer-schema",
            "The backup was made by a newer Itqan (" + text_member(manifest, "program") + "): install that first.",
            {}};
    return manifest;
}

}  // namespace itqan::service
