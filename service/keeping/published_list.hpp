#pragma once
// A status list of ours, as a verifier or a mirror kept it: what was revoked after a backup was taken can be read from
// it. Its signature says that it is ours.

#include <string>

#include "crypto/status_list.hpp"
#include "service/domain/addresses.hpp"
#include "service/keeping/document_check.hpp"

namespace itqan::service {

struct PublishedList {
    std::string id;         ///< The last part of its address.
    std::string issuer_id;  ///< Whose key signed it.
    std::string purpose;
    crypto::StatusList bits;
};

/// Reads a list in either form that one of `keys` signed. Errors: unprocessable "not-our-list" with the reason, those
/// of StatusList::decode.
Result<PublishedList> read_published_list(std::string const& text, KeysById const& keys,
                                          domain::Addresses const& addresses);

}  // namespace itqan::service
