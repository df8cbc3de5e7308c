#pragma once
// One learner decided on: what the evidence proves on a day, which awards that opens, and the badges signed for them,
// made on a snapshot and written only if the evidence is still the same.

#include <string>
#include <vector>

#include "service/domain/issuance.hpp"

namespace itqan::domain {

struct Decision {
    std::string stamp;                     ///< storage::evidence_stamp of the snapshot.
    std::vector<Evaluation> evaluations;   ///< Every published achievement.
    std::vector<storage::CredentialRow> held;
    std::vector<Prepared> awards;          ///< Signed, not yet written.
};

/// Evaluates `evidence` (what is stored and what is about to be) and prepares what is due beside the credentials held.
/// Errors as Issuance::prepare.
Result<Decision> decide(storage::Session& session, Issuance& issuance, Programme const& programme,
                        storage::LearnerRow const& learner, Evidence const& evidence,
                        std::vector<storage::CredentialRow> held, Day today, bool issue);

/// In the transaction: false when the evidence changed since the snapshot. Otherwise writes the awards and, with `mail`,
/// queues the one mail about them.
bool write_awards(storage::Session& session, Issuance const& issuance, Decision const& decision,
                  std::string const& learner_id, Actor const& actor, bool mail, Instant now);

/// Live awards by rule whose rule is no longer satisfied go on hold for a review, unless the achievement keeps them
/// (domain.md 1.3 onLoss): never silently. In the transaction of the loss; gives the achievements.
std::vector<std::string> hold_lost(storage::Session& session, Programme const& programme, Decision const& decision,
                                   Actor const& actor, Day today, Instant now);

/// {achievementId, after, before?, progress?, until?} of the achievements whose outcome `after` differs from `before`.
/// A provider sees those with a leaf that the activity touches, without the optional members (decision 17).
struct EffectsView {
    Programme const& programme;
    Activity const* only_touched_by = nullptr;
    Addresses const& addresses;
};
bool is_seen(EffectsView const& view, Achievement const& achievement);
Json effects_json(EffectsView const& view, std::vector<Evaluation> const& before, std::vector<Evaluation> const& after);
Json credentials_json(EffectsView const& view, std::vector<Prepared> const& awards);

}  // namespace itqan::domain
