#pragma once
// One request as a resource sees it: who calls, the body read, the path's values, the time. And the small answers that
// all resources give. It reads form only; meaning is the domain's.

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "schemas/actor.hpp"
#include "schemas/clock.hpp"
#include "schemas/json.hpp"
#include "service/auth/guard.hpp"
#include "service/domain/answers.hpp"
#include "service/domain/services.hpp"
#include "service/http/message.hpp"

namespace itqan::api {

struct ApiContext;

struct Call {
    ApiContext& context;
    domain::Services& services;
    http::Request const& request;
    auth::Caller const* caller = nullptr;  ///< Null for open routes when nobody signed in.
    Json body;                             ///< Null when the route takes none.
    Instant now;                           ///< Wall clock.

    Actor const& actor() const { return caller->actor; }
    /// The value of {name} in the route's path, decoded.
    std::string path(std::string_view name) const;
    /// The first value of a query parameter; none when absent.
    std::optional<std::string> query(std::string_view name) const;
};

using Reply = Result<http::Response>;

http::Response json_reply(int status, Json const& body);
http::Response json_text_reply(int status, std::string body);
http::Response answer_reply(domain::Answer const& answer);

/// ?asOf=YYYY-MM-DD, else today by the domain clock. Error: malformed "invalid-parameter".
Result<Day> as_of(Call const& call);

/// A page of a list: ?cursor= (opaque, from nextCursor) and ?limit= (1 to 500, 100 by default).
struct Page {
    std::string after;
    int limit = 100;
};
Result<Page> page_of(Call const& call);
/// {data, nextCursor}: `items` was asked for with limit + 1, so one too many tells that there is more.
Json page_json(std::vector<Json> items, std::vector<std::string> const& ids, Page const& page);

/// Runs a writing act once per Idempotency-Key of this caller and this address (decision 15).
Reply once(Call const& call, std::function<Result<domain::Answer>(domain::Keep const&)> const& act);
/// The same for acts that cannot keep their answer themselves: it is kept in a transaction of its own right after.
Reply once_kept_after(Call const& call, std::function<Result<domain::Answer>()> const& act);

Error not_found(std::string_view what);
Error invalid_parameter(std::string_view name, std::string_view detail);

}  // namespace itqan::api
