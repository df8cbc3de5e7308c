#include "service/http/response_headers.hpp"

#include "service/http/problem.hpp"

namespace itqan::http {
namespace {

struct Standard {
    std::string_view name, value;
};
constexpr Standard standard[] = {{"cache-control", "no-store"},
                                 {"content-security-policy", "default-src 'none'; frame-ancestors 'none'"},
                                 {"cross-origin-opener-policy", "same-origin"},
                                 {"permissions-policy", "geolocation=(), camera=(), microphone=()"},
                                 {"referrer-policy", "same-origin"},
                                 {"x-content-type-options", "nosniff"},
                                 {"x-frame-options", "DENY"}};

void put(std::string& text, std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append("\r\n");
}

/// A handler's value never breaks the head: what could is a bug of ours and ends there.
std::string_view one_line(std::string_view value) {
    return value.substr(0, value.find_first_of("\r\n"));
}

}  // namespace

std::string head_text(Response const& response, Framing const& framing, std::string_view request_id) {
    std::string text;
    text.reserve(1024);
    text.append("HTTP/1.1 ")
        .append(std::to_string(response.status))
        .append(" ")
        .append(reason_phrase(response.status))
        .append("\r\n");
    for (auto const& [name, value] : response.headers.all)
        put(text, name, one_line(value));
    for (auto const& [name, value] : standard)
        if (response.headers.get(name).empty()) put(text, name, value);
    bool const for_everybody = !response.headers.get("access-control-allow-origin").empty();
    if (response.headers.get("cross-origin-resource-policy").empty())
        put(text, "cross-origin-resource-policy", for_everybody ? "cross-origin" : "same-origin");
    if (framing.hsts) put(text, "strict-transport-security", "max-age=31536000");
    put(text, "request-id", request_id);
    bool const has_length = response.status != 204 && response.status != 304;
    if (has_length) put(text, "content-length", std::to_string(response.body.size()));
    if (!framing.keep_alive) put(text, "connection", "close");
    return text.append("\r\n");
}

}  // namespace itqan::http
