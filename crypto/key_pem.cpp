// The text form of public keys that Open Badges 2.0 uses (`publicKeyPem`): RFC 7468 section 13, SubjectPublicKeyInfo.

#include "crypto/key_material.hpp"
#include "schemas/text.hpp"

namespace itqan::crypto {
namespace {

constexpr std::size_t longest_pem = 8 * 1024;
constexpr std::string_view pem_begin = "-----BEGIN PUBLIC KEY-----", pem_end = "-----END PUBLIC KEY-----";

Error invalid_pem(char const* detail) {
    return Error{Fault::unprocessable, "invalid-key", detail};
}

/// The bytes between the two lines; issuers break lines where they like, or not at all.
std::optional<Bytes> der_of_pem(std::string_view pem) {
    pem = trimmed(pem);
    if (pem.size() > longest_pem || !pem.starts_with(pem_begin) || !pem.ends_with(pem_end)) return std::nullopt;
    pem.remove_prefix(pem_begin.size());
    if (pem.size() < pem_end.size()) return std::nullopt;
    pem.remove_suffix(pem_end.size());
    std::string text;
    for (char const c : pem)
        if (c != '\n' && c != '\r' && c != ' ' && c != '\t') text += c;
    return base64_decode(text);
}

std::optional<KeyType> type_of_public(EVP_PKEY const* key) {
    if (EVP_PKEY_is_a(key, "ED25519")) return KeyType::ed25519;
    if (EVP_PKEY_is_a(key, "RSA")) return KeyType::rsa;
    if (!EVP_PKEY_is_a(key, "EC")) return std::nullopt;
    char group[64] = {};
    std::size_t length = 0;
    if (EVP_PKEY_get_group_name(key, group, sizeof group, &length) != 1) return std::nullopt;
    for (auto const& curve : curves)
        if (std::string_view(group, length) == curve.group) return curve.type;
    return std::nullopt;
}

}  // namespace

Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
    if (pem.find("PRIVATE KEY-----") != std::string_view::npos)
        return Error{Fault::unprocessable, "private-key-exposed", "A private key stands where a public one belongs."};
    auto const der = der_of_pem(pem);
    if (!der) return invalid_pem("A public key in PEM stands between BEGIN PUBLIC KEY and END PUBLIC KEY in base64.");
    auto const* in = der->data();
    ossl::Key const key(d2i_PUBKEY(nullptr, &in, static_cast<long>(der->size())));
    ERR_clear_error();
    if (!key || in != der->data() + der->size()) return invalid_pem("The PEM holds no public key.");
    auto const type = type_of_public(key.get());
    if (!type) return Error{Fault::unprocessable, "unsupported-key", "Keys are RSA, P-256, P-384, P-521 or Ed25519."};
    return from_parts(parts_of(key.get(), *type));
}

}  // namespace itqan::crypto
