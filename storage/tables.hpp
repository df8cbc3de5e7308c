#pragma once
// The tables and columns of our schema, read from the text of the migrations: one list for what must know all of them
// (copies, sums). It asks no database.

#include <limits>
#include <string>
#include <vector>

#include "storage/migrate.hpp"

namespace itqan::storage {

enum class ColumnType { integer, real, text, blob };

struct Column {
    std::string name;
    ColumnType type = ColumnType::text;
};

struct Table {
    std::string name;
    std::vector<Column> columns;
    std::vector<std::size_t> key;  ///< Columns of the primary key, in its order.
};

/// The tables after the migrations up to a number, in the order of their creation: a row comes after what it
/// references. `schema_migration` is not among them. Throws std::logic_error for a statement that it does not
/// understand: what a migration may use is CREATE TABLE, ALTER TABLE ... ADD COLUMN, DROP TABLE, indexes, and changes
/// of rows.
std::vector<Table> tables_of(std::vector<Migration> const& all, int up_to = std::numeric_limits<int>::max());

/// Those of this program.
std::vector<Table> const& tables();

}  // namespace itqan::storage
