#include "tests/service/verification/published_outcomes.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <vector>

#include "schemas/text.hpp"
#include "tests/support/shared.hpp"

namespace itqan::tests {
namespace {

/// The cells of a line of a Markdown table, without the ticks around names.
std::vector<std::string> cells_of(std::string const& line) {
    std::vector<std::string> cells;
    if (!line.starts_with("| `")) return cells;
    std::istringstream rest(line.substr(1));
    for (std::string cell; std::getline(rest, cell, '|');)
        cells.emplace_back(trimmed(cell, " `"));
    return cells;
}

std::vector<std::vector<std::string>> rows_of(std::size_t columns) {
    std::istringstream readme(read_file(source_dir() / "tests/vectors/README.md"));
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(readme, line);)
        if (auto cells = cells_of(line); cells.size() == columns) rows.push_back(std::move(cells));
    return rows;
}

}  // namespace

std::string check_for_probe(std::string const& probe) {
    auto const name = probe.substr(0, probe.find_first_of(" ("));
    for (auto const& row : rows_of(3))
        if (row[0] == name) return row[1];
    FAIL_CHECK("tests/vectors/README.md has no check for " << name);
    return {};
}

std::map<std::string, PublishedOutcome> const& published_outcomes() {
    static auto const outcomes = [] {
        std::map<std::string, PublishedOutcome> all;
        for (auto const& row : rows_of(5))
            all[row[0]] = {row[1], row[2], row[3], row[4]};
        return all;
    }();
    return outcomes;
}

}  // namespace itqan::tests
