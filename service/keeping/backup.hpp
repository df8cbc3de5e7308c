#pragma once
// Online backups of either engine in one format: a SQLite file with a manifest inside, and beside it a file of the same
// name and ".json" with the hash of the whole. The key-encryption key and the configuration are never in it.

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "schemas/json.hpp"
#include "service/config.hpp"
#include "storage/copy.hpp"

namespace itqan::service {

/// "engine" of a manifest whose rows came from a SQLite file.
inline constexpr char sqlite_engine[] = "sqlite";

using KeepingProgress = std::function<void(std::string const& words)>;

struct Backup {
    std::filesystem::path file;
    Json manifest;  ///< With "file", "bytes" and "sha256".
};

/// Takes a backup into a folder (the name is the time then) or a new file. First it removes what killed backups left in
/// that folder and beside the data, when nobody wrote to it for an hour. What is there afterwards is whole and
/// synced, or is not there. Errors: conflict "already-exists", unavailable "no-space" and others with what to do.
/// Throws storage::DatabaseError.
Result<Backup> take_backup(Config const& config, std::filesystem::path const& target, KeepingProgress const& progress);

/// The same into an unnamed place beside the data, for who streams it: the caller removes the file.
Result<Backup> take_temporary_backup(Config const& config, KeepingProgress const& progress);

/// Removes all but the newest `keep` backups of the folder, oldest first; gives what was removed.
std::vector<std::filesystem::path> rotate_backups(std::filesystem::path const& folder, std::size_t keep);

/// Tells `itqan doctor` when the last one was taken: backup.json in the data folder.
void note_backup(Config const& config, Backup const& backup, std::string const& where);

/// The manifest inside a backup, after the hash of the file was compared with the one beside it, when there is one, and
/// its form was read. Errors: not_found "no-backup", unprocessable "damaged-backup", "not-a-backup", "newer-schema".
Result<Json> read_backup(std::filesystem::path const& file);

/// SHA-256 of a file and its length. Throws std::runtime_error.
std::pair<std::string, std::uintmax_t> hash_of_file(std::filesystem::path const& file);

/// "time", "tables" and their like of a manifest as sums.
std::vector<storage::TableSum> sums_of(Json const& manifest);
Json sums_json(std::vector<storage::TableSum> const& sums);

}  // namespace itqan::service
