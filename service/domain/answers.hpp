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

/// Runs `act` once per header key: repeats give the first answer. Scope is the principal's id; kept 30 days. 4xx and
/// unknown outcomes are not kept. An empty key runs `act` plainly.
Result<Answer> once(storage::Database& database, std::string const& principal, std::string const& key, Json const& body,
                    Instant now, std::function<Result<Answer>()> const& act);

}  // namespace itqan::domain
