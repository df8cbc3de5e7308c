#pragma once
// Who was erased, written where a restore of an older database cannot undo it: erasures.log in the data folder, a time
// and a learner's id a line. Backups into a folder carry a copy.

#include <filesystem>
#include <string>
#include <vector>

#include "schemas/clock.hpp"
#include "schemas/result.hpp"
#include "service/config.hpp"

namespace itqan::service {

std::filesystem::path erasure_journal(Config const& config);

/// Appends a line and syncs it, before the erasure itself: what was asked for is never forgotten. Throws
/// std::runtime_error when the disk does not take it, and leaves the file as it was then.
void note_erasure(std::filesystem::path const& journal, std::string const& learner_id, Instant now);

/// The ids, in order. A line that was cut off at the end is left out. Errors: not_found "no-journal", unprocessable
/// "not-a-journal" with the line.
Result<std::vector<std::string>> read_erasures(std::filesystem::path const& journal);

}  // namespace itqan::service
