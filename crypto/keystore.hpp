#pragma once
// Keys at rest: sealed with AES-256-GCM under one key-encryption key, bound to the row they belong to. The rows live in
// storage; this file does not read or write them.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/keys.hpp"

namespace itqan::crypto {

/// The 32 bytes every sealed key is sealed under.
class KeyEncryptionKey {
  public:
    /// Reads a file of exactly 32 bytes that only its owner may read; makes one (mode 0600, random) when there is none.
    /// Errors: unprocessable "kek-mode" for a mode that gives group or others anything, "kek-size", unavailable
    /// "kek-file".
    static Result<KeyEncryptionKey> load_or_create(std::filesystem::path const& file);

    /// Reads a file that somebody else provides and never makes one. Its group may read it where it is not ours,
    /// because systemd and Kubernetes hand secrets over so. Errors as above; "kek-file" too when there is none.
    static Result<KeyEncryptionKey> load_provided(std::filesystem::path const& file);

    /// Argon2id, version 1.3, 64 MiB, 3 passes, 1 lane. `salt` has at least 16 bytes and is kept beside the data.
    static KeyEncryptionKey from_passphrase(SecretBytes const& passphrase, ByteView salt);

    /// Throws std::invalid_argument unless there are 32 bytes.
    static KeyEncryptionKey from_bytes(SecretBytes bytes);

    ByteView view() const { return bytes_.view(); }

  private:
    static Result<KeyEncryptionKey> read(std::filesystem::path const& file, bool is_provided);
    explicit KeyEncryptionKey(SecretBytes bytes) : bytes_(std::move(bytes)) {}

    SecretBytes bytes_;
};

/// One format byte, 12 random bytes of nonce, the ciphertext, 16 bytes of tag. `context` is authenticated, not stored.
Bytes seal(KeyEncryptionKey const& kek, ByteView plaintext, std::string_view context);
/// Error: unprocessable "sealed-key" when the bytes, the context or the key-encryption key are not those of seal().
Result<SecretBytes> open(KeyEncryptionKey const& kek, ByteView sealed, std::string_view context);

/// What a row holds of a private key.
struct SealedKey {
    std::string id;
    std::string issuer;
    std::string purpose;  ///< "assertion".
    KeyType type = KeyType::ed25519;
    std::string public_jwk;  ///< RFC 8785 text of the public JWK.
    Bytes sealed;            ///< PKCS #8, sealed with id, issuer and purpose as context.
};

SealedKey seal_key(KeyEncryptionKey const& kek, PrivateKey const& key, std::string id, std::string issuer,
                   std::string purpose);
/// Errors: unprocessable "sealed-key", also when type or public_jwk are not those of the sealed key.
Result<PrivateKey> open_key(KeyEncryptionKey const& kek, SealedKey const& sealed);

/// The life of an issuer's key. `next` is listed ahead of its use so that caches learn it (overlap of 24 h), `active`
/// signs (one per issuer), `retired` signs no more but stays listed and verifies for ever, `revoked` leaves
/// assertionMethod and everything under it fails.
enum class KeyState { next, active, retired, revoked };

std::string_view key_state_name(KeyState state);
std::optional<KeyState> read_key_state(std::string_view name);

/// next -> active -> retired, and any of the three -> revoked; nothing leaves revoked.
bool may_become(KeyState from, KeyState to);
/// Listed under assertionMethod: every state but revoked.
bool is_listed(KeyState state);

}  // namespace itqan::crypto
