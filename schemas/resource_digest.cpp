#include "schemas/resource_digest.hpp"

#include <algorithm>
#include <iterator>
#include <string>

#include <nlohmann/json.hpp>

#include "schemas/base58.hpp"
#include "schemas/json_pointer.hpp"

namespace itqan::schemas {
namespace {

struct Form {
    std::string_view sri_prefix;
    std::uint8_t multihash_code;  ///< The table of multicodecs; below 128, so that its varint is one byte.
    std::size_t size;
    DigestAlgorithm algorithm;
};
constexpr Form forms[] = {{"sha256-", 0x12, 32, DigestAlgorithm::sha256},
                          {"sha384-", 0x20, 48, DigestAlgorithm::sha384},
                          {"sha512-", 0x13, 64, DigestAlgorithm::sha512}};

/// An edition of a resource as it was published, byte for byte. Our own copies of contexts are those of npm packages,
/// which say the same in other bytes; the digests are of w3c/vc-data-model at 979c4af1, contexts/credentials.
struct Edition {
    std::string_view url;
    std::string_view digests[3];  ///< Hexadecimal, in the order of DigestAlgorithm.
};
constexpr Edition editions[] = {
    {"https://www.w3.org/2018/credentials/v1",
     {"ab4ddd9a531758807a79a5b450510d61ae8d147eab966cc9a200c07095b0cdcc",
      "82c3b3eab863754bbfd2b9f17d8d6db9f61169f301cbf0b05e1fc4beb5f5c51dd4d2e888c274f49c3fbb2408f61faed1",
      "536a40b390dda94a9e39196c00090f62668e8184fe3c8c02c4a22c85666e68bf"
      "6e85d3dc7f2dba85b2b62ef95d97de24132568d8504db43f2c9c82d2e88418d2"}},
    // The Recommendation of May 2025, appendix B.1 of which gives the first of these.
    {"https://www.w3.org/ns/credentials/v2",
     {"59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
      "97f1eb8e5042356c805fdd61afa2c557663785e0794dcafa21e138fd38def18cb360133c221aa31d6896a6bf3e65b614",
      "5d55452bd2dcf8a29f5a290473eb242b1c5fb77d4e68f1a0aa87baa4dba26948"
      "52d65ec63d48ac04a99d956f9f7153b9406f84d2d04c74869b02c239a1d81305"}},
    // The edition of July 2024 (w3c/vc-data-model at 8d0ee107), which the test suite for VCDM 2.0 goes on naming.
    {"https://www.w3.org/ns/credentials/v2",
     {"24a18c90e9856d526111f29376e302d970b2bd10182e33959995b0207d7043b9",
      "35239c36999d2155312091af194a1edb61634d6ad789a5e5b19f2aebdd762dd9d1dcaada40eda7ef921c6b8c0ae107a0",
      "cb1336dfa8670d80d03344b3b0cc25faf4d45201823c35f39bb1afe5a9f911f6"
      "15ff4ec80ec5f2f89e33d14e96bec8be78e38df35b918c9cd5f3b3449bd6c88f"}},
    {"https://www.w3.org/ns/credentials/examples/v2",
     {"57393fbc69d6efb9b9b5dc9cb6b9880b0944360abfe2eaf459c9e58cf2279d7c",
      "ccd35b4135824944a2d1b6f3edd6ee6be45c10dbfb0ba16f966609d58f88ef6ec7b0f387773c042cc60ef4ccfaf0cdba",
      "8d563097eab123966bd7fb88a2566d19fb369112dabfde9badfd553c04e101be"
      "b230918f58f5b927881f7b32d16045f8ac0f601b4574eeb09521bfbf9e539669"}},
    {"https://www.w3.org/ns/credentials/undefined-terms/v2",
     {"82dab514ba44eb18f5d1b0f638c5e140c6a556fbfb5089601bdc0fa5eb8b2581",
      "b2a66ccddba70ba67ad99c2ff52e60558df0063cea51c4ca886e25d9ea73cfabb878baf92dc2ad2bda26c31391850d68",
      "7c525ff49bc479ec5da7fccf5d56497e4be408eb269d36609cc1f6ce1f9c4ee2"
      "3e4aefb53d3728b4a1cac56da6518fcfde789af23a5dfb77f4ce693eb5ed581b"}},
};

std::optional<ResourceDigest> read_hash_expression(std::string_view text) {
    for (auto const& form : forms) {
        if (!text.starts_with(form.sri_prefix)) continue;
        auto value = base64_decode(text.substr(form.sri_prefix.size()));
        if (!value || value->size() != form.size) return std::nullopt;
        return ResourceDigest{form.algorithm, std::move(*value)};
    }
    return std::nullopt;
}

std::optional<ResourceDigest> read_multihash(Bytes const& bytes) {
    if (bytes.size() == forms[0].size) return ResourceDigest{DigestAlgorithm::sha256, bytes};
    for (auto const& form : forms) {
        if (bytes.size() != form.size + 2 || bytes[0] != form.multihash_code || bytes[1] != form.size) continue;
        return ResourceDigest{form.algorithm, Bytes(bytes.begin() + 2, bytes.end())};
    }
    return std::nullopt;
}

/// What one text or a list of texts at a member says.
std::vector<ResourceDigest> digests_at(Json const& resource, char const* name) {
    std::vector<ResourceDigest> digests;
    auto const found = resource.find(name);
    if (found == resource.end()) return digests;
    for (auto const& text : found->is_array() ? *found : Json::array({*found})) {
        if (!text.is_string()) continue;
        auto const& written = text.get_ref<std::string const&>();
        if (name == std::string_view("digestSRI")) {
            auto read = read_digest_sri(written);
            std::move(read.begin(), read.end(), std::back_inserter(digests));
        } else if (auto digest = read_digest_multibase(written)) {
            digests.push_back(std::move(*digest));
        }
    }
    return digests;
}

void keep_strongest(std::vector<ResourceDigest>& digests) {
    auto const strongest = std::max_element(digests.begin(), digests.end(), [](auto const& left, auto const& right) {
        return left.algorithm < right.algorithm;
    });
    if (strongest == digests.end()) return;
    std::erase_if(digests,
                  [algorithm = strongest->algorithm](auto const& each) { return each.algorithm != algorithm; });
}

bool is_known(std::string_view url) {
    return std::any_of(std::begin(editions), std::end(editions), [url](auto const& each) { return each.url == url; });
}

bool is_published(std::string_view url, ResourceDigest const& digest) {
    auto const hex = hex_encode(digest.value);
    auto const index = static_cast<std::size_t>(digest.algorithm);
    return std::any_of(std::begin(editions), std::end(editions),
                       [&](auto const& each) { return each.url == url && each.digests[index] == hex; });
}

void check_resource(Json const& resource, Place const& place, std::vector<Violation>& violations) {
    if (!resource.is_object()) return;
    auto const id = text_member(resource, "id");
    if (!is_known(id)) return;
    for (auto const* name : {"digestSRI", "digestMultibase"}) {
        auto digests = digests_at(resource, name);
        keep_strongest(digests);
        auto const matches = [&id](auto const& digest) { return is_published(id, digest); };
        if (digests.empty() || std::any_of(digests.begin(), digests.end(), matches)) continue;
        violations.push_back({place.at(name).text(), "is the digest of no published edition of " + id});
    }
}

}  // namespace

std::vector<ResourceDigest> read_digest_sri(std::string_view text) {
    std::vector<ResourceDigest> digests;
    for (std::size_t begin = 0; begin < text.size();) {
        auto const end = std::min(text.find(' ', begin), text.size());
        if (end > begin) {
            auto digest = read_hash_expression(text.substr(begin, end - begin));
            if (!digest) return {};
            digests.push_back(std::move(*digest));
        }
        begin = end + 1;
    }
    return digests;
}

std::optional<ResourceDigest> read_digest_multibase(std::string_view text) {
    std::optional<Bytes> bytes;
    if (text.starts_with('u')) bytes = base64url_decode(text.substr(1));
    if (text.starts_with('z')) bytes = base58btc_decode(text.substr(1));
    return bytes ? read_multihash(*bytes) : std::nullopt;
}

std::vector<Violation> check_related_resources(Json const& document) {
    std::vector<Violation> violations;
    if (!document.is_object() || !document.contains("relatedResource")) return violations;
    auto const& resources = document.at("relatedResource");
    Place const root;
    auto const place = root.at("relatedResource");
    if (!resources.is_array()) check_resource(resources, place, violations);
    if (resources.is_array()) {
        for (std::size_t i = 0; i < resources.size(); ++i)
            check_resource(resources[i], place.at(i), violations);
    }
    return violations;
}

}  // namespace itqan::schemas
