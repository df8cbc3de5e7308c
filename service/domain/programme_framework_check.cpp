#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "service/domain/programme_framework.hpp"
#include "service/domain/programme_shapes.hpp"

namespace itqan::domain {
namespace {

using schemas::Place;

constexpr bool optional = false;
constexpr double any_size = std::numeric_limits<double>::infinity();

// CASE 1.1 information model: required members.
constexpr Field document_fields[] = {{"identifier"},
                                     {"uri", Form::uri},
                                     {"creator", Form::prose},
                                     {"title", Form::prose},
                                     {"lastChangeDateTime", Form::instant}};
constexpr Field item_fields[] = {
    {"identifier"}, {"fullStatement", Form::prose}, {"uri", Form::uri}, {"lastChangeDateTime", Form::instant}};
constexpr Field link_fields[] = {
    {"title", Form::prose}, {"identifier"}, {"uri", Form::uri}, {"targetType", Form::text, optional}};
constexpr Field association_fields[] = {{"identifier"},
                                        {"uri", Form::uri},
                                        {"associationType"},
                                        {"originNodeURI", Form::object, true, false, 0, any_size, {}, link_fields},
                                        {"destinationNodeURI", Form::object, true, false, 0, any_size, {}, link_fields},
                                        {"lastChangeDateTime", Form::instant}};
constexpr Field decay_fields[] = {{"freshDays", Form::whole},
                                  {"dropDays", Form::whole, true, false, 1},
                                  {"floor", Form::whole, true, false, 0, 5},
                                  {"validityDays", Form::whole}};

constexpr Field level_fields[] = {{"level", Form::whole, true, false, 1, 5},
                                  {"en"},
                                  {"ar", Form::text, optional},
                                  {"descriptor_en", Form::prose, optional},
                                  {"descriptor_ar", Form::prose, optional},
                                  {"entrustment", Form::text, optional},
                                  {"miller", Form::text, optional},
                                  {"dreyfus", Form::text, optional}};
constexpr Field domain_fields[] = {
    {"code", Form::id}, {"caseId", Form::text, optional}, {"en"}, {"ar", Form::text, optional}};
constexpr Field competency_fields[] = {{"code", Form::id},
                                       {"caseId", Form::text, optional},
                                       {"domain", Form::id},
                                       {"short", Form::text, optional},
                                       {"short_ar", Form::text, optional},
                                       {"en", Form::prose},
                                       {"ar", Form::prose, optional},
                                       {"decayClass"},
                                       {"tag", Form::text, optional}};
constexpr Field cap_fields[] = {
    {"self", Form::whole, optional, false, 0, 5},       {"knowledge", Form::whole, optional, false, 0, 5},
    {"simulation", Form::whole, optional, false, 0, 5}, {"workplace", Form::whole, optional, false, 0, 5},
    {"external", Form::whole, optional, false, 0, 5},   {"entrustment", Form::whole, optional, false, 0, 5}};
constexpr Field flat_fields[] = {{"framework"},
                                 {"version", Form::text, optional},
                                 {"levels", Form::objects, optional, false, 0, any_size, {}, level_fields},
                                 {"decayClasses", Form::anything, optional},
                                 {"evidenceCaps", Form::object, optional, false, 0, any_size, {}, cap_fields},
                                 {"domains", Form::objects, optional, false, 0, any_size, {}, domain_fields},
                                 {"competencies", Form::objects, optional, false, 0, any_size, {}, competency_fields}};

/// CASE 1.1 accepts versions 1 to 5; decision 4 allows 4 and 5 for what we make. What others made must be CASE.
bool is_case_id(std::string const& id) {
    static std::regex const form("[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[8-9a-b][0-9a-f]{3}-[0-9a-f]{12}");
    return std::regex_match(id, form);
}

void check_id(Json const& body, Place const& place, std::set<std::string>& ids, std::vector<Violation>& violations) {
    auto const id = text_of(body, "identifier");
    if (!is_case_id(id))
        violations.push_back({place.at("identifier").text(), "must be a lower-case UUID of version 1 to 5 (CASE 1.1)"});
    else if (!ids.insert(id).second)
        violations.push_back({place.at("identifier").text(), "stands twice in the package"});
}

/// Follows isChildOf upwards from every item; it must end at the document.
void check_forest(Json const& package, std::vector<Violation>& violations) {
    auto const root = text_of(package.at("CFDocument"), "identifier");
    std::map<std::string, std::string> parents;
    for (auto const& association : package.at("CFAssociations"))
        if (text_of(association, "associationType") == "isChildOf")
            parents.emplace(text_of(association.at("originNodeURI"), "identifier"),
                            text_of(association.at("destinationNodeURI"), "identifier"));
    auto const& items = package.at("CFItems");
    for (std::size_t i = 0; i < items.size(); ++i) {
        auto at = text_of(items[i], "identifier");
        for (std::size_t steps = 0; at != root && steps <= items.size(); ++steps) {
            auto const parent = parents.find(at);
            at = parent == parents.end() ? "" : parent->second;
        }
        if (at != root)
            violations.push_back({Place().at("CFItems").at(i).text(), "does not reach the document by isChildOf"});
    }
}

void check_links(Json const& package, std::set<std::string> const& ids, std::vector<Violation>& violations) {
    auto const& associations = package.at("CFAssociations");
    Place const root, list = root.at("CFAssociations");
    for (std::size_t i = 0; i < associations.size(); ++i) {
        auto const type = text_of(associations[i], "associationType");
        if (type != "isChildOf" && type != "precedes") continue;  // translations and crosswalks may leave the package
        auto const here = list.at(i);
        for (auto const* end : {"originNodeURI", "destinationNodeURI"})
            if (!ids.contains(text_of(associations[i].at(end), "identifier")))
                violations.push_back({here.at(end).text(), "names no item of this package"});
    }
}

void check_decay_in_items(Json const& items, std::vector<Violation>& violations) {
    Place const root, list = root.at("CFItems");
    for (std::size_t i = 0; i < items.size(); ++i) {
        auto const pointer = Json::json_pointer("/extensions/itqan/decay");
        if (!items[i].contains(pointer)) continue;
        auto const item = list.at(i), extensions = item.at("extensions"), ours = extensions.at("itqan");
        check_fields(items[i].at(pointer), decay_fields, ours.at("decay"), violations, true);
    }
}

void check_rubrics(Json const& rubrics, std::vector<Violation>& violations) {
    Place const root, list = root.at("CFRubrics");
    if (!rubrics.is_array()) {
        violations.push_back({list.text(), "must be a list"});
        return;
    }
    for (std::size_t i = 0; i < rubrics.size(); ++i) {
        auto const here = list.at(i);
        auto const criteria = rubrics[i].is_object() ? rubrics[i].find("CFRubricCriteria") : rubrics[i].end();
        auto const sound =
            rubrics[i].is_object() && criteria != rubrics[i].end() && criteria->is_array() &&
            std::all_of(criteria->begin(), criteria->end(), [](Json const& criterion) {
                if (!criterion.is_object()) return false;
                auto const levels = criterion.find("CFRubricCriterionLevels");
                return levels == criterion.end() ||
                       (levels->is_array() && std::all_of(levels->begin(), levels->end(), [](Json const& level) {
                            return level.is_object() &&
                                   (!level.contains("position") || level.at("position").is_number_integer());
                        }));
            });
        if (!sound) violations.push_back({here.text(), "must hold CFRubricCriteria with CFRubricCriterionLevels"});
    }
}

}  // namespace

void check_package(Json const& package, std::vector<Violation>& violations) {
    Place const root;
    if (!package.is_object() || !package.contains("CFDocument")) {
        violations.push_back({"", "must be a CFPackage with one CFDocument"});
        return;
    }
    for (auto const* list : {"CFItems", "CFAssociations"}) {
        if (package.contains(list) && package.at(list).is_array()) continue;
        violations.push_back({root.at(list).text(), "must be a list"});
    }
    check_fields(package.at("CFDocument"), document_fields, root.at("CFDocument"), violations, true);
    if (!violations.empty()) return;

    std::set<std::string> ids;
    check_id(package.at("CFDocument"), root.at("CFDocument"), ids, violations);
    auto const check_list = [&](char const* name, std::span<Field const> fields_of_one) {
        auto const& elements = package.at(name);
        auto const list = root.at(name);
        for (std::size_t i = 0; i < elements.size(); ++i) {
            auto const here = list.at(i);
            check_fields(elements[i], fields_of_one, here, violations, true);
            if (elements[i].is_object()) check_id(elements[i], here, ids, violations);
        }
    };
    check_list("CFItems", item_fields);
    check_list("CFAssociations", association_fields);
    if (package.contains("CFRubrics")) check_rubrics(package.at("CFRubrics"), violations);
    if (!violations.empty()) return;

    check_links(package, ids, violations);
    check_forest(package, violations);
    check_decay_in_items(package.at("CFItems"), violations);
}

void check_framework_levels(Json const& levels, std::vector<Violation>& violations) {
    Place const root;
    check_fields(levels, flat_fields, root, violations);
    if (!violations.empty()) return;

    std::set<std::string> classes{"standard", "technology", "safety"};
    if (levels.contains("decayClasses")) {
        auto const place = root.at("decayClasses");
        if (!levels.at("decayClasses").is_object())
            violations.push_back({place.text(), "must be an object"});
        else
            for (auto const& [name, body] : levels.at("decayClasses").items()) {
                check_fields(body, decay_fields, place.at(name), violations);
                classes.insert(name);
            }
    }
    auto const competencies = levels.value("competencies", Json::array());
    auto const list = root.at("competencies");
    for (std::size_t i = 0; i < competencies.size(); ++i)
        if (auto const name = text_of(competencies[i], "decayClass"); !classes.contains(name)) {
            auto const here = list.at(i);
            violations.push_back({here.at("decayClass").text(), "\"" + name + "\" is no decay class"});
        }
}

void check_level_map(Json const& map, Place const& place, std::vector<Violation>& violations) {
    if (!map.is_object() || map.empty() || map.size() > 20) {
        violations.push_back({place.text(), "must be an object with 1 to 20 levels, such as {\"1\": 1, \"2\": 2}"});
        return;
    }
    int before = 0;
    for (std::size_t level = 1; level <= map.size(); ++level) {
        auto const name = std::to_string(level);
        auto const value = map.find(name);
        if (value == map.end()) {
            violations.push_back({place.at(name).text(), "is missing: a level map is total from level 1"});
            return;
        }
        auto const here = value->is_number_integer() ? value->get<std::int64_t>() : -1;
        if (here < before || here > 5) {
            violations.push_back({place.at(name).text(), "must be a level up to 5, not below the one before"});
            return;
        }
        before = static_cast<int>(here);
    }
}

void check_crosswalk(Json const& association, std::vector<Violation>& violations) {
    Place const root;
    check_fields(association, association_fields, root, violations, true);
    if (!violations.empty() || !association.contains("extensions")) return;

    auto const extensions = root.at("extensions"), ours = extensions.at("itqan");
    auto const pointer = Json::json_pointer("/extensions/itqan");
    if (!association.contains(pointer)) return;
    constexpr Field fields[] = {{"levelMap", Form::anything, optional},
                                {"confidence", Form::number, optional, false, 0, 1}};
    auto const& extension = association.at(pointer);
    check_fields(extension, fields, ours, violations);
    if (extension.is_object() && extension.contains("levelMap"))
        check_level_map(extension.at("levelMap"), ours.at("levelMap"), violations);
}

}  // namespace itqan::domain
