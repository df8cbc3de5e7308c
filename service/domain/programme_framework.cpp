#include "service/domain/programme_framework.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "service/domain/programme_shapes.hpp"

namespace itqan::domain {
namespace {

/// Defaults of domain.md 1.2 for a framework that states none.
DecayClass const default_decay[] = {
    {"standard", 730, 365, 1, 1825}, {"technology", 365, 365, 1, 1460}, {"safety", 365, 180, 0, 730}};

/// Names of domain.md 1.1, for a programme without its own.
LevelName const default_levels[] = {
    {1, {"Aware", "مُدرِك"}, {}},        {2, {"Assisted", "بمساندة"}, {}}, {3, {"Practitioner", "متمكّن"}, {}},
    {4, {"Independent", "مستقل"}, {}}, {5, {"Lead", "قائد"}, {}},
};

Json const& itqan_extension(Json const& item) {
    static Json const none = Json::object();
    auto const extensions = item.find("extensions");
    if (extensions == item.end() || !extensions->is_object()) return none;
    auto const ours = extensions->find("itqan");
    return ours == extensions->end() || !ours->is_object() ? none : *ours;
}

std::string node_id(Json const& association, char const* end) {
    return text_of(association.at(end), "identifier");
}

DecayClass read_decay(std::string const& name, Json const& body) {
    return {name, body.at("freshDays").get<int>(), body.at("dropDays").get<int>(), body.at("floor").get<int>(),
            body.at("validityDays").get<int>()};
}

/// Everything the several sources say about the decay of a competency, by class name.
std::map<std::string, DecayClass> read_decay_classes(Json const* levels) {
    std::map<std::string, DecayClass> classes;
    for (auto const& decay : default_decay)
        classes.emplace(decay.name, decay);
    if (levels == nullptr || !levels->contains("decayClasses")) return classes;
    for (auto const& [name, body] : levels->at("decayClasses").items())
        classes.insert_or_assign(name, read_decay(name, body));
    return classes;
}

std::vector<LevelName> read_levels(Json const* levels) {
    std::vector<LevelName> names(std::begin(default_levels), std::end(default_levels));
    if (levels == nullptr || !levels->contains("levels")) return names;
    for (auto const& level : levels->at("levels")) {
        auto const number = level.at("level").get<int>();
        names.at(static_cast<std::size_t>(number - 1)) = {
            number,
            {text_of(level, "en"), text_of(level, "ar")},
            {text_of(level, "descriptor_en"), text_of(level, "descriptor_ar")}};
    }
    return names;
}

bool has_translations(Json const& package) {
    auto const& associations = package.at("CFAssociations");
    return std::any_of(associations.begin(), associations.end(),
                       [](Json const& a) { return text_of(a, "associationType") == "isTranslationOf"; });
}

Json const* own_package(std::vector<Json> const& packages, Json const* levels) {
    auto const named = levels == nullptr ? std::string() : text_of(*levels, "framework");
    for (auto const& package : packages)
        if (!named.empty() && text_of(package.at("CFDocument"), "identifier") == named) return &package;
    if (!named.empty()) return nullptr;
    for (auto const& package : packages)
        if (has_translations(package)) return &package;
    return packages.empty() ? nullptr : &packages.front();
}

/// Arabic items by the identifier of the item that they translate.
struct Translations {
    std::map<std::string, Json const*> item;
    std::string title;
};

Translations read_translations(std::vector<Json> const& packages, Json const& own) {
    std::map<std::string, std::string> origin_of;
    for (auto const& association : own.at("CFAssociations"))
        if (text_of(association, "associationType") == "isTranslationOf")
            origin_of.emplace(node_id(association, "destinationNodeURI"), node_id(association, "originNodeURI"));
    Translations translations;
    for (auto const& package : packages) {
        if (&package == &own) continue;
        for (auto const& item : package.at("CFItems")) {
            auto const origin = origin_of.find(text_of(item, "identifier"));
            if (origin == origin_of.end()) continue;
            translations.item.emplace(origin->second, &item);
            translations.title = text_of(package.at("CFDocument"), "title");
        }
    }
    return translations;
}

std::map<std::string, std::string> read_parents(Json const& package) {
    std::map<std::string, std::string> parents;
    for (auto const& association : package.at("CFAssociations"))
        if (text_of(association, "associationType") == "isChildOf")
            parents.emplace(node_id(association, "originNodeURI"), node_id(association, "destinationNodeURI"));
    return parents;
}

/// The levels of each competency by its CFItem identifier.
std::map<std::string, std::vector<RubricLevel>> read_rubrics(Json const& package, std::vector<LevelName> const& names) {
    std::map<std::string, std::vector<RubricLevel>> rubrics;
    if (!package.contains("CFRubrics")) return rubrics;
    for (auto const& rubric : package.at("CFRubrics")) {
        for (auto const& criterion : rubric.at("CFRubricCriteria")) {
            if (!criterion.contains("CFItemURI") || !criterion.contains("CFRubricCriterionLevels")) continue;
            auto& levels = rubrics[text_of(criterion.at("CFItemURI"), "identifier")];
            for (auto const& level : criterion.at("CFRubricCriterionLevels")) {
                auto const position = level.value("position", 0);
                if (position < 1 || position > 5) continue;
                auto const& name = names.at(static_cast<std::size_t>(position - 1));
                auto const quality = text_of(level, "quality");
                levels.push_back({position,
                                  text_of(level, "uri"),
                                  {quality.empty() ? name.name.en : quality, name.name.ar},
                                  {text_of(level, "description"), name.descriptor.ar}});
            }
            std::sort(levels.begin(), levels.end(), [](auto const& a, auto const& b) { return a.level < b.level; });
        }
    }
    return rubrics;
}

class PackageReader {
  public:
    PackageReader(std::vector<Json> const& packages, Json const& own, Framework& framework,
                  std::map<std::string, DecayClass> const& classes)
        : own_(own),
          framework_(framework),
          classes_(classes),
          translations_(read_translations(packages, own)),
          parents_(read_parents(own)),
          rubrics_(read_rubrics(own, framework.levels)) {}

    void read() {
        framework_.title = text_of(own_.at("CFDocument"), "title");
        framework_.title_ar = translations_.title;
        for (auto const& item : own_.at("CFItems"))
            code_[text_of(item, "identifier")] = code_of(item);
        for (auto const& item : own_.at("CFItems"))
            if (text_of(item, "CFItemType") == "Domain")
                framework_.domains.push_back({code_of(item), statement(item)});
            else
                framework_.competencies.push_back(competency(item));
    }

  private:
    static std::string code_of(Json const& item) {
        auto code = text_of(item, "humanCodingScheme");
        return code.empty() ? text_of(item, "identifier") : code;
    }

    Json const* translation(Json const& item) const {
        auto const found = translations_.item.find(text_of(item, "identifier"));
        return found == translations_.item.end() ? nullptr : found->second;
    }

    Text statement(Json const& item) const {
        auto arabic = text_of(itqan_extension(item), "fullStatement_ar");
        if (auto const* translated = translation(item)) arabic = text_of(*translated, "fullStatement");
        return {text_of(item, "fullStatement"), arabic};
    }

    Competency competency(Json const& item) const {
        Competency competency;
        competency.case_id = text_of(item, "identifier");
        competency.code = code_of(item);
        if (auto const parent = parents_.find(competency.case_id); parent != parents_.end())
            if (auto const code = code_.find(parent->second); code != code_.end()) competency.domain = code->second;
        competency.statement = statement(item);
        competency.short_name.en = text_of(item, "abbreviatedStatement");
        if (competency.short_name.en.empty()) competency.short_name.en = competency.statement.en;
        competency.uri = text_of(item, "uri");
        if (auto const* translated = translation(item)) {
            competency.uri_ar = text_of(*translated, "uri");
            competency.short_name.ar = text_of(*translated, "abbreviatedStatement");
        }
        auto const& extension = itqan_extension(item);
        competency.tag = text_of(extension, "tag");
        competency.decay = decay(extension);
        if (auto const levels = rubrics_.find(competency.case_id); levels != rubrics_.end())
            competency.levels = levels->second;
        return competency;
    }

    DecayClass decay(Json const& extension) const {
        auto const name = text_of(extension, "decayClass");
        auto const found = classes_.find(name);
        if (found != classes_.end()) return found->second;
        if (extension.contains("decay")) return read_decay(name, extension.at("decay"));
        return default_decay[0];
    }

    Json const& own_;
    Framework& framework_;
    std::map<std::string, DecayClass> const& classes_;
    Translations translations_;
    std::map<std::string, std::string> parents_;
    std::map<std::string, std::vector<RubricLevel>> rubrics_;
    std::map<std::string, std::string> code_;
};

/// The flat view adds what a package lacks, and stands for the package where there is none.
void read_flat(Json const& flat, std::map<std::string, DecayClass> const& classes, Framework& framework) {
    for (auto const& domain : flat.value("domains", Json::array())) {
        auto const code = text_of(domain, "code");
        auto const known = std::any_of(framework.domains.begin(), framework.domains.end(),
                                       [&](CompetencyDomain const& d) { return d.code == code; });
        if (!known) framework.domains.push_back({code, {text_of(domain, "en"), text_of(domain, "ar")}});
    }
    for (auto const& entry : flat.value("competencies", Json::array())) {
        auto const code = text_of(entry, "code");
        auto found = std::find_if(framework.competencies.begin(), framework.competencies.end(),
                                  [&](Competency const& c) { return c.code == code; });
        if (found == framework.competencies.end()) {
            Competency added;
            added.code = code;
            added.case_id = text_of(entry, "caseId");
            added.domain = text_of(entry, "domain");
            added.statement = {text_of(entry, "en"), text_of(entry, "ar")};
            added.short_name = {text_of(entry, "short"), text_of(entry, "short_ar")};
            if (added.short_name.en.empty()) added.short_name.en = added.statement.en;
            found = framework.competencies.insert(found, std::move(added));
        }
        found->tag = text_of(entry, "tag");
        found->decay = classes.at(text_of(entry, "decayClass"));
    }
    auto const caps = flat.value("evidenceCaps", Json::object());
    for (auto const& [name, cap] : caps.items())
        if (auto const kind = read_evidence_kind(name)) framework.caps[static_cast<int>(*kind)] = cap.get<int>();
}

}  // namespace

Framework read_framework(std::vector<Json> const& packages, Json const* levels) {
    Framework framework;
    if (packages.empty() && levels == nullptr) return framework;
    framework.levels = read_levels(levels);
    auto const classes = read_decay_classes(levels);
    if (auto const* own = own_package(packages, levels)) PackageReader(packages, *own, framework, classes).read();
    if (levels != nullptr) read_flat(*levels, classes, framework);
    return framework;
}

void read_transfer(Json const& association, Framework const& framework,
                   std::map<std::string, std::vector<Transfer>>& transfers) {
    auto const& extension = itqan_extension(association);
    auto const type = text_of(association, "associationType");
    if (!extension.contains("levelMap") || (type != "exactMatchOf" && type != "isPartOf")) return;

    auto const origin = node_id(association, "originNodeURI");
    auto const destination = node_id(association, "destinationNodeURI");
    auto const find = [&](std::string const& id) {
        return std::find_if(framework.competencies.begin(), framework.competencies.end(),
                            [&](Competency const& c) { return c.case_id == id; });
    };
    auto ours = find(origin);
    auto foreign = destination;
    if (ours == framework.competencies.end() && type == "exactMatchOf") {
        ours = find(destination);
        foreign = origin;
    }
    if (ours == framework.competencies.end()) return;

    auto const& map = extension.at("levelMap");
    Transfer transfer{ours->code, {0}, extension.value("confidence", 1.0)};
    for (std::size_t level = 1; level <= map.size(); ++level)
        transfer.level_map.push_back(map.at(std::to_string(level)).get<int>());
    transfers[foreign].push_back(std::move(transfer));
}

}  // namespace itqan::domain
