#include <algorithm>

#include <nlohmann/json.hpp>

#include "service/domain/claims.hpp"
#include "service/domain/erase_person.hpp"
#include "storage/outbox.hpp"
#include "storage/people.hpp"

// What an issuer does with a credential, and the erasure of a person. Bits, rows, notes and events change together.

namespace itqan::domain {
namespace {

Error wrong_state(storage::CredentialRow const& row) {
    return {Fault::conflict, "wrong-state", "The credential is " + row.status + ".", {{"/status", "is " + row.status}}};
}

/// What an act changes; every act is written the same way.
struct Change {
    std::string_view event;
    std::string_view from;  ///< Required status; "" for any but revoked.
    std::string to;
    std::optional<std::string> reason = {};
};

Result<storage::CredentialRow> apply(storage::Session& session, Actor const& actor, std::string_view id,
                                     Change const& change, std::optional<std::string> const& note, Instant now) {
    if (note && !note->empty())
        if (auto const fine = check_prose(note, "invalid-note", "/note"); !fine) return fine.error();
    auto row = storage::credential(session, id);
    if (!row || !actor.acts_for_issuer(row->issuer_id)) return no_such_credential();
    if (row->erased_at) return Error{Fault::gone, "credential-erased", "This credential was erased on request.", {}};
    if (change.from.empty() ? row->status == "revoked" : row->status != change.from) return wrong_state(*row);
    auto const before = row->changed_at;
    row->status = change.to;
    row->reason = change.reason;
    if (change.to == "active" && row->claim_state == "disputed") {
        // The review found the badge theirs: the learner decides anew.
        row->claim_state = "offered";
        row->visibility = "offered";
    }
    row->changed_at = now;
    if (!storage::update_credential(session, *row, before))
        throw storage::DatabaseError("credential changed within its transaction");
    if (change.to == "revoked") storage::set_status_bit(session, row->status_list_id, row->status_position, now);
    if (note && !note->empty()) storage::add_note(session, "credential", row->id, row->learner_id, *note, now);
    storage::append_event(session, {0, now, now, actor.id, std::string(change.event), row->id, row->issuer_id,
                                    Json{{"reason", change.reason ? Json(*change.reason) : Json()}}.dump()});
    return storage::credential(session, row->id).value();
}

}  // namespace

std::vector<std::string> const& revocation_reasons() {
    static std::vector<std::string> const reasons{"issued-in-error", "evidence-withdrawn", "requirements-no-longer-met",
                                                  "holder-request", "superseded"};
    return reasons;
}

Result<storage::CredentialRow> withdraw(storage::Session& session, Actor const& actor, std::string_view id,
                                        std::string_view reason, Instant now) {
    return apply(session, actor, id, {"credential.revoked", "", "revoked", std::string(reason)}, std::nullopt, now);
}

Result<storage::CredentialRow> put_on_hold(storage::Session& session, Actor const& actor, std::string_view id,
                                           Instant now) {
    return apply(session, actor, id, {"credential.suspended", "active", "suspended"}, std::nullopt, now);
}

Result<storage::CredentialRow> Claims::revoke(Actor const& actor, std::string_view id, std::string_view reason,
                                              std::optional<std::string> const& note, OnWritten const& on_written) {
    auto const& reasons = revocation_reasons();
    if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end()) {
        std::string known;
        for (auto const& each : reasons)
            known += (known.empty() ? "" : ", ") + each;
        return Error{Fault::unprocessable,
                     "unknown-reason",
                     "The reason must be one of: " + known + ".",
                     {{"/reason", "must be one of: " + known}}};
    }
    return database_.write([&](storage::Session& session) {
        auto row =
            apply(session, actor, id, {"credential.revoked", "", "revoked", std::string(reason)}, note, clock_.wall());
        if (row && on_written) on_written(session, *row);
        return row;
    });
}

Result<storage::CredentialRow> Claims::suspend(Actor const& actor, std::string_view id,
                                               std::optional<std::string> const& note, OnWritten const& on_written) {
    return database_.write([&](storage::Session& session) {
        auto row = apply(session, actor, id, {"credential.suspended", "active", "suspended"}, note, clock_.wall());
        if (row && on_written) on_written(session, *row);
        return row;
    });
}

Result<storage::CredentialRow> Claims::reinstate(Actor const& actor, std::string_view id,
                                                 std::optional<std::string> const& note, OnWritten const& on_written) {
    return database_.write([&](storage::Session& session) {
        auto row = apply(session, actor, id, {"credential.reinstated", "suspended", "active"}, note, clock_.wall());
        if (row && on_written) on_written(session, *row);
        return row;
    });
}

Result<int> erase_person(storage::Session& session, Actor const& actor, std::string_view learner_id, Instant now) {
    auto const learner = storage::learner(session, learner_id);
    if (!learner)
        return Error{Fault::not_found, "unknown-learner", "There is no learner " + std::string(learner_id) + ".", {}};
    // Asked again: a crash may have come between the rows and the purge of the files.
    if (learner->erased_at) return 0;
    auto const ids = storage::erase_learner(session, learner_id, now);
    for (auto const& id : ids) {
        auto const row = storage::credential(session, id).value();
        // Without a reason: why a bit is set tells something about the person (decision 2).
        storage::set_status_bit(session, row.status_list_id, row.status_position, now);
    }
    storage::append_event(session, {0, now, now, actor.id, "learner.erased", std::string(learner_id), std::nullopt,
                                    Json{{"credentials", ids.size()}}.dump()});
    return static_cast<int>(ids.size());
}

Result<int> Claims::erase(Actor const& actor, std::string_view learner_id) {
    auto const erased = database_.write(
        [&](storage::Session& session) { return erase_person(session, actor, learner_id, clock_.wall()); });
    if (erased) database_.purge_deleted();
    return erased;
}

}  // namespace itqan::domain
