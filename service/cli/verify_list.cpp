#include "service/cli/verify_list.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include <nlohmann/json.hpp>

#include "schemas/csv.hpp"
#include "service/domain/verify_batches.hpp"

namespace itqan::cli {
namespace {

constexpr std::size_t largest_list = 10 * 1024 * 1024;
constexpr std::uintmax_t largest_file = 7 * 1024 * 1024;

Error usage(char const* code, std::string detail) {
    return {Fault::unprocessable, code, std::move(detail), {}};
}

Result<std::string> read_file(std::filesystem::path const& path, std::uintmax_t most) {
    std::error_code none;
    if (!std::filesystem::is_regular_file(path, none))
        return Error{Fault::not_found, "no-file", "There is no file " + path.string() + ".", {}};
    std::ifstream file(path, std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(file), {});
    if (!file.good() && !file.eof())
        return Error{Fault::unavailable, "no-file", path.string() + " cannot be read.", {}};
    if (text.size() > most)
        return Error{Fault::too_large, "input-too-large", path.string() + " is larger than is read here.", {}};
    return text;
}

/// A cell is an address or a credential's text, else a file's name as seen from the list.
Result<std::string> input_of(std::string const& cell, std::filesystem::path const& folder) {
    bool const is_text = cell.starts_with("https://") || cell.starts_with("data:") || cell.starts_with("{") ||
                         cell.starts_with("eyJ") || cell.empty();
    if (is_text) return cell;
    return read_file(folder / cell, largest_file);
}

/// Where the rows go.
class Output {
  public:
    Output(Common const& common, std::string const& path) : as_json_(common.json) {
        if (path.empty()) return;
        kept_ = complete_rows(path);
        file_.open(path, std::ios::binary | std::ios::app);
        if (!file_) throw std::runtime_error(path + " cannot be written");
        to_file_ = true;
    }

    /// How many results stand in it already.
    std::int64_t kept() const { return kept_; }

    void begin() {
        if (!as_json_ && !has_header_) stream() << domain::batch_csv_header();
    }
    void write(domain::BatchResult const& result) {
        if (as_json_) {
            auto line = result.result;
            line["n"] = result.n;
            line["input"] = result.name;
            line["outcome"] = result.outcome;
            stream() << line.dump() << '\n';
        } else {
            stream() << domain::batch_csv_row(result);
        }
        if (!stream().flush()) throw std::runtime_error("the results cannot be written");
    }

  private:
    std::ostream& stream() { return to_file_ ? static_cast<std::ostream&>(file_) : std::cout; }

    /// A line that was cut off when the run ended is taken away.
    std::int64_t complete_rows(std::string const& path) {
        std::error_code none;
        if (!std::filesystem::exists(path, none)) return 0;
        std::ifstream file(path, std::ios::binary);
        std::string const text(std::istreambuf_iterator<char>(file), {});
        std::int64_t rows = 0;
        std::size_t end = 0;
        bool quoted = false;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '"') quoted = !quoted;
            if (text[i] != '\n' || (quoted && !as_json_)) continue;
            end = i + 1;
            ++rows;
        }
        std::filesystem::resize_file(path, end);
        has_header_ = !as_json_ && rows > 0;
        return has_header_ ? rows - 1 : rows;
    }

    bool as_json_;
    bool to_file_ = false;
    bool has_header_ = false;
    std::int64_t kept_ = 0;
    std::ofstream file_;
};

int worse(int code, std::string const& outcome) {
    if (code == exit_code::failed || outcome == "invalid" || outcome == "unreadable") return exit_code::failed;
    return outcome == "unchecked" ? exit_code::unchecked : code;
}

domain::BatchResult judged(domain::BatchItem const& item, std::int64_t n, std::filesystem::path const& folder,
                           Judge const& judge) {
    auto input = input_of(item.input, folder);
    auto const report = input ? judge(std::move(*input), item.recipient) : Result<domain::Report>(input.error());
    auto const is_short = item.input.size() <= 500 && !item.input.starts_with("{") && !item.input.starts_with("eyJ");
    return domain::batch_result(n, is_short ? item.input : "#" + std::to_string(n), report);
}

}  // namespace

int verify_list(Common const& common, ListOptions const& options, Judge const& judge) {
    std::filesystem::path const list = options.list;
    auto const text = read_file(list, largest_list);
    auto const items = text ? domain::read_batch_list(*text) : Result<std::vector<domain::BatchItem>>(text.error());
    if (!items || items->empty()) {
        fail(common, items ? usage("empty-list", "The list holds nothing to verify.") : items.error());
        return exit_code::usage;
    }
    int code = exit_code::done;
    try {
        Output output(common, options.output);
        if (output.kept() > static_cast<std::int64_t>(items->size()))
            throw std::runtime_error(options.output +
                                     " holds more results than the list has rows: it is of another list");
        output.begin();
        for (auto n = output.kept(); n < static_cast<std::int64_t>(items->size()); ++n) {
            auto const result = judged((*items)[static_cast<std::size_t>(n)], n + 1, list.parent_path(), judge);
            output.write(result);
            code = worse(code, result.outcome);
            if (!options.output.empty() && (n + 1) % 100 == 0)
                std::cerr << n + 1 << " of " << items->size() << " verified\n";
        }
    } catch (std::runtime_error const& error) {
        fail(common, usage("output", error.what()));
        return exit_code::usage;
    }
    return code;
}

}  // namespace itqan::cli
