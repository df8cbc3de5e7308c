#include <nlohmann/json.hpp>

#include "crypto/random.hpp"
#include "schemas/identifier.hpp"
#include "service/domain/decision.hpp"
#include "service/domain/evidence_reader.hpp"
#include "service/domain/evidence_rights.hpp"
#include "service/domain/intake.hpp"
#include "storage/evidence.hpp"
#include "storage/outbox.hpp"

// Evidence of the other kinds, and the moves of waiting and wrong evidence (decision 16).

namespace itqan::domain {
namespace {

constexpr int most_attempts = 20;

std::string named_person(Json const& body) {
    for (auto const* const name : {"mentorId", "assessorId"})
        if (body.contains(name) && body.at(name).is_string()) return body.at(name).get<std::string>();
    return {};
}

std::string plural_of(std::string_view kind) {
    if (kind == "signoff") return "signoffs";
    if (kind == "entrustment") return "entrustments";
    if (kind == "self-assessment") return "self-assessments";
    if (kind == "external-badge") return "external-badges";
    if (kind == "completion") return "completions";
    return std::string(kind);
}

Error unknown_learner() {
    return {Fault::unprocessable,
            "unknown-learner",
            "There is no such learner in the programme.",
            {{"/learnerId", "is unknown"}}};
}

Result<void> check_own_members(Actor const& actor, Json const& body) {
    if (actor.acts_for_all()) return {};
    for (auto const* const name : {"eligible", "coi"})
        if (body.contains(name))
            return Error{Fault::malformed,
                         "invalid-body",
                         "Only administrators decide on eligibility.",
                         {{std::string("/") + name, "may be given by administrators only"}}};
    return {};
}

Result<storage::EvidenceRow> read_row(storage::Session& session, Actor const& actor, std::string_view kind,
                                      Json const& body, Programme const& programme, Instant now, Day today) {
    if (auto const own = check_own_members(actor, body); !own) return own.error();
    auto element = read_evidence_element(kind, body, programme);
    if (!element) return element.error();
    if (element->learner_id.empty() && actor.learner_id) element->learner_id = *actor.learner_id;
    auto const learner = storage::learner(session, element->learner_id);
    if (!learner || learner->erased_at) return unknown_learner();
    if (element->occurred_on > today)
        return Error{Fault::unprocessable,
                     "dated-in-future",
                     "Evidence cannot lie in the future.",
                     {{"", "is dated after " + today.text()}}};
    auto status = starting_status(actor, kind, *learner, named_person(element->body), element->status);
    if (!status) return status.error();

    storage::EvidenceRow row;
    row.id = element->id.empty() ? crypto::uuid_v7(now) : element->id;
    row.kind = std::string(kind);
    row.source = poster_of(actor);
    row.external_id = row.id;
    row.learner_id = learner->id;
    row.occurred_on = element->occurred_on;
    row.recorded_at = now;
    row.status = std::move(*status);
    row.eligible = element->eligible;
    row.coi = element->coi;
    row.body = element->body.dump();
    return row;
}

/// What a change of evidence did, for its answer.
struct Effected {
    storage::EvidenceRow row;
    std::shared_ptr<Programme const> programme;
    std::vector<Evaluation> before;
    Decision decision;
    std::vector<storage::CredentialRow> lost;  ///< Awards that go on hold with it.
};

std::string answer_text(Actor const& actor, Addresses const& addresses, Effected const& outcome) {
    Json answer{{"id", outcome.row.id},
                {"kind", outcome.row.kind},
                {"learnerId", outcome.row.learner_id},
                {"status", outcome.row.status}};
    Activity const* touched = nullptr;
    if (!actor.acts_for_all() && outcome.row.kind == "completion")
        touched = outcome.programme->activity(Json::parse(outcome.row.body).value("activityId", ""));
    // Others than administrators, providers and the learner learn no more than that the record stands.
    bool const sees = actor.acts_for_all() || touched != nullptr || actor.learner_id == outcome.row.learner_id;
    EffectsView const view{*outcome.programme, touched, addresses};
    answer["effects"] = sees ? effects_json(view, outcome.before, outcome.decision.evaluations) : Json::array();
    answer["credentials"] = sees ? credentials_json(view, outcome.decision.awards) : Json::array();
    return answer.dump();
}

}  // namespace

Result<Answer> Intake::record(Actor const& actor, std::string_view kind, Json const& body, Keep const& keep) {
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
        auto const now = clock_.wall();
        auto const today = clock_.domain().day();
        auto outcome = database_.read([&](storage::Session& session) -> Result<Effected> {
            Effected made;
            made.programme = programmes_.current(session);
            auto row = read_row(session, actor, kind, body, *made.programme, now, today);
            if (!row) return row.error();
            if (storage::evidence(session, row->id))
                return Error{Fault::conflict,
                             "already-exists",
                             "There is evidence with this id already.",
                             {{"/id", "is taken"}}};
            made.row = std::move(*row);
            auto const learner = storage::learner(session, made.row.learner_id).value();
            auto evidence = load_evidence(session, learner.id);
            auto held = storage::credentials_of(session, learner.id);
            made.before = evaluate_all(*made.programme, evidence, today, overrides_from(held));
            add_to(evidence, made.row.kind, made.row.id, made.row.status, made.row.eligible, made.row.occurred_on,
                   made.row.body);
            made.decision =
                decide(session, issuance_, *made.programme, learner, evidence, std::move(held), today, true);
            return made;
        });
        if (!outcome) return outcome.error();
        Answer const answer{201, "/api/v1/" + plural_of(kind) + "/" + outcome->row.id,
                            answer_text(actor, addresses_, *outcome), false};
        try {
            bool const written = database_.write([&](storage::Session& session) {
                if (!write_awards(session, issuance_, outcome->decision, outcome->row.learner_id, actor, true, now))
                    return false;
                storage::insert_evidence(session, outcome->row);
                storage::append_event(
                    session, {0, now, Instant::start_of(outcome->row.occurred_on), actor.id, "evidence.recorded",
                              outcome->row.id, std::nullopt,
                              Json{{"kind", outcome->row.kind}, {"status", outcome->row.status}}.dump()});
                if (keep) keep(session, answer);
                return true;
            });
            if (written) return answer;
        } catch (storage::ConstraintError const&) {
            // With a header key the same request may have won: once() repeats its answer.
            if (keep) throw;
        }
    }
    throw storage::DatabaseError("the learner's evidence changed all the time");
}

Result<Answer> Intake::transition(Actor const& actor, std::string_view kind, std::string_view id, std::string_view move,
                                  std::optional<std::string> const& reason, Keep const& keep) {
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
        auto const now = clock_.wall();
        auto const today = clock_.domain().day();
        std::string from;
        auto outcome = database_.read([&](storage::Session& session) -> Result<Effected> {
            Effected made;
            made.programme = programmes_.current(session);
            auto row = storage::evidence(session, id);
            if (!row || row->kind != kind)
                return Error{Fault::not_found, "not-found", "There is no such record, or it is not yours to see.", {}};
            auto const learner = storage::learner(session, row->learner_id);
            if (!learner || learner->erased_at)
                return Error{Fault::gone, "learner-erased", "The person behind this record was erased.", {}};
            auto next = next_status(actor, *row, *learner, named_person(Json::parse(row->body)), move);
            if (!next) return next.error();
            from = row->status;
            row->status = std::move(*next);
            made.row = std::move(*row);

            Evidence evidence;
            storage::each_evidence_of(session, learner->id, [&](storage::EvidenceRow const& each) {
                auto const& status = each.id == made.row.id ? made.row.status : each.status;
                add_to(evidence, each.kind, each.id, status, each.eligible, each.occurred_on, each.body);
            });
            auto held = storage::credentials_of(session, learner->id);
            auto const earlier = load_evidence(session, learner->id);
            made.before = evaluate_all(*made.programme, earlier, today, overrides_from(held));
            made.lost = lost_awards(*made.programme, held, earlier, evidence, today);
            made.decision =
                decide(session, issuance_, *made.programme, *learner, evidence, std::move(held), today, true);
            return made;
        });
        if (!outcome) return outcome.error();
        Answer const answer{200, std::nullopt, answer_text(actor, addresses_, *outcome), false};
        try {
            bool const written = database_.write([&](storage::Session& session) {
                if (!write_awards(session, issuance_, outcome->decision, outcome->row.learner_id, actor, true, now))
                    return false;
                // The stamp held, so the state did too.
                if (!storage::set_evidence_status(session, outcome->row.id, from, outcome->row.status,
                                                  outcome->row.eligible))
                    throw std::logic_error("evidence " + outcome->row.id + " changed within its transaction");
                hold_lost(session, outcome->lost, actor, now);
                if (reason && !reason->empty())
                    storage::add_note(session, "evidence", outcome->row.id, outcome->row.learner_id, *reason, now);
                storage::append_event(
                    session, {0, now, now, actor.id, "evidence." + outcome->row.status, outcome->row.id, std::nullopt,
                              Json{{"kind", outcome->row.kind}, {"from", from}}.dump()});
                if (keep) keep(session, answer);
                return true;
            });
            if (written) return answer;
        } catch (storage::ConstraintError const&) {
            if (keep) throw;
        }
    }
    throw storage::DatabaseError("the learner's evidence changed all the time");
}

}  // namespace itqan::domain
