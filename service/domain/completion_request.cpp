#include "service/domain/completion_request.hpp"

#include "schemas/identifier.hpp"
#include "service/domain/body_reader.hpp"
#include "service/domain/clock_leeway.hpp"

namespace itqan::domain {
namespace {

constexpr int recent_days = 365;
constexpr int history_years = 10;

Error unprocessable(std::string code, std::string detail, std::string pointer, std::string what) {
    return {Fault::unprocessable, std::move(code), std::move(detail), {{std::move(pointer), std::move(what)}}};
}

/// Members that only import or administrators may give.
Result<void> check_members(Actor const& actor, Json const& body) {
    std::vector<Violation> violations;
    for (auto const* const name : {"id", "providerId", "idempotencyKey"})
        if (body.contains(name))
            violations.push_back(
                {std::string("/") + name, "is not a member of a completion; its own id is externalId"});
    if (!actor.acts_for_all())
        for (auto const* const name : {"eligible", "coi"})
            if (body.contains(name))
                violations.push_back({std::string("/") + name, "may be given by administrators only"});
    if (!body.contains("externalId"))
        violations.push_back({"/externalId", "is required: your own id of this completion"});
    if (body.contains("learnerId") == body.contains("learner"))
        violations.push_back({"/learnerId", "give either learnerId or learner with an email"});
    if (violations.empty()) return {};
    auto detail = "The completion is refused: " + violations.front().pointer + " " + violations.front().detail + ".";
    return Error{Fault::malformed, "invalid-body", std::move(detail), std::move(violations)};
}

Result<void> read_learner(Json const& body, CompletionRequest& request) {
    if (!body.contains("learner")) {
        request.learner_id = request.evidence.learner_id;
        return {};
    }
    BodyReader reader(body.at("learner"), "/learner");
    request.email = schemas::normalize_email(reader.required_text("email", 254));
    request.name = reader.text("name", 200).value_or("");
    if (auto const shape = reader.finish(); !shape) return shape.error();
    if (!schemas::is_email(request.email))
        return unprocessable("invalid-email", "The learner's e-mail address has no usable form.", "/learner/email",
                             "must be an address such as name@example.org");
    return {};
}

Result<void> check_date(Actor const& actor, Json const& body, Instant now) {
    auto const completed = Instant::parse(body.at("completedAt").get<std::string>()).value();
    if (is_to_come(completed, now))
        return unprocessable("completed-in-future", "A completion cannot lie in the future.", "/completedAt",
                             "is after " + now.text());
    bool const history = actor.may_post_history || actor.acts_for_all();
    auto const earliest = history ? now.day().plus_months(-12 * history_years) : now.day() - recent_days;
    if (completed.day() < earliest)
        return unprocessable(
            "completed-too-long-ago",
            history ? "A completion may lie ten years back."
                    : "A completion may lie 365 days back; a token with the scope history may post older ones.",
            "/completedAt", "is before " + earliest.text());
    return {};
}

}  // namespace

std::string provider_of(Actor const& actor, Programme const& programme, Json const& body) {
    if (actor.provider_id) return *actor.provider_id;
    if (!body.is_object() || !body.contains("activityId") || !body.at("activityId").is_string()) return {};
    auto const* const activity = programme.activity(body.at("activityId").get_ref<std::string const&>());
    return activity == nullptr ? std::string() : activity->provider_id;
}

Result<CompletionRequest> read_completion_request(Actor const& actor, Programme const& programme, Json const& body,
                                                  Instant now) {
    if (!body.is_object())
        return Error{Fault::malformed, "invalid-body", "A completion is a JSON object.", {{"", "must be an object"}}};
    CompletionRequest request;
    // Unknown and wrongly typed members first: they explain what else is wrong.
    Result<StoredEvidence> evidence = [&] {
        if (!body.contains("learner")) return read_evidence_element("completion", body, programme);
        auto element = body;
        element.erase("learner");
        return read_evidence_element("completion", element, programme);
    }();
    if (!evidence && evidence.error().fault == Fault::malformed) return evidence.error();
    if (auto const members = check_members(actor, body); !members) return members.error();

    request.activity = programme.activity(body.at("activityId").get_ref<std::string const&>());
    if (request.activity == nullptr)
        return unprocessable("unknown-activity", "There is no such activity in the programme.", "/activityId",
                             "is unknown");
    request.provider_id = provider_of(actor, programme, body);
    if (request.activity->provider_id != request.provider_id)
        return Error{Fault::forbidden,
                     "foreign-activity",
                     "This activity belongs to another provider.",
                     {{"/activityId", "is another provider's"}}};
    if (!evidence) return evidence.error();
    request.evidence = std::move(*evidence);
    if (auto const date = check_date(actor, body, now); !date) return date.error();
    auto& status = request.evidence.status;
    if (status.empty()) status = "verified";
    if (status != "verified" && status != "pending" && !actor.acts_for_all())
        return unprocessable("status-not-allowed", "A completion is posted as verified or pending.", "/status",
                             "must be verified or pending");
    if (auto const learner = read_learner(body, request); !learner) return learner.error();
    request.external_id = body.at("externalId").get<std::string>();
    request.evidence.body["providerId"] = request.provider_id;
    return request;
}

}  // namespace itqan::domain
