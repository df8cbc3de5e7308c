#include "service/auth/guard.hpp"

#include <algorithm>

#include "crypto/digest.hpp"
#include "crypto/random.hpp"
#include "schemas/text.hpp"
#include "service/auth/same_origin.hpp"
#include "service/auth/sessions.hpp"

namespace itqan::auth {
namespace {

constexpr std::string_view cookie_name = "__Host-s";
constexpr std::string_view cookie_rules = "; Path=/; Secure; HttpOnly; SameSite=Lax";
constexpr std::size_t longest_secret = 128;

Error invalid_token() {
    return {Fault::unauthorized, "invalid-token", "The bearer token is not known here or was revoked.", {}};
}

/// The credentials of "Authorization: Bearer ..." (RFC 6750 section 2.1); the scheme is case-insensitive (RFC
/// 9110 11.1).
std::optional<std::string> bearer_of(http::Request const& request) {
    auto const value = request.header("authorization");
    if (value.empty()) return std::nullopt;
    constexpr std::string_view scheme = "bearer ";
    if (!equal_ignoring_case(value.substr(0, scheme.size()), scheme)) return "";
    return std::string(value.substr(scheme.size()));
}

std::string session_secret(http::Request const& request) {
    std::string_view cookies = request.header("cookie");
    while (!cookies.empty()) {
        auto const end = cookies.find(';');
        auto pair = cookies.substr(0, end);
        cookies = end == std::string_view::npos ? std::string_view{} : cookies.substr(end + 1);
        pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
        if (pair.starts_with(cookie_name) && pair.substr(cookie_name.size()).starts_with('='))
            return std::string(pair.substr(cookie_name.size() + 1));
    }
    return {};
}

bool equal(std::string_view left, std::string_view right) {
    return crypto::equal_constant_time(as_bytes(left), as_bytes(right));
}

bool is_safe(http::Request const& request) {
    return request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
}

std::string csrf_of(http::Request const& request) {
    auto const header = request.header("x-csrf-token");
    if (!header.empty()) return std::string(header);
    return http::form_value(request, "csrf").value_or("");
}

}  // namespace

Guard::Guard(storage::Database& database, Clock const& clock, std::string base_url)
    : database_(database), clock_(clock), base_url_(std::move(base_url)) {}

Result<Caller> Guard::caller_of_token(std::string const& secret) {
    if (secret.size() > longest_secret || !secret.starts_with("itq_")) return invalid_token();
    auto const hash = crypto::sha256_hex(secret);
    auto const row = database_.read([&](storage::Session& session) { return storage::token_by_hash(session, hash); });
    // Found by its hash, so timing tells nothing about the secret; the comparison guards a collation that folds case.
    if (!row || !equal(row->hash, hash) || row->revoked_at) return invalid_token();
    if (clock_.wall() >= row->expires_at)
        return Error{Fault::unauthorized, "expired-token", "The bearer token has run out. Ask for a new one.", {}};
    return Caller{actor_of(*row), false, "", "token:" + row->id};
}

std::optional<Caller> Guard::caller_of_session(std::string const& secret) {
    if (secret.empty() || secret.size() > longest_secret) return std::nullopt;
    auto const hash = crypto::sha256_hex(secret);
    auto const now = clock_.wall();
    std::optional<storage::TokenRow> token;
    auto const row = database_.read([&](storage::Session& session) {
        auto found = storage::session_by_hash(session, hash);
        if (found && found->token_id) {
            for (auto& candidate : storage::tokens(session)) {
                if (candidate.id == *found->token_id) token = std::move(candidate);
            }
        }
        return found;
    });
    if (!row || !equal(row->hash, hash) || !is_alive(*row, now)) return std::nullopt;
    // A token that ended takes its sessions with it.
    if (row->token_id && (!token || token->revoked_at || now >= token->expires_at)) return std::nullopt;
    if (needs_touch(*row, now))
        database_.write([&](storage::Session& session) { storage::touch_session(session, hash, now); });

    Caller caller;
    caller.by_session = true;
    caller.csrf = row->csrf;
    caller.principal = "session:" + hash.substr(0, 16);
    if (token) {
        caller.actor = actor_of(*token);
        return caller;
    }
    auto const id = row->learner_id ? "learner:" + *row->learner_id : "demo:" + row->role;
    caller.actor = {read_role(row->role).value(),
                    id,
                    row->issuer_id,
                    row->provider_id,
                    row->organisation_id,
                    row->learner_id,
                    false};
    return caller;
}

Result<std::optional<Caller>> Guard::identify(http::Request const& request) {
    if (auto const secret = bearer_of(request)) {
        auto caller = caller_of_token(*secret);
        if (!caller) return caller.error();
        return std::optional<Caller>(std::move(*caller));
    }
    return caller_of_session(session_secret(request));
}

Result<Caller> Guard::require(http::Request const& request, std::initializer_list<Role> roles) {
    return require(request, std::vector<Role>(roles));
}

Result<Caller> Guard::require(http::Request const& request, std::vector<Role> const& roles) {
    auto caller = identify(request);
    if (!caller) return caller.error();
    if (!*caller)
        return Error{Fault::unauthorized, "token-required", "Send a bearer token: Authorization: Bearer itq_...", {}};
    auto& known = **caller;
    if (known.by_session && !is_safe(request)) {
        if (auto const origin = require_same_origin(request); !origin) return origin.error();
        if (!equal(csrf_of(request), known.csrf))
            return Error{Fault::forbidden, "csrf", "The form is out of date. Load the page again and repeat.", {}};
    }
    if (std::find(roles.begin(), roles.end(), known.actor.role) == roles.end())
        return Error{Fault::forbidden,
                     "wrong-role",
                     "The role \"" + std::string(role_name(known.actor.role)) + "\" may not do this.",
                     {}};
    return std::move(known);
}

Result<void> Guard::require_same_origin(http::Request const& request) const {
    if (is_same_origin(base_url_, request.header("sec-fetch-site"), request.header("origin"), request.header("host")))
        return {};
    return Error{Fault::forbidden, "cross-site-request", "This must be sent from a page of this service.", {}};
}

std::string Guard::open_session(Actor const& actor, std::optional<std::string> const& token_id) {
    auto const secret = crypto::random_token();
    auto const now = clock_.wall();
    auto const life = session_life(actor.role);
    storage::SessionRow const row{crypto::sha256_hex(secret),
                                  crypto::random_token(),
                                  std::string(role_name(actor.role)),
                                  actor.issuer_id,
                                  actor.provider_id,
                                  actor.organisation_id,
                                  actor.learner_id,
                                  token_id,
                                  now,
                                  now,
                                  Instant{now.milliseconds + life},
                                  std::nullopt};
    database_.write([&](storage::Session& session) { storage::insert_session(session, row); });
    return std::string(cookie_name) + "=" + secret + std::string(cookie_rules) +
           "; Max-Age=" + std::to_string(life / 1000);
}

std::string Guard::close_session(http::Request const& request) {
    auto const secret = session_secret(request);
    if (!secret.empty() && secret.size() <= longest_secret) {
        auto const hash = crypto::sha256_hex(secret);
        auto const now = clock_.wall();
        database_.write([&](storage::Session& session) { storage::revoke_session(session, hash, now); });
    }
    return std::string(cookie_name) + "=" + std::string(cookie_rules) + "; Max-Age=0";
}

Result<std::pair<Actor, std::string>> Guard::actor_of_token(std::string const& secret) {
    auto caller = caller_of_token(secret);
    if (!caller) return caller.error();
    return std::pair(caller->actor, caller->actor.id.substr(std::string_view("token:").size()));
}

}  // namespace itqan::auth
