#include "service/domain/programme_reader.hpp"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "schemas/json_pointer.hpp"
#include "service/domain/programme_framework.hpp"
#include "service/domain/programme_shapes.hpp"

namespace itqan::domain {
namespace {

using schemas::Place;

Text text_pair(Json const& body, std::string const& name) {
    return {text_of(body, name), text_of(body, name + "_ar")};
}

std::vector<std::string> list_of(Json const& body, std::string const& name) {
    return body.contains(name) ? body.at(name).get<std::vector<std::string>>() : std::vector<std::string>{};
}

std::vector<Award> awards_of(Json const& body, std::string const& name) {
    std::vector<Award> awards;
    if (body.contains(name))
        for (auto const& award : body.at(name))
            awards.push_back({text_of(award, "competency"), award.at("level").get<int>()});
    return awards;
}

Activity read_activity(Json const& body) {
    Activity activity;
    activity.id = text_of(body, "id");
    activity.provider_id = text_of(body, "providerId");
    activity.title = text_pair(body, "title");
    activity.hours = body.at("hours").get<double>();
    activity.kind = read_evidence_kind(text_of(body, "evidenceKind")).value();
    activity.pass_score = body.at("passScore").get<double>();
    activity.grade_scale = list_of(body, "gradeScale");
    activity.awards = awards_of(body, "awards");
    activity.prerequisites = list_of(body, "prerequisites");
    return activity;
}

Epa read_epa(Json const& body) {
    Epa epa{text_of(body, "id"), text_pair(body, "title"), body.at("assessorsRequired").get<int>(), {}};
    for (auto const& entry : body.at("competencies"))
        epa.competencies.push_back({text_of(entry, "competency"), entry.at("maxLevel").get<int>()});
    return epa;
}

Issuer read_issuer(Json const& body) {
    return {text_of(body, "id"),
            text_of(body, "slug"),
            text_pair(body, "name"),
            text_of(body, "url"),
            text_of(body, "privacyContact"),
            optional_text_of(body, "linkedInOrganizationId"),
            optional_text_of(body, "providerId"),
            read_proof_form(text_of(body, "proof")).value_or(ProofForm::embedded)};
}

Role read_role(Json const& body) {
    Role role{text_of(body, "id"), text_pair(body, "title"), text_of(body, "group"), {}};
    for (auto const& entry : body.at("requires"))
        role.requires_.push_back(
            {text_of(entry, "competency"), entry.at("level").get<int>(), entry.at("weight").get<double>()});
    return role;
}

OnLoss read_on_loss(std::string const& name) {
    if (name == "keep") return OnLoss::keep;
    return name == "revoke" ? OnLoss::revoke : OnLoss::suspend;
}

/// All but the rule, which needs to know the other achievements.
Achievement read_achievement(Json const& body) {
    Achievement achievement;
    achievement.id = text_of(body, "id");
    achievement.version = body.at("version").get<int>();
    achievement.issuer_id = text_of(body, "issuerId");
    achievement.status = text_of(body, "status");
    achievement.type = text_of(body, "achievementType");
    achievement.name = text_pair(body, "name");
    achievement.description = text_pair(body, "description");
    achievement.alignment = awards_of(body, "alignment");
    achievement.validity = Period::parse(text_of(body, "validity"));
    achievement.on_loss = read_on_loss(text_of(body, "onLoss"));
    return achievement;
}

void collect_badges(schemas::Rule const& rule, std::vector<std::string>& badges) {
    if (rule.leaf)
        if (auto const* badge = std::get_if<schemas::BadgeLeaf>(&*rule.leaf))
            if (std::find(badges.begin(), badges.end(), badge->achievement) == badges.end())
                badges.push_back(badge->achievement);
    for (auto const& child : rule.children)
        collect_badges(child, badges);
}

std::string item_pointer(std::string_view kind, Json const& body, std::size_t position) {
    auto id = body.is_object() ? text_of(body, "id") : std::string();
    if (id.empty()) id = std::to_string(position);
    return "/" + std::string(kind) + "/" + schemas::pointer_token(id);
}

}  // namespace

std::vector<Violation> check_item(std::string_view kind, Json const& body) {
    std::vector<Violation> violations;
    if (kind == "framework") {
        check_package(body, violations);
    } else if (kind == "framework-levels") {
        check_framework_levels(body, violations);
    } else if (kind == "crosswalk") {
        check_crosswalk(body, violations);
    } else if (kind == "level-map") {
        check_level_map(body, Place(), violations);
    } else if (auto const fields = fields_of(kind); fields.empty()) {
        violations.push_back({"", "\"" + std::string(kind) + "\" is no kind of programme item"});
    } else {
        check_fields(body, fields, Place(), violations);
    }
    if (kind == "achievement" && body.is_object() && body.contains("criteria")) {
        if (auto const rule = schemas::parse_rule(body.at("criteria")); !rule)
            for (auto const& violation : rule.error().violations)
                violations.push_back({"/criteria" + violation.pointer, violation.detail});
    }
    return violations;
}

struct ProgrammeBuilder::Items {
    std::map<std::string, std::vector<Json>, std::less<>> by_kind;

    std::vector<Json> const& of(std::string_view kind) const {
        static std::vector<Json> const none;
        auto const found = by_kind.find(kind);
        return found == by_kind.end() ? none : found->second;
    }
};

namespace {

/// Reads the items into a Programme and looks every reference up.
class Assembly {
  public:
    using List = std::function<std::vector<Json> const&(std::string_view)>;

    explicit Assembly(List items) : items_(std::move(items)) {}

    Programme assemble() {
        read_programme();
        auto const& levels = items_("framework-levels");
        if (levels.size() > 1) report("/framework-levels", "stands twice");
        programme_.framework = read_framework(items_("framework"), levels.empty() ? nullptr : &levels.front());
        for (auto const& body : items_("crosswalk"))
            read_transfer(body, programme_.framework, programme_.transfers);

        read_all("provider", programme_.providers, [](Json const& body) {
            return Provider{text_of(body, "id"), text_pair(body, "name"), text_of(body, "status")};
        });
        read_all("issuer", programme_.issuers, read_issuer);
        read_all("activity", programme_.activities, read_activity);
        read_all("epa", programme_.epas, read_epa);
        read_all("role", programme_.roles, read_role);
        for (auto const& body : items_("organisation"))
            if (!programme_.organisations.emplace(text_of(body, "id"), text_pair(body, "name")).second)
                report(item_pointer("organisation", body, 0) + "/id", "stands twice");
        auto const bodies = choose_versions();
        programme_.index();
        check_references();
        read_rules(bodies);
        return std::move(programme_);
    }

    std::vector<Violation> take_violations() { return std::move(violations_); }

  private:
    void report(std::string pointer, std::string detail) {
        violations_.push_back({std::move(pointer), std::move(detail)});
    }

    void read_programme() {
        auto const& bodies = items_("programme");
        if (bodies.size() > 1) report("/programme", "stands twice; an installation is one programme");
        if (bodies.empty()) return;
        programme_.id = text_of(bodies.front(), "id");
        programme_.name = text_pair(bodies.front(), "name");
        programme_.date_of_record = Day::parse(text_of(bodies.front(), "dateOfRecord"));
    }

    template <typename T, typename Read>
    void read_all(std::string_view kind, std::vector<T>& list, Read read) {
        std::set<std::string> ids, slugs;
        for (auto const& body : items_(kind)) {
            list.push_back(read(body));
            if (!ids.insert(list.back().id).second) report(item_pointer(kind, body, 0) + "/id", "stands twice");
            if constexpr (std::is_same_v<T, Issuer>)
                if (!slugs.insert(list.back().slug).second)
                    report(item_pointer(kind, body, 0) + "/slug", "stands twice");
        }
    }

    /// The newest published or retired version of each achievement, in the order of first appearance.
    std::vector<Json const*> choose_versions() {
        std::vector<Json const*> bodies;
        std::set<std::tuple<std::string, std::string, int>> seen;
        for (auto const& body : items_("achievement")) {
            auto achievement = read_achievement(body);
            auto const pointer = item_pointer("achievement", body, 0);
            if (!seen.emplace(achievement.issuer_id, achievement.id, achievement.version).second)
                report(pointer + "/version", "stands twice");
            if (achievement.status == "draft") continue;
            auto const same = std::find_if(programme_.achievements.begin(), programme_.achievements.end(),
                                           [&](Achievement const& a) { return a.id == achievement.id; });
            if (same == programme_.achievements.end()) {
                programme_.achievements.push_back(std::move(achievement));
                bodies.push_back(&body);
                continue;
            }
            if (same->issuer_id != achievement.issuer_id) {
                report(pointer + "/issuerId", "another issuer has an achievement of this id");
            } else if (achievement.version > same->version) {
                auto& chosen = bodies[static_cast<std::size_t>(same - programme_.achievements.begin())];
                programme_.earlier_versions.push_back(std::exchange(*same, std::move(achievement)));
                earlier_bodies_.push_back(std::exchange(chosen, &body));
            } else {
                programme_.earlier_versions.push_back(std::move(achievement));
                earlier_bodies_.push_back(&body);
            }
        }
        return bodies;
    }

    void need(bool known, std::string const& pointer, std::string const& id, char const* kind) {
        if (!known) report(pointer, "\"" + id + "\" is no known " + kind);
    }

    template <typename List>
    void need_competencies(std::string const& pointer, List const& list) {
        for (std::size_t i = 0; i < list.size(); ++i)
            need(programme_.competency(list[i].competency) != nullptr,
                 pointer + "/" + std::to_string(i) + "/competency", list[i].competency, "competency");
    }

    void check_references() {
        for (auto const& issuer : programme_.issuers)
            if (issuer.provider_id)
                need(programme_.provider(*issuer.provider_id) != nullptr, "/issuer/" + issuer.id + "/providerId",
                     *issuer.provider_id, "provider");
        for (auto const& activity : programme_.activities) {
            auto const pointer = "/activity/" + activity.id;
            need(programme_.provider(activity.provider_id) != nullptr, pointer + "/providerId", activity.provider_id,
                 "provider");
            need_competencies(pointer + "/awards", activity.awards);
            for (std::size_t i = 0; i < activity.prerequisites.size(); ++i)
                need(programme_.activity(activity.prerequisites[i]) != nullptr,
                     pointer + "/prerequisites/" + std::to_string(i), activity.prerequisites[i], "activity");
        }
        for (auto const& epa : programme_.epas)
            need_competencies("/epa/" + epa.id + "/competencies", epa.competencies);
        for (auto const& role : programme_.roles)
            need_competencies("/role/" + role.id + "/requires", role.requires_);
        for (auto const& achievement : programme_.achievements) {
            auto const pointer = "/achievement/" + achievement.id;
            need(programme_.issuer(achievement.issuer_id) != nullptr, pointer + "/issuerId", achievement.issuer_id,
                 "issuer");
            need_competencies(pointer + "/alignment", achievement.alignment);
        }
    }

    schemas::RuleVocabulary vocabulary() const {
        schemas::RuleVocabulary words;
        words.competency = [this](std::string const& id) { return programme_.competency(id) != nullptr; };
        words.activity = [this](std::string const& id) { return programme_.activity(id) != nullptr; };
        words.achievement = [this](std::string const& id) { return programme_.achievement(id) != nullptr; };
        words.epa = [this](std::string const& id) { return programme_.epa(id) != nullptr; };
        words.role = [this](std::string const& id) { return programme_.role(id) != nullptr; };
        words.group = [](std::string const& id) { return id == "C" || id == "I" || id == "T" || id == "M"; };
        words.domain = [this](std::string const& id) {
            auto const& domains = programme_.framework.domains;
            return std::any_of(domains.begin(), domains.end(), [&](auto const& d) { return d.code == id; });
        };
        words.grade_scale = [this](std::string const& id) -> std::vector<std::string> const* {
            auto const* activity = programme_.activity(id);
            return activity == nullptr ? nullptr : &activity->grade_scale;
        };
        return words;
    }

    void read_rules(std::vector<Json const*> const& bodies) {
        auto const words = vocabulary();
        for (std::size_t i = 0; i < bodies.size(); ++i) {
            auto& achievement = programme_.achievements[i];
            auto rule = schemas::parse_rule(bodies[i]->at("criteria"), words);
            if (!rule) {
                for (auto const& violation : rule.error().violations)
                    report("/achievement/" + achievement.id + "/criteria" + violation.pointer, violation.detail);
                continue;
            }
            achievement.criteria = std::move(*rule);
            collect_badges(achievement.criteria, achievement.badge_references);
        }
        check_cycles();
        std::vector<Achievement> readable;
        for (std::size_t i = 0; i < earlier_bodies_.size(); ++i) {
            // A rule that names what the programme no longer has cannot be put into words any more.
            auto rule = schemas::parse_rule(earlier_bodies_[i]->at("criteria"), words);
            if (!rule) continue;
            readable.push_back(std::move(programme_.earlier_versions[i]));
            readable.back().criteria = std::move(*rule);
        }
        programme_.earlier_versions = std::move(readable);
    }

    void check_cycles() {
        std::map<std::string, int> state;  // 1: being visited, 2: done
        std::function<void(Achievement const&)> const visit = [&](Achievement const& achievement) {
            state[achievement.id] = 1;
            for (auto const& reference : achievement.badge_references) {
                auto const* next = programme_.achievement(reference);
                if (next == nullptr) continue;
                if (state[reference] == 1)
                    report("/achievement/" + achievement.id + "/criteria",
                           "the badge \"" + reference + "\" depends on this achievement itself");
                else if (state[reference] == 0)
                    visit(*next);
            }
            state[achievement.id] = 2;
        };
        for (auto const& achievement : programme_.achievements)
            if (state[achievement.id] == 0) visit(achievement);
    }

    List items_;
    Programme programme_;
    std::vector<Json const*> earlier_bodies_;  ///< Beside programme_.earlier_versions.
    std::vector<Violation> violations_;
};

Error invalid_programme(std::vector<Violation> violations) {
    auto const detail = "The programme is not valid: " + violations.front().pointer + " " + violations.front().detail +
                        (violations.size() > 1 ? " (and " + std::to_string(violations.size() - 1) + " more)." : ".");
    return {Fault::unprocessable, "invalid-programme", detail, std::move(violations)};
}

}  // namespace

ProgrammeBuilder::ProgrammeBuilder() : items_(std::make_unique<Items>()) {}
ProgrammeBuilder::~ProgrammeBuilder() = default;

void ProgrammeBuilder::add(std::string_view kind, Json body) {
    items_->by_kind[std::string(kind)].push_back(std::move(body));
}

Result<Programme> ProgrammeBuilder::build() const {
    std::vector<Violation> violations;
    for (auto const* kind : {"programme", "framework", "framework-levels", "provider", "issuer", "activity", "epa",
                             "role", "organisation", "crosswalk", "level-map", "achievement"}) {
        auto const& bodies = items_->of(kind);
        for (std::size_t i = 0; i < bodies.size(); ++i)
            for (auto& violation : check_item(kind, bodies[i]))
                violations.push_back({item_pointer(kind, bodies[i], i) + violation.pointer, violation.detail});
    }
    if (!violations.empty()) return invalid_programme(std::move(violations));

    Assembly assembly([this](std::string_view kind) -> std::vector<Json> const& { return items_->of(kind); });
    auto programme = assembly.assemble();
    violations = assembly.take_violations();
    if (!violations.empty()) return invalid_programme(std::move(violations));
    return programme;
}

}  // namespace itqan::domain
