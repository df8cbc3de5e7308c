#pragma once
// Who is calling: bearer tokens and browser sessions turned into an Actor, with the same-origin and CSRF checks of
// every writing request. What an actor may do to a thing is the domain's decision.

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "schemas/actor.hpp"
#include "schemas/clock.hpp"
#include "schemas/result.hpp"
#include "service/auth/tokens.hpp"
#include "service/http/message.hpp"
#include "storage/access.hpp"

namespace itqan::auth {

/// A caller as the edge sees it.
struct Caller {
    Actor actor;
    bool by_session = false;  ///< Cookie, not bearer token.
    std::string csrf;         ///< Synchroniser token of the session, to be put into every form.
    std::string principal;    ///< Scope of header idempotency keys: token id or session hash prefix.
};

class Guard {
  public:
    /// `base_url` is the installation's own address: the only Origin that may send forms.
    Guard(storage::Database& database, Clock const& clock, std::string base_url);

    /// The caller, or none for a stranger. A bearer token that is unknown, expired or revoked is an error
    /// (unauthorized "invalid-token", "expired-token"), never a stranger; a dead session cookie is a stranger.
    Result<std::optional<Caller>> identify(http::Request const& request);

    /// A caller with one of these roles. Errors: unauthorized "token-required"; forbidden "wrong-role"; for an unsafe
    /// method by session also forbidden "cross-site-request" (decision 24) and "csrf" (form field `csrf` or header
    /// X-CSRF-Token).
    Result<Caller> require(http::Request const& request, std::initializer_list<Role> roles);

    Result<Caller> require(http::Request const& request, std::vector<Role> const& roles);

    /// The same-origin check alone, for forms of strangers (claim links, sign-in).
    Result<void> require_same_origin(http::Request const& request) const;

    /// Opens a session (a new id each time) and returns the Set-Cookie value; 12 h for learners, 8 h with 15 min idle
    /// for staff.
    std::string open_session(Actor const& actor, std::optional<std::string> const& token_id);
    /// Ends it on the server and returns the Set-Cookie value that clears it.
    std::string close_session(http::Request const& request);

    /// The actor behind an API token, for /signin. Errors as identify().
    Result<std::pair<Actor, std::string /*token id*/>> actor_of_token(std::string const& secret);

  private:
    Result<Caller> caller_of_token(std::string const& secret);
    std::optional<Caller> caller_of_session(std::string const& secret);

    storage::Database& database_;
    Clock const& clock_;
    std::string base_url_;
};

}  // namespace itqan::auth
