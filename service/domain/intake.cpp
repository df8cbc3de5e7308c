#include "service/domain/intake.hpp"

#include <nlohmann/json.hpp>

#include "crypto/random.hpp"
#include "service/domain/completion_request.hpp"
#include "service/domain/decision.hpp"
#include "storage/evidence.hpp"
#include "storage/outbox.hpp"

namespace itqan::domain {
namespace {

constexpr int most_attempts = 20;  ///< Each lost race means that somebody else got on.

Error unknown_learner(std::string pointer, std::string what) {
    return {Fault::unprocessable, "unknown-learner", "There is no such learner in the programme.", {{std::move(pointer), std::move(what)}}};
}

/// The learner that a request names, or the new one that it invites.
struct Whom {
    storage::LearnerRow row;
    bool is_new = false;
};

Result<Whom> find_learner(storage::Session& session, CompletionRequest const& request, Instant now) {
    if (!request.learner_id.empty()) {
        auto row = storage::learner(session, request.learner_id);
        if (!row || row->erased_at) return unknown_learner("/learnerId", "is unknown");
        return Whom{std::move(*row), false};
    }
    if (auto row = storage::learner_by_email(session, request.email)) return Whom{std::move(*row), false};
    if (request.name.empty())
        return unknown_learner("/learner/email", "is unknown; give the name too and the learner is invited");
    storage::LearnerRow row;
    row.id = "lrn-" + crypto::random_code();
    row.email = request.email;
    row.name = request.name;
    row.body = "{}";
    row.created_at = now;
    return Whom{std::move(row), true};
}

Result<void> check_replaced(storage::Session& session, CompletionRequest const& request) {
    if (!request.evidence.replaces) return {};
    auto const old = storage::evidence_by_external_id(session, "completion", request.provider_id, *request.evidence.replaces);
    if (old && (old->status == "revoked" || old->status == "rejected")) return {};
    return Error{Fault::unprocessable, "not-replaceable",
                 old ? "The completion to be replaced still counts: retract it first." : "There is no completion of yours with this externalId.",
                 {{"/replaces", old ? "still counts" : "is unknown"}}};
}

storage::EvidenceRow row_of(CompletionRequest const& request, std::string id, std::string learner_id, Instant now) {
    storage::EvidenceRow row;
    row.id = std::move(id);
    row.kind = "completion";
    row.source = request.provider_id;
    row.external_id = request.external_id;
    row.learner_id = std::move(learner_id);
    row.occurred_on = request.evidence.occurred_on;
    row.recorded_at = now;
    row.status = request.evidence.status;
    row.eligible = request.evidence.eligible;
    row.coi = request.evidence.coi;
    row.replaces = request.evidence.replaces;
    row.body = request.evidence.body.dump();
    return row;
}

Json form_of(storage::EvidenceRow const& row) {
    auto json = Json::parse(row.body);
    json["id"] = row.id;
    json["externalId"] = row.external_id;
    json["learnerId"] = row.learner_id;
    json["status"] = row.status;
    json["eligible"] = row.eligible;
    json["recordedAt"] = row.recorded_at.text();
    if (row.replaces) json["replaces"] = *row.replaces;
    return json;
}

}  // namespace

/// One request on its way: what stays the same over all attempts.
struct Intake::Completing {
    Actor const& actor;
    Json const& body;
    Options const& options;
    std::string hash;
};

Intake::Intake(storage::Database& database, ProgrammeStore& programmes, Issuance& issuance, Addresses const& addresses,
               Clock const& clock)
    : database_(database), programmes_(programmes), issuance_(issuance), addresses_(addresses), clock_(clock) {}

Result<Answer> Intake::complete(Actor const& actor, Json const& body, Options const& options) {
    Completing const completing{actor, body, options, request_hash(body)};
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
        auto answer = try_complete(completing);
        if (!answer) return answer.error();
        if (*answer) return std::move(**answer);
    }
    throw storage::DatabaseError("the learner's evidence changed all the time");
}

/// The answer of an earlier post with the same natural key: first, because most repeats need nothing else.
Result<std::optional<Answer>> Intake::first_answer(Completing const& completing) {
    auto const& body = completing.body;
    if (!body.is_object() || !body.contains("externalId") || !body.at("externalId").is_string()) return std::optional<Answer>{};
    return database_.read([&](storage::Session& session) -> Result<std::optional<Answer>> {
        auto const provider = provider_of(completing.actor, *programmes_.current(session), body);
        return stored_answer(session, "completion:" + provider, body.at("externalId").get<std::string>(), completing.hash, clock_.wall());
    });
}

/// None: somebody changed the learner's evidence or awards meanwhile.
Result<std::optional<Answer>> Intake::try_complete(Completing const& completing) {
    // A body that is wrong in itself says so before it says that its key is taken.
    auto first = first_answer(completing);
    if (first && *first) return first;
    auto const& [actor, body, options, hash] = completing;
    auto const now = clock_.wall();
    auto const today = clock_.domain().day();

    struct Plan {
        std::shared_ptr<Programme const> programme;
        CompletionRequest request;
        Whom whom;
        storage::EvidenceRow row;
        Decision decision;
        std::string answer;
    };
    auto const plan = database_.read([&](storage::Session& session) -> Result<Plan> {
        Plan made;
        made.programme = programmes_.current(session);
        auto request = read_completion_request(actor, *made.programme, body, clock_.domain());
        if (!request) return request.error();
        auto whom = find_learner(session, *request, now);
        if (!whom) return whom.error();
        if (auto const replaced = check_replaced(session, *request); !replaced) return replaced.error();
        if (storage::evidence_by_external_id(session, "completion", request->provider_id, request->external_id) &&
            !storage::answer(session, "completion:" + request->provider_id, request->external_id, now))
            return Error{Fault::conflict, "already-recorded", "This completion was imported before: its answer is not kept.",
                         {{"/externalId", "is taken by an imported completion"}}};
        made.request = std::move(*request);
        made.whom = std::move(*whom);
        made.row = row_of(made.request, crypto::uuid_v7(now), made.whom.row.id, now);

        auto evidence = load_evidence(session, made.row.learner_id);
        auto const held = storage::credentials_of(session, made.row.learner_id);
        auto const before = evaluate_all(*made.programme, evidence, today, overrides_from(held));
        add_to(evidence, made.row.kind, made.row.id, made.row.status, made.row.eligible, made.row.occurred_on, made.row.body);
        auto decision = decide(session, issuance_, *made.programme, made.whom.row, evidence, today, options.issue && !options.dry_run);
        if (!decision) return decision.error();
        made.decision = std::move(*decision);

        EffectsView const view{*made.programme, actor.acts_for_all() ? nullptr : made.request.activity, addresses_};
        made.answer = Json{{"id", options.dry_run ? Json() : Json(made.row.id)},
                           {"externalId", made.request.external_id},
                           {"learnerId", made.row.learner_id},
                           {"activityId", made.request.activity->id},
                           {"effects", options.dry_run ? Json::array() : effects_json(view, before, made.decision.evaluations)},
                           {"credentials", credentials_json(view, made.decision.awards)}}
                          .dump();
        return made;
    });
    if (!plan) return plan.error();
    if (!first) return first.error();
    if (options.dry_run) return std::optional(Answer{200, std::nullopt, plan->answer, false});

    Answer const answer{201, "/api/v1/completions/" + plan->row.id, plan->answer, false};
    try {
        bool const written = database_.write([&](storage::Session& session) {
            if (!write_awards(session, issuance_, plan->decision, plan->row.learner_id, actor, options.mail, now)) return false;
            if (plan->whom.is_new) {
                storage::put_learner(session, plan->whom.row);
                storage::append_event(session, {0, now, now, actor.id, "learner.invited", plan->row.learner_id, std::nullopt, "{}"});
            }
            storage::insert_evidence(session, plan->row);
            if (plan->request.evidence.free_text)
                storage::add_note(session, "evidence", plan->row.id, plan->row.learner_id, *plan->request.evidence.free_text, now);
            storage::append_event(session, {0, now, Instant::start_of(plan->row.occurred_on), actor.id, "evidence.recorded", plan->row.id,
                                            std::nullopt, R"({"kind":"completion"})"});
            storage::insert_answer(session, {"completion:" + plan->request.provider_id, plan->request.external_id, hash, answer.status,
                                             answer.location, answer.body, now, std::nullopt});
            if (options.keep) options.keep(session, answer);
            return true;
        });
        if (!written) return std::optional<Answer>{};
    } catch (storage::ConstraintError const&) {
        // The same completion, the same award or the same new learner was written first: look again.
        first = first_answer(completing);
        if (!first || *first) return first;
        return std::optional<Answer>{};
    }
    return std::optional(answer);
}

Result<Json> Intake::completion(Actor const& actor, std::string_view id) {
    return database_.read([&](storage::Session& session) -> Result<Json> {
        auto const row = storage::evidence(session, id);
        if (!row || row->kind != "completion" || !actor.acts_for_provider(row->source))
            return Error{Fault::not_found, "not-found", "There is no such completion, or it is not yours to see.", {}};
        return form_of(*row);
    });
}

std::vector<storage::CredentialRow> Intake::settle(Actor const& actor, std::string_view learner_id, bool mail) {
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
        auto const now = clock_.wall();
        auto const decision = database_.read([&](storage::Session& session) -> Result<Decision> {
            auto const learner = storage::learner(session, learner_id);
            if (!learner || learner->erased_at) return Decision{};
            return decide(session, issuance_, *programmes_.current(session), *learner, load_evidence(session, learner_id),
                          clock_.domain().day(), true);
        });
        if (!decision) throw std::runtime_error("learner " + std::string(learner_id) + " cannot be settled: " + decision.error().detail);
        if (decision->awards.empty()) return {};
        try {
            bool const written = database_.write([&](storage::Session& session) {
                return write_awards(session, issuance_, *decision, std::string(learner_id), actor, mail, now);
            });
            if (!written) continue;
        } catch (storage::ConstraintError const&) {
            continue;
        }
        std::vector<storage::CredentialRow> issued;
        for (auto const& prepared : decision->awards) issued.push_back(prepared.row);
        return issued;
    }
    throw storage::DatabaseError("the learner's evidence changed all the time");
}

}  // namespace itqan::domain
