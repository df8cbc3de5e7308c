#pragma once
// Import files as lists of elements: which file holds what, JSON and CSV read, dates shifted. It knows no database.

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "schemas/clock.hpp"
#include "schemas/json.hpp"
#include "schemas/result.hpp"

namespace itqan::domain {

enum class ImportTarget { programme, achievement, learner, person, evidence };

struct ImportElement {
    ImportTarget target = ImportTarget::programme;
    std::string kind;  ///< Programme or evidence kind.
    std::string id;    ///< "" when the element names none.
    Json body;
    std::string place;  ///< "/activities.json/3": the file and where in it.
};

/// Reads a folder in the starter's form (any subset; completions.csv only without completions.json; *.schema.json and
/// subfolders are not data), or one file. Order: what others refer to comes first. Errors: not_found "no-file";
/// malformed "invalid-import" with every problem's file, pointer or line; those of the JSON and CSV readers.
Result<std::vector<ImportElement>> read_import(std::filesystem::path const& path);

/// Moves every date by so many days, and months such as "2025-11" by the whole months between the days (decision 13).
/// Frameworks, crosswalks and achievements hold no dates of people and stay.
void shift_dates(std::vector<ImportElement>& elements, Day from, Day to);

}  // namespace itqan::domain
