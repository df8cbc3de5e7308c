#pragma once
// One learner decided on: what the evidence proves on a day, which awards that opens, and the badges signed for them,
// made on a snapshot and written only if the evidence is still the same.

#include <string>
#include <vector>

#include "service/domain/issuance.hpp"

namespace itqan::domain {

struct Decision {
    std::string stamp;                    ///< storage::decision_stamp of the snapshot.
    std::vector<Evaluation> evaluations;  ///< Every published achievement.
    std::vector<storage::CredentialRow> held;
    std::vector<Prepared> awards;  ///< Signed, not yet written.
    /// Due, but not to be signed now (no usable key, data that make no valid badge): one issuer's trouble holds up
    /// neither the evidence nor the badges of others. The daily round tries again.
    struct Blocked {
        std::string achievement_id;
        std::string issuer_id;
        std::string code;
    };
    std::vector<Blocked> blocked;
};

/// Evaluates `evidence` (what is stored and what is about to be) and prepares what is due beside the credentials held.
Decision decide(storage::Session& session, Issuance& issuance, Programme const& programme,
                storage::LearnerRow const& learner, Evidence const& evidence, std::vector<storage::CredentialRow> held,
                Day today, bool issue);

/// In the transaction: false when evidence, credentials or keys changed since the snapshot. Otherwise writes the awards
/// and, with `mail`, queues the one mail about them.
bool write_awards(storage::Session& session, Issuance const& issuance, Decision const& decision,
                  std::string const& learner_id, Actor const& actor, bool mail, Instant now);

/// Live awards by rule whose rule was satisfied `before` and is not `after` (also of retired achievements), unless the
/// achievement keeps them (domain.md 1.3 onLoss).
std::vector<storage::CredentialRow> lost_awards(Programme const& programme,
                                                std::vector<storage::CredentialRow> const& held, Evidence const& before,
                                                Evidence const& after, Day today);
/// Puts them on hold for a review: never silently. In the transaction of the loss.
void hold_lost(storage::Session& session, std::vector<storage::CredentialRow> const& lost, Actor const& actor,
               Instant now);

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
