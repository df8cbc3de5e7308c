#pragma once
// Compact JWS (RFC 7515), strictly: three canonical base64url segments, a protected header from a short list, one
// algorithm per key. Other serialisations, unencoded and compressed payloads do not exist here.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/signer.hpp"

namespace itqan::crypto {

/// What a caller accepts. The algorithms are always EdDSA, ES256, ES384 and RS256.
struct JwsRules {
    std::size_t limit = 512 * 1024;  ///< Bytes of the whole text.
    /// Values of `typ`; compared as media types (RFC 7515 section 4.1.9: any case, "application/" may be left out).
    std::vector<std::string_view> types = {"JWT", "vc+jwt", "vc+ld+jwt"};
    bool type_required = false;
};

/// A well-formed token whose signature nobody has checked yet.
struct CompactJws {
    std::string header;     ///< JSON text of the protected header.
    std::string algorithm;  ///< One of the four.
    std::optional<std::string> kid;
    std::optional<std::string> type;  ///< `typ` as written.
    std::optional<PublicKey> jwk;     ///< Public and well-formed; says nothing about whose key it is.
    Bytes payload;
    Bytes signature;
    std::string signing_input;  ///< header segment "." payload segment.
};

/// Errors: malformed "jws-syntax" (segments, base64url, header JSON), "jws-header" (a member that is refused or has the
/// wrong type: crit, b64, zip, jku, x5u, x5c, a cty of another token), "jws-algorithm", "jws-type"; too_large
/// "jws-limit"; those of PublicKey::from_jwk for `jwk` ("private-key-exposed" means that a key leaked).
Result<CompactJws> parse_compact_jws(std::string_view text, JwsRules const& rules = {});

/// True when the token's algorithm is the key's and the signature is the key's over the signing input.
bool verify_jws(CompactJws const& jws, PublicKey const& key);

/// The header of a token of ours: alg comes from the signer.
struct JwsHeader {
    std::optional<std::string> kid = {};
    std::optional<std::string> type = "JWT";
};

/// Signs and checks (sign_checked); the header's members are in the order alg, kid, typ.
std::string sign_compact(Signer const& signer, JwsHeader const& header, std::string_view payload);

}  // namespace itqan::crypto
