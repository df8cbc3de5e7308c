#pragma once
// Where an installation's rows are: a SQLite file in its data folder, or a PostgreSQL database that several nodes
// share.

#include <memory>
#include <string>

#include "schemas/result.hpp"
#include "service/config.hpp"
#include "storage/database.hpp"

namespace itqan::service {

/// How long a statement may take: a request waits for it, or a migration may rewrite a table.
enum class Patience { for_requests, for_upkeep };

/// Opens it; the SQLite file is made when it is missing. Throws storage::DatabaseError.
std::unique_ptr<storage::Database> open_store(Config const& config, Patience patience = Patience::for_requests);

/// Whether an installation has its rows there already. Throws storage::DatabaseError when PostgreSQL does not answer.
bool has_store(Config const& config);

/// How people are told of it: the path of the file, or the address without what may be secret.
std::string store_name(Config const& config);

/// "postgres://..." or "postgresql://...". Error: unprocessable "config-value" for anything else, and when a password
/// stands in it.
Result<void> set_database_url(Config& config, std::string const& value);

}  // namespace itqan::service
