#pragma once
// The one place where a failure becomes an HTTP status and a problem document (RFC 9457).

#include <string>
#include <string_view>

#include "schemas/result.hpp"
#include "service/http/message.hpp"

namespace itqan::http {

int status_of(Fault fault);

/// "Not Found" (RFC 9110 section 15); for a status that is not listed here the name of its class.
std::string_view reason_phrase(int status);

/// {type, title, status, code, detail, errors: [{pointer, detail}]} as JSON text; errors only when there are any.
std::string problem_text(Error const& error);

/// application/problem+json, with WWW-Authenticate for 401 and Retry-After for 429 and 503.
Response problem(Error const& error);

/// A problem of the transport, whose statuses no Fault has (408, 414, 431).
Response problem(int status, std::string_view code, std::string_view detail);

/// A problem document says which request it answers ("requestId"): a user's report leads to the line of the log.
void name_request(Response& response, std::string_view request_id);

/// What a client is told when a broken invariant threw: 500 "internal-error", nothing of the cause.
Response internal_problem();

}  // namespace itqan::http
