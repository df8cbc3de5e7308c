#include "schemas/utf8.hpp"

#include <cstdint>
#include <cstring>

#include "schemas/bytes.hpp"

namespace itqan::schemas {
namespace {

constexpr char32_t replacement = 0xFFFD;

unsigned byte_at(std::string_view text, std::size_t offset) {
    return static_cast<unsigned char>(text[offset]);
}

/// The bytes a lead byte announces; 0 for one that cannot lead (continuations, C0, C1, above F4).
std::size_t announced_size(unsigned lead) {
    if (lead < 0x80) return 1;
    if (lead < 0xC2) return 0;
    if (lead < 0xE0) return 2;
    if (lead < 0xF0) return 3;
    return lead < 0xF5 ? 4 : 0;
}

}  // namespace

std::optional<CodePoint> decode_utf8(std::string_view text, std::size_t offset) {
    auto const lead = byte_at(text, offset);
    auto const size = announced_size(lead);
    if (size == 0 || text.size() - offset < size) return std::nullopt;
    if (size == 1) return CodePoint{lead, 1};

    auto const second = byte_at(text, offset + 1);
    // RFC 3629 section 4: the second byte rules out overlong forms, surrogates and what lies above U+10FFFF.
    auto const lowest = lead == 0xE0 ? 0xA0U : lead == 0xF0 ? 0x90U : 0x80U;
    auto const highest = lead == 0xED ? 0x9FU : lead == 0xF4 ? 0x8FU : 0xBFU;
    if (second < lowest || second > highest) return std::nullopt;

    char32_t value = lead & (0xFFU >> (size + 1));
    value = value << 6 | (second & 0x3FU);
    for (std::size_t i = 2; i < size; ++i) {
        auto const next = byte_at(text, offset + i);
        if ((next & 0xC0U) != 0x80U) return std::nullopt;
        value = value << 6 | (next & 0x3FU);
    }
    return CodePoint{value, size};
}

void append_utf8(std::string& out, char32_t code_point) {
    auto const put = [&out](char32_t byte) { out.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xC0 | code_point >> 6);
        put(0x80 | (code_point & 0x3F));
    } else if (code_point < 0x10000) {
        put(0xE0 | code_point >> 12);
        put(0x80 | (code_point >> 6 & 0x3F));
        put(0x80 | (code_point & 0x3F));
    } else {
        put(0xF0 | code_point >> 18);
        put(0x80 | (code_point >> 12 & 0x3F));
        put(0x80 | (code_point >> 6 & 0x3F));
        put(0x80 | (code_point & 0x3F));
    }
}

std::u32string code_points(std::string_view text) {
    std::u32string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        auto const point = decode_utf8(text, at);
        out.push_back(point ? point->value : replacement);
        at += point ? point->size : 1;
    }
    return out;
}

}  // namespace itqan::schemas

namespace itqan {
namespace {

/// Behind the run of ASCII from `at`, eight bytes at a time.
std::size_t ascii_end(std::string_view text, std::size_t at) {
    for (; at + 8 <= text.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + at, sizeof word);
        if ((word & 0x8080808080808080) != 0) break;
    }
    while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80)
        ++at;
    return at;
}

}  // namespace

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        if (static_cast<unsigned char>(text[at]) < 0x80) {
            at = ascii_end(text, at);
            continue;
        }
        auto const point = schemas::decode_utf8(text, at);
        if (!point) return false;
        at += point->size;
    }
    return true;
}

}  // namespace itqan
