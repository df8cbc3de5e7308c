#pragma once
// The two words for a statement's text: migrations are written for SQLite, and PostgreSQL gets them with its own type
// words. Everything else is the same text on both.

#include <string>
#include <string_view>

namespace itqan::storage {

/// A statement as PostgreSQL takes it. Only CREATE TABLE differs: INTEGER PRIMARY KEY becomes a number that the
/// database gives, INTEGER BIGINT, BLOB BYTEA, REAL DOUBLE PRECISION, and STRICT goes.
std::string postgres_text(std::string_view sql);

}  // namespace itqan::storage
