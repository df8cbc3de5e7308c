#pragma once
// Base58btc and the Multikey form of public keys (Controlled Identifiers 1.0 section 2.2.2). Decoders are strict: one
// text per value.

#include <optional>
#include <string>
#include <string_view>

#include "crypto/keys.hpp"
#include "schemas/base58.hpp"

namespace itqan::crypto {

using itqan::base58btc_decode;
using itqan::base58btc_encode;

/// The raw key of a Multikey: 32 bytes for Ed25519, a compressed point for the curves.
struct Multikey {
    KeyType type;
    Bytes raw;
};

/// "z" + base58btc(prefix + raw); prefixes ed01 (Ed25519), 8024, 8124, 8224 (P-256, P-384, P-521). Throws
/// std::logic_error for RSA.
std::string encode_multikey(KeyType type, ByteView raw);
/// Checks prefix and length, not that the point is on its curve. Error: malformed "invalid-multikey".
Result<Multikey> decode_multikey(std::string_view text);

}  // namespace itqan::crypto
