#pragma once
// One signed document against its key and its row, and one signing key against its row. Pure.

#include <map>
#include <optional>
#include <string>

#include "crypto/keystore.hpp"
#include "service/domain/addresses.hpp"
#include "storage/credentials.hpp"

namespace itqan::service {

struct KnownKey {
    std::string issuer_id;
    crypto::PublicKey key;
};
using KeysById = std::map<std::string, KnownKey>;

/// A stored document and what the rows say about it.
struct DocumentCase {
    storage::DocumentRow document;
    std::optional<std::string> slug;  ///< Of its issuer, while that is in the programme.
    std::string list_id;
    std::int64_t position = 0;
    std::optional<Day> valid_until;
    std::optional<std::string> subject;
};

/// What is wrong; "" when the signature is that of its key and the document says what its row says.
std::string check_document(DocumentCase const& one, KeysById const& keys, domain::Addresses const& addresses);

/// What is wrong with a key; "" when it can be opened and its halves belong together. Puts its public half into `keys`.
std::string check_key(storage::KeyRow const& row, std::optional<crypto::KeyEncryptionKey> const& kek, KeysById& keys);

}  // namespace itqan::service
