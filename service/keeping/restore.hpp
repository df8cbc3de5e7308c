#pragma once
// A backup becomes an installation again: what was promised since it was taken and can be known is put back, no status
// position is given out twice, and what may be lost is said.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "service/keeping/backup.hpp"
#include "service/keeping/fsck.hpp"
#include "service/keeping/place.hpp"

namespace itqan::service {

struct RestoreOptions {
    std::filesystem::path backup;
    std::vector<std::filesystem::path> status_lists;  ///< Lists of ours as they were published last.
    std::vector<std::filesystem::path> journals;      ///< Of erasures, besides those beside the backup and the data.
};

struct Restored {
    Json manifest;
    std::int64_t closed_lists = 0;    ///< Lists that give out no more positions.
    std::int64_t revoked = 0;         ///< Credentials revoked as the published lists say.
    std::int64_t bits = 0;            ///< Bits set from them, also of badges that are lost.
    std::int64_t erased = 0;          ///< People erased again.
    std::int64_t ended_sessions = 0;  ///< Sign-ins that ended.
    FsckReport fsck;
};

/// Puts a backup into the database that the configuration names, which must hold no installation. Nothing is left
/// behind when it fails before the end. Errors: those of read_backup(), read_erasures() and read_published_list(),
/// conflict "already-exists" (also for the log of a database that was moved away), "target-not-empty", unprocessable
/// "damaged-backup". Throws storage::DatabaseError, std::runtime_error.
Result<Restored> restore(Config const& config, RestoreOptions const& options, KeepingProgress const& progress);

}  // namespace itqan::service
