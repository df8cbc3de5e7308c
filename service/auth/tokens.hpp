#pragma once
// API tokens: what a new one must say, how it is made, how a list shows it, and how it ends. Reading tokens of requests
// is the guard's part.

#include <string>

#include "schemas/actor.hpp"
#include "schemas/clock.hpp"
#include "schemas/json.hpp"
#include "schemas/result.hpp"
#include "storage/access.hpp"

namespace itqan::auth {

struct NewToken {
    Role role = Role::admin;
    std::optional<std::string> issuer_id, provider_id, organisation_id, learner_id;
    std::string scope;
    Instant expires_at;
};

/// A token belongs to exactly the body its role stands for (issuer: issuerId; provider: providerId; lead: orgId; mentor
/// and learner: learnerId; admin: none), its scope is "" or "history", and it ends in the future, within 366 days.
/// Error: unprocessable "invalid-token-request" with the members as the API names them.
Result<void> check_new_token(NewToken const& wanted, Instant now);

struct CreatedToken {
    storage::TokenRow row;
    std::string secret;  ///< "itq_..." shown once.
};
/// Makes a token inside the caller's transaction, with its event. It trusts `wanted`.
CreatedToken create_token(storage::Session& session, NewToken const& wanted, Actor const& creator, Instant now);

/// Ends a token and the sessions it opened, with its event. Error: not_found when there is no live token of this id
/// that the actor may end (administrators all, issuers their own).
Result<void> end_token(storage::Session& session, std::string_view id, Actor const& actor, Instant now);

/// The actor behind a token's row.
Actor actor_of(storage::TokenRow const& row);

}  // namespace itqan::auth
