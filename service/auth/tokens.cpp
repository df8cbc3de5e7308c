#include "service/auth/tokens.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "crypto/digest.hpp"
#include "crypto/random.hpp"
#include "storage/outbox.hpp"

namespace itqan::auth {
namespace {

constexpr std::int64_t longest_life = std::int64_t{366} * 24 * 3'600'000;
constexpr std::size_t prefix_length = 12;  ///< "itq_" and 48 bits: enough to recognise, too little to guess the rest.

/// The member a role's token must name; null for administrators.
char const* body_of(Role role) {
    switch (role) {
        case Role::issuer:
            return "issuerId";
        case Role::provider:
            return "providerId";
        case Role::lead:
            return "orgId";
        case Role::mentor:
        case Role::learner:
            return "learnerId";
        case Role::admin:
        case Role::system:
            break;
    }
    return nullptr;
}

struct Named {
    char const* member;
    std::optional<std::string> const& value;
};
std::array<Named, 4> bodies(NewToken const& wanted) {
    return {Named{"issuerId", wanted.issuer_id}, Named{"providerId", wanted.provider_id},
            Named{"orgId", wanted.organisation_id}, Named{"learnerId", wanted.learner_id}};
}

storage::EventRow event(std::string kind, storage::TokenRow const& row, Actor const& actor, Instant now) {
    Json data{{"role", row.role}};
    if (row.provider_id) data["providerId"] = *row.provider_id;
    if (row.organisation_id) data["orgId"] = *row.organisation_id;
    if (row.learner_id) data["learnerId"] = *row.learner_id;
    return {0, now, now, actor.id, std::move(kind), row.id, row.issuer_id, data.dump()};
}

}  // namespace

Result<void> check_new_token(NewToken const& wanted, Instant now) {
    std::vector<Violation> violations;
    auto const* const needed = body_of(wanted.role);
    if (wanted.role == Role::system)
        violations.push_back({"/role", "must be admin, issuer, provider, lead, mentor or learner"});
    for (auto const& [member, value] : bodies(wanted)) {
        bool const is_needed = needed != nullptr && std::string_view(needed) == member;
        if (is_needed && !value) {
            violations.push_back({std::string("/") + member, "is required for this role"});
        } else if (!is_needed && value) {
            violations.push_back({std::string("/") + member, "does not belong to this role"});
        }
    }
    if (!wanted.scope.empty() && wanted.scope != "history")
        violations.push_back({"/scope", "must be history or absent"});
    if (wanted.expires_at <= now || wanted.expires_at.milliseconds - now.milliseconds > longest_life) {
        violations.push_back({"/expiresAt", "must lie in the future and within 366 days"});
    }
    if (violations.empty()) return {};
    return Error{Fault::unprocessable, "invalid-token-request", "A token like this cannot be made.",
                 std::move(violations)};
}

CreatedToken create_token(storage::Session& session, NewToken const& wanted, Actor const& creator, Instant now) {
    CreatedToken created;
    created.secret = "itq_" + crypto::random_token();
    created.row = {crypto::uuid_v7(now),
                   created.secret.substr(0, prefix_length),
                   crypto::sha256_hex(created.secret),
                   std::string(role_name(wanted.role)),
                   wanted.issuer_id,
                   wanted.provider_id,
                   wanted.organisation_id,
                   wanted.learner_id,
                   wanted.scope,
                   now,
                   wanted.expires_at,
                   std::nullopt};
    storage::insert_token(session, created.row);
    storage::append_event(session, event("token.created", created.row, creator, now));
    return created;
}

Result<void> end_token(storage::Session& session, std::string_view id, Actor const& actor, Instant now) {
    auto const rows = storage::tokens(session);
    auto const row = std::find_if(rows.begin(), rows.end(), [&](auto const& candidate) { return candidate.id == id; });
    bool const may =
        row != rows.end() && (actor.acts_for_all() || (row->issuer_id && actor.acts_for_issuer(*row->issuer_id)));
    if (!may || !storage::revoke_token(session, id, now)) {
        return Error{Fault::not_found, "not-found", "There is no live token of this id."};
    }
    storage::append_event(session, event("token.revoked", *row, actor, now));
    return {};
}

Actor actor_of(storage::TokenRow const& row) {
    auto const role = read_role(row.role);
    if (!role) throw std::logic_error("a stored token has an unknown role");
    return {*role,          "token:" + row.id,     row.issuer_id, row.provider_id, row.organisation_id,
            row.learner_id, row.scope == "history"};
}

}  // namespace itqan::auth
