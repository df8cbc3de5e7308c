#pragma once
// Brings a database to the schema of this program: append-only numbered migrations, each in its own transaction with
// its checksum. It never changes a migration that has been applied.

#include <string>
#include <string_view>
#include <vector>

#include "storage/database.hpp"

namespace itqan::storage {

struct Migration {
    int number = 0;
    std::string name;  ///< "0001_foundation".
    std::string sql;
};

/// The migrations compiled into this program, in order.
std::vector<Migration> const& migrations();

/// The statements of a migration without comments.
std::vector<std::string> statements_of(std::string_view sql);

/// SHA-256 of a migration's text, as `schema_migration` keeps it.
std::string checksum_of(Migration const& migration);

/// Applies what is missing and returns the names applied. Throws DatabaseError when an applied migration has another
/// checksum than ours; a schema newer than this program is accepted (an older binary survives the newer schema).
std::vector<std::string> migrate(Database& database, Instant now, std::vector<Migration> const& all = migrations());

}  // namespace itqan::storage
