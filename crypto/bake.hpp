#pragma once
// Credentials inside pictures (Open Badges 3.0 sections 5.3.1 and 5.3.2, Comprehensive Learner Record 2.0, the Open
// Badges baking specification of editions 1 and 2): put in and taken out of PNG and SVG. Pixels are never decoded,
// compressed chunks never inflated, and what comes out has not been verified.

#include <string>
#include <string_view>
#include <vector>

#include "schemas/bytes.hpp"
#include "schemas/result.hpp"

namespace itqan::crypto {

constexpr std::size_t largest_picture = 5 * 1024 * 1024;  ///< In bytes, of either kind.

/// Under which name a picture carries a credential.
enum class BadgeForm {
    badge,           ///< Open Badges 3.0: "openbadgecredential", the element credential of its namespace.
    learner_record,  ///< Comprehensive Learner Record 2.0: "clrcredential", the element credential of its namespace.
    assertion        ///< Open Badges 1 and 2: "openbadges", the element assertion.
};

/// What a picture carries: compact JWS or JSON text; an assertion may also be the address where it is hosted.
/// A credential wins over an assertion; in a PNG, iTXt (edition 2) over tEXt (edition 1); in an SVG, what an
/// assertion's verify names over the copy in its body.
struct ExtractedBadge {
    std::string credential;
    bool open_badges_2 = false;  ///< The picture also carries an assertion, which was ignored.
    BadgeForm form = BadgeForm::badge;
};

struct BakedPng {
    Bytes png;
    std::vector<std::string> dropped;  ///< Types of the chunks that were left out, once each, in order: "tEXt", "tIME".
};

/// Writes IHDR, gAMA, cHRM, sRGB, iCCP, sBIT, pHYs, PLTE, tRNS, IDAT and IEND as they are, drops everything else (an
/// earlier badge too) and puts the credential into an uncompressed iTXt before the first IDAT. Errors as extract_png;
/// unprocessable "credential-text" for a credential that is empty, not UTF-8 or holds NUL.
/// `form`: badge or learner_record.
Result<BakedPng> bake_png(ByteView png, std::string_view credential, BadgeForm form = BadgeForm::badge);

/// Errors: malformed "png-invalid"; too_large "png-limit" (5 MiB, 1 024 chunks); unprocessable "no-credential" when the
/// picture has none, "credential-compressed" when it has one in a zTXt only, "many-credentials" when it has several
/// that exclude each other.
Result<ExtractedBadge> extract_png(ByteView png);

/// Puts the credential right behind the root's start tag: a JWS into the attribute verify, JSON into CDATA. A
/// credential that is already there is replaced. Errors as extract_svg; "credential-text".
/// `form`: badge or learner_record.
Result<std::string> bake_svg(std::string_view svg, std::string_view credential, BadgeForm form = BadgeForm::badge);

/// Errors: malformed "svg-invalid" (not XML, a DOCTYPE other than W3C's for SVG 1.0 and 1.1, processing instruction,
/// not UTF-8, root not SVG, deeper than 64, more than 256 attributes); too_large "svg-limit" (5 MiB); unprocessable
/// "no-credential", "many-credentials".
Result<ExtractedBadge> extract_svg(std::string_view svg);

}  // namespace itqan::crypto
