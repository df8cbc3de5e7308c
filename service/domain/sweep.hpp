#pragma once
// What time alone changes: once a day every learner's rules are looked at again, in small batches, so that renewals and
// ripened experience become badges without anybody posting anything.

#include <functional>
#include <optional>
#include <string>

#include "service/domain/intake.hpp"

namespace itqan::domain {

class Sweep {
  public:
    /// Told of a learner that could not be settled and why; the round goes on with the next.
    using Report = std::function<void(std::string const& learner_id, std::string const& reason)>;

    Sweep(storage::Database& database, Intake& intake, Clock const& clock, Report report = nullptr)
        : database_(database), intake_(intake), clock_(clock), report_(std::move(report)) {}

    /// Settles the next batch of today's round, and forgets expired answers at its end; true when there are more.
    /// Throws DatabaseError, and then begins again where it was. A new process begins with a round of its own: days may
    /// have passed while none ran.
    bool run_once();

  private:
    storage::Database& database_;
    Intake& intake_;
    Clock const& clock_;
    Report report_;
    std::optional<Day> finished_;  ///< The day whose round is done.
    std::string after_;            ///< The last learner that was looked at.
};

}  // namespace itqan::domain
