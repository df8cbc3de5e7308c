// PNG (W3C, third edition): a walker over chunks that checks lengths, checksums and order, and nothing inside them
// but IHDR and the badge's own text.

#include <algorithm>
#include <array>
#include <optional>

#include <zlib.h>

#include "crypto/bake.hpp"

namespace itqan::crypto {
namespace {

constexpr std::array<std::uint8_t, 8> signature{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
constexpr std::size_t most_chunks = 1024;
constexpr std::uint32_t largest_number = 0x7fffffff;  // Section 7.1: four-byte integers stay below 2^31.

constexpr std::string_view keyword_of(BadgeForm form) {
    switch (form) {
        case BadgeForm::badge:
            return "openbadgecredential";
        case BadgeForm::learner_record:
            return "clrcredential";
        case BadgeForm::assertion:
            return "openbadges";
    }
    return {};
}

// What decides the pixels a reader sees, the animation aside.
constexpr std::array<std::string_view, 11> kept{"IHDR", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT",
                                                "pHYs", "PLTE", "tRNS", "IDAT", "IEND"};

constexpr auto compressed =
    "The badge in the picture is compressed, and is not unpacked here: ask for the badge's own file or its link.";

struct Chunk {
    std::string_view type;
    ByteView data;
    ByteView whole;  ///< With length, type and checksum.
};

Error invalid_png(std::string detail) {
    return Error{Fault::malformed, "png-invalid", std::move(detail)};
}

std::uint32_t number_at(ByteView bytes, std::size_t at) {
    return static_cast<std::uint32_t>(bytes[at]) << 24U | static_cast<std::uint32_t>(bytes[at + 1]) << 16U |
           static_cast<std::uint32_t>(bytes[at + 2]) << 8U | bytes[at + 3];
}

void append_number(Bytes& out, std::uint32_t number) {
    for (int shift = 24; shift >= 0; shift -= 8)
        out.push_back(static_cast<std::uint8_t>(number >> shift));
}

std::uint32_t checksum(ByteView bytes) {
    return static_cast<std::uint32_t>(crc32(0, bytes.data(), static_cast<uInt>(bytes.size())));
}

/// Section 11.2.1: size, and the bit depths each colour type may have.
bool is_header(ByteView data) {
    if (data.size() != 13) return false;
    auto const width = number_at(data, 0), height = number_at(data, 4);
    unsigned const depth = data[8];
    if (width == 0 || height == 0 || width > largest_number || height > largest_number) return false;
    if (data[10] != 0 || data[11] != 0 || data[12] > 1) return false;
    switch (data[9]) {
        case 0:
            return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
        case 3:
            return depth == 1 || depth == 2 || depth == 4 || depth == 8;
        case 2:
        case 4:
        case 6:
            return depth == 8 || depth == 16;
        default:
            return false;
    }
}

Result<Chunk> read_chunk(ByteView png, std::size_t at) {
    if (png.size() - at < 12) return invalid_png("The picture ends inside a chunk.");
    auto const length = number_at(png, at);
    if (length > largest_number || length > png.size() - at - 12)
        return invalid_png("A chunk is longer than the picture.");
    Chunk const chunk{as_text(png.subspan(at + 4, 4)), png.subspan(at + 8, length), png.subspan(at, length + 12)};
    bool const letters = std::all_of(chunk.type.begin(), chunk.type.end(),
                                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
    if (!letters) return invalid_png("A chunk's type is not four letters.");
    if (checksum(png.subspan(at + 4, length + 4)) != number_at(png, at + 8 + length)) {
        return invalid_png("The checksum of chunk " + std::string(chunk.type) + " is wrong.");
    }
    return chunk;
}

bool is_critical(std::string_view type) {
    return type.front() >= 'A' && type.front() <= 'Z';
}
bool is_kept(std::string_view type) {
    return std::find(kept.begin(), kept.end(), type) != kept.end();
}

/// The chunks up to IEND; what follows is no part of the picture.
Result<std::vector<Chunk>> walk(ByteView png) {
    if (png.size() > largest_picture) return Error{Fault::too_large, "png-limit", "The picture is larger than 5 MiB."};
    if (png.size() < signature.size() || !std::equal(signature.begin(), signature.end(), png.begin())) {
        return invalid_png("The bytes do not start as a PNG does.");
    }
    std::vector<Chunk> chunks;
    bool pixels = false;
    for (std::size_t at = signature.size();; at += chunks.back().whole.size()) {
        if (chunks.size() == most_chunks) {
            return Error{Fault::too_large, "png-limit", "The picture has more than 1 024 chunks."};
        }
        auto const chunk = read_chunk(png, at);
        if (!chunk) return chunk.error();
        bool const first = chunks.empty();
        if (first != (chunk->type == "IHDR"))
            return invalid_png("IHDR must be the first chunk and the only one of its type.");
        if (first && !is_header(chunk->data)) return invalid_png("IHDR states an impossible picture.");
        if (is_critical(chunk->type) && !is_kept(chunk->type))
            return invalid_png("The picture has an unknown critical chunk.");
        chunks.push_back(*chunk);
        pixels = pixels || chunk->type == "IDAT";
        if (chunk->type != "IEND") continue;
        if (!chunk->data.empty() || !pixels) return invalid_png("The picture has no pixels, or its end is not empty.");
        return chunks;
    }
}

/// The part before the next NUL, which is taken off; nothing when there is none.
std::optional<std::string_view> take_text(std::string_view& rest) {
    auto const end = rest.find('\0');
    if (end == std::string_view::npos) return std::nullopt;
    auto const text = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return text;
}

/// Section 11.3.3.4: keyword NUL, compression flag, compression method, language NUL, translated keyword NUL, text.
Result<std::string> read_badge(Chunk const& chunk, std::string_view under) {
    auto rest = as_text(chunk.data);
    rest.remove_prefix(under.size() + 1);
    if (rest.size() < 2 || rest[0] != 0 || rest[1] != 0) return invalid_png(compressed);
    rest.remove_prefix(2);
    if (!take_text(rest) || !take_text(rest)) return invalid_png("The badge's text chunk lacks a separator.");
    if (rest.find('\0') != std::string_view::npos || !is_utf8(rest))
        return invalid_png("The badge's text is not UTF-8.");
    return std::string(rest);
}

/// Section 11.3.3.2: keyword NUL, text. In Latin-1 by the standard; addresses, tokens and JSON were written as UTF-8.
Result<std::string> read_plain_badge(Chunk const& chunk, std::string_view under) {
    auto text = as_text(chunk.data);
    text.remove_prefix(under.size() + 1);
    if (text.find('\0') != std::string_view::npos || !is_utf8(text))
        return invalid_png("The badge's text is not UTF-8.");
    return std::string(text);
}

Error many_credentials() {
    return Error{Fault::unprocessable, "many-credentials", "The picture holds more than one credential."};
}

/// The text chunks with a badge's name.
struct Texts {
    std::vector<std::pair<Chunk const*, BadgeForm>> credentials = {};
    std::vector<Chunk const*> assertions = {}, oldest = {};  ///< Of iTXt, of tEXt.
    bool has_assertion = false, is_compressed = false;

    void sort_in(Chunk const& chunk, std::string_view name) {
        for (auto const form : {BadgeForm::badge, BadgeForm::learner_record, BadgeForm::assertion}) {
            if (name != keyword_of(form)) continue;
            bool const is_assertion = form == BadgeForm::assertion;
            has_assertion = has_assertion || is_assertion;
            if (chunk.type == "zTXt") is_compressed = true;
            if (chunk.type == "tEXt" && is_assertion) oldest.push_back(&chunk);
            if (chunk.type == "iTXt" && is_assertion) assertions.push_back(&chunk);
            if (chunk.type == "iTXt" && !is_assertion) credentials.emplace_back(&chunk, form);
        }
    }
};

/// Of a picture without credentials; nothing when it has no assertion. The same one twice is one.
std::optional<Result<ExtractedBadge>> only_assertion(Texts const& texts) {
    auto const under = keyword_of(BadgeForm::assertion);
    std::optional<ExtractedBadge> found;
    for (auto const* const chunk : texts.assertions.empty() ? texts.oldest : texts.assertions) {
        auto assertion = texts.assertions.empty() ? read_plain_badge(*chunk, under) : read_badge(*chunk, under);
        if (!assertion) return assertion.error();
        if (found && found->credential != *assertion) return many_credentials();
        found = ExtractedBadge{std::move(*assertion), false, BadgeForm::assertion};
    }
    if (!found || found->credential.empty()) return std::nullopt;
    return std::move(*found);
}

Bytes badge_chunk(std::string_view credential, std::string_view keyword) {
    Bytes body = to_bytes("iTXt");
    body.insert(body.end(), keyword.begin(), keyword.end());
    body.insert(body.end(), 5, 0);  // End of keyword, no compression, method 0, no language, no translation.
    body.insert(body.end(), credential.begin(), credential.end());
    Bytes chunk;
    append_number(chunk, static_cast<std::uint32_t>(body.size() - 4));
    chunk.insert(chunk.end(), body.begin(), body.end());
    append_number(chunk, checksum(body));
    return chunk;
}

}  // namespace

Result<BakedPng> bake_png(ByteView png, std::string_view credential, BadgeForm form) {
    if (credential.empty() || credential.find('\0') != std::string_view::npos || !is_utf8(credential)) {
        return Error{Fault::unprocessable, "credential-text", "The credential must be UTF-8 text without NUL."};
    }
    auto const chunks = walk(png);
    if (!chunks) return chunks.error();
    auto const badge = badge_chunk(credential, keyword_of(form));
    if (png.size() + badge.size() > largest_picture) {
        return Error{Fault::too_large, "png-limit", "The picture with its credential is larger than 5 MiB."};
    }

    BakedPng baked{Bytes(signature.begin(), signature.end()), {}};
    bool placed = false;
    for (auto const& chunk : *chunks) {
        if (!is_kept(chunk.type)) {
            if (std::find(baked.dropped.begin(), baked.dropped.end(), chunk.type) == baked.dropped.end()) {
                baked.dropped.emplace_back(chunk.type);
            }
            continue;
        }
        if (chunk.type == "IDAT" && !placed) {
            baked.png.insert(baked.png.end(), badge.begin(), badge.end());
            placed = true;
        }
        baked.png.insert(baked.png.end(), chunk.whole.begin(), chunk.whole.end());
    }
    return baked;
}

Result<ExtractedBadge> extract_png(ByteView png) {
    auto const chunks = walk(png);
    if (!chunks) return chunks.error();
    Texts texts;
    for (auto const& chunk : *chunks) {
        if (chunk.type != "iTXt" && chunk.type != "tEXt" && chunk.type != "zTXt") continue;
        auto rest = as_text(chunk.data);
        auto const name = take_text(rest);
        if (!name && chunk.type != "zTXt") return invalid_png("A text chunk lacks the end of its keyword.");
        if (name) texts.sort_in(chunk, *name);
    }
    if (!texts.credentials.empty()) {
        std::optional<ExtractedBadge> found;
        for (auto const& [chunk, form] : texts.credentials) {
            auto credential = read_badge(*chunk, keyword_of(form));
            if (!credential) return credential.error();
            if (found) return many_credentials();
            found = ExtractedBadge{std::move(*credential), texts.has_assertion, form};
        }
        return std::move(*found);
    }
    if (auto assertion = only_assertion(texts)) return std::move(*assertion);
    if (texts.is_compressed) return Error{Fault::unprocessable, "credential-compressed", compressed};
    return Error{Fault::unprocessable, "no-credential",
                 "The picture holds no credential; use the file that was downloaded as the badge."};
}

}  // namespace itqan::crypto
