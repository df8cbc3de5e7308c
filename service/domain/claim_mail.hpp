#pragma once
// Which mail tells a learner about new badges (decision 19): one at once, then one further mail for what follows within
// ten minutes. It writes outbox rows; jobs/mail_outbox writes the words.

#include <string>
#include <string_view>
#include <vector>

#include "storage/database.hpp"

namespace itqan::domain {

/// Inside the transaction that inserts the credentials.
void queue_claim_mail(storage::Session& session, std::string_view learner_id, std::string_view issuer_id,
                      std::vector<std::string> const& credential_ids, Instant now);

}  // namespace itqan::domain
