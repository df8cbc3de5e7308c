#include "service/http/message.hpp"

#include <algorithm>

#include "schemas/bytes.hpp"
#include "schemas/text.hpp"

namespace itqan::http {
namespace {

constexpr std::size_t most_parts = 16;

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            if (i + 2 >= text.size()) return std::nullopt;
            auto const high = hex_digit(text[i + 1]);
            auto const low = hex_digit(text[i + 2]);
            if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
            decoded += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            decoded += plus_is_space && text[i] == '+' ? ' ' : text[i];
        }
    }
    if (!is_utf8(decoded)) return std::nullopt;
    return decoded;
}

std::optional<std::string> pair_value(std::string_view pairs, std::string_view name) {
    while (!pairs.empty()) {
        auto const end = pairs.find('&');
        auto const pair = pairs.substr(0, end);
        pairs = end == std::string_view::npos ? std::string_view{} : pairs.substr(end + 1);
        auto const equals = pair.find('=');
        if (decode(pair.substr(0, equals), true) != name) continue;
        return decode(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1), true);
    }
    return std::nullopt;
}

Error bad_form(std::string detail) {
    return {Fault::malformed, "invalid-form", std::move(detail), {}};
}

/// "multipart/form-data" of a Content-Type field, in lower case and without parameters.
std::string media_type_of(std::string_view field) {
    auto type = ascii_lower(field.substr(0, field.find(';')));
    while (type.ends_with(' ') || type.ends_with('\t'))
        type.pop_back();
    return type;
}

/// The value of a parameter of a header field: name="value" or name=token, with \" and \\ in quoted form.
std::optional<std::string> parameter_of(std::string_view field, std::string_view name) {
    std::size_t at = field.find(';');
    while (at != std::string_view::npos) {
        ++at;
        while (at < field.size() && (field[at] == ' ' || field[at] == '\t'))
            ++at;
        auto const equals = field.find('=', at);
        if (equals == std::string_view::npos) return std::nullopt;
        bool const wanted = equal_ignoring_case(field.substr(at, equals - at), name);
        std::string value;
        at = equals + 1;
        if (at < field.size() && field[at] == '"') {
            for (++at; at < field.size() && field[at] != '"'; ++at) {
                if (field[at] == '\\' && at + 1 < field.size() && (field[at + 1] == '"' || field[at + 1] == '\\')) ++at;
                value += field[at];
            }
            if (at >= field.size()) return std::nullopt;
            at = field.find(';', at);
        } else {
            auto const end = field.find(';', at);
            value = field.substr(at, end == std::string_view::npos ? end : end - at);
            while (!value.empty() && value.back() == ' ')
                value.pop_back();
            at = end;
        }
        if (wanted) return value;
    }
    return std::nullopt;
}

Result<Part> read_part(std::string_view head, std::string_view body) {
    Part part;
    part.body = std::string(body);
    bool named = false;
    while (!head.empty()) {
        auto const end = head.find("\r\n");
        auto const line = head.substr(0, end);
        head = end == std::string_view::npos ? std::string_view{} : head.substr(end + 2);
        auto const colon = line.find(':');
        if (colon == std::string_view::npos) return bad_form("A part of the form has a broken header line.");
        auto const field = ascii_lower(line.substr(0, colon));
        auto value = line.substr(colon + 1);
        while (value.starts_with(' '))
            value.remove_prefix(1);
        if (field == "content-disposition") {
            auto name = parameter_of(value, "name");
            if (!ascii_lower(value).starts_with("form-data") || !name)
                return bad_form("A part of the form has no name.");
            part.name = std::move(*name);
            part.file_name = parameter_of(value, "filename");
            named = true;
        } else if (field == "content-type") {
            part.media_type = std::string(value);
        }
    }
    if (!named) return bad_form("A part of the form has no name.");
    if (!is_utf8(part.name) || (part.file_name && !is_utf8(*part.file_name)) ||
        (!part.file_name && !is_utf8(part.body)))
        return bad_form("The form is not UTF-8.");
    return part;
}

}  // namespace

Response awaiting(DocumentNeeds needs) {
    Response response;
    response.awaits = std::move(needs);
    return response;
}

void Headers::add(std::string name, std::string value) {
    all.emplace_back(std::move(name), std::move(value));
}

std::string_view Headers::get(std::string_view name) const {
    for (auto const& [field, value] : all)
        if (field == name) return value;
    return {};
}

std::optional<std::string> percent_decode(std::string_view text) {
    return decode(text, false);
}

std::optional<std::string> query_value(Request const& request, std::string_view name) {
    return pair_value(request.query, name);
}

std::optional<std::string> form_value(Request const& request, std::string_view name) {
    auto const type = media_type_of(request.header("content-type"));
    if (type == "application/x-www-form-urlencoded") return pair_value(request.body, name);
    if (type != "multipart/form-data") return std::nullopt;
    auto parts = read_multipart(request);
    if (!parts) return std::nullopt;
    for (auto& part : *parts)
        if (part.name == name) return std::move(part.body);
    return std::nullopt;
}

Result<std::vector<Part>> read_multipart(Request const& request) {
    auto const type = request.header("content-type");
    if (media_type_of(type) != "multipart/form-data")
        return Error{Fault::media_type, "form-type", "Send multipart/form-data.", {}};
    auto const boundary = parameter_of(type, "boundary");
    if (!boundary || boundary->empty() || boundary->size() > 70) return bad_form("The form names no boundary.");
    auto const open = "--" + *boundary;
    auto const delimiter = "\r\n" + open;
    std::string_view rest = request.body;
    if (!rest.starts_with(open)) return bad_form("The form does not start with its boundary.");
    rest.remove_prefix(open.size());

    std::vector<Part> parts;
    while (!rest.starts_with("--")) {
        if (!rest.starts_with("\r\n")) return bad_form("A boundary of the form is not followed by a line end.");
        rest.remove_prefix(2);
        auto const head_end = rest.find("\r\n\r\n");
        if (head_end == std::string_view::npos || head_end > 8 * 1024)
            return bad_form("A part of the form has no body.");
        auto const body_end = rest.find(delimiter, head_end + 2);
        if (body_end == std::string_view::npos) return bad_form("The form ends before its last boundary.");
        if (parts.size() == most_parts) return bad_form("The form has more than 16 parts.");
        auto const body_start = head_end + 4;
        auto part =
            read_part(rest.substr(0, head_end),
                      body_end < body_start ? std::string_view{} : rest.substr(body_start, body_end - body_start));
        if (!part) return part.error();
        parts.push_back(std::move(*part));
        rest.remove_prefix(body_end + delimiter.size());
    }
    return parts;
}

}  // namespace itqan::http
