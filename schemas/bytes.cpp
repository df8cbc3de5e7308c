#include "schemas/bytes.hpp"

#include <array>

namespace itqan {
namespace {

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base64url_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::uint8_t no_digit = 0xFF;

constexpr std::array<std::uint8_t, 256> inverse(std::string_view digits) {
    std::array<std::uint8_t, 256> table{};
    table.fill(no_digit);
    for (std::size_t i = 0; i < digits.size(); ++i) {
        table[static_cast<unsigned char>(digits[i])] = static_cast<std::uint8_t>(i);
    }
    return table;
}

constexpr auto base64_values = inverse(base64_digits);
constexpr auto base64url_values = inverse(base64url_digits);

std::string encode_sextets(ByteView bytes, std::string_view digits) {
    // Whole groups of three by pointer: every signed document passes here, and checked appends took four times as long.
    auto const rest = bytes.size() % 3;
    std::string out(bytes.size() / 3 * 4 + (rest == 0 ? 0 : rest + 1), '\0');
    auto* to = out.data();
    auto const* from = bytes.data();
    auto const* const table = digits.data();
    auto const put = [&](std::uint32_t group, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            *to++ = table[group >> (18 - 6 * i) & 0x3F];
    };
    for (auto const* const end = from + (bytes.size() - rest); from != end; from += 3)
        put(std::uint32_t{from[0]} << 16 | std::uint32_t{from[1]} << 8 | from[2], 4);
    if (rest == 1) put(std::uint32_t{from[0]} << 16, 2);
    if (rest == 2) put(std::uint32_t{from[0]} << 16 | std::uint32_t{from[1]} << 8, 3);
    return out;
}

std::optional<Bytes> decode_sextets(std::string_view text, std::array<std::uint8_t, 256> const& values) {
    if (text.size() % 4 == 1) return std::nullopt;
    Bytes out;
    out.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t buffer = 0;
    int bits = 0;
    for (char const c : text) {
        auto const value = values[static_cast<unsigned char>(c)];
        if (value == no_digit) return std::nullopt;
        buffer = buffer << 6 | value;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out.push_back(static_cast<std::uint8_t>(buffer >> bits & 0xFF));
        }
    }
    // RFC 4648 section 3.5: bits beyond the last byte must be zero, else two texts would mean one value.
    if ((buffer & ((1U << bits) - 1U)) != 0) return std::nullopt;
    return out;
}

}  // namespace

ByteView as_bytes(std::string_view text) {
    return {reinterpret_cast<std::uint8_t const*>(text.data()), text.size()};
}

std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}

Bytes to_bytes(std::string_view text) {
    auto const view = as_bytes(text);
    return {view.begin(), view.end()};
}

std::string base64url_encode(ByteView bytes) {
    return encode_sextets(bytes, base64url_digits);
}

std::optional<Bytes> base64url_decode(std::string_view text) {
    return decode_sextets(text, base64url_values);
}

std::string base64_encode(ByteView bytes) {
    auto out = encode_sextets(bytes, base64_digits);
    while (out.size() % 4 != 0)
        out.push_back('=');
    return out;
}

std::optional<Bytes> base64_decode(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    auto padding = 0;
    while (padding < 2 && !text.empty() && text.back() == '=') {
        text.remove_suffix(1);
        ++padding;
    }
    return decode_sextets(text, base64_values);
}

std::string hex_encode(ByteView bytes) {
    std::string out;
    out.reserve(bytes.size() * 2);
    for (auto const byte : bytes) {
        out.push_back(hex_digits[byte >> 4]);
        out.push_back(hex_digits[byte & 0x0F]);
    }
    return out;
}

std::optional<Bytes> hex_decode(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    auto const digit = [](char c) -> int {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        return -1;
    };
    Bytes out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        auto const high = digit(text[i]);
        auto const low = digit(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out.push_back(static_cast<std::uint8_t>(high << 4 | low));
    }
    return out;
}

}  // namespace itqan
