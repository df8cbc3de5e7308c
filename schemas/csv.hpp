#pragma once
// CSV in and out (RFC 4180). The reader finds the separator in the header line; the writer makes sure that no
// spreadsheet runs a cell as a formula. What columns mean is the caller's business.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/result.hpp"

namespace itqan::schemas {

struct CsvLimits {
    std::size_t bytes = 10 * 1024 * 1024;
    std::size_t rows = 50'000;  ///< Without the header.
    std::size_t columns = 256;
};

struct CsvRow {
    std::size_t line = 0;  ///< Of the row's first character, from 1: what an editor shows.
    std::vector<std::string> cells = {};
};

struct CsvTable {
    char separator = ',';
    std::vector<std::string> header = {};  ///< Trimmed of spaces.
    std::vector<CsvRow> rows = {};         ///< Each with as many cells as the header; empty lines are left out.
};

/// Reads a whole file: UTF-8 with or without a byte-order mark; LF, CRLF or CR; comma, semicolon or tab, whichever the
/// header line has most of outside quotes. A cell that our own writer guarded with an apostrophe loses it again.
/// Errors: malformed "csv-syntax" and "csv-encoding" (pointer = "line 7"), too_large "csv-limit".
Result<CsvTable> read_csv(std::string_view text, CsvLimits const& limits = {});

/// One line with CRLF at the end; every cell quoted, formula cells guarded by guard_cell().
std::string write_csv_row(std::vector<std::string> const& cells, char separator = ',');

/// Puts an apostrophe before a cell that a spreadsheet could run: one that starts, after spaces or apostrophes, with
/// = + - @ TAB CR LF or their full-width forms. Other cells stay as they are. unguard_cell() is its inverse.
std::string guard_cell(std::string_view cell);
std::string unguard_cell(std::string_view cell);

}  // namespace itqan::schemas
