#include "service/domain/vc_api_profiles.hpp"

#include <algorithm>

namespace itqan::domain {
namespace {

using crypto::KeyType;

constexpr VcApiProfile profiles[] = {
    {"eddsa-rdfc-2022", "eddsa-rdfc-2022", KeyType::ed25519},
    {"eddsa-jcs-2022", "eddsa-jcs-2022", KeyType::ed25519},
    {"ecdsa-rdfc-2019-p256", "ecdsa-rdfc-2019", KeyType::p256},
    {"ecdsa-rdfc-2019-p384", "ecdsa-rdfc-2019", KeyType::p384},
    {"ecdsa-jcs-2019-p256", "ecdsa-jcs-2019", KeyType::p256},
    {"ecdsa-jcs-2019-p384", "ecdsa-jcs-2019", KeyType::p384},
    {"ecdsa-sd-2023", "ecdsa-sd-2023", KeyType::p256},
    {"bitstring", "eddsa-rdfc-2022", KeyType::ed25519, true},
    {"jwt", "", KeyType::ed25519},
};

}  // namespace

std::span<VcApiProfile const> vc_api_profiles() {
    return profiles;
}

VcApiProfile const* find_vc_api_profile(std::string_view name) {
    auto const* const found = std::find_if(std::begin(profiles), std::end(profiles),
                                           [&](VcApiProfile const& profile) { return profile.name == name; });
    return found == std::end(profiles) ? nullptr : found;
}

}  // namespace itqan::domain
