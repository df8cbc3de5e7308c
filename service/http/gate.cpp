#include "service/http/gate.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "schemas/bytes.hpp"
#include "schemas/text.hpp"

namespace itqan::http {
namespace {

GateAnswer refuse(int status, std::string code, std::string detail) {
    return {std::nullopt, Refusal{status, std::move(code), std::move(detail)}};
}

GateAnswer malformed(std::string detail) {
    return refuse(400, "malformed-request", std::move(detail));
}

bool is_token_char(char c) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           marks.find(c) != std::string_view::npos;
}

bool has_dot_segment(std::string_view path) {
    while (!path.empty()) {
        path.remove_prefix(1);
        auto const slash = path.find('/');
        auto const segment = path.substr(0, slash);
        if (segment == "." || segment == "..") return true;
        path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash);
    }
    return false;
}

/// Decision 23: what two readers of a path or a query could understand differently.
std::optional<std::string> fault_of_target(std::string_view path, std::string_view query) {
    auto const encoded = ascii_lower(path);
    for (auto const* const mark : {"%00", "%2f", "%5c"})
        if (encoded.find(mark) != std::string::npos) return std::string("The path holds ") + mark + ".";
    if (path.find('\\') != std::string_view::npos) return "The path holds a backslash.";
    auto const decoded = percent_decode(path);
    if (!decoded) return "The path has a broken percent sign or is not UTF-8.";
    if (has_dot_segment(*decoded)) return "The path holds a dot segment.";
    if (!percent_decode(query)) return "The query has a broken percent sign, %00, or is not UTF-8.";
    return std::nullopt;
}

constexpr std::array<std::string_view, 7> methods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

std::string allowed_methods() {
    std::string text;
    for (auto const method : methods)
        text.append(text.empty() ? "" : ", ").append(method);
    return text;
}

/// "METHOD /target HTTP/1.1"; sets keep_alive by version.
std::optional<Refusal> read_request_line(std::string_view line, GateRules const& rules, Head& head) {
    auto const bad = [](std::string detail) { return Refusal{400, "malformed-request", std::move(detail)}; };
    auto const first = line.find(' ');
    auto const second = first == std::string_view::npos ? first : line.find(' ', first + 1);
    if (second == std::string_view::npos || line.find(' ', second + 1) != std::string_view::npos)
        return bad("The request line is not METHOD TARGET VERSION.");
    auto const method = line.substr(0, first);
    auto const target = line.substr(first + 1, second - first - 1);
    auto const version = line.substr(second + 1);
    if (method.empty() || !std::all_of(method.begin(), method.end(), is_token_char))
        return bad("The method is no token.");
    if (version != "HTTP/1.1" && version != "HTTP/1.0") return bad("Only HTTP/1.1 is spoken here.");
    if (std::find(methods.begin(), methods.end(), method) == methods.end())
        return Refusal{405, "method-not-allowed", "This method is not used here.", allowed_methods()};
    if (target.size() > rules.target_bytes) return Refusal{414, "target-too-long", "The address has more than 8 KiB."};
    if (target.empty() || target.front() != '/') return bad("The target must be a path.");
    for (char const c : target)
        if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f || c == '#')
            return bad("The target holds a character that must be percent-encoded.");
    auto const mark = target.find('?');
    head.request.method = std::string(method);
    head.request.path = std::string(target.substr(0, mark));
    head.request.query = mark == std::string_view::npos ? std::string() : std::string(target.substr(mark + 1));
    head.keep_alive = version == "HTTP/1.1";
    if (auto fault = fault_of_target(head.request.path, head.request.query)) return bad(std::move(*fault));
    return std::nullopt;
}

std::optional<Refusal> read_field(std::string_view line, Head& head) {
    auto const bad = [](std::string detail) { return Refusal{400, "malformed-request", std::move(detail)}; };
    if (line.front() == ' ' || line.front() == '\t') return bad("A header field is folded over two lines.");
    auto const colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return bad("A header field has no name.");
    auto const name = line.substr(0, colon);
    if (!std::all_of(name.begin(), name.end(), is_token_char)) return bad("A header field's name is no token.");
    auto const value = trimmed(line.substr(colon + 1), " \t");
    for (char const c : value) {
        auto const byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\t') || byte >= 0x7f)
            return bad("A header field's value holds bytes outside printable ASCII.");
    }
    head.request.headers.add(ascii_lower(name), std::string(value));
    return std::nullopt;
}

std::size_t count_of(Head const& head, std::string_view name) {
    return static_cast<std::size_t>(std::count_if(head.request.headers.all.begin(), head.request.headers.all.end(),
                                                  [&](auto const& field) { return field.first == name; }));
}

/// How long the body is, in the only way that leaves no doubt (RFC 9112 section 6.3).
std::optional<Refusal> read_framing(Head& head, bool version_1_1) {
    auto const bad = [](std::string detail) { return Refusal{400, "ambiguous-length", std::move(detail)}; };
    auto const encodings = count_of(head, "transfer-encoding");
    auto const lengths = count_of(head, "content-length");
    if (encodings > 0) {
        if (lengths > 0) return bad("Both Transfer-Encoding and Content-Length.");
        if (encodings > 1 || !equal_ignoring_case(head.request.header("transfer-encoding"), "chunked"))
            return bad("Transfer-Encoding may be chunked only, once.");
        if (!version_1_1) return bad("Transfer-Encoding needs HTTP/1.1.");
        head.chunked = true;
    }
    if (lengths > 1) return bad("Content-Length is given twice.");
    if (lengths == 1) {
        auto const text = head.request.header("content-length");
        std::size_t length = 0;
        auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), length);
        bool const digits = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (failure != std::errc{} || end != text.data() + text.size() || !digits || text.size() > 15)
            return bad("Content-Length is not a number of bytes.");
        head.content_length = length;
    }
    bool const bodiless = head.request.method == "GET" || head.request.method == "HEAD";
    if (bodiless && (head.chunked || head.content_length.value_or(0) > 0))
        return bad(head.request.method + " takes no body.");
    return std::nullopt;
}

std::optional<Refusal> read_host(Head const& head, GateRules const& rules) {
    if (count_of(head, "host") != 1) return Refusal{400, "malformed-request", "There must be exactly one Host field."};
    auto const host = ascii_lower(head.request.header("host"));
    if (std::find(rules.hosts.begin(), rules.hosts.end(), host) == rules.hosts.end())
        return Refusal{421, "misdirected", "This service does not answer for that host."};
    return std::nullopt;
}

}  // namespace

HeadScan scan_head(std::string_view bytes, GateRules const& rules, std::size_t scanned) {
    auto const bad = [](std::string detail) {
        return HeadScan{0, Refusal{400, "malformed-request", std::move(detail)}};
    };
    auto const within = bytes.substr(0, rules.header_bytes);
    // The last byte seen is looked at again: what follows a CR was not known then.
    for (std::size_t i = scanned == 0 ? 0 : scanned - 1; i < within.size(); ++i) {
        if (within[i] == '\0') return bad("The header section holds NUL.");
        if (within[i] == '\n' && (i == 0 || within[i - 1] != '\r')) return bad("A line ends with LF alone.");
        if (within[i] == '\r' && i + 1 < within.size() && within[i + 1] != '\n')
            return bad("A line ends with CR alone.");
        if (within[i] == '\n' && i >= 3 && within[i - 2] == '\n') return {i + 1, std::nullopt};
    }
    if (bytes.size() >= rules.header_bytes)
        return {0, Refusal{431, "header-too-large", "The header section has more than 16 KiB."}};
    return {};
}

GateAnswer read_head(std::string_view bytes, GateRules const& rules) {
    Head head;
    auto rest = bytes;
    bool first = true;
    bool version_1_1 = true;
    while (true) {
        auto const end = rest.find("\r\n");
        if (end == std::string_view::npos) return malformed("The header section is not complete.");
        auto const line = rest.substr(0, end);
        rest.remove_prefix(end + 2);
        if (line.empty()) break;
        auto refusal = first ? read_request_line(line, rules, head) : read_field(line, head);
        if (refusal) return {std::nullopt, std::move(refusal)};
        if (first) version_1_1 = head.keep_alive;
        first = false;
        if (head.request.headers.all.size() > rules.fields)
            return refuse(431, "too-many-fields", "There are more than 64 header fields.");
    }
    if (first) return malformed("The request line is missing.");
    if (auto refusal = read_framing(head, version_1_1)) return {std::nullopt, std::move(refusal)};
    if (auto refusal = read_host(head, rules)) return {std::nullopt, std::move(refusal)};
    // HTTP/2 begins in the TLS handshake or not at all; the way to ask for it in HTTP/1.1 only serves attacks on
    // proxies.
    if (count_of(head, "http2-settings") > 0 ||
        ascii_lower(head.request.header("upgrade")).find("h2c") != std::string::npos)
        return malformed("The connection cannot be upgraded.");
    auto const connection = ascii_lower(head.request.header("connection"));
    if (connection.find("close") != std::string::npos) head.keep_alive = false;
    head.expects_continue = equal_ignoring_case(head.request.header("expect"), "100-continue");
    return {std::move(head), std::nullopt};
}

}  // namespace itqan::http
