// Baking and extracting, PNG, SVG and PDF: whatever picture is taken gives back the credential that was put into it.

#include <string>

#include <zlib.h>

#include "crypto/bake.hpp"
#include "crypto/bake_pdf.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace itqan;
using namespace itqan::crypto;

namespace {

constexpr std::string_view token = "eyJhbGciOiJFZERTQSJ9.e30.c2ln";
constexpr std::string_view json = R"({"name":"]]> & <b>"})";
constexpr std::string_view empty_svg = "<svg xmlns='http://www.w3.org/2000/svg'/>";

/// Whether the picture itself was refused, and not what it holds.
bool is_refused(Result<ExtractedBadge> const& badge) {
    return !badge && badge.error().fault != Fault::unprocessable;
}

void bake_into_png(ByteView png) {
    auto const badge = extract_png(png);
    auto const baked = bake_png(png, token);
    fuzz::require(baked || is_refused(badge), "a PNG that is read can be baked");
    if (!baked) return;
    auto const back = extract_png(baked->png);
    fuzz::require(back && back->credential == token && !back->open_badges_2, "a PNG gives back its credential");
    auto const record = bake_png(png, token, BadgeForm::learner_record);
    fuzz::require(static_cast<bool>(record), "a PNG that takes a badge takes a learner record");
    fuzz::require(extract_png(record->png)->form == BadgeForm::learner_record, "a learner record keeps its name");
    auto const again = bake_png(baked->png, token);
    fuzz::require(again && again->png == baked->png, "baking a PNG again changes nothing");
}

/// With the checksums a fuzzer does not find.
Bytes with_checksums(ByteView png) {
    Bytes out(png.begin(), png.end());
    for (std::size_t at = 8; out.size() - at >= 12 && out.size() >= at;) {
        std::size_t length = 0;
        for (std::size_t i = 0; i < 4; ++i)
            length = length << 8U | out[at + i];
        if (length > out.size() - at - 12) break;
        auto const sum = crc32(0, out.data() + at + 4, static_cast<uInt>(length + 4));
        for (std::size_t i = 0; i < 4; ++i)
            out[at + 8 + length + i] = static_cast<std::uint8_t>(sum >> (24 - 8 * i));
        at += length + 12;
    }
    return out;
}

void bake_into_svg(std::string_view svg) {
    auto const badge = extract_svg(svg);
    if (is_refused(badge)) return;
    for (auto const credential : {token, json}) {
        auto const baked = bake_svg(svg, credential);
        fuzz::require(static_cast<bool>(baked), "an SVG that is read can be baked");
        auto const again = bake_svg(*baked, credential);
        fuzz::require(static_cast<bool>(again), "a baked SVG can be baked");
        auto const back = extract_svg(*again);
        fuzz::require(back && back->credential == credential, "an SVG gives back its credential");
        auto const record = bake_svg(svg, credential, BadgeForm::learner_record);
        fuzz::require(static_cast<bool>(record), "an SVG that takes a badge takes a learner record");
        fuzz::require(extract_svg(*record)->form == BadgeForm::learner_record, "a learner record keeps its namespace");
    }
}

void bake_into_pdf(ByteView pdf) {
    auto const before = extract_pdf(pdf);
    if (before) fuzz::require(before->credential.size() <= 512 * 1024, "a PDF gives a credential within limits");
    auto const baked = bake_pdf(pdf, token, {.language = "en", .title = "t", .text = "t", .link = {}});
    if (!baked) return;
    auto const back = extract_pdf(*baked);
    if (!before && before.error().code == "no-credential" && back)
        fuzz::require(back->credential == token, "a PDF gives back its credential");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    ByteView const bytes(data, size);
    auto const text = as_text(bytes);
    if (size >= 8 && data[0] == 0x89) {
        bake_into_png(bytes);
        bake_into_png(with_checksums(bytes));
        return 0;
    }
    if (text.starts_with("%PDF-")) {
        bake_into_pdf(bytes);
        return 0;
    }
    bake_into_svg(text);
    if (auto const baked = bake_svg(empty_svg, text)) {
        auto const back = extract_svg(*baked);
        fuzz::require(back && back->credential == text, "any credential comes back as it was");
    }
    return 0;
}
