#include "service/api/endpoint.hpp"
#include "service/api/learner_create.hpp"
#include "service/domain/criteria.hpp"
#include "storage/credentials.hpp"
#include "storage/people.hpp"

namespace itqan::api {
namespace {

/// Everything one look at a learner needs, read in one snapshot.
struct Picture {
    std::shared_ptr<domain::Programme const> programme;
    storage::LearnerRow learner;
    domain::Evidence evidence;
    domain::BadgeOverrides overrides;
    Day as_of;
};

/// The learner themself, a lead of their organisation, administrators; to everyone else the learner does not exist.
bool may_see(Actor const& actor, storage::LearnerRow const& learner) {
    if (actor.acts_for_all() || actor.learner_id == learner.id) return true;
    return actor.is(Role::lead) && actor.organisation_id && actor.organisation_id == learner.organisation_id;
}

Result<storage::LearnerRow> visible_learner(Call const& call, storage::Session& session) {
    auto learner = storage::learner(session, call.path("id"));
    if (!learner || learner->erased_at || !may_see(call.actor(), *learner)) return not_found("learner");
    return std::move(*learner);
}

Result<Picture> picture(Call const& call) {
    auto const day = as_of(call);
    if (!day) return day.error();
    return call.services.database.read([&](storage::Session& session) -> Result<Picture> {
        auto learner = visible_learner(call, session);
        if (!learner) return learner.error();
        auto const held = storage::credentials_of(session, learner->id);
        auto evidence = domain::load_evidence(session, learner->id);
        return Picture{call.services.programmes.current(session), std::move(*learner), std::move(evidence),
                       domain::overrides_from(held), *day};
    });
}

Reply get_levels(Call const& call) {
    auto const seen = picture(call);
    if (!seen) return seen.error();
    Json levels = Json::object();
    for (auto const& [code, level] : domain::levels_of(*seen->programme, seen->evidence, seen->as_of))
        levels[code] = level.level;
    return json_reply(200, {{"asOf", seen->as_of.text()}, {"levels", std::move(levels)}});
}

Json evaluation_json(domain::Evaluation const& evaluation) {
    auto json = domain::summary_to_json(evaluation.root);
    json["achievementId"] = evaluation.achievement_id;
    return json;
}

Reply get_evaluations(Call const& call) {
    auto const seen = picture(call);
    if (!seen) return seen.error();
    Json data = Json::array();
    for (auto const& evaluation : domain::evaluate_all(*seen->programme, seen->evidence, seen->as_of, seen->overrides))
        data.push_back(evaluation_json(evaluation));
    return json_reply(200, {{"data", std::move(data)}});
}

Reply get_evaluation(Call const& call) {
    auto const seen = picture(call);
    if (!seen) return seen.error();
    auto const* const achievement = seen->programme->achievement(call.path("achievementId"));
    if (achievement == nullptr || achievement->status == "draft") return not_found("achievement");
    domain::Evaluator evaluator(*seen->programme, seen->evidence, seen->as_of, seen->overrides);
    auto const evaluation = evaluator.evaluate(*achievement);
    auto json = evaluation_json(evaluation);
    json["tree"] = domain::node_to_json(evaluation.root);
    return json_reply(200, json);
}

Reply get_readiness(Call const& call) {
    auto const seen = picture(call);
    if (!seen) return seen.error();
    auto role_id = call.query("roleId");
    if (!role_id) return invalid_parameter("roleId", "is required: the id of a role");
    auto const* const role = seen->programme->role(*role_id);
    if (role == nullptr)
        return Error{Fault::unprocessable, "unknown-role", "There is no role \"" + *role_id + "\".", {}};
    auto const answer = domain::readiness_of(*role, domain::levels_of(*seen->programme, seen->evidence, seen->as_of));
    return json_reply(200, {{"readiness", answer.readiness}, {"gaps", answer.gaps}});
}

Reply get_learner(Call const& call) {
    auto const learner = call.services.database.read([&](storage::Session& s) { return visible_learner(call, s); });
    if (!learner) return learner.error();
    return json_reply(200, learner_json(*learner));
}

Reply list_learners(Call const& call) {
    auto const page = page_of(call);
    if (!page) return page.error();
    std::vector<Json> items;
    std::vector<std::string> ids;
    // A page counts what the caller may see, so rows are read on until it is full.
    call.services.database.read([&](storage::Session& session) {
        auto after = page->after;
        for (bool more = true; more && items.size() <= static_cast<std::size_t>(page->limit);) {
            more = false;
            storage::each_learner(session, after, 500, [&](storage::LearnerRow const& learner) {
                after = learner.id;
                more = true;
                if (learner.erased_at || !may_see(call.actor(), learner) ||
                    items.size() > static_cast<std::size_t>(page->limit))
                    return;
                items.push_back(learner_json(learner));
                ids.push_back(learner.id);
            });
        }
    });
    return json_reply(200, page_json(std::move(items), ids, *page));
}

Endpoint reading(std::string path, std::string summary, std::string description, std::string answer,
                 std::vector<Parameter> query, std::function<Reply(Call const&)> handle) {
    return {.path = std::move(path),
            .tag = "learners",
            .summary = std::move(summary),
            .description = std::move(description),
            .roles = {Role::learner, Role::mentor, Role::lead, Role::admin, Role::issuer, Role::provider},
            .answer = std::move(answer),
            .query = std::move(query),
            .handle = std::move(handle)};
}

}  // namespace

std::vector<Endpoint> learner_endpoints() {
    Parameter const day{"asOf", "count evidence dated up to this day; today by default"};
    std::string const who =
        "Seen by the learner, leads of the learner's organisation and administrators; 404 to everyone else.";
    return {
        reading("/api/v1/learners", "Learners the caller may see", who, "Page",
                {{"cursor", "nextCursor of the page before"}, {"limit", "1 to 500, 100 by default"}}, list_learners),
        {.verb = Verb::post,
         .path = "/api/v1/learners",
         .tag = "learners",
         .summary = "Create one learner",
         .roles = {Role::admin},
         .payload = Payload::command,
         .request = "Learner",
         .status = 201,
         .answer = "EvidenceAnswer",
         .keyed = true,
         .handle = create_learner},
        reading("/api/v1/learners/{id}", "One learner", who, "Learner", {}, get_learner),
        reading("/api/v1/learners/{id}/levels", "Competency levels on a day", who, "Levels", {day}, get_levels),
        reading("/api/v1/learners/{id}/evaluations", "Every achievement's outcome on a day", who, "Evaluations", {day},
                get_evaluations),
        reading("/api/v1/learners/{id}/evaluations/{achievementId}",
                "One achievement's outcome with its explanation tree", who, "Evaluation", {day}, get_evaluation),
        reading("/api/v1/learners/{id}/readiness", "Readiness for a role and the gaps", who, "Readiness",
                {{"roleId", "the role; required"}, day}, get_readiness),
    };
}

}  // namespace itqan::api
