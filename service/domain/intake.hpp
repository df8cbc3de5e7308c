#pragma once
// Takes completions (and the other kinds of evidence) in: checks them, evaluates what they change, issues what becomes
// due, all in one transaction, and gives the answer that a repeat will get again.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "schemas/pending.hpp"
#include "schemas/tally.hpp"
#include "service/domain/answers.hpp"
#include "service/domain/decision.hpp"
#include "service/domain/issuance.hpp"
#include "service/domain/programme_store.hpp"

namespace itqan::domain {

class Intake {
  public:
    Intake(storage::Database& database, ProgrammeStore& programmes, Issuance& issuance, Addresses const& addresses,
           Clock const& clock);

    struct Options {
        bool dry_run = false;
        bool issue = true;
        bool mail = true;
        Keep keep = nullptr;  ///< For a header key beside the natural one.
        /// Not null: does not wait for the commit but leaves here what the answer depends on. When that is refused
        /// somebody else was first: ask again, without it.
        std::shared_ptr<Pending>* depends_on = nullptr;
    };

    /// POST /completions (api.md). Shape errors 400 with pointers; meaning 422: unknown-activity, unknown-learner,
    /// score-out-of-range, unknown-grade, completed-in-future, completed-before-start, completed-too-long-ago,
    /// idempotency-mismatch; foreign activity 403 "foreign-activity".
    Result<Answer> complete(Actor const& actor, Json const& body, Options const& options);
    Result<Answer> complete(Actor const& actor, Json const& body) { return complete(actor, body, Options{}); }

    /// POST /signoffs, /entrustments, /experience, /practice, /self-assessments, /external-badges: one starter element.
    Result<Answer> record(Actor const& actor, std::string_view kind, Json const& body, Keep const& keep = nullptr);

    /// POST /{kind}/{id}/verify | reject | retract (decision 16). Errors: not_found; forbidden; conflict "wrong-state".
    Result<Answer> transition(Actor const& actor, std::string_view kind, std::string_view id, std::string_view move,
                              std::optional<std::string> const& reason, Keep const& keep = nullptr);

    /// GET /completions/{id}: what this actor may see of it.
    Result<Json> completion(Actor const& actor, std::string_view id);

    /// Re-evaluates one learner and issues what is due (after import, at `until`, by the sweeper).
    std::vector<storage::CredentialRow> settle(Actor const& actor, std::string_view learner_id, bool mail);

    /// Microseconds of completions: deciding (read, rules, signatures) and writing (queue and commit).
    Tallied planning() const { return planning_.seen(); }
    Tallied writing() const { return writing_.seen(); }

  private:
    struct Completing;
    struct Plan;
    Result<std::optional<Answer>> try_complete(Completing const& completing);
    Result<Plan> make_plan(storage::Session& session, Completing const& completing, Instant now);
    static std::string completion_answer(Plan const& plan, EffectsView const& view,
                                         std::vector<Evaluation> const& before, bool dry_run);
    struct Writing;
    bool write_plan(storage::Session& session, Writing const& writing);
    Result<std::optional<Answer>> first_answer(storage::Session& session, Completing const& completing);

    storage::Database& database_;
    ProgrammeStore& programmes_;
    Issuance& issuance_;
    Addresses const& addresses_;
    Clock const& clock_;
    Tally planning_{microsecond_steps}, writing_{microsecond_steps};
};

}  // namespace itqan::domain
