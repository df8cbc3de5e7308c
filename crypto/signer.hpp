#pragma once
// What signs: a narrow interface, so that a hardware module or a separate signing process can stand behind it. It knows
// nothing of credentials.

#include <string>
#include <string_view>

#include "crypto/keys.hpp"

namespace itqan::crypto {

class Signer {
  public:
    virtual ~Signer() = default;
    /// The key's row id.
    virtual std::string const& key_id() const = 0;
    virtual PublicKey const& public_key() const = 0;
    virtual Bytes sign(ByteView message) const = 0;  ///< May be called from many threads at once.

    std::string_view algorithm() const { return public_key().algorithm(); }
};

/// Signs with a key held in this process.
class LocalSigner final : public Signer {
  public:
    LocalSigner(PrivateKey key, std::string key_id) : key_(std::move(key)), key_id_(std::move(key_id)) {}

    std::string const& key_id() const override { return key_id_; }
    PublicKey const& public_key() const override { return key_.public_key(); }
    Bytes sign(ByteView message) const override { return key_.sign(message); }

  private:
    PrivateKey key_;
    std::string key_id_;
};

/// Signs and checks the result before anybody sees it: a fault in the computation must not leak a key or leave a broken
/// signature. Ed25519 signs twice and compares (cheaper than verifying), the others verify. Throws std::runtime_error
/// when the check fails.
Bytes sign_checked(Signer const& signer, ByteView message);

}  // namespace itqan::crypto
