#pragma once
// Everything of one database into another, whatever engines they are, in bounded memory; and sums that tell whether two
// databases hold the same rows. It decides nothing about when that is safe.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "storage/database.hpp"
#include "storage/tables.hpp"

namespace itqan::storage {

/// How many rows a table has, and a digest of all of them that does not depend on their order: the sum, modulo 2^256,
/// of the SHA-256 of each row. It finds accidents; whoever can write the rows can also write the sum.
struct TableSum {
    std::string table;
    std::int64_t rows = 0;
    std::string digest;  ///< 64 hexadecimal digits.

    bool operator==(TableSum const&) const = default;
};

/// Told after each page.
using CopyProgress = std::function<void(std::string_view table, std::int64_t rows)>;

/// Sums of the tables as this session sees them.
std::vector<TableSum> sum_tables(Session& session, std::vector<Table> const& all, CopyProgress const& progress);

/// Copies every row that `from` sees into `to`, which has the tables and must be empty; many rows in each unit of work.
/// Returns the sums of what was read. Throws DatabaseError; a part of the rows is in `to` then.
std::vector<TableSum> copy_tables(Session& from, Database& to, std::vector<Table> const& all,
                                  CopyProgress const& progress);

/// The first table that has a row; "" when all are empty. `change` is not looked at: it counts, it holds nothing.
std::string first_used_table(Session& session, std::vector<Table> const& all);

/// The number of the newest migration that was applied; 0 when there is none.
int schema_number(Session& session);

}  // namespace itqan::storage
