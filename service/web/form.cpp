#include "service/web/form.hpp"

#include "schemas/bytes.hpp"

namespace itqan::web {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<std::string> decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            if (i + 2 >= text.size()) return std::nullopt;
            int const high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return out;
}

Error invalid_form(std::string detail) {
    return {Fault::malformed, "invalid-form", std::move(detail), {}};
}

}  // namespace

std::optional<std::vector<std::pair<std::string, std::string>>> decode_form(std::string_view body) {
    std::vector<std::pair<std::string, std::string>> fields;
    while (!body.empty()) {
        auto const end = body.find('&');
        auto const pair = body.substr(0, end);
        body = end == std::string_view::npos ? std::string_view{} : body.substr(end + 1);
        if (pair.empty()) continue;
        auto const equals = pair.find('=');
        auto name = decoded(pair.substr(0, equals));
        auto value =
            equals == std::string_view::npos ? std::optional<std::string>("") : decoded(pair.substr(equals + 1));
        if (!name || !value) return std::nullopt;
        fields.emplace_back(std::move(*name), std::move(*value));
    }
    return fields;
}

Result<Form> Form::read(http::Request const& request) {
    Form form;
    auto const type = request.header("content-type");
    if (type.starts_with("multipart/form-data")) {
        auto parts = http::read_multipart(request);
        if (!parts) return parts.error();
        for (auto& part : *parts)
            form.fields_.emplace_back(std::move(part.name), std::move(part.body));
        return form;
    }
    if (!type.starts_with("application/x-www-form-urlencoded"))
        return Error{Fault::media_type, "form-type", "Send the form as a page of this service does.", {}};
    auto fields = decode_form(request.body);
    if (!fields) return invalid_form("A percent sign in the form is not followed by two hexadecimal digits.");
    for (auto const& [name, value] : *fields)
        if (!is_utf8(name) || !is_utf8(value) || value.find('\0') != std::string::npos)
            return invalid_form("The form is not UTF-8 without NUL.");
    form.fields_ = std::move(*fields);
    return form;
}

std::string_view Form::value(std::string_view name) const {
    for (auto const& [field, value] : fields_)
        if (field == name) return value;
    return {};
}

std::vector<std::string> Form::values(std::string_view name) const {
    std::vector<std::string> values;
    for (auto const& [field, value] : fields_)
        if (field == name) values.push_back(value);
    return values;
}

std::string encode_query_value(std::string_view value) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (char const c : value) {
        auto const byte = static_cast<unsigned char>(c);
        bool const unreserved = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                                c == '-' || c == '.' || c == '_' || c == '~';
        if (unreserved) {
            out += c;
        } else {
            out += '%';
            out += digits[byte >> 4];
            out += digits[byte & 15];
        }
    }
    return out;
}

}  // namespace itqan::web
