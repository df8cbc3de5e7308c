#pragma once
// The signing keys of the issuers: made, opened once, rotated with overlap, revoked; and what the world reads of them
// (JWKs, DID documents). Nothing else sees a private key.

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "crypto/keystore.hpp"
#include "crypto/signer.hpp"
#include "schemas/actor.hpp"
#include "schemas/json.hpp"
#include "service/domain/addresses.hpp"
#include "service/domain/programme.hpp"
#include "service/domain/proof_form.hpp"
#include "storage/credentials.hpp"

namespace itqan::domain {

/// An issuer has at most one active and one next key of each type. Embedded proofs are signed with its Ed25519 key,
/// JWTs with the key of the configured type, which may be the same.
class IssuerKeys {
  public:
    /// `jwt_type`: rsa (RS256), p256 (ES256) or ed25519 (EdDSA).
    IssuerKeys(storage::Database& database, crypto::KeyEncryptionKey const& kek, Addresses const& addresses,
               Clock const& clock, crypto::KeyType jwt_type);
    ~IssuerKeys();

    /// Makes the active keys that an issuer still lacks.
    void ensure(Issuer const& issuer);

    struct Active {
        std::shared_ptr<crypto::Signer const> signer;
        std::string key_id;
        std::string kid;     ///< https address of the JWK, the JOSE `kid`.
        std::string method;  ///< DID URL, the `verificationMethod` of embedded proofs.
    };
    /// The key that signs for the issuer today. Error: unavailable "no-active-key", "sealed-key".
    Result<Active> active(storage::Session& session, Issuer const& issuer, ProofForm form);

    /// A key that is its own name, a did:key. Its issuer id holds a slash, which no id of a programme does, so that
    /// nothing but its own user (vc_api.hpp) finds it.
    struct DidKey {
        std::shared_ptr<crypto::Signer const> signer;
        std::string did;
        std::string method;  ///< did:key:X#X
    };
    /// Makes the key when there is none of any state: one that was revoked is not replaced. Throws std::logic_error
    /// for an id that a programme could have.
    void ensure_did_key(std::string_view issuer_id, crypto::KeyType type);
    /// Errors: as active().
    Result<DidKey> did_key(storage::Session& session, std::string_view issuer_id, crypto::KeyType type);

    /// The reserved issuer id of the installation's own key, which signs receipts and never badges (decision 5).
    static constexpr std::string_view installation_id = "installation/receipts";
    /// Makes the installation's key when there is none of any state: one that was revoked is not replaced by itself.
    void ensure_installation();
    /// The key that signs for did:web:HOST today. Errors: as active().
    Result<Active> installation(storage::Session& session);
    /// A new key signs from now on; the one before retires and stays listed.
    Result<storage::KeyRow> rotate_installation(Actor const& actor);

    /// Whether this installation had the key and revoked it. For names that are their key, such as did:key: they have
    /// no document that would say so.
    bool is_revoked(storage::Session& session, crypto::PublicKey const& key);

    std::vector<storage::KeyRow> list(std::string_view issuer_id);
    /// Makes a key in state next, or active when the issuer has none of this type.
    Result<storage::KeyRow> create(Actor const& actor, Issuer const& issuer, crypto::KeyType type);
    /// The next key (made now when there is none) becomes active, the active one retires: it stays listed and verifies.
    Result<storage::KeyRow> rotate(Actor const& actor, Issuer const& issuer, crypto::KeyType type);
    /// Everything under the key fails from now on. Error: not_found, conflict when already revoked.
    Result<storage::KeyRow> revoke(Actor const& actor, std::string_view key_id);

    /// What stands at the key's own address, for the world and for our verifier. Retired keys stay: what they signed
    /// still verifies. Errors: not_found, also for a key that does not sign yet; gone "key-revoked", and so is all
    /// under it (decision 5).
    Result<std::string> public_jwk(storage::Session& session, Issuer const& issuer, std::string_view key_id) const;

    /// did:web document of one issuer / of the installation, which lists the keys of its receipts and signs no badge.
    Json did_document(storage::Session& session, Issuer const& issuer);
    Json installation_document(storage::Session& session) const;

  private:
    template <typename HasKey, typename MakeRow>
    void make_unless(HasKey const& has_key, MakeRow const& make_row);
    template <typename MakeRow>
    Result<storage::KeyRow> rotate_to(Actor const& actor, std::string_view issuer_id, crypto::KeyType type,
                                      MakeRow const& make_row);
    storage::KeyRow installation_row(crypto::KeyState state, Instant now) const;
    Result<std::shared_ptr<crypto::Signer const>> signer(storage::Session& session, std::string_view issuer_id,
                                                         crypto::KeyType type);

    storage::Database& database_;
    crypto::KeyEncryptionKey const& kek_;
    Addresses const& addresses_;
    Clock const& clock_;
    crypto::KeyType jwt_type_;
    std::mutex mutex_;
    std::int64_t change_ = -1;
    std::map<std::pair<std::string, crypto::KeyType>, std::shared_ptr<crypto::Signer const>> signers_;  ///< By issuer.
    std::int64_t revoked_change_ = -1;
    std::set<std::string> revoked_;  ///< Thumbprints, as of `revoked_change_`.
};

}  // namespace itqan::domain
