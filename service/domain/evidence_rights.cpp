#include "service/domain/evidence_rights.hpp"

namespace itqan::domain {
namespace {

bool is_self(Actor const& actor, storage::LearnerRow const& learner) {
    return actor.learner_id == learner.id;
}

bool is_lead_of(Actor const& actor, storage::LearnerRow const& learner) {
    return actor.role == itqan::Role::lead && actor.organisation_id && actor.organisation_id == learner.organisation_id;
}

/// Mentors are appointed: a learner who writes the own id into a sign-off is none.
bool is_named_mentor(Actor const& actor, std::string_view person) {
    return actor.role == itqan::Role::mentor && !person.empty() && actor.learner_id && *actor.learner_id == person;
}

bool is_waiting(std::string_view status) {
    return status == "pending" || status == "requested" || status == "proposed";
}

/// The state a record starts in for those who are not administrators; "" when they may not post it.
std::string_view own_start(Actor const& actor, std::string_view kind, storage::LearnerRow const& learner,
                           std::string_view named_person) {
    if (kind == "signoff") {
        if (is_named_mentor(actor, named_person) && !is_self(actor, learner)) return "confirmed";
        return is_self(actor, learner) ? "requested" : "";
    }
    if (kind == "experience" || kind == "practice") {
        if (is_lead_of(actor, learner) && !is_self(actor, learner)) return "confirmed";
        return is_self(actor, learner) ? "pending" : "";
    }
    if (kind == "self-assessment") return is_self(actor, learner) ? "verified" : "";
    if (kind == "external-badge") return is_self(actor, learner) ? "pending" : "";
    return "";
}

std::string_view counted_status(std::string_view kind) {
    return kind == "completion" || kind == "external-badge" || kind == "self-assessment" ? "verified" : "confirmed";
}

bool may_judge(Actor const& actor, storage::EvidenceRow const& row, storage::LearnerRow const& learner,
               std::string_view named_person) {
    if (actor.acts_for_all()) return true;
    if (row.kind == "completion") return actor.acts_for_provider(row.source);
    if (is_self(actor, learner)) return false;
    if (row.kind == "signoff") return is_named_mentor(actor, named_person);
    return (row.kind == "experience" || row.kind == "practice") && is_lead_of(actor, learner);
}

bool is_poster(Actor const& actor, storage::EvidenceRow const& row) {
    return actor.acts_for_all() || row.source == poster_of(actor) ||
           (row.kind == "completion" && actor.acts_for_provider(row.source));
}

}  // namespace

std::string poster_of(Actor const& actor) {
    if (actor.acts_for_all()) return "programme";
    if (actor.provider_id) return "provider:" + *actor.provider_id;
    if (actor.organisation_id) return "org:" + *actor.organisation_id;
    return "learner:" + actor.learner_id.value_or("");
}

Result<std::string> starting_status(Actor const& actor, std::string_view kind, storage::LearnerRow const& learner,
                                    std::string_view named_person, std::string const& asked) {
    if (actor.acts_for_all()) return asked.empty() ? std::string(counted_status(kind)) : asked;
    auto const start = own_start(actor, kind, learner, named_person);
    if (start.empty())
        return Error{Fault::forbidden,
                     "not-yours-to-post",
                     "This evidence is not yours to post for this learner.",
                     {{"/learnerId", "is not a learner you may post this for"}}};
    if (!asked.empty() && asked != start)
        return Error{Fault::unprocessable,
                     "status-not-allowed",
                     "What you post starts as " + std::string(start) + ".",
                     {{"/status", "must be " + std::string(start)}}};
    return std::string(start);
}

Result<std::string> next_status(Actor const& actor, storage::EvidenceRow const& row, storage::LearnerRow const& learner,
                                std::string_view named_person, std::string_view move) {
    bool const judge = may_judge(actor, row, learner, named_person);
    bool const poster = is_poster(actor, row);
    if (!judge && !poster && !is_self(actor, learner))
        return Error{Fault::not_found, "not-found", "There is no such record, or it is not yours to see.", {}};
    if (move == "retract" ? !poster : !judge)
        return Error{
            Fault::forbidden, "not-yours-to-move", "This record is not yours to " + std::string(move) + ".", {}};
    bool const waits = is_waiting(row.status);
    if (move == "verify" && waits) return std::string(counted_status(row.kind));
    if (move == "reject" && waits) return std::string("rejected");
    if (move == "retract" && (waits || row.status == counted_status(row.kind))) return std::string("revoked");
    return Error{Fault::conflict,
                 "wrong-state",
                 "A record that is " + row.status + " cannot be moved by " + std::string(move) + ".",
                 {{"/status", "is " + row.status}}};
}

}  // namespace itqan::domain
