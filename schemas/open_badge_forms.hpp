#pragma once
// The forms that texts in an Open Badge must have, one predicate each. Which member needs which form is in
// open_badge_shapes.hpp.

#include <string_view>

namespace itqan::schemas {

/// "context.json" or "context-3.d.d.json" under the Open Badges 3.0 address.
bool is_open_badge_context(std::string_view url);

/// ll[ll][-Ssss][-RR|-ddd]: "ar", "ar-SA", "zh-Hant-TW".
bool is_language_tag(std::string_view text);

/// "ext:" and a name: how an extensible vocabulary is extended.
bool is_extension_term(std::string_view text);

/// Three base64url parts; the middle one may be empty.
bool is_compact_jws(std::string_view text);

/// "sha256$" or "md5$" and the hexadecimal digits of that hash, in either case.
bool is_identity_hash(std::string_view text);

/// Decimal digits only, at most 16.
bool is_decimal(std::string_view text);

}  // namespace itqan::schemas
