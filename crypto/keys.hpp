#pragma once
// Public and private keys: made, read, written, used to sign and to verify. Each key has one algorithm, fixed by its
// type and size; symmetric keys do not exist here. Const methods may be called from many threads at once.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/secret_bytes.hpp"
#include "schemas/bytes.hpp"
#include "schemas/json.hpp"

namespace itqan::crypto {

enum class KeyType { ed25519, p256, p384, p521, rsa };

/// "ed25519", "p256", "p384", "p521", "rsa": as stored and configured.
std::string_view key_type_name(KeyType type);
std::optional<KeyType> read_key_type(std::string_view name);

/// The one JWS algorithm of a key type (RFC 7518, RFC 8037): EdDSA, ES256, ES384, ES512, RS256.
std::string_view algorithm_of(KeyType type);
/// True for the algorithms a badge may be signed with: EdDSA, ES256, ES384, RS256.
bool is_badge_algorithm(std::string_view algorithm);

struct KeyParts;

/// A public key. Copies share the parsed key.
class PublicKey {
  public:
    /// Reads a JWK (RFC 7517, RFC 8037): kty OKP/Ed25519, EC/P-256, P-384, P-521, or RSA of 2048 to 8192 bits with an
    /// odd exponent. Refuses private members, coordinates of the wrong length, points not on the curve or of small
    /// order, and an `alg`, `use` or `key_ops` that contradicts the key. Errors: unprocessable "private-key-exposed",
    /// "invalid-key", "unsupported-key".
    static Result<PublicKey> from_jwk(Json const& jwk);

    /// Reads Multikey text ("z6Mk...", "zDn...", "z82...", "z2J9..."). Errors: malformed "invalid-multikey",
    /// unprocessable "invalid-key".
    static Result<PublicKey> from_multikey(std::string_view text);

    /// Reads PEM of a SubjectPublicKeyInfo (RFC 7468 section 13), as Open Badges 2.0 has it in `publicKeyPem`; line ends
    /// may stand anywhere. The same keys as from_jwk. Errors: unprocessable "private-key-exposed", "invalid-key",
    /// "unsupported-key".
    static Result<PublicKey> from_pem(std::string_view pem);

    KeyType type() const;
    std::string_view algorithm() const { return algorithm_of(type()); }

    /// The members RFC 7638 requires and nothing else; a caller adds kid, alg or use.
    Json to_jwk() const;
    /// RFC 7638, SHA-256, base64url.
    std::string const& thumbprint() const;
    /// Multikey text; throws std::logic_error for RSA, which has none.
    std::string multikey() const;

    /// True when `signature` is this key's over `message`: 64 bytes for Ed25519, r||s of twice the field size for ECDSA
    /// (RFC 7518 section 3.4, with SHA-256/384/512), PKCS #1 v1.5 with SHA-256 for RSA. Never throws on bad input.
    bool verify(ByteView message, ByteView signature) const;

    /// The same key material.
    bool operator==(PublicKey const& other) const { return thumbprint() == other.thumbprint(); }

  private:
    friend class PrivateKey;
    struct Material;
    explicit PublicKey(std::shared_ptr<Material const> material) : material_(std::move(material)) {}
    static Result<PublicKey> from_parts(KeyParts parts);

    std::shared_ptr<Material const> material_;
};

/// A private key in memory. It leaves only as PKCS #8, to be sealed.
class PrivateKey {
  public:
    /// RSA keys have 2048 bits unless told otherwise (2048 to 8192).
    static PrivateKey generate(KeyType type, unsigned rsa_bits = 2048);
    /// DER, RFC 5208. Error: unprocessable "invalid-key".
    static Result<PrivateKey> from_pkcs8(SecretBytes const& der);
    SecretBytes to_pkcs8() const;

    PrivateKey(PrivateKey&&) noexcept;
    PrivateKey& operator=(PrivateKey&&) noexcept;
    ~PrivateKey();

    KeyType type() const { return public_key_.type(); }
    PublicKey const& public_key() const { return public_key_; }

    /// In the form PublicKey::verify takes. Does not check its own output: sign_checked (signer.hpp) does.
    Bytes sign(ByteView message) const;

  private:
    struct Material;
    PrivateKey(std::unique_ptr<Material> material, PublicKey public_key);

    std::unique_ptr<Material> material_;
    PublicKey public_key_;
};

}  // namespace itqan::crypto
