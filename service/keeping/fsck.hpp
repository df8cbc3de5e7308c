#pragma once
// Is everything that this installation promised still there and still true? One snapshot is read, nothing is changed.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crypto/keystore.hpp"
#include "service/domain/addresses.hpp"
#include "storage/checks.hpp"

namespace itqan::service {

struct FsckOptions {
    std::int64_t sample = 0;  ///< About how many signed documents are verified; 0: all.
    int threads = 0;          ///< For signatures; 0: one per processor.
    std::size_t most_problems = 1'000;
    /// Told from time to time, for people who wait.
    std::function<void(std::string const& words)> progress = {};
};

struct FsckReport {
    std::vector<storage::Problem> problems;  ///< At most `most_problems`.
    std::int64_t found = 0;                  ///< All of them.
    std::map<std::string, std::int64_t> counts;
    std::vector<std::string> notes;  ///< What could not be checked, and why that is no problem.

    bool good() const { return found == 0; }
};

/// How many numbers of events the last move or restore found unused where several writers may leave some: PostgreSQL.
/// One writer leaves none, so every other missing number is a missing event.
std::int64_t known_unused_numbers(storage::Session& session);

/// Checks the engine's own files, the applied migrations, what must hold between rows, every signing key (against the
/// key-encryption key, when there is one) and every signed document (signature, and that it says what its row says).
/// Throws nothing for damage: what cannot be read is a problem.
FsckReport fsck(storage::Database& database, domain::Addresses const& addresses,
                std::optional<crypto::KeyEncryptionKey> const& kek, FsckOptions const& options);

}  // namespace itqan::service
