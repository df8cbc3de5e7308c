#pragma once
// Reads an answer of another host from a source of bytes: strict framing, no decoding, every length bounded (T11).

#include <cstddef>
#include <functional>
#include <string>

#include "schemas/result.hpp"
#include "service/http/message.hpp"

namespace itqan::http {

/// Appends some bytes to the text; false at the end. Error: time or connection.
using MoreBytes = std::function<Result<bool>(std::string& text)>;

/// The answer to a GET over HTTP/1.1. `header_bytes` bounds the header section, `body_bytes` the body; the body is read
/// for status 200 only. Errors: those of `more`; unprocessable "outbound-answer" with the reason.
Result<Response> read_outbound_answer(MoreBytes const& more, std::size_t header_bytes, std::size_t body_bytes);

}  // namespace itqan::http
