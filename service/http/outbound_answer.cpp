#include "service/http/outbound_answer.hpp"

#include <algorithm>
#include <charconv>

#include "schemas/text.hpp"

namespace itqan::http {
namespace {

Error odd(std::string why) {
    return {Fault::unprocessable, "outbound-answer", std::move(why), {}};
}

Result<void> read_until(MoreBytes const& more, std::string& text, std::size_t size) {
    while (text.size() < size) {
        auto const grew = more(text);
        if (!grew) return grew.error();
        if (!*grew) return odd("its answer ends too early");
    }
    return {};
}

std::string without_blanks(std::string_view text) {
    auto const begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return std::string(text.substr(begin, text.find_last_not_of(" \t") + 1 - begin));
}

Result<Response> read_outbound_head(std::string_view section) {
    Response response;
    auto const line = section.substr(0, section.find("\r\n"));
    bool const is_http = line.starts_with("HTTP/1.1 ") || line.starts_with("HTTP/1.0 ");
    if (!is_http || line.size() < 12 || (line.size() > 12 && line[12] != ' ')) return odd("it does not speak HTTP/1.1");
    auto const [stop, failure] = std::from_chars(line.data() + 9, line.data() + 12, response.status);
    if (failure != std::errc{} || stop != line.data() + 12) return odd("it does not speak HTTP/1.1");
    section.remove_prefix(std::min(line.size() + 2, section.size()));  // It may be all there is.
    while (!section.empty()) {
        auto const field = section.substr(0, section.find("\r\n"));
        auto const colon = field.find(':');
        if (colon == std::string_view::npos || colon == 0 || field.find_first_of(" \t") < colon)
            return odd("its header section is broken");
        // What is kept of a header may be sent again: no other line hides in it (RFC 9110 section 5.5).
        if (std::any_of(field.begin(), field.end(),
                        [](char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f; }))
            return odd("its header section is broken");
        auto name = ascii_lower(field.substr(0, colon));
        bool const frames = name == "content-length" || name == "transfer-encoding";
        if (frames && !response.headers.get(name).empty()) return odd("its framing is not understood");
        response.headers.add(std::move(name), without_blanks(field.substr(colon + 1)));
        section.remove_prefix(std::min(field.size() + 2, section.size()));
    }
    return response;
}

Error too_large(std::size_t limit) {
    return odd("its document is larger than the " + std::to_string(limit) + " bytes that are read");
}

/// RFC 9112 section 7.1, extensions ignored, trailers not read: the connection ends anyway.
Result<std::string> read_chunks(MoreBytes const& more, std::string rest, std::size_t limit) {
    std::string body;
    while (true) {
        std::size_t end = std::string::npos;
        while ((end = rest.find("\r\n")) == std::string::npos) {
            if (rest.size() > 1'024) return odd("its chunks are broken");
            if (auto const read = read_until(more, rest, rest.size() + 1); !read) return read.error();
        }
        std::size_t size = 0;
        auto const [stop, failure] = std::from_chars(rest.data(), rest.data() + end, size, 16);
        if (failure != std::errc{} || (stop != rest.data() + end && *stop != ';' && *stop != ' '))
            return odd("its chunks are broken");
        if (size == 0) return body;
        if (size > limit - body.size()) return too_large(limit);
        rest.erase(0, end + 2);
        if (auto const read = read_until(more, rest, size + 2); !read) return read.error();
        if (rest.compare(size, 2, "\r\n") != 0) return odd("its chunks are broken");
        body.append(rest, 0, size);
        rest.erase(0, size + 2);
    }
}

Result<std::string> read_outbound_body(MoreBytes const& more, Headers const& headers, std::string rest,
                                       std::size_t limit) {
    auto const coding = ascii_lower(headers.get("transfer-encoding"));
    auto const length = headers.get("content-length");
    if (!coding.empty()) {
        if (coding != "chunked" || !length.empty()) return odd("its framing is not understood");
        return read_chunks(more, std::move(rest), limit);
    }
    if (!length.empty()) {
        std::size_t size = 0;
        auto const [stop, failure] = std::from_chars(length.data(), length.data() + length.size(), size);
        if (failure != std::errc{} || stop != length.data() + length.size()) return odd("its length is no number");
        if (size > limit) return too_large(limit);
        if (auto const read = read_until(more, rest, size); !read) return read.error();
        rest.resize(size);
        return rest;
    }
    while (true) {
        if (rest.size() > limit) return too_large(limit);
        auto const grew = more(rest);
        if (!grew) return grew.error();
        if (!*grew) return rest;
    }
}

}  // namespace

Result<Response> read_outbound_answer(MoreBytes const& more, std::size_t header_bytes, std::size_t body_bytes) {
    std::string text;
    std::size_t end = std::string::npos;
    while ((end = text.find("\r\n\r\n")) == std::string::npos) {
        if (text.size() > header_bytes) break;
        if (text.size() >= 5 && !text.starts_with("HTTP/")) return odd("it does not speak HTTP/1.1");
        if (auto const read = read_until(more, text, text.size() + 1); !read) return read.error();
    }
    if (end == std::string::npos || end > header_bytes)
        return odd("its header section is larger than " + std::to_string(header_bytes) + " bytes");
    auto response = read_outbound_head(std::string_view(text).substr(0, end));
    // What was taken away may say why.
    if (!response || (response->status != 200 && response->status != 410)) return response;
    auto body = read_outbound_body(more, response->headers, text.substr(end + 4), body_bytes);
    if (!body) return body.error();
    response->body = std::move(*body);
    return response;
}

}  // namespace itqan::http
