#pragma once
// Keeps the Programme in force in memory and reloads it when another thread or process has changed its rows.

#include <memory>
#include <mutex>

#include "service/domain/programme.hpp"
#include "storage/database.hpp"

namespace itqan::domain {

/// The programme as the rows of this session make it. Error: those of ProgrammeBuilder::build().
Result<Programme> read_programme(storage::Session& session);

class ProgrammeStore {
  public:
    /// Throws std::runtime_error when the stored programme is inconsistent.
    std::shared_ptr<Programme const> current(storage::Session& session);

  private:
    /// The one that was read at this count of changes; null: another one must be read.
    std::shared_ptr<Programme const> known_since(std::int64_t change);

    std::mutex building_;  ///< Held while one is read, which takes long.
    std::mutex mutex_;     ///< Of what is below; nobody waits while it is held.
    std::int64_t change_ = -1;
    std::shared_ptr<Programme const> programme_;
};

}  // namespace itqan::domain
