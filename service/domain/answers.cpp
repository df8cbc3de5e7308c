#include "service/domain/answers.hpp"

#include <nlohmann/json.hpp>

#include "crypto/digest.hpp"

namespace itqan::domain {
namespace {

constexpr std::int64_t header_key_lifetime = std::int64_t{30} * 24 * 3600 * 1000;

Result<Answer> replay(storage::AnswerRow const& row, std::string const& hash) {
    if (row.request_hash != hash)
        return Error{Fault::unprocessable, "idempotency-mismatch",
                     "This key was used before with another body. Repeat the first body or use a new key."};
    return Answer{row.status, row.location, row.body, true};
}

}  // namespace

std::string request_hash(Json const& body) {
    return crypto::sha256_hex(canonical_json(body));
}

Result<std::optional<Answer>> stored_answer(storage::Session& session, std::string const& scope, std::string const& key,
                                            std::string const& hash, Instant now) {
    auto const row = storage::answer(session, scope, key, now);
    if (!row) return std::optional<Answer>{};
    auto repeated = replay(*row, hash);
    if (!repeated) return repeated.error();
    return std::optional<Answer>(std::move(*repeated));
}

Result<Answer> once(storage::Database& database, std::string const& principal, std::string const& key, Json const& body,
                    Instant now, std::function<Result<Answer>(Keep const&)> const& act) {
    if (key.empty()) return act(nullptr);
    if (key.size() > 255 || !is_utf8(key))
        return Error{Fault::malformed, "invalid-idempotency-key", "Idempotency-Key must be 1 to 255 characters."};
    auto const scope = "key:" + principal;
    auto const hash = request_hash(body);
    auto const first = [&] {
        return database.read([&](storage::Session& s) { return stored_answer(s, scope, key, hash, now); });
    };
    auto stored = first();
    if (!stored) return stored.error();
    if (*stored) return std::move(**stored);

    // It owns what it needs: the commit may be later than this call.
    Keep const keep = [scope, key, hash, now](storage::Session& session, Answer const& answer) {
        storage::insert_answer(session, {scope, key, hash, answer.status, answer.location, answer.body, now,
                                         Instant{now.milliseconds + header_key_lifetime}});
    };
    try {
        return act(keep);
    } catch (storage::ConstraintError const&) {
        // The same request ran twice at once: the one that committed first answers both.
        stored = first();
        if (!stored) return stored.error();
        if (*stored) return std::move(**stored);
        throw;
    }
}

}  // namespace itqan::domain
