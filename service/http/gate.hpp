#pragma once
// The header section of a request, read strictly from its raw bytes before anything of the body is touched: two readers
// of one request must never see two requests (RFC 9112 section 11.2). Pure.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/http/message.hpp"

namespace itqan::http {

/// What is refused: always with the connection closed afterwards.
struct Refusal {
    int status = 400;
    std::string code;
    std::string detail;
    std::string allow = {};  ///< What the Allow field says; "" without one.
};

struct Head {
    Request request;                            ///< Method, path, query and headers; no body yet.
    std::optional<std::size_t> content_length;  ///< None without the field.
    bool chunked = false;
    bool keep_alive = true;
    bool expects_continue = false;
};

struct GateRules {
    std::vector<std::string> hosts;  ///< Lower case, with their port; Host may name no other.
    std::size_t header_bytes = 16 * 1024;
    std::size_t fields = 64;
    std::size_t target_bytes = 8 * 1024;
};

/// Where the header section ends (behind its empty line); 0 while it is not complete. Refuses bare CR and LF, NUL and
/// an overlong section as soon as they are seen. `scanned` bytes at the front were seen by an earlier call.
struct HeadScan {
    std::size_t end = 0;
    std::optional<Refusal> refusal = {};
};
HeadScan scan_head(std::string_view bytes, GateRules const& rules, std::size_t scanned = 0);

/// Reads a complete header section, its empty line included.
struct GateAnswer {
    std::optional<Head> head = {};
    std::optional<Refusal> refusal = {};
};
GateAnswer read_head(std::string_view bytes, GateRules const& rules);

}  // namespace itqan::http
