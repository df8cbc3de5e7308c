#pragma once
// Writes one mail as RFC 5322 text with a plain and an HTML part. Whatever stands in names and subjects, it can add no
// header line, no recipient and no SMTP command. It sends nothing.

#include <string>
#include <string_view>

#include "schemas/clock.hpp"
#include "schemas/result.hpp"

namespace itqan::jobs {

struct Mailbox {
    std::string name;     ///< UTF-8, may be empty.
    std::string address;  ///< As schemas::is_email takes it.
};

struct Mail {
    Mailbox from, to;
    std::string message_id;  ///< Without the angle brackets; the same at every attempt.
    Instant date;
    std::string languages;  ///< Content-Language (RFC 3282): "ar, en".
    std::string subject;    ///< UTF-8.
    std::string text;       ///< UTF-8, complete without the HTML part.
    std::string html;       ///< UTF-8, a whole document.
};

/// The message with CRLF line ends, no line above 78 bytes. Errors: unprocessable "invalid-address" for a sender or
/// recipient that schemas::is_email refuses, "invalid-message-id", "invalid-language".
Result<std::string> compose(Mail const& mail);

/// RFC 2047 section 2 as it stands after the colon of an unstructured header, folded: printable ASCII stays, anything
/// else becomes UTF-8/B words. Controls become spaces; characters that hide or reorder text are written out.
std::string encode_unstructured(std::string_view text);

/// RFC 5322 section 3.4: a quoted string or encoded words before the address in angle brackets.
std::string encode_mailbox(Mailbox const& mailbox);

/// RFC 5322 section 3.3, in UTC: "Tue, 24 Nov 2026 15:43:05 +0000".
std::string mail_date(Instant instant);

}  // namespace itqan::jobs
