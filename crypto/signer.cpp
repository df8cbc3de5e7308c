#include "crypto/signer.hpp"

#include <stdexcept>

namespace itqan::crypto {

Bytes sign_checked(Signer const& signer, ByteView message) {
    auto signature = signer.sign(message);
    bool const good = signer.public_key().type() == KeyType::ed25519 ? signer.sign(message) == signature
                                                                     : signer.public_key().verify(message, signature);
    if (!good) throw std::runtime_error("the signature of key " + signer.key_id() + " failed its own check");
    return signature;
}

}  // namespace itqan::crypto
