#include "service/auth/tokens.hpp"
#include "service/api/endpoint.hpp"
#include "service/domain/body_reader.hpp"

namespace itqan::api {
namespace {

constexpr std::int64_t default_life = std::int64_t{365} * 24 * 3'600'000;

Json optional_text(std::optional<std::string> const& text) {
    return text ? Json(*text) : Json();
}

Json token_json(storage::TokenRow const& row) {
    return {{"id", row.id},
            {"prefix", row.prefix},
            {"role", row.role},
            {"issuerId", optional_text(row.issuer_id)},
            {"providerId", optional_text(row.provider_id)},
            {"orgId", optional_text(row.organisation_id)},
            {"learnerId", optional_text(row.learner_id)},
            {"scope", row.scope},
            {"createdAt", row.created_at.text()},
            {"expiresAt", row.expires_at.text()},
            {"revokedAt", row.revoked_at ? Json(row.revoked_at->text()) : Json()}};
}

Reply list_tokens(Call const& call) {
    auto const rows = call.services.database.read([](storage::Session& s) { return storage::tokens(s); });
    Json data = Json::array();
    for (auto const& row : rows) {
        auto const& actor = call.actor();
        if (actor.acts_for_all() || (row.issuer_id && actor.acts_for_issuer(*row.issuer_id)))
            data.push_back(token_json(row));
    }
    return json_reply(200, {{"data", std::move(data)}, {"nextCursor", nullptr}});
}

Result<auth::NewToken> read_new_token(Call const& call) {
    domain::BodyReader reader(call.body);
    auth::NewToken wanted;
    auto const role = read_role(reader.required_text("role", 16));
    if (!role) reader.violation("role", "must be admin, issuer, provider, lead, mentor or learner");
    wanted.role = role.value_or(Role::system);
    wanted.issuer_id = reader.text("issuerId", 64);
    wanted.provider_id = reader.text("providerId", 64);
    wanted.organisation_id = reader.text("orgId", 64);
    wanted.learner_id = reader.text("learnerId", 64);
    wanted.scope = reader.text("scope", 64).value_or("");
    wanted.expires_at = reader.instant("expiresAt").value_or(Instant{call.now.milliseconds + default_life});
    if (auto const shape = reader.finish(); !shape) return shape.error();
    if (auto const meaning = auth::check_new_token(wanted, call.now); !meaning) return meaning.error();
    return wanted;
}

/// An issuer makes tokens of its own only; administrators make all.
Result<void> may_make(Actor const& actor, auth::NewToken const& wanted) {
    if (actor.acts_for_all() || (wanted.role == Role::issuer && actor.acts_for_issuer(wanted.issuer_id.value_or(""))))
        return {};
    return Error{Fault::forbidden, "wrong-role", "An issuer makes tokens of its own only.", {}};
}

/// The bodies a token names must exist, else it would speak for whoever gets that id later.
Result<void> names_known_bodies(Call const& call, auth::NewToken const& wanted) {
    return call.services.database.read([&](storage::Session& session) -> Result<void> {
        auto const programme = call.services.programmes.current(session);
        std::vector<Violation> unknown;
        if (wanted.issuer_id && !programme->issuer(*wanted.issuer_id))
            unknown.push_back({"/issuerId", "is no issuer here"});
        if (wanted.provider_id && !programme->provider(*wanted.provider_id))
            unknown.push_back({"/providerId", "is no provider here"});
        if (wanted.organisation_id && !programme->organisations.contains(*wanted.organisation_id))
            unknown.push_back({"/orgId", "is no organisation here"});
        if (wanted.learner_id && !storage::learner(session, *wanted.learner_id))
            unknown.push_back({"/learnerId", "is no learner here"});
        if (unknown.empty()) return {};
        return Error{Fault::unprocessable, "invalid-token-request", "The token names a body that is not known here.",
                     std::move(unknown)};
    });
}

// The answer holds a secret, so it is not kept: this route takes no Idempotency-Key.
Reply create_token(Call const& call) {
    auto const wanted = read_new_token(call);
    if (!wanted) return wanted.error();
    if (auto const may = may_make(call.actor(), *wanted); !may) return may.error();
    if (auto const known = names_known_bodies(call, *wanted); !known) return known.error();
    auto const created = call.services.database.write(
        [&](storage::Session& session) { return auth::create_token(session, *wanted, call.actor(), call.now); });
    auto json = token_json(created.row);
    json["token"] = created.secret;
    return json_reply(201, json);
}

Reply revoke_token(Call const& call) {
    return once(call, [&](domain::Keep const& keep) {
        return call.services.database.write([&](storage::Session& session) -> Result<domain::Answer> {
            auto const id = call.path("id");
            if (auto const ended = auth::end_token(session, id, call.actor(), call.now); !ended) return ended.error();
            domain::Answer const answer{200, std::nullopt, Json{{"id", id}, {"revokedAt", call.now.text()}}.dump(),
                                        false};
            if (keep) keep(session, answer);
            return answer;
        });
    });
}

}  // namespace

std::vector<Endpoint> token_endpoints() {
    std::vector<Role> const issuers{Role::issuer, Role::admin};
    return {
        {.path = "/api/v1/tokens",
         .tag = "tokens",
         .summary = "API tokens, without their secrets",
         .roles = issuers,
         .answer = "Page",
         .handle = list_tokens},
        {.verb = Verb::post,
         .path = "/api/v1/tokens",
         .tag = "tokens",
         .summary = "Make an API token",
         .description = "The secret is in this answer and nowhere else, so the answer is not kept for an "
                        "Idempotency-Key. Ends after one "
                        "year unless expiresAt says sooner.",
         .roles = issuers,
         .payload = Payload::command,
         .request = "NewToken",
         .status = 201,
         .answer = "Token",
         .handle = create_token},
        {.verb = Verb::post,
         .path = "/api/v1/tokens/{id}/revoke",
         .tag = "tokens",
         .summary = "End a token and the sessions it opened",
         .roles = issuers,
         .payload = Payload::none,
         .answer = "Token",
         .keyed = true,
         .handle = revoke_token},
    };
}

}  // namespace itqan::api
