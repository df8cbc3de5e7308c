#pragma once
// What a database needs when it is older than what was promised from it: positions that are given out no more, bits and
// sign-ins. Whether and why is the service's matter.

#include "storage/credentials.hpp"

namespace itqan::storage {

/// Counts every list as full, so that positions come from new lists only: which of the old ones were given out since is
/// unknown. Returns how many still gave some out.
std::int64_t close_status_lists(Session& session);

/// Sets a bit that was published, whether or not its position was known here. Returns whether it was not set before.
bool put_published_bit(Session& session, std::string_view list_id, std::int64_t position, Instant now);

std::optional<CredentialRow> credential_at(Session& session, std::string_view list_id, std::int64_t position);

/// Ends every sign-in, and the leases of processes that are gone. Returns how many sign-ins there were.
std::int64_t end_sessions(Session& session);

}  // namespace itqan::storage
