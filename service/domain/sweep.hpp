#pragma once
// What time alone changes: once a day every learner's rules are looked at again, in small batches, so that renewals and
// ripened experience become badges without anybody posting anything.

#include <optional>
#include <string>

#include "service/domain/intake.hpp"

namespace itqan::domain {

class Sweep {
  public:
    Sweep(storage::Database& database, Intake& intake, Clock const& clock) : database_(database), intake_(intake), clock_(clock) {}

    /// Settles the next batch of today's round; true when there are more. A new process begins with a round of its own:
    /// days may have passed while none ran.
    bool run_once();

  private:
    storage::Database& database_;
    Intake& intake_;
    Clock const& clock_;
    std::optional<Day> finished_;  ///< The day whose round is done.
    std::string after_;            ///< The last learner that was looked at.
};

}  // namespace itqan::domain
