#pragma once
// What each leaf of a rule finds in the evidence, and how branches combine their children (domain.md 1.4). Badge leaves
// need other rules and are judged in criteria.cpp.

#include <span>
#include <vector>

#include "service/domain/criteria.hpp"

namespace itqan::domain {

/// Sets outcome, progress, until and cost of an all, any or atLeast node from its children: strong Kleene logic and
/// order statistics.
void combine(Node& node);

/// A claim with its level on the day of evaluation.
struct HeldClaim {
    Claim claim;
    DecayClass const* decay = nullptr;
    int level = 0;
    Day effective;
};

/// Judges leaves of one learner on one day. Claims are made once, on construction.
class LeafJudge {
  public:
    /// Keeps references to all arguments.
    LeafJudge(Programme const& programme, Evidence const& evidence, Day as_of);

    /// Sets all but path and message key. A badge leaf is a broken invariant here.
    void judge(schemas::Leaf const& leaf, Node& node) const;

  private:
    void judge_competency(schemas::CompetencyLeaf const& leaf, Node& node) const;
    void judge_completion(schemas::CompletionLeaf const& leaf, Node& node) const;
    void judge_hours(schemas::HoursLeaf const& leaf, Node& node) const;
    void judge_signoff(schemas::SignoffLeaf const& leaf, Node& node) const;
    void judge_entrustment(schemas::EntrustmentLeaf const& leaf, Node& node) const;
    void judge_experience(schemas::ExperienceLeaf const& leaf, Node& node) const;

    std::vector<HeldClaim> hold(Scope scope) const;
    std::span<HeldClaim const> held(Scope scope, std::string const& competency) const;
    bool in_window(Day date, std::optional<Period> const& within) const;
    std::optional<double> competency_cost(schemas::CompetencyLeaf const& leaf, int have) const;
    bool in_domain(Activity const& activity, std::string const& domain) const;

    Programme const& programme_;
    Evidence const& evidence_;
    Day as_of_;
    std::vector<HeldClaim> verified_, with_waiting_;  ///< Sorted by competency.
};

}  // namespace itqan::domain
