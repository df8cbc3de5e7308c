#pragma once
// What must hold between the rows of a database, asked in one snapshot: positions and bits, awards, documents, events,
// answers. It judges rows only; signatures and keys are the service's matter. It changes nothing.

#include <functional>
#include <optional>
#include <string>

#include "storage/database.hpp"

namespace itqan::storage {

/// One thing that is wrong.
struct Problem {
    std::string table;
    std::string id;      ///< The row: its key.
    std::string what;    ///< What is wrong with it.
    std::string remedy;  ///< What to do about it.
};
using OnProblem = std::function<void(Problem)>;

/// Called before each check: which of how many, and the table whose rows it judges.
using OnCheck = std::function<void(std::size_t number, std::size_t all, std::string_view table)>;

/// Runs every check. A check that the database cannot answer is a problem of its own.
void check_rows(Session& session, OnCheck const& on_check, OnProblem const& on_problem);

/// How many numbers below the newest event's no event has. With several writers some stay unused; one writer leaves
/// none.
std::int64_t unused_event_numbers(Session& session);
/// The newest event whose number does not follow that of another.
std::optional<std::int64_t> first_event_after_gap(Session& session);

/// Whether the migrations that were applied are those of this program. An older schema is no problem here: false then.
bool check_schema(Session& session, OnProblem const& on_problem);

}  // namespace itqan::storage
