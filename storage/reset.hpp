#pragma once
// Starts an installation over for a demo: forgets people and what they did, keeps what must never come twice.

#include "storage/database.hpp"

namespace itqan::storage {

/// Empties people, evidence, answers, credentials and their documents, notes, mail links, sessions and the outbox. The
/// programme, keys, tokens, events and every status list with its taken positions and set bits stay.
void forget_activity(Session& session);

}  // namespace itqan::storage
