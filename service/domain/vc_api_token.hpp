#pragma once
// Credentials and presentations inside compact tokens, as the VC-API reads them: the token's form, signature and
// claims, and the document that it carries. Both VC-JOSE-COSE and the older tokens with `vc` and `vp` claims are read.

#include <array>
#include <string>
#include <string_view>

#include "crypto/data_integrity.hpp"

namespace itqan::domain {

/// Of RFC 7519, and what binds a token to its presenter (RFC 7800, OpenID): they say nothing of the credential.
inline constexpr std::array<std::string_view, 8> registered_claims{"iss", "sub", "aud", "exp",
                                                                   "nbf", "iat", "jti", "cnf"};
/// What older tokens keep their document in.
inline constexpr std::array<std::string_view, 2> document_claims{"vc", "vp"};

/// What was signed, and by whom.
struct VcApiToken {
    Json document;       ///< The payload without its registered claims, or what `vc` or `vp` held.
    std::string method;  ///< The key's: did:key:X#X, or an address of ours.
    crypto::PublicKey key;
};

enum class TokenKind { credential, presentation };

/// What a token has to say: `purpose` and, for presentations, `challenge` (nonce) and `domain` (aud).
struct VcApiTokenRules {
    TokenKind kind;
    crypto::ProofRules const& proof;
};

/// Errors: those of parse_compact_jws and parse_json; malformed "envelope-signature", "legacy-claim" (a `vc` or `vp`
/// claim in a token of type vc+jwt or vp+jwt), "token-claims" (a claim contradicts the document, nonce or aud are not
/// those expected), "token-time" (before nbf, after exp), "token-key" (no kid, or none that names a key); those of
/// resolve_did_key, resolve_did_jwk and FindKey.
Result<VcApiToken> read_vc_api_token(std::string_view text, VcApiTokenRules const& rules,
                                     crypto::FindKey const& find_key);

}  // namespace itqan::domain
