#pragma once
// Everything of one database into another, empty one, verified: how a programme outgrows one file, and the way back.

#include "service/keeping/backup.hpp"
#include "service/keeping/place.hpp"

namespace itqan::service {

struct MoveOptions {
    Place from, to;
    bool online = false;  ///< The source may be in use: what it writes after the start is not in the target.
};

struct Moved {
    std::vector<storage::TableSum> sums;  ///< Equal on both sides.
    std::int64_t rows = 0;
    bool source_went_on = false;  ///< Somebody wrote to the source meanwhile. Only with `online`.
};

/// Copies in one snapshot, then reads the target again and compares counts and sums. The source is not changed. Errors:
/// not_found "no-database", conflict "in-use" (a server has the file open), "target-not-empty", "already-exists" (the
/// log of another file is where the target will be), "schema" (not this program's), "source-changed" (PostgreSQL,
/// without `online`), unavailable "not-equal". Throws storage::DatabaseError, std::runtime_error.
Result<Moved> move_database(MoveOptions const& options, KeepingProgress const& progress);

}  // namespace itqan::service
