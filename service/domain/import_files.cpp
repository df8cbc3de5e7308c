#include "service/domain/import_files.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

#include "schemas/csv.hpp"
#include "schemas/json.hpp"

namespace itqan::domain {
namespace {

struct FileKind {
    std::string_view stem;
    ImportTarget target;
    std::string_view kind;
};

/// In the order of import.
constexpr FileKind file_kinds[] = {{"programme", ImportTarget::programme, "programme"},
                                   {"competencies.flat", ImportTarget::programme, "framework-levels"},
                                   {"crosswalks", ImportTarget::programme, "crosswalk"},
                                   {"regions", ImportTarget::programme, "region"},
                                   {"organisations", ImportTarget::programme, "organisation"},
                                   {"providers", ImportTarget::programme, "provider"},
                                   {"issuers", ImportTarget::programme, "issuer"},
                                   {"activities", ImportTarget::programme, "activity"},
                                   {"epas", ImportTarget::programme, "epa"},
                                   {"roles", ImportTarget::programme, "role"},
                                   {"career-paths", ImportTarget::programme, "path"},
                                   {"profiles", ImportTarget::programme, "profile"},
                                   {"teams", ImportTarget::programme, "team"},
                                   {"objectives", ImportTarget::programme, "objective"},
                                   {"interventions", ImportTarget::programme, "intervention"},
                                   {"benefits", ImportTarget::programme, "benefit"},
                                   {"benefits-dependency-network", ImportTarget::programme, "benefit-network"},
                                   {"achievements", ImportTarget::achievement, "achievement"},
                                   {"learners", ImportTarget::learner, "learner"},
                                   {"assessors", ImportTarget::person, "assessor"},
                                   {"mentors", ImportTarget::programme, "mentor"},
                                   {"mentoring-agreements", ImportTarget::programme, "mentoring-agreement"},
                                   {"mentoring-sessions", ImportTarget::programme, "mentoring-session"},
                                   {"experience", ImportTarget::evidence, "experience"},
                                   {"signoffs", ImportTarget::evidence, "signoff"},
                                   {"entrustments", ImportTarget::evidence, "entrustment"},
                                   {"practice", ImportTarget::evidence, "practice"},
                                   {"self-assessments", ImportTarget::evidence, "self-assessment"},
                                   {"external-badges", ImportTarget::evidence, "external-badge"},
                                   {"completions", ImportTarget::evidence, "completion"}};

Error bad_file(std::string const& name, std::string detail) {
    return {Fault::malformed, "invalid-import", name + ": " + detail, {{"/" + name, std::move(detail)}}};
}

Result<std::string> read_text(std::filesystem::path const& path) {
    constexpr std::uintmax_t largest = 64 * 1024 * 1024;
    std::error_code failure;
    auto const size = std::filesystem::file_size(path, failure);
    std::ifstream file(path, std::ios::binary);
    if (failure || !file)
        return Error{Fault::not_found, "no-file", "There is no file " + path.string() + " that can be read.", {}};
    if (size > largest)
        return Error{Fault::too_large, "import-too-large", path.filename().string() + " has more than 64 MiB.", {}};
    return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string id_of(Json const& body) {
    for (auto const* const name : {"id", "identifier", "framework"})
        if (body.is_object() && body.contains(name) && body.at(name).is_string())
            return body.at(name).get<std::string>();
    return {};
}

Result<void> add_list(std::vector<ImportElement>& elements, FileKind const& kind, std::string const& name,
                      Json const& list) {
    if (!list.is_array()) return bad_file(name, "must be a list");
    for (std::size_t index = 0; index < list.size(); ++index)
        elements.push_back({kind.target, std::string(kind.kind), id_of(list[index]), list[index],
                            "/" + name + "/" + std::to_string(index)});
    return {};
}

void add_one(std::vector<ImportElement>& elements, std::string kind, std::string id, Json body, std::string place) {
    elements.push_back({ImportTarget::programme, std::move(kind), std::move(id), std::move(body), std::move(place)});
}

Result<void> add_crosswalks(std::vector<ImportElement>& elements, FileKind const& kind, std::string const& name,
                            Json const& document) {
    if (!document.is_object() || !document.contains("CFAssociations"))
        return bad_file(name, "must have CFAssociations");
    if (auto const added = add_list(elements, kind, name + "/CFAssociations", document.at("CFAssociations")); !added)
        return added;
    if (document.contains("frameworkLevelMaps"))
        for (auto const& [map_name, map] : document.at("frameworkLevelMaps").items())
            add_one(elements, "level-map", map_name, map, "/" + name + "/frameworkLevelMaps/" + map_name);
    return {};
}

Result<void> add_document(std::vector<ImportElement>& elements, FileKind const& kind, std::string const& name,
                          Json document) {
    if (kind.kind == "programme" || kind.kind == "framework-levels") {
        auto id = id_of(document);
        add_one(elements, std::string(kind.kind), std::move(id), std::move(document), "/" + name);
        return {};
    }
    if (kind.kind == "crosswalk") return add_crosswalks(elements, kind, name, document);
    if (kind.kind == "benefit-network") {
        for (auto const& [id, network] : document.items())
            add_one(elements, std::string(kind.kind), id, network, "/" + name + "/" + id);
        return {};
    }
    return add_list(elements, kind, name, document);
}

Result<void> add_package(std::vector<ImportElement>& elements, std::string const& name, Json document) {
    auto const found = document.find("CFDocument");
    if (found == document.end()) return bad_file(name, "must be a CFPackage");
    auto id = id_of(*found);
    add_one(elements, "framework", std::move(id), std::move(document), "/" + name);
    return {};
}

Result<void> add_json(std::vector<ImportElement>& elements, std::filesystem::path const& path, FileKind const* kind) {
    auto const text = read_text(path);
    if (!text) return text.error();
    auto const name = path.filename().string();
    auto document = parse_json(*text, {64 * 1024 * 1024, 10'000'000, 64, 100'000, 256 * 1024});
    if (!document) {
        auto error = document.error();
        error.detail = name + ": " + error.detail;
        return error;
    }
    if (document->is_object() && document->contains("CFDocument"))
        return add_package(elements, name, std::move(*document));
    if (kind == nullptr) return bad_file(name, "is none of the programme's files");
    return add_document(elements, *kind, name, std::move(*document));
}

/// One row as the element that completions.json would have; empty cells are absent members.
Result<Json> completion_of(schemas::CsvTable const& table, schemas::CsvRow const& row, std::string const& name) {
    auto element = Json::object();
    for (std::size_t column = 0; column < table.header.size(); ++column) {
        auto const& member = table.header[column];
        auto const& cell = row.cells[column];
        if (cell.empty()) continue;
        if (member != "score" && member != "hours") {
            element[member] = cell;
            continue;
        }
        auto const number = parse_json(cell);
        if (!number || !number->is_number())
            return bad_file(name + "/line " + std::to_string(row.line), member + " is not a number");
        element[member] = *number;
    }
    return element;
}

Result<void> add_csv(std::vector<ImportElement>& elements, std::filesystem::path const& path) {
    auto const text = read_text(path);
    if (!text) return text.error();
    auto const name = path.filename().string();
    auto const table = schemas::read_csv(*text, {.bytes = 64 * 1024 * 1024, .rows = 1'000'000});
    if (!table) return table.error();
    for (auto const& row : table->rows) {
        auto element = completion_of(*table, row, name);
        if (!element) return element.error();
        auto id = id_of(*element);
        elements.push_back({ImportTarget::evidence, "completion", std::move(id), std::move(*element),
                            "/" + name + "/line " + std::to_string(row.line)});
    }
    return {};
}

std::string shifted(std::string const& text, Day from, Day to) {
    if (text.size() == 7) {
        auto const first = Day::parse(text + "-01");
        if (!first) return text;
        int const months =
            (to.year() - from.year()) * 12 + static_cast<int>(to.month()) - static_cast<int>(from.month());
        return first->plus_months(months).text().substr(0, 7);
    }
    if (auto const day = Day::parse(text)) return (*day + (to - from)).text();
    if (text.size() < 20 || text[10] != 'T') return text;
    auto const instant = Instant::parse(text);
    if (!instant) return text;
    return Instant{instant->milliseconds + static_cast<std::int64_t>(to - from) * 86'400'000}.text();
}

void shift(Json& value, Day from, Day to) {
    if (value.is_string())
        value = shifted(value.get<std::string>(), from, to);
    else if (value.is_structured())
        for (auto& inner : value)
            shift(inner, from, to);
}

}  // namespace

Result<std::vector<ImportElement>> read_import(std::filesystem::path const& path) {
    std::vector<ImportElement> elements;
    auto const kind_of = [](std::filesystem::path const& file) -> FileKind const* {
        auto const stem = file.stem().string();
        auto const found = std::find_if(std::begin(file_kinds), std::end(file_kinds),
                                        [&](FileKind const& kind) { return kind.stem == stem; });
        return found == std::end(file_kinds) ? nullptr : &*found;
    };
    if (!std::filesystem::is_directory(path)) {
        auto const added =
            path.extension() == ".csv" ? add_csv(elements, path) : add_json(elements, path, kind_of(path));
        if (!added) return added.error();
        return elements;
    }
    std::vector<std::filesystem::path> packages;
    for (auto const& entry : std::filesystem::directory_iterator(path))
        if (entry.path().filename().string().ends_with(".cfpackage.json")) packages.push_back(entry.path());
    std::sort(packages.begin(), packages.end());
    for (auto const& package : packages)
        if (auto const added = add_json(elements, package, nullptr); !added) return added.error();
    for (auto const& kind : file_kinds) {
        auto const file = path / (std::string(kind.stem) + ".json");
        auto const csv = path / "completions.csv";
        if (std::filesystem::exists(file)) {
            if (auto const added = add_json(elements, file, &kind); !added) return added.error();
        } else if (kind.kind == "completion" && std::filesystem::exists(csv)) {
            if (auto const added = add_csv(elements, csv); !added) return added.error();
        }
    }
    if (elements.empty())
        return Error{
            Fault::not_found, "no-file", "The folder " + path.string() + " holds none of the programme's files.", {}};
    return elements;
}

void shift_dates(std::vector<ImportElement>& elements, Day from, Day to) {
    for (auto& element : elements) {
        bool const fixed = element.kind == "framework" || element.kind == "framework-levels" ||
                           element.kind == "crosswalk" || element.kind == "level-map" ||
                           element.target == ImportTarget::achievement;
        if (!fixed) shift(element.body, from, to);
    }
}

}  // namespace itqan::domain
