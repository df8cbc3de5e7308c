#include "service/domain/role_fit.hpp"

#include <algorithm>
#include <map>

namespace itqan::domain {
namespace {

/// What the badge shows of what the role asks for.
RoleFit fit_of(Programme const& programme, Role const& role, std::map<std::string, int> const& levels) {
    RoleFit fit;
    fit.role = &role;
    for (auto const& required : role.requires_) {
        auto const found = levels.find(required.competency);
        if (auto const* const competency = programme.competency(required.competency))
            fit.parts.push_back({competency, required.level, found == levels.end() ? 0 : found->second});
    }
    return fit;
}

Json requirements_json(RoleFit const& fit) {
    auto requirements = Json::array();
    for (auto const& part : fit.parts)
        requirements.push_back(
            {{"competency", part.competency->code}, {"required", part.required}, {"shown", part.shown}});
    return requirements;
}

}  // namespace

std::size_t RoleFit::met() const {
    return static_cast<std::size_t>(
        std::count_if(parts.begin(), parts.end(), [](Part const& part) { return part.is_met(); }));
}

std::map<std::string, int> shown_levels(Programme const& programme, Json const& said) {
    std::map<std::string, int> levels;
    auto const alignments = said.find("alignment");
    if (alignments == said.end() || !alignments->is_array()) return levels;
    for (auto const& alignment : *alignments) {
        auto const url = alignment.value("url", std::string());
        auto const level = alignment.value("level", 0);
        for (auto const& competency : programme.framework.competencies)
            if (!url.empty() && (url == competency.uri || url == competency.uri_ar))
                levels[competency.code] = std::max(levels[competency.code], level);
    }
    return levels;
}

std::string_view why_not_counted(Report const& report) {
    if (report.credential.is_object() && report.credential.contains("credentials")) return "several-badges";
    bool const in_force = report.verdict == Verdict::valid || report.verdict == Verdict::warning;
    if (!in_force || !report.credential.is_object()) return "not-in-force";
    bool const is_known = std::any_of(report.checks.begin(), report.checks.end(), [](Check const& check) {
        return check.id == "issuer-trust" && check.outcome == CheckOutcome::pass;
    });
    return is_known ? "" : "issuer-unknown";
}

std::vector<RoleFit> role_fits(Programme const& programme, Report const& report) {
    std::vector<RoleFit> fits;
    if (!why_not_counted(report).empty()) return fits;
    auto const levels = shown_levels(programme, report.credential);
    for (auto const& role : programme.roles) {
        auto fit = fit_of(programme, role, levels);
        bool const shows_any =
            std::any_of(fit.parts.begin(), fit.parts.end(), [](RoleFit::Part const& part) { return part.shown > 0; });
        if (shows_any) fits.push_back(std::move(fit));
    }
    std::stable_sort(fits.begin(), fits.end(), [](RoleFit const& left, RoleFit const& right) {
        return left.met() * right.parts.size() > right.met() * left.parts.size();
    });
    return fits;
}

std::optional<RoleFit> role_fit(Programme const& programme, Report const& report, Role const& role) {
    if (!why_not_counted(report).empty()) return std::nullopt;
    return fit_of(programme, role, shown_levels(programme, report.credential));
}

Json role_answer_json(Programme const& programme, Report const& report, Role const& role) {
    Json json{{"roleId", role.id}, {"title", role.title.en}, {"title_ar", role.title.ar}};
    auto const fit = role_fit(programme, report, role);
    json["counts"] = fit.has_value();
    if (fit) {
        json["met"] = fit->met();
        json["of"] = fit->parts.size();
        json["requirements"] = requirements_json(*fit);
    } else {
        json["reason"] = why_not_counted(report);
    }
    return json;
}

}  // namespace itqan::domain
