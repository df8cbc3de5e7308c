#include "schemas/csv.hpp"

#include <algorithm>
#include <array>

#include "schemas/bytes.hpp"
#include "schemas/text.hpp"

namespace itqan::schemas {
namespace {

constexpr std::array<char, 3> separators{',', ';', '\t'};

/// What starts a formula in a spreadsheet, with the full-width forms of = + - @.
constexpr std::array<std::string_view, 11> formula_starts{
    "=", "+", "-", "@", "\t", "\r", "\n", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};

std::string line_name(std::size_t line) {
    return "line " + std::to_string(line);
}

Error syntax_error(std::size_t line, std::string const& what) {
    return Error{Fault::malformed,
                 "csv-syntax",
                 "The CSV file, " + line_name(line) + ": " + what + ".",
                 {{line_name(line), what}}};
}

Error limit_error(std::size_t line, std::string const& what) {
    return Error{Fault::too_large, "csv-limit", "The CSV file has " + what + ".", {{line_name(line), what}}};
}

char find_separator(std::string_view text) {
    std::array<std::size_t, separators.size()> counts{};
    bool quoted = false;
    for (char const c : text) {
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == '\n' || c == '\r') break;
        for (std::size_t i = 0; i < separators.size(); ++i)
            counts[i] += c == separators[i] ? 1U : 0U;
    }
    auto const most = std::max_element(counts.begin(), counts.end());
    return separators[static_cast<std::size_t>(most - counts.begin())];
}

/// Cuts one record after the other out of the text, counting the lines it passes.
class Scanner {
  public:
    Scanner(std::string_view text, char separator) : text_(text), separator_(separator) {}

    bool at_end() const { return at_ >= text_.size(); }
    std::size_t line() const { return line_; }

    /// The next record; blank lines come as one empty cell.
    Result<CsvRow> next() {
        CsvRow row{line_, {}};
        for (;;) {
            std::string cell;
            if (!at_end() && text_[at_] == '"') {
                if (auto read = read_quoted(cell); !read) return read.error();
            } else {
                auto const end = text_.find_first_of(std::string{separator_, '\n', '\r', '"'}, at_);
                auto const stop = std::min(end, text_.size());
                cell = text_.substr(at_, stop - at_);
                at_ = stop;
                if (!at_end() && text_[at_] == '"') {
                    return syntax_error(line_,
                                        "a quote inside a cell that does not start with one; quote the whole cell");
                }
            }
            row.cells.push_back(std::move(cell));
            if (at_end()) return row;
            if (text_[at_] == separator_) {
                ++at_;
                continue;
            }
            if (!end_line()) return syntax_error(line_, "text after a closing quote; double the quotes inside a cell");
            return row;
        }
    }

  private:
    bool end_line() {
        if (text_[at_] == '\r') {
            ++at_;
            if (!at_end() && text_[at_] == '\n') ++at_;
        } else if (text_[at_] == '\n') {
            ++at_;
        } else {
            return false;
        }
        ++line_;
        return true;
    }

    Result<void> read_quoted(std::string& cell) {
        auto const start = line_;
        for (++at_; !at_end(); ++at_) {
            char const c = text_[at_];
            if (c == '"') {
                if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') {
                    ++at_;
                    return {};
                }
                ++at_;
            } else if (c == '\n' || (c == '\r' && (at_ + 1 >= text_.size() || text_[at_ + 1] != '\n'))) {
                ++line_;
            }
            cell += c;
        }
        return syntax_error(start, "a quoted cell starts here and is never closed");
    }

    std::string_view text_;
    char separator_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
};

/// Whether a spreadsheet could run the cell, looking past the spaces and apostrophes some of them drop.
bool is_formula(std::string_view cell) {
    auto const first = cell.find_first_not_of(" '");
    if (first == std::string_view::npos) return false;
    auto const body = cell.substr(first);
    return std::any_of(formula_starts.begin(), formula_starts.end(),
                       [body](auto start) { return body.starts_with(start); });
}

}  // namespace

Result<CsvTable> read_csv(std::string_view text, CsvLimits const& limits) {
    if (text.size() > limits.bytes) return limit_error(1, "more than " + std::to_string(limits.bytes) + " bytes");
    if (!is_utf8(text) || text.find('\0') != std::string_view::npos) {
        return Error{Fault::malformed, "csv-encoding", "The CSV file is not UTF-8 text; save it as \"CSV UTF-8\"."};
    }
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);

    CsvTable table;
    table.separator = find_separator(text);
    Scanner scanner(text, table.separator);
    if (scanner.at_end()) return syntax_error(1, "there is no header line");
    auto header = scanner.next();
    if (!header) return header.error();
    if (header->cells.size() > limits.columns)
        return limit_error(1, "more than " + std::to_string(limits.columns) + " columns");
    for (auto const& name : header->cells)
        table.header.emplace_back(trimmed(unguard_cell(name), " \t"));
    if (table.header.size() == 1 && table.header.front().empty()) return syntax_error(1, "there is no header line");

    while (!scanner.at_end()) {
        auto row = scanner.next();
        if (!row) return row.error();
        if (row->cells.size() == 1 && row->cells.front().empty()) continue;
        if (row->cells.size() != table.header.size()) {
            return syntax_error(row->line, std::to_string(row->cells.size()) + " cells, but the header has " +
                                               std::to_string(table.header.size()));
        }
        if (table.rows.size() == limits.rows)
            return limit_error(row->line, "more than " + std::to_string(limits.rows) + " rows");
        for (auto& cell : row->cells)
            cell = unguard_cell(cell);
        table.rows.push_back(*std::move(row));
    }
    return table;
}

std::string write_csv_row(std::vector<std::string> const& cells, char separator) {
    std::string out;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) out += separator;
        out += '"';
        for (char const c : guard_cell(cells[i])) {
            out += c;
            if (c == '"') out += c;
        }
        out += '"';
    }
    return out + "\r\n";
}

std::string guard_cell(std::string_view cell) {
    return (is_formula(cell) ? "'" : "") + std::string(cell);
}

std::string unguard_cell(std::string_view cell) {
    if (!cell.empty() && cell.front() == '\'' && is_formula(cell.substr(1))) cell.remove_prefix(1);
    return std::string(cell);
}

}  // namespace itqan::schemas
