#pragma once
// Credentials and presentations inside compact tokens, as the VC-API reads them: the token's form, signature and
// claims, and the document that it carries. Both VC-JOSE-COSE and the older tokens with `vc` and `vp` claims are read.

#include <string>
#include <string_view>

#include "crypto/data_integrity.hpp"

namespace itqan::domain {

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
