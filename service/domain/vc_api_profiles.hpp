#pragma once
// The issuing profiles of the VC-API: one path, one key and one way to sign each.

#include <span>
#include <string>
#include <string_view>

#include "crypto/keys.hpp"

namespace itqan::domain {

struct VcApiProfile {
    std::string_view name;         ///< Its part of the path: "ecdsa-rdfc-2019-p256".
    std::string_view cryptosuite;  ///< Of the embedded proof; "" for an envelope (VC-JWT).
    crypto::KeyType key;
    bool has_status = false;  ///< Credentials get an entry in a status list.

    bool is_enveloped() const { return cryptosuite.empty(); }
    /// Under which its key is kept: no id of a programme holds a slash.
    std::string issuer_id() const { return "vc-api/" + std::string(name); }
};

std::span<VcApiProfile const> vc_api_profiles();

/// Null when there is none of this name.
VcApiProfile const* find_vc_api_profile(std::string_view name);

}  // namespace itqan::domain
