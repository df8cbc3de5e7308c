#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

#include "schemas/bytes.hpp"
#include "schemas/canonical_part.hpp"

namespace itqan {
namespace {

constexpr std::int64_t exact_integers = std::int64_t{1} << 53;

void write_integer(std::string& out, std::int64_t value) {
    char buffer[24];
    auto const end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    out.append(buffer, end);
}

/// ECMA-262 Number::toString (RFC 8785 section 3.2.2.3): the shortest digits that read back as the same double, laid
/// out by the decimal exponent.
void write_double(std::string& out, double value) {
    if (!std::isfinite(value)) throw std::invalid_argument("canonical_json: JSON has no NaN and no infinity");
    if (value == 0) {
        out += '0';
        return;
    }
    if (value < 0) {
        out += '-';
        value = -value;
    }
    char buffer[40];
    std::string_view const shortest(
        buffer, static_cast<std::size_t>(
                    std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr - buffer));
    auto const e = shortest.find('e');
    std::string digits(1, shortest[0]);
    if (e > 2) digits += shortest.substr(2, e - 2);
    auto const sign_at = e + 1;
    int exponent = 0;
    std::from_chars(shortest.data() + sign_at + 1, shortest.data() + shortest.size(), exponent);
    if (shortest[sign_at] == '-') exponent = -exponent;

    auto const count = static_cast<int>(digits.size());
    auto const point = exponent + 1;  // the value is 0.digits * 10^point
    auto const zeros = [](int n) { return std::string(static_cast<std::size_t>(n), '0'); };
    if (point > 21 || point < -5) {
        out += digits[0];
        if (count > 1) out.append(".").append(digits, 1);
        out += exponent < 0 ? "e-" : "e+";
        write_integer(out, std::abs(exponent));
    } else if (point <= 0) {
        out.append("0.").append(zeros(-point)).append(digits);
    } else if (point >= count) {
        out.append(digits).append(zeros(point - count));
    } else {
        auto const whole = static_cast<std::size_t>(point);
        out.append(digits, 0, whole).append(".").append(digits, whole);
    }
}

/// RFC 8785 section 3.2.2.2: two-character escapes where JSON has them, \u00xx for other controls, the rest as it is.
void write_string(std::string& out, std::string const& text) {
    static constexpr char const* hex = "0123456789abcdef";
    out += '"';
    std::size_t copied = 0;
    bool ascii = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const byte = static_cast<unsigned char>(text[i]);
        if (byte >= 0x80) ascii = false;
        if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
        out.append(text, copied, i - copied);
        copied = i + 1;
        switch (byte) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\b':
                out += "\\b";
                break;
            case '\t':
                out += "\\t";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\f':
                out += "\\f";
                break;
            case '\r':
                out += "\\r";
                break;
            default:
                out += "\\u00";
                out += hex[byte >> 4];
                out += hex[byte & 0x0F];
        }
    }
    if (!ascii && !is_utf8(text)) throw std::invalid_argument("canonical_json: a string is not well-formed UTF-8");
    out.append(text, copied);
    out += '"';
}

/// UTF-16 order of two UTF-8 strings. It differs from byte order in one place only: surrogates (U+10000 and above,
/// lead bytes F0 to F4) come before U+E000 to U+FFFF (lead bytes EE and EF).
bool utf16_less(std::string const& left, std::string const& right) {
    auto const [a, b] = std::mismatch(left.begin(), left.end(), right.begin(), right.end());
    if (b == right.end()) return false;
    if (a == left.end()) return true;
    auto const rank = [](char c) {
        auto const byte = static_cast<unsigned char>(c);
        return byte == 0xEE || byte == 0xEF ? byte + 0x10 : int{byte};
    };
    return rank(*a) < rank(*b);
}

bool byte_order_suffices(Json::object_t const& members) {
    return std::all_of(members.begin(), members.end(), [](auto const& member) {
        return std::all_of(member.first.begin(), member.first.end(),
                           [](char c) { return static_cast<unsigned char>(c) < 0xEE; });
    });
}

/// How far a value lies on the way to a part that is written already; off the way there is no part.
struct Way {
    CanonicalPart const* part = nullptr;
    std::size_t depth = 0;

    bool arrived() const { return part != nullptr && depth == part->place.size(); }
    Way into(std::string const& member) const {
        if (part == nullptr || part->place[depth] != member) return {};
        return {part, depth + 1};
    }
};

void write_value(std::string& out, Json const& value, Way way);

void write_object(std::string& out, Json::object_t const& members, Way way) {
    std::vector<Json::object_t::value_type const*> sorted;
    sorted.reserve(members.size());
    for (auto const& member : members)
        sorted.push_back(&member);
    if (!byte_order_suffices(members)) {
        std::sort(sorted.begin(), sorted.end(),
                  [](auto const* a, auto const* b) { return utf16_less(a->first, b->first); });
    }
    out += '{';
    bool first = true;
    for (auto const* member : sorted) {
        if (!first) out += ',';
        first = false;
        write_string(out, member->first);
        out += ':';
        write_value(out, member->second, way.into(member->first));
    }
    out += '}';
}

void write_value(std::string& out, Json const& value, Way way) {
    if (way.arrived()) {
        out += way.part->text;
        return;
    }
    switch (value.type()) {
        case Json::value_t::null:
            out += "null";
            return;
        case Json::value_t::boolean:
            out += value.get<bool>() ? "true" : "false";
            return;
        case Json::value_t::string:
            write_string(out, value.get_ref<std::string const&>());
            return;
        case Json::value_t::number_float:
            write_double(out, value.get<double>());
            return;
        case Json::value_t::number_integer:
        case Json::value_t::number_unsigned: {
            auto const number = value.get<double>();
            if (std::abs(number) < static_cast<double>(exact_integers)) {
                write_integer(out, value.get<std::int64_t>());
            } else {
                write_double(out, number);
            }
            return;
        }
        case Json::value_t::object:
            write_object(out, value.get_ref<Json::object_t const&>(), way);
            return;
        case Json::value_t::array: {
            out += '[';
            bool first = true;
            for (auto const& element : value) {
                if (!first) out += ',';
                first = false;
                write_value(out, element, {});
            }
            out += ']';
            return;
        }
        case Json::value_t::binary:
        case Json::value_t::discarded:
            break;
    }
    throw std::invalid_argument("canonical_json: the value is not JSON");
}

}  // namespace

std::string canonical_json(Json const& value) {
    std::string out;
    write_value(out, value, {});
    return out;
}

std::string canonical_json(Json const& value, CanonicalPart const& part) {
    std::string out;
    out.reserve(part.text.size() + 4096);
    write_value(out, value, {&part, 0});
    return out;
}

}  // namespace itqan
