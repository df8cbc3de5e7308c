#pragma once
// Reads CASE packages, the flat view of the levels and crosswalks into a Framework and its transfers (domain.md 1.1).
// It serves no CASE documents and keeps none.

#include <map>
#include <vector>

#include "schemas/json.hpp"
#include "schemas/json_pointer.hpp"
#include "service/domain/programme.hpp"

namespace itqan::domain {

/// A CFPackage: the members that CASE 1.1 requires, ids of version 4 or 5 and unique, links inside the package that
/// resolve, and isChildOf as a forest under the document. Unknown members are allowed.
void check_package(Json const& package, std::vector<Violation>& violations);
/// The flat view: levels, decay classes, ceilings, domains, competencies.
void check_framework_levels(Json const& levels, std::vector<Violation>& violations);
/// One CFAssociation of a crosswalk; its level map total from 1 and non-decreasing.
void check_crosswalk(Json const& association, std::vector<Violation>& violations);
/// {"1": 1, "2": 3}: total from 1, non-decreasing, levels 0 to 5.
void check_level_map(Json const& map, schemas::Place const& place, std::vector<Violation>& violations);

/// The programme's own framework. Own is the package that `levels` names, else the first with isTranslationOf
/// associations, else the first; a package that holds the destinations of those is its Arabic sibling; all others are
/// foreign and give nothing. `levels` may be null. All arguments have passed their checks.
Framework read_framework(std::vector<Json> const& packages, Json const* levels);

/// Adds what one crosswalk association transfers to `transfers`: exactMatchOf either way, isPartOf from the whole (its
/// destination) to the part; nothing without a level map, of another type, or between items of other frameworks.
void read_transfer(Json const& association, Framework const& framework,
                   std::map<std::string, std::vector<Transfer>>& transfers);

}  // namespace itqan::domain
