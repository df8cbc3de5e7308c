#pragma once
// The shapes of the identifiers people and partners give us: ids of the programme, e-mail addresses, https addresses.
// It judges the form only; whether something exists or may be fetched is decided elsewhere.

#include <string>
#include <string_view>

namespace itqan::schemas {

/// [A-Za-z0-9._-]{1,64}: "ach-01", "lrn-001" (decision 4).
bool is_programme_id(std::string_view text);

/// An address that can go into a mail header and an SMTP command as it is. ASCII, at most 254 bytes; an unquoted local
/// part of at most 64 (RFC 5322 dot-atom, not starting with "-"); a domain of at least two LDH labels, no IP literal.
bool is_email(std::string_view text);

/// Trimmed and lower-cased in ASCII: the form that is stored, compared and hashed. It does not check the address.
std::string normalize_email(std::string_view text);

/// An absolute https URL of at most 2 048 bytes: printable ASCII, a host, an optional port, no user info.
bool is_https_url(std::string_view text);

/// An absolute URI by its form: a scheme (RFC 3986 3.1), something after the colon, no spaces, controls or <>"{}|\^`.
bool is_absolute_uri(std::string_view text);

}  // namespace itqan::schemas
