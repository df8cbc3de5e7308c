#include "service/domain/intake.hpp"

#include <chrono>

#include <nlohmann/json.hpp>

#include "crypto/random.hpp"
#include "service/domain/completion_request.hpp"
#include "service/domain/decision.hpp"
#include "storage/evidence.hpp"
#include "storage/outbox.hpp"

namespace itqan::domain {
namespace {

constexpr char whole_view[] = ":all";  ///< Scope of answers that tell more than a provider may see (decision 17).

std::string scope_of(std::string const& provider_id) {
    return "completion:" + provider_id;
}

constexpr int most_attempts = 20;  ///< Each lost race means that somebody else got on.

Error unknown_learner(std::string pointer, std::string what) {
    return {Fault::unprocessable,
            "unknown-learner",
            "There is no such learner in the programme.",
            {{std::move(pointer), std::move(what)}}};
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
    auto const old =
        storage::evidence_by_external_id(session, "completion", request.provider_id, *request.evidence.replaces);
    if (old && (old->status == "revoked" || old->status == "rejected")) return {};
    return Error{Fault::unprocessable,
                 "not-replaceable",
                 old ? "The completion to be replaced still counts: retract it first."
                     : "There is no completion of yours with this externalId.",
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

/// What a request would do, made on a snapshot: the rows, the decision, the signed badges and the answer.
struct Intake::Plan {
    std::shared_ptr<Programme const> programme;
    std::optional<Answer> repeated;  ///< The first answer to the same request: nothing else is set then.
    CompletionRequest request;
    Whom whom;
    storage::EvidenceRow row;
    Decision decision;
    std::string answer;           ///< For the one who posts,
    std::string provider_answer;  ///< and what the provider may see of it.
};

/// The answer of an earlier post with the same natural key. A provider repeats what it may see, whoever posted first.
Result<std::optional<Answer>> Intake::first_answer(storage::Session& session, Completing const& completing) {
    auto const& body = completing.body;
    if (!body.is_object() || !body.contains("externalId") || !body.at("externalId").is_string())
        return std::optional<Answer>{};
    auto const scope = scope_of(provider_of(completing.actor, *programmes_.current(session), body));
    auto const key = body.at("externalId").get<std::string>();
    if (completing.actor.acts_for_all()) {
        auto whole = stored_answer(session, scope + whole_view, key, completing.hash, clock_.wall());
        if (!whole || *whole) return whole;
    }
    return stored_answer(session, scope, key, completing.hash, clock_.wall());
}

std::string Intake::completion_answer(Plan const& plan, EffectsView const& view, std::vector<Evaluation> const& before,
                                      bool dry_run) {
    return Json{{"id", dry_run ? Json() : Json(plan.row.id)},
                {"externalId", plan.request.external_id},
                {"learnerId", plan.row.learner_id},
                {"activityId", plan.request.activity->id},
                {"effects", dry_run ? Json::array() : effects_json(view, before, plan.decision.evaluations)},
                {"credentials", credentials_json(view, plan.decision.awards)}}
        .dump();
}

Result<Intake::Plan> Intake::make_plan(storage::Session& session, Completing const& completing, Instant now) {
    auto const& [actor, body, options, hash] = completing;
    Plan plan;
    plan.programme = programmes_.current(session);
    // First, because most repeats need nothing else.
    auto first = first_answer(session, completing);
    if (first && *first) {
        plan.repeated = std::move(**first);
        return plan;
    }
    auto request = read_completion_request(actor, *plan.programme, body, clock_.domain());
    if (!request) return request.error();
    auto whom = find_learner(session, *request, now);
    if (!whom) return whom.error();
    if (auto const replaced = check_replaced(session, *request); !replaced) return replaced.error();
    // A body that is wrong in itself says so before it says that its key is taken.
    if (!first) return first.error();
    if (storage::evidence_by_external_id(session, "completion", request->provider_id, request->external_id))
        return Error{Fault::conflict,
                     "already-recorded",
                     "This completion was imported before: its answer is not kept.",
                     {{"/externalId", "is taken by an imported completion"}}};
    plan.request = std::move(*request);
    plan.whom = std::move(*whom);
    plan.row = row_of(plan.request, crypto::uuid_v7(now), plan.whom.row.id, now);

    EffectsView const whole{*plan.programme, nullptr, addresses_};
    EffectsView const provider{*plan.programme, plan.request.activity, addresses_};
    auto const& view = actor.acts_for_all() ? whole : provider;
    auto const today = clock_.domain().day();
    auto evidence = load_evidence(session, plan.row.learner_id);
    auto held = storage::credentials_of(session, plan.row.learner_id);
    auto const before = evaluate_all(*plan.programme, evidence, today, overrides_from(held),
                                     [&](Achievement const& achievement) { return is_seen(view, achievement); });
    add_to(evidence, plan.row.kind, plan.row.id, plan.row.status, plan.row.eligible, plan.row.occurred_on,
           plan.row.body);
    plan.decision = decide(session, issuance_, *plan.programme, plan.whom.row, evidence, std::move(held), today,
                           options.issue && !options.dry_run);
    plan.answer = completion_answer(plan, view, before, options.dry_run);
    plan.provider_answer =
        actor.acts_for_all() ? completion_answer(plan, provider, before, options.dry_run) : plan.answer;
    return plan;
}

/// A plan on its way into the database: it owns what it needs, because nobody may be waiting for it.
struct Intake::Writing {
    Plan plan;
    Actor actor;
    std::string hash;
    bool mail;
    Keep keep;
    Answer answer;
    Instant now;
};

/// False when the learner's evidence is no longer what the plan was made on.
bool Intake::write_plan(storage::Session& session, Writing const& writing) {
    auto const& [plan, actor, hash, mail, keep, answer, now] = writing;
    if (!write_awards(session, issuance_, plan.decision, plan.row.learner_id, actor, mail, now)) return false;
    if (plan.whom.is_new) {
        storage::put_learner(session, plan.whom.row);
        storage::append_event(session,
                              {0, now, now, actor.id, "learner.invited", plan.row.learner_id, std::nullopt, "{}"});
    }
    storage::insert_evidence(session, plan.row);
    if (plan.request.evidence.free_text)
        storage::add_note(session, "evidence", plan.row.id, plan.row.learner_id, *plan.request.evidence.free_text, now);
    storage::append_event(session, {0, now, Instant::start_of(plan.row.occurred_on), actor.id, "evidence.recorded",
                                    plan.row.id, std::nullopt, R"({"kind":"completion"})"});
    auto const scope = scope_of(plan.request.provider_id);
    storage::insert_answer(session, {scope, plan.request.external_id, hash, answer.status, answer.location,
                                     plan.provider_answer, now, std::nullopt});
    if (actor.acts_for_all())
        storage::insert_answer(session, {scope + whole_view, plan.request.external_id, hash, answer.status,
                                         answer.location, answer.body, now, std::nullopt});
    if (keep) keep(session, answer);
    return true;
}

/// None: somebody changed the learner's evidence or awards meanwhile.
Result<std::optional<Answer>> Intake::try_complete(Completing const& completing) {
    auto const& options = completing.options;
    auto const now = clock_.wall();
    auto const began = std::chrono::steady_clock::now();
    auto plan = database_.read([&](storage::Session& session) { return make_plan(session, completing, now); });
    planning_.add_since(began);
    if (!plan) return plan.error();
    if (plan->repeated) return std::move(plan->repeated);
    if (options.dry_run) return std::optional(Answer{200, std::nullopt, plan->answer, false});

    Answer const answer{201, "/api/v1/completions/" + plan->row.id, plan->answer, false};
    auto const writing = std::make_shared<Writing const>(
        Writing{std::move(*plan), completing.actor, completing.hash, options.mail, options.keep, answer, now});
    auto const unit = [this, writing](storage::Session& session) { return write_plan(session, *writing); };
    auto const planned = std::chrono::steady_clock::now();
    auto const note_time = [this, planned] { writing_.add_since(planned); };
    if (options.depends_on != nullptr) {
        *options.depends_on = database_.write_later(unit, note_time);
        return std::optional(answer);
    }
    try {
        bool const written = database_.write(unit);
        note_time();
        if (!written) return std::optional<Answer>{};
    } catch (storage::ConstraintError const&) {
        // The same completion, the same award or the same new learner was written first: look again.
        return database_.read([&](storage::Session& session) { return first_answer(session, completing); });
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
        auto const decision = database_.read([&](storage::Session& session) {
            auto const learner = storage::learner(session, learner_id);
            if (!learner || learner->erased_at) return Decision{};
            auto const programme = programmes_.current(session);
            return decide(session, issuance_, *programme, *learner, load_evidence(session, learner_id),
                          storage::credentials_of(session, learner->id), clock_.domain().day(), true);
        });
        if (decision.awards.empty() && decision.blocked.empty()) return {};
        try {
            bool const written = database_.write([&](storage::Session& session) {
                return write_awards(session, issuance_, decision, std::string(learner_id), actor, mail, now);
            });
            if (!written) continue;
        } catch (storage::ConstraintError const&) {
            continue;
        }
        std::vector<storage::CredentialRow> issued;
        for (auto const& prepared : decision.awards)
            issued.push_back(prepared.row);
        return issued;
    }
    throw storage::DatabaseError("the learner's evidence changed all the time");
}

}  // namespace itqan::domain
