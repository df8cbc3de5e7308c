#pragma once
// First answers, kept and repeated byte for byte (decision 15).

#include <functional>
#include <optional>
#include <string>

#include "schemas/json.hpp"
#include "storage/evidence.hpp"

namespace itqan::domain {

/// What a writing request was answered, ready to be sent again.
struct Answer {
    int status = 200;
    std::optional<std::string> location;
    std::string body;
    bool replayed = false;
};

/// SHA-256 hex of the RFC 8785 form.
std::string request_hash(Json const& body);

/// The stored answer for a key, or none. Error: unprocessable "idempotency-mismatch" when the body was another.
Result<std::optional<Answer>> stored_answer(storage::Session& session, std::string const& scope, std::string const& key,
                                            std::string const& hash, Instant now);

/// Stores an answer under the caller's header key; called inside the transaction of the act, so that the effect and its
/// first answer are durable together. It may outlive the call that gave it. May be null: nothing to keep.
using Keep = std::function<void(storage::Session&, Answer const&)>;

/// Runs `act` once per header key: repeats give the first answer. Scope is the principal's id; kept 30 days. 4xx and
/// unknown outcomes are not kept. `act` must call the Keep it gets in its transaction; with an empty key it gets null.
Result<Answer> once(storage::Database& database, std::string const& principal, std::string const& key, Json const& body,
                    Instant now, std::function<Result<Answer>(Keep const&)> const& act);

}  // namespace itqan::domain
