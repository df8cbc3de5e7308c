#pragma once
// Digests by which a credential names the bytes of other resources (VCDM 2.0 section 5.3): their text forms, and
// whether they are those of resources that are known. Nothing is hashed and nothing is fetched here.

#include <optional>
#include <string_view>
#include <vector>

#include "schemas/bytes.hpp"
#include "schemas/json.hpp"

namespace itqan::schemas {

enum class DigestAlgorithm { sha256, sha384, sha512 };

struct ResourceDigest {
    DigestAlgorithm algorithm;
    Bytes value;  ///< 32, 48 or 64 bytes.

    bool operator==(ResourceDigest const&) const = default;
};

/// digestSRI: the hash expressions of Subresource Integrity (section 3.5), separated by spaces, such as "sha384-" and
/// base64 of 48 bytes. Empty when any of them is malformed.
std::vector<ResourceDigest> read_digest_sri(std::string_view text);

/// digestMultibase: "u" (base64url) or "z" (base58btc) before a multihash, or before the 32 bytes of a SHA-256 alone,
/// as the test suite for VCDM 2.0 writes it.
std::optional<ResourceDigest> read_digest_multibase(std::string_view text);

/// The violations of relatedResource members whose id is a resource that is known, and whose digest is that of none of
/// its published editions. Other resources cannot be judged and give none; so does what is malformed, which
/// check_verifiable_credential reports. Where digestSRI has several algorithms, the strongest counts.
std::vector<Violation> check_related_resources(Json const& document);

}  // namespace itqan::schemas
