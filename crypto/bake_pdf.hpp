#pragma once
// Credentials inside PDF files (ISO 32000-2): attached as an associated file and found again. Nothing of a PDF is run
// or drawn here, and what comes out has not been verified.

#include <array>
#include <string>
#include <string_view>

#include "crypto/bake.hpp"
#include "schemas/bytes.hpp"
#include "schemas/result.hpp"

namespace itqan::crypto {

/// What a page made of outlines says to programs: readers aloud, search, title bars.
struct PdfWords {
    std::string language;  ///< BCP 47, for /Lang; "ar" turns the reading order.
    std::string title;
    std::string text;                  ///< Everything that the page shows, in order.
    std::string link;                  ///< An https address that a part of the page opens; empty: none.
    std::array<double, 4> link_box{};  ///< Left, bottom, right, top in points from the page's lower left corner.
};

/// Appends an incremental update (7.5.6): the credential as associated file with AFRelationship Source (14.13) and in
/// the name tree EmbeddedFiles, language, XMP title and description, and the page as one tagged paragraph with its
/// text. The same arguments give the same bytes. `pdf`: one page with a cross-reference table, as cairo writes it.
/// Errors: malformed "pdf-invalid"; unprocessable "credential-text" as bake_png.
Result<Bytes> bake_pdf(ByteView pdf, std::string_view credential, PdfWords const& words);

/// Looks for attached files in the bytes themselves, not through the file's structure: what qpdf and the like rewrite
/// is found, and there is nothing to recurse into. Of several attachments the one with a credential's media type wins.
/// Errors: malformed "pdf-invalid" (not a PDF, an attachment broken or in an unknown encoding); too_large "pdf-limit"
/// (5 MiB, 64 attachments, 512 KiB unpacked); unprocessable "no-credential", "many-credentials", "pdf-encrypted".
Result<ExtractedBadge> extract_pdf(ByteView pdf);

}  // namespace itqan::crypto
