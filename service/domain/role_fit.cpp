#include "service/domain/role_fit.hpp"

#include <algorithm>
#include <map>

namespace itqan::domain {
namespace {

bool counts(Report const& report) {
    bool const in_force = report.verdict == Verdict::valid || report.verdict == Verdict::warning;
    return in_force && std::any_of(report.checks.begin(), report.checks.end(), [](Check const& check) {
               return check.id == "issuer-trust" && check.outcome == CheckOutcome::pass;
           });
}

/// Levels by competency code.
std::map<std::string, int> shown_by(Programme const& programme, Json const& said) {
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

}  // namespace

std::size_t RoleFit::met() const {
    return static_cast<std::size_t>(
        std::count_if(parts.begin(), parts.end(), [](Part const& part) { return part.is_met(); }));
}

std::vector<RoleFit> role_fits(Programme const& programme, Report const& report) {
    std::vector<RoleFit> fits;
    if (!counts(report) || !report.credential.is_object()) return fits;
    auto const levels = shown_by(programme, report.credential);
    for (auto const& role : programme.roles) {
        RoleFit fit;
        fit.role = &role;
        bool shows_any = false;
        for (auto const& required : role.requires_) {
            auto const found = levels.find(required.competency);
            auto const shown = found == levels.end() ? 0 : found->second;
            shows_any = shows_any || shown > 0;
            if (auto const* const competency = programme.competency(required.competency))
                fit.parts.push_back({competency, required.level, shown});
        }
        if (shows_any) fits.push_back(std::move(fit));
    }
    std::stable_sort(fits.begin(), fits.end(), [](RoleFit const& left, RoleFit const& right) {
        return left.met() * right.parts.size() > right.met() * left.parts.size();
    });
    return fits;
}

Json role_fits_to_json(std::vector<RoleFit> const& fits) {
    auto all = Json::array();
    for (auto const& fit : fits) {
        auto requirements = Json::array();
        for (auto const& part : fit.parts)
            requirements.push_back(
                {{"competency", part.competency->code}, {"required", part.required}, {"shown", part.shown}});
        all.push_back({{"roleId", fit.role->id},
                       {"title", fit.role->title.en},
                       {"title_ar", fit.role->title.ar},
                       {"met", fit.met()},
                       {"of", fit.parts.size()},
                       {"requirements", std::move(requirements)}});
    }
    return all;
}

}  // namespace itqan::domain
