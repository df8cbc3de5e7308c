#include "service/domain/decision.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "service/domain/claim_mail.hpp"
#include "service/domain/claims.hpp"
#include "storage/evidence.hpp"
#include "storage/outbox.hpp"

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

Decision decide(storage::Session& session, Issuance& issuance, Programme const& programme,
                storage::LearnerRow const& learner, Evidence const& evidence, std::vector<storage::CredentialRow> held,
                Day today, bool issue) {
    Decision decision;
    decision.stamp = storage::decision_stamp(session, learner.id);
    decision.held = std::move(held);
    decision.evaluations = evaluate_all(programme, evidence, today, overrides_from(decision.held));
    if (!issue) return decision;
    for (auto const& [achievement, award_no] : issuance.due(programme, decision.evaluations, decision.held, today)) {
        auto prepared = issuance.prepare(session, programme, learner, *achievement, award_no,
                                         find(decision.evaluations, achievement->id), evidence, nullptr);
        if (prepared)
            decision.awards.push_back(std::move(*prepared));
        else
            decision.blocked.push_back({achievement->id, achievement->issuer_id, prepared.error().code});
    }
    return decision;
}

bool write_awards(storage::Session& session, Issuance const& issuance, Decision const& decision,
                  std::string const& learner_id, Actor const& actor, bool mail, Instant now) {
    storage::hold_learner(session, learner_id);
    if (storage::decision_stamp(session, learner_id) != decision.stamp) return false;
    std::vector<std::string> ids;
    for (auto const& prepared : decision.awards) {
        issuance.write(session, prepared, actor);
        ids.push_back(prepared.row.id);
    }
    for (auto const& blocked : decision.blocked)
        storage::append_event(session,
                              {0, now, now, actor.id, "credential.blocked", learner_id, blocked.issuer_id,
                               Json{{"achievementId", blocked.achievement_id}, {"code", blocked.code}}.dump()});
    if (mail && !ids.empty()) queue_claim_mail(session, learner_id, decision.awards.front().row.issuer_id, ids, now);
    return true;
}

std::vector<storage::CredentialRow> lost_awards(Programme const& programme,
                                                std::vector<storage::CredentialRow> const& held, Evidence const& before,
                                                Evidence const& after, Day today) {
    auto const overrides = overrides_from(held);
    Evaluator earlier(programme, before, today, overrides);
    Evaluator later(programme, after, today, overrides);
    std::vector<storage::CredentialRow> lost;
    for (auto const& row : held) {
        if (row.status != "active" || row.origin != "rule" || row.erased_at) continue;
        if (row.valid_until && *row.valid_until < today) continue;
        auto const* const achievement = programme.achievement(row.achievement_id);
        if (achievement == nullptr || achievement->on_loss == OnLoss::keep) continue;
        if (earlier.evaluate(*achievement).outcome() == Outcome::satisfied &&
            later.evaluate(*achievement).outcome() != Outcome::satisfied)
            lost.push_back(row);
    }
    return lost;
}

void hold_lost(storage::Session& session, std::vector<storage::CredentialRow> const& lost, Actor const& actor,
               Instant now) {
    Actor service;
    service.id = actor.id;
    for (auto const& row : lost)
        // The stamp held, so the row is as it was.
        if (!put_on_hold(session, service, row.id, now))
            throw std::logic_error("credential " + row.id + " changed within its transaction");
}

Json effects_json(EffectsView const& view, std::vector<Evaluation> const& before,
                  std::vector<Evaluation> const& after) {
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
