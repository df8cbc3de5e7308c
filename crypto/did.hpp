#pragma once
// Decentralised identifiers as badges use them: did:key, did:jwk, did:web, and DID or controller documents. It fetches
// nothing, and which hosts and ports may be fetched is the outbound client's decision.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/keys.hpp"
#include "schemas/clock.hpp"

namespace itqan::crypto {

struct DidKey {
    PublicKey key;
    std::string verification_method;  ///< did:key:z6Mk...#z6Mk..., did:jwk:ey...#0
};

/// Takes the DID or its verification method (the fragment must repeat the key). Error: malformed "invalid-did".
Result<DidKey> resolve_did_key(std::string_view text);
/// did:key:z6Mk...; throws std::logic_error for RSA.
std::string did_key(PublicKey const& key);

/// Takes the DID or its verification method (the fragment is "0"): a JWK in base64url, at most 2048 bytes of text.
/// Errors: malformed "invalid-did"; "private-key-exposed" when the JWK is a private one.
Result<DidKey> resolve_did_jwk(std::string_view text);

/// The https address of the document of a did:web, without fragment: did:web:HOST -> https://HOST/.well-known/did.json,
/// did:web:HOST%3A8443:issuers:SLUG -> https://HOST:8443/issuers/SLUG/did.json. Hosts are lower-case ASCII names, no
/// addresses; path parts hold [A-Za-z0-9._-] and are no dot segments. Error: malformed "invalid-did".
Result<std::string> did_web_url(std::string_view did);
/// https://HOST[:PORT][/path...] -> did:web:HOST[%3APORT][:path...]. Error: malformed "invalid-did".
Result<std::string> did_web_of(std::string_view url);

/// A key as the document of its controller shows it.
struct ListedKey {
    std::string fragment;  ///< The method's id is DID#fragment.
    PublicKey key;
    std::optional<std::string> kid = {};  ///< The https address of the JWK, for verifiers of tokens.
    std::optional<Instant> revoked = {};  ///< Set: stays in verificationMethod, leaves assertionMethod.
    std::optional<Instant> expires = {};
};

/// A DID document (DID 1.0, Controlled Identifiers 1.0): @context, id, alsoKnownAs, verificationMethod as JsonWebKey
/// with publicKeyJwk where there is a kid (and for RSA), as Multikey with publicKeyMultibase otherwise, which verifiers
/// of embedded proofs look for; assertionMethod with the methods that are not revoked. Empty lists are left out.
Json did_document(std::string_view did, std::vector<std::string> const& also_known_as,
                  std::vector<ListedKey> const& keys);

struct AssertionKey {
    std::string id;  ///< Absolute id of the verification method.
    PublicKey key;
};
struct RefusedMethod {
    std::string id;
    std::string
        reason;  ///< "controller", "foreign-id", "revoked", "expired", "not-listed", or the code of the key's error.
};
/// Whom a DID or controller document lets sign for it.
struct AssertionKeys {
    std::vector<AssertionKey> keys;
    std::vector<RefusedMethod> refused;  ///< Methods it names that do not count, and why.

    AssertionKey const* find(std::string_view method_id) const;
    AssertionKey const* find(PublicKey const& key) const;  ///< Same thumbprint.
};

/// Reads the keys under `assertionMethod`, or another relationship such as `authentication` for who presents
/// (references or embedded methods; publicKeyJwk or publicKeyMultibase). A method counts only when its id is a fragment
/// of `controller`, its `controller` is exactly `controller`, and it is neither revoked nor expired at `now`. Error:
/// unprocessable "did-document" when the document's id is not `controller` or its members have the wrong shape.
Result<AssertionKeys> read_assertion_keys(Json const& document, std::string_view controller, Instant now,
                                          std::string_view relationship = "assertionMethod");

}  // namespace itqan::crypto
