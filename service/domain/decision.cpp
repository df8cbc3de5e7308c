#include "service/domain/decision.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "service/domain/claim_mail.hpp"
#include "service/domain/claims.hpp"
#include "storage/evidence.hpp"

namespace itqan::domain {
namespace {

Evaluation const* find(std::vector<Evaluation> const& evaluations, std::string_view achievement) {
    auto const found = std::find_if(evaluations.begin(), evaluations.end(),
                                    [&](Evaluation const& each) { return each.achievement_id == achievement; });
    return found == evaluations.end() ? nullptr : &*found;
}

bool is_seen(EffectsView const& view, std::string const& achievement_id) {
    auto const* const achievement = view.programme.achievement(achievement_id);
    return achievement != nullptr && is_seen(view, *achievement);
}

}  // namespace

bool is_seen(EffectsView const& view, Achievement const& achievement) {
    return view.only_touched_by == nullptr || touches(achievement.criteria, view.programme, *view.only_touched_by);
}

Result<Decision> decide(storage::Session& session, Issuance& issuance, Programme const& programme,
                        storage::LearnerRow const& learner, Evidence const& evidence,
                        std::vector<storage::CredentialRow> held, Day today, bool issue) {
    Decision decision;
    decision.stamp = storage::evidence_stamp(session, learner.id);
    decision.held = std::move(held);
    decision.evaluations = evaluate_all(programme, evidence, today, overrides_from(decision.held));
    if (!issue) return decision;
    for (auto const& [achievement, award_no] : issuance.due(programme, decision.evaluations, decision.held, today)) {
        auto prepared = issuance.prepare(session, programme, learner, *achievement, award_no,
                                         find(decision.evaluations, achievement->id), evidence, nullptr);
        if (!prepared) return prepared.error();
        decision.awards.push_back(std::move(*prepared));
    }
    return decision;
}

bool write_awards(storage::Session& session, Issuance const& issuance, Decision const& decision,
                  std::string const& learner_id, Actor const& actor, bool mail, Instant now) {
    if (storage::evidence_stamp(session, learner_id) != decision.stamp) return false;
    std::vector<std::string> ids;
    for (auto const& prepared : decision.awards) {
        issuance.write(session, prepared, actor);
        ids.push_back(prepared.row.id);
    }
    if (mail && !ids.empty()) queue_claim_mail(session, learner_id, decision.awards.front().row.issuer_id, ids, now);
    return true;
}

std::vector<std::string> hold_lost(storage::Session& session, Programme const& programme, Decision const& decision,
                                   Actor const& actor, Day today, Instant now) {
    std::vector<std::string> lost;
    Actor service;
    for (auto const& row : decision.held) {
        if (row.status != "active" || row.origin != "rule" || row.erased_at) continue;
        if (row.valid_until && *row.valid_until < today) continue;
        auto const* const achievement = programme.achievement(row.achievement_id);
        auto const* const evaluation = find(decision.evaluations, row.achievement_id);
        if (achievement == nullptr || evaluation == nullptr || achievement->on_loss == OnLoss::keep) continue;
        if (evaluation->outcome() == Outcome::satisfied) continue;
        service.id = actor.id;
        if (put_on_hold(session, service, row.id, now)) lost.push_back(row.achievement_id);
    }
    return lost;
}

Json effects_json(EffectsView const& view, std::vector<Evaluation> const& before, std::vector<Evaluation> const& after) {
    auto effects = Json::array();
    for (auto const& evaluation : after) {
        auto const* const earlier = find(before, evaluation.achievement_id);
        auto const was = earlier != nullptr ? earlier->outcome() : Outcome::unsatisfied;
        if (was == evaluation.outcome() || !is_seen(view, evaluation.achievement_id)) continue;
        Json effect{{"achievementId", evaluation.achievement_id}, {"after", outcome_name(evaluation.outcome())}};
        if (view.only_touched_by == nullptr) {
            effect["before"] = outcome_name(was);
            effect["progress"] = evaluation.root.progress;
            effect["until"] = evaluation.root.until ? Json(evaluation.root.until->text()) : Json();
        }
        effects.push_back(std::move(effect));
    }
    return effects;
}

Json credentials_json(EffectsView const& view, std::vector<Prepared> const& awards) {
    auto credentials = Json::array();
    for (auto const& prepared : awards) {
        if (!is_seen(view, prepared.row.achievement_id)) continue;
        Json credential{{"achievementId", prepared.row.achievement_id}, {"issued", true}};
        if (view.only_touched_by == nullptr) {
            credential["id"] = prepared.row.id;
            credential["url"] = view.addresses.credential(prepared.row.id);
        }
        credentials.push_back(std::move(credential));
    }
    return credentials;
}

}  // namespace itqan::domain
