#include "service/domain/levels_today.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "service/domain/role_fit.hpp"

namespace itqan::domain {
namespace {

std::vector<Day> practised(Evidence const& evidence, std::string const& competency) {
    std::vector<Day> days;
    for (auto const& practice : evidence.practices)
        if (practice.standing == Standing::verified && practice.competency == competency) days.push_back(practice.at);
    std::sort(days.begin(), days.end());
    return days;
}

LevelsToday::Part part_of(Competency const& competency, int shown, std::vector<Claim> const& claims,
                          Evidence const& evidence, Day day) {
    LevelsToday::Part part{&competency, shown};
    auto const practices = practised(evidence, competency.code);
    for (auto const& claim : claims) {
        if (claim.competency != competency.code) continue;
        if (claim.level >= shown && part.state == LevelState::not_recorded) part.state = LevelState::lower;
        auto const effective = effective_date(competency.decay, claim, practices, day);
        auto const level = decayed(competency.decay, claim.level, day - effective);
        part.today = std::max(part.today, std::min(level, shown));
        if (level < shown) continue;
        part.state = LevelState::held;
        part.until = std::max(part.until, last_day(competency.decay, effective, claim.level, shown));
    }
    return part;
}

/// Of a badge whose page strangers see; none else.
std::optional<std::string> learner_of(Services& services, Report const& report) {
    auto const id = report.credential.value("id", std::string());
    auto const path = services.addresses.path_of(id);
    constexpr std::string_view folder = "/credentials/";
    if (!path.starts_with(folder)) return std::nullopt;
    auto const view = services.claims.view(path.substr(folder.size()), nullptr);
    if (!view || view->erased) return std::nullopt;
    return view->row.learner_id;
}

bool is_issued_here(Report const& report) {
    return std::any_of(report.checks.begin(), report.checks.end(), [](Check const& check) {
        return check.id == "issuer-trust" && check.code == "issuer-trust.own";
    });
}

}  // namespace

std::string_view level_state_name(LevelState state) {
    switch (state) {
        case LevelState::held:
            return "held";
        case LevelState::lower:
            return "lower";
        case LevelState::not_recorded:
            return "not-recorded";
    }
    return "not-recorded";
}

std::size_t LevelsToday::held() const {
    return static_cast<std::size_t>(
        std::count_if(parts.begin(), parts.end(), [](Part const& part) { return part.state == LevelState::held; }));
}

bool LevelsToday::is_recorded() const {
    return std::any_of(parts.begin(), parts.end(),
                       [](Part const& part) { return part.state != LevelState::not_recorded; });
}

std::vector<LevelsToday::Part> levels_today(Programme const& programme, Evidence const& evidence,
                                            std::map<std::string, int> const& shown, Day day) {
    auto const claims = claims_of(programme, evidence, Scope::verified, day);
    std::vector<LevelsToday::Part> parts;
    for (auto const& competency : programme.framework.competencies)
        if (auto const found = shown.find(competency.code); found != shown.end() && found->second > 0)
            parts.push_back(part_of(competency, found->second, claims, evidence, day));
    return parts;
}

LevelsToday levels_today(Services& services, Report const& report) {
    LevelsToday levels;
    levels.as_of = services.clock.domain().day();
    auto const why_not = why_not_counted(report);
    bool const is_one_in_force = why_not.empty() || why_not == "issuer-unknown";
    levels.reason = !is_one_in_force ? why_not : !is_issued_here(report) ? "not-issued-here" : "";
    if (!levels.reason.empty()) return levels;
    auto const learner = learner_of(services, report);
    if (!learner) {
        levels.reason = "not-shared";
        return levels;
    }
    services.database.read([&](storage::Session& session) {
        levels.programme = services.programmes.current(session);
        auto const evidence = load_evidence(session, *learner);
        levels.parts =
            levels_today(*levels.programme, evidence, shown_levels(*levels.programme, report.credential), levels.as_of);
    });
    return levels;
}

Json levels_today_to_json(LevelsToday const& levels) {
    Json json{{"asOf", levels.as_of.text()}, {"told", levels.reason.empty()}};
    if (!levels.reason.empty()) {
        json["reason"] = levels.reason;
        return json;
    }
    json["held"] = levels.held();
    json["of"] = levels.parts.size();
    json["competencies"] = Json::array();
    for (auto const& part : levels.parts)
        json["competencies"].push_back({{"competency", part.competency->code},
                                        {"shown", part.shown},
                                        {"today", part.today},
                                        {"state", level_state_name(part.state)},
                                        {"until", part.until ? Json(part.until->text()) : Json()}});
    return json;
}

}  // namespace itqan::domain
