#pragma once
// The forms that texts in a verifiable credential must have. Which member needs which form is in
// verifiable_credential.cpp.

#include <optional>
#include <string>
#include <string_view>

#include "schemas/clock.hpp"

namespace itqan::schemas {

/// XSD 1.1 dateTimeStamp with a year from 1000 to 9999: "2026-11-27T12:00:00.5+03:00". Capital letters only, offsets up
/// to 14:00, no hour 24.
std::optional<Instant> read_date_time_stamp(std::string_view text);

struct DataUrl {
    std::string media_type;  ///< In lower case, without parameters.
    std::string_view content;
    bool is_base64;
};

/// RFC 2397 with a media type and without percent escapes; the content is a part of the text.
std::optional<DataUrl> read_data_url(std::string_view text);

}  // namespace itqan::schemas
