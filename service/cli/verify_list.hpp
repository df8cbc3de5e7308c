#pragma once
// `itqan verify --batch LIST.csv`: judges a list row by row and writes each result as soon as it is there, so that
// memory stays small and a run that was broken off goes on where it stopped.

#include <functional>
#include <optional>
#include <string>

#include "service/cli/command.hpp"
#include "service/domain/verification.hpp"

namespace itqan::cli {

struct ListOptions {
    std::string list;  ///< CSV with a column "input", "link" or "url"; cells are addresses, texts or files.
    std::string
        output;  ///< CSV (JSON Lines with --json); rows that are there already are kept. Empty: standard output.
};

using Judge = std::function<Result<domain::Report>(std::string input, std::optional<std::string> const& recipient)>;

/// The exit code of the worst row: 1 for an invalid or unreadable one, else 3 for an unchecked one, else 0; 2 when the
/// list cannot be read or the output cannot be written.
int verify_list(Common const& common, ListOptions const& options, Judge const& judge);

}  // namespace itqan::cli
