#pragma once
// What every answer carries besides its own headers, and the wire form of an answer's head.

#include <string>
#include <string_view>

#include "service/http/message.hpp"

namespace itqan::http {

struct Framing {
    bool is_head = false;  ///< The request was HEAD: the length is told, the body is not sent.
    bool keep_alive = true;
    bool hsts = false;
};

/// Status line and header fields with their empty line: the response's own, the standard ones it does not set itself
/// (decisions 24 and 27, security headers), Content-Length, Connection and Request-Id.
std::string head_text(Response const& response, Framing const& framing, std::string_view request_id);

}  // namespace itqan::http
