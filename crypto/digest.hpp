#pragma once
// Hashes, comparison without a timing difference, and name-based UUIDs. The one keyed hash names blank nodes; tokens
// are 256 random bits and are stored as their SHA-256.

#include <string>
#include <string_view>

#include "schemas/bytes.hpp"

namespace itqan::crypto {

/// FIPS 180-4: 32 bytes.
Bytes sha256(ByteView data);
/// The same as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view text);
/// 48 bytes.
Bytes sha384(ByteView data);

/// What a cryptosuite hashes with; its key decides.
enum class HashAlgorithm { sha256, sha384 };
Bytes hash_with(HashAlgorithm algorithm, ByteView data);

/// RFC 2104: 32 bytes.
Bytes hmac_sha256(ByteView key, ByteView data);

/// 32 hexadecimal digits of RFC 1321, to compare identity hashes of older badges only; "" where the machine's policy
/// has no MD5.
std::string md5_hex(std::string_view text);

/// True when both hold the same bytes; the time depends on the lengths only.
bool equal_constant_time(ByteView left, ByteView right);

/// RFC 9562 section 5.5: the UUID of `name` (UTF-8) within a namespace UUID. Throws std::invalid_argument when the
/// namespace is no UUID.
std::string uuid_v5(std::string_view namespace_uuid, std::string_view name);

}  // namespace itqan::crypto
