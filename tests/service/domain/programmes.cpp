#include "tests/service/domain/programmes.hpp"

#include <doctest/doctest.h>

#include <list>
#include <stdexcept>

#include "tests/support/shared.hpp"

namespace itqan::tests {
namespace {

std::pair<char const*, char const*> const programme_files[] = {{"provider", "providers"},
                                                               {"issuer", "issuers"},
                                                               {"activity", "activities"},
                                                               {"epa", "epas"},
                                                               {"role", "roles"},
                                                               {"organisation", "organisations"},
                                                               {"achievement", "achievements"}};

std::pair<char const*, char const*> const evidence_files[] = {
    {"completion", "completions"},        {"signoff", "signoffs"},  {"entrustment", "entrustments"},
    {"experience", "experience"},         {"practice", "practice"}, {"self-assessment", "self-assessments"},
    {"external-badge", "external-badges"}};

Json starter_items(std::string const& folder) {
    auto const file = [&](std::string const& name) { return read_json(folder + name + ".json"); };
    Json items;
    items["programme"] = Json::array({file("programme")});
    items["framework"] =
        Json::array({file("framework.bahr.cfpackage"), file("framework.ar.cfpackage"), file("framework.en.cfpackage")});
    items["framework-levels"] = Json::array({file("competencies.flat")});
    auto const crosswalks = file("crosswalks");
    items["crosswalk"] = crosswalks.at("CFAssociations");
    items["level-map"] = Json::array();
    for (auto const& map : crosswalks.at("frameworkLevelMaps"))
        items["level-map"].push_back(map);
    for (auto const& [kind, name] : programme_files)
        items[kind] = file(name);
    return items;
}

Starter load(std::string const& folder) {
    Starter starter{build(starter_items(folder)), {}, read_json(folder + "expected/dataset-expected.json")};
    for (auto const& [kind, name] : evidence_files)
        for (auto const& element : read_json(folder + name + ".json"))
            add(starter.evidence[element.at("learnerId").get<std::string>()], starter.programme, kind, element);
    return starter;
}

}  // namespace

Json read_json(std::string const& path) {
    auto document = parse_json(read_file(path), json_limits::case_package);
    if (!document) throw std::runtime_error(path + ": " + document.error().detail);
    return std::move(*document);
}

Json small_items() {
    return read_json((source_dir() / "tests/service/domain/data/programme.json").string());
}

domain::Programme build(Json const& items) {
    domain::ProgrammeBuilder builder;
    for (auto const& [kind, bodies] : items.items())
        for (auto const& body : bodies)
            builder.add(kind, body);
    auto programme = builder.build();
    if (!programme) throw std::runtime_error(programme.error().detail);
    return std::move(*programme);
}

domain::Programme const& small_programme() {
    static auto const programme = build(small_items());
    return programme;
}

Starter const* starter() {
    auto const folder = shared_dir();
    if (!folder) {
        MESSAGE("the starter data is not beside the project, nothing was checked");
        return nullptr;
    }
    static auto const loaded = load((*folder / "starter").string() + "/");
    return &loaded;
}

void add(domain::Evidence& evidence, domain::Programme const& programme, std::string const& kind, Json const& element) {
    auto const stored = domain::read_evidence_element(kind, element, programme);
    if (!stored) throw std::runtime_error(element.dump() + ": " + stored.error().detail);
    domain::add_to(evidence, kind, stored->id, stored->status, stored->eligible, stored->occurred_on,
                   stored->body.dump());
}

schemas::Rule const& kept_rule(std::string_view text) {
    static std::list<schemas::Rule> kept;
    return kept.emplace_back(*schemas::parse_rule(Json::parse(text)));
}

}  // namespace itqan::tests
