#include "service/api/endpoint.hpp"
#include "service/domain/body_reader.hpp"

namespace itqan::api {
namespace {

using Handle = std::function<Reply(Call const&)>;

Handle post(std::string_view kind) {
    return [kind](Call const& call) {
        return once(call, [&](domain::Keep const& keep) {
            return call.services.intake.record(call.actor(), kind, call.body, keep);
        });
    };
}

Reply move(Call const& call, std::string_view kind, std::string_view name) {
    std::optional<std::string> reason;
    if (!call.body.is_null()) {
        domain::BodyReader reader(call.body);
        reason = reader.text("reason", 500);
        if (auto const shape = reader.finish(); !shape) return shape.error();
    }
    return once(call, [&](domain::Keep const& keep) {
        return call.services.intake.transition(call.actor(), kind, call.path("id"), name, reason, keep);
    });
}

Endpoint posting(std::string path, std::string request, std::string summary, std::string description,
                 std::vector<Role> roles, Handle handle) {
    return {.verb = Verb::post,
            .path = std::move(path),
            .tag = "evidence",
            .summary = std::move(summary),
            .description = std::move(description),
            .roles = std::move(roles),
            .payload = Payload::command,
            .request = std::move(request),
            .status = 201,
            .answer = "EvidenceAnswer",
            .keyed = true,
            .handle = std::move(handle)};
}

Endpoint moving(std::string_view plural, std::string_view kind, std::string_view name, std::string summary,
                std::vector<Role> roles) {
    return {.verb = Verb::post,
            .path = "/api/v1/" + std::string(plural) + "/{id}/" + std::string(name),
            .tag = "evidence",
            .summary = std::move(summary),
            .description =
                "A move that the record's state does not allow is 409 wrong-state. A correction is a retraction and a "
                "new record.",
            .roles = std::move(roles),
            .payload = Payload::optional_command,
            .request = "Move",
            .status = 200,
            .answer = "EvidenceAnswer",
            .keyed = true,
            .handle = [kind, name](Call const& call) { return move(call, kind, name); }};
}

}  // namespace

std::vector<Endpoint> evidence_endpoints() {
    std::vector<Role> const provider{Role::provider, Role::admin};
    std::vector<Role> const mentor{Role::mentor, Role::learner, Role::admin};
    std::vector<Role> const lead{Role::lead, Role::learner, Role::mentor, Role::admin};
    std::vector<Role> const admin{Role::admin};
    std::vector<Role> const learner{Role::learner, Role::mentor, Role::admin};
    std::vector<Endpoint> all{
        posting("/api/v1/signoffs", "Signoff", "Post a sign-off of a competency",
                "By the named mentor (confirmed) or the learner (requested); administrators for the committee.", mentor,
                post("signoff")),
        posting("/api/v1/entrustments", "Entrustment", "Post an entrustment decision", "By administrators.", admin,
                post("entrustment")),
        posting("/api/v1/experience", "Experience", "Post a time in a role",
                "By the organisation's lead (confirmed) or the learner (pending).", lead, post("experience")),
        posting("/api/v1/practice", "Practice", "Post practice of a competency",
                "By the organisation's lead (confirmed) or the learner (pending).", lead, post("practice")),
        posting("/api/v1/self-assessments", "SelfAssessment", "Post a self-assessment", "By the learner.", learner,
                post("self-assessment")),
        posting("/api/v1/external-badges", "ExternalBadge", "Post a badge earned elsewhere",
                "By the learner; it waits (pending).", learner, post("external-badge"))};

    struct Kind {
        std::string_view plural, kind, noun;
        std::vector<Role> const& movers;
    };
    for (auto const& [plural, kind, noun, movers] :
         {Kind{"completions", "completion", "completion", provider}, Kind{"signoffs", "signoff", "sign-off", mentor},
          Kind{"entrustments", "entrustment", "entrustment", admin},
          Kind{"experience", "experience", "time in a role", lead},
          Kind{"practice", "practice", "practice of a competency", lead}}) {
        all.push_back(moving(plural, kind, "verify", "Confirm a waiting " + std::string(noun), movers));
        all.push_back(moving(plural, kind, "reject", "Reject a waiting " + std::string(noun), movers));
        all.push_back(moving(plural, kind, "retract", "Take a " + std::string(noun) + " back", movers));
    }
    return all;
}

}  // namespace itqan::api
