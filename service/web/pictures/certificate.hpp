#pragma once
// A badge as one landscape A4 page to hand over or print: the badge, what it says, when it counts, and where to check.

#include <string>

#include "crypto/bake_pdf.hpp"
#include "service/web/pictures.hpp"
#include "service/web/pictures/text_outline.hpp"

namespace itqan::web {

struct Certificate {
    static constexpr double width = 841.89, height = 595.28;  ///< A4 in points.

    std::string svg;  ///< The page; every text as outlines.
    crypto::PdfWords words;
    std::string author;   ///< The issuer.
    std::string created;  ///< When it was awarded, ISO 8601 in UTC: a time of making would change the bytes.
};

/// In the badge's language. The learner's name stands on it only when the page is public with the name; a badge that is
/// withdrawn, on hold or expired says so.
Certificate draw_certificate(domain::Programme const& programme, domain::Achievement const& achievement,
                             domain::CredentialView const& credential, Instant now, TextOutliner const& outliner);

}  // namespace itqan::web
