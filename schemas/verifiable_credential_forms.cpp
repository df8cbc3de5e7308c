#include "schemas/verifiable_credential_forms.hpp"

#include "schemas/text.hpp"

namespace itqan::schemas {
namespace {

/// What a token in any of its forms is made of: base64url, base64, dots between parts, tildes between disclosures.
constexpr std::string_view content_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~+/=";

}  // namespace

std::optional<Instant> read_date_time_stamp(std::string_view text) {
    if (text.find_first_of("tz") != std::string_view::npos) return std::nullopt;
    auto const zone = text.size() < 6 ? std::string_view{} : text.substr(text.size() - 6);
    bool const has_offset = zone.starts_with('+') || zone.starts_with('-');
    if (has_offset && zone.substr(1) > "14:00") return std::nullopt;
    return Instant::parse(text);
}

std::optional<DataUrl> read_data_url(std::string_view text) {
    constexpr std::string_view scheme = "data:";
    if (!equal_ignoring_case(text.substr(0, scheme.size()), scheme)) return std::nullopt;
    text.remove_prefix(scheme.size());
    auto const comma = text.find(',');
    if (comma == std::string_view::npos) return std::nullopt;
    auto const header = text.substr(0, comma);
    DataUrl url{ascii_lower(header.substr(0, header.find(';'))), text.substr(comma + 1),
                header.size() >= 7 && equal_ignoring_case(header.substr(header.size() - 7), ";base64")};
    if (url.media_type.find('/') == std::string::npos || url.content.empty()) return std::nullopt;
    if (url.content.find_first_not_of(content_characters) != std::string_view::npos) return std::nullopt;
    return url;
}

}  // namespace itqan::schemas
