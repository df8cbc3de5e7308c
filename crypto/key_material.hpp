#pragma once
// What a parsed key is made of, shared by the .cpp files that read, write and use keys. Not for other folders.

#include <array>

#include "crypto/keys.hpp"
#include "crypto/ossl.hpp"

namespace itqan::crypto {

/// A NIST curve (FIPS 186-5) as OpenSSL and JOSE name it.
struct Curve {
    KeyType type;
    char const* group;
    std::string_view crv;
    std::size_t field;  ///< Bytes of a coordinate.
    char const* digest;
};
inline constexpr std::array<Curve, 3> curves{{
    {KeyType::p256, "prime256v1", "P-256", 32, "SHA2-256"},
    {KeyType::p384, "secp384r1", "P-384", 48, "SHA2-384"},
    {KeyType::p521, "secp521r1", "P-521", 66, "SHA2-512"},
}};

/// Null for Ed25519 and RSA.
constexpr Curve const* curve_of(KeyType type) {
    for (auto const& curve : curves) {
        if (curve.type == type) return &curve;
    }
    return nullptr;
}

/// The public numbers: the raw key of Ed25519; x and y, padded to the field; modulus and exponent, unpadded.
struct KeyParts {
    KeyType type;
    Bytes first;
    Bytes second = {};
};

KeyParts parts_of(EVP_PKEY const* key, KeyType type);

/// Null when the octets (SEC 1 section 2.3.4, compressed or not) are no point of the curve.
ossl::Key key_from_point(Curve const& curve, ByteView octets);
ossl::Key key_from_modulus(ByteView modulus, ByteView exponent);

struct PublicKey::Material {
    KeyParts parts;
    ossl::Key key;  ///< Null for Ed25519.
    std::string thumbprint;
};

}  // namespace itqan::crypto
