#pragma once
// Randomness and the identifiers made of it, from OpenSSL's generator. It throws when the generator fails; nothing here
// falls back to a weaker source.

#include <cstddef>
#include <cstdint>
#include <string>

#include "schemas/bytes.hpp"
#include "schemas/clock.hpp"

namespace itqan::crypto {

Bytes random_bytes(std::size_t count);

/// Uniform in [0, bound), without modulo bias. bound must be positive.
std::uint64_t random_below(std::uint64_t bound);

/// RFC 9562 section 5.4: 122 random bits, for identifiers in public addresses and signed bytes.
std::string random_uuid_v4();

/// RFC 9562 section 5.7: 48 bits of milliseconds, 74 random bits, for row ids. Not for anything a stranger may see.
std::string uuid_v7(Instant now);

/// Base64url text of that many random bytes; the default of 256 bits is what access tokens and claim links use.
std::string random_token(std::size_t bytes = 32);

/// A code people may read aloud: lower-case Crockford base 32 (no i, l, o, u). 16 characters carry 80 bits.
std::string random_code(std::size_t characters = 16);

}  // namespace itqan::crypto
