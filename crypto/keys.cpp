#include "crypto/keys.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <sodium.h>

#include "crypto/key_material.hpp"

namespace itqan::crypto {
namespace {

struct Names {
    KeyType type;
    std::string_view name;
    std::string_view algorithm;
};
constexpr std::array<Names, 5> names{{
    {KeyType::ed25519, "ed25519", "EdDSA"},
    {KeyType::p256, "p256", "ES256"},
    {KeyType::p384, "p384", "ES384"},
    {KeyType::p521, "p521", "ES512"},
    {KeyType::rsa, "rsa", "RS256"},
}};

Names const& names_of(KeyType type) {
    return *std::find_if(names.begin(), names.end(), [type](Names const& entry) { return entry.type == type; });
}

/// Of the types that OpenSSL signs with here: all but Ed25519.
char const* digest_of(KeyType type) {
    auto const* curve = curve_of(type);
    return curve != nullptr ? curve->digest : "SHA2-256";
}

/// The type of a key read from PKCS #8; nothing for types and sizes that do not exist here.
std::optional<KeyType> type_of(EVP_PKEY const* key) {
    if (EVP_PKEY_is_a(key, "ED25519")) return KeyType::ed25519;
    if (EVP_PKEY_is_a(key, "RSA")) return EVP_PKEY_get_bits(key) >= 2048 ? std::optional(KeyType::rsa) : std::nullopt;
    if (!EVP_PKEY_is_a(key, "EC")) return std::nullopt;
    std::array<char, 64> group{};
    std::size_t length = 0;
    if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) != 1) return std::nullopt;
    for (auto const& curve : curves) {
        if (std::string_view(group.data(), length) == curve.group) return curve.type;
    }
    return std::nullopt;
}

/// ECDSA signatures travel as r||s (RFC 7518 section 3.4); OpenSSL speaks DER. Empty for a wrong length.
Bytes der_of(ByteView signature, std::size_t field) {
    if (signature.size() != 2 * field) return {};
    ossl::EcdsaSignature const parts(ECDSA_SIG_new());
    auto const length = static_cast<int>(field);
    ossl::Number r(BN_bin2bn(signature.data(), length, nullptr));
    ossl::Number s(BN_bin2bn(signature.data() + field, length, nullptr));
    ossl::check(parts && r && s && ECDSA_SIG_set0(parts.get(), r.get(), s.get()) == 1, "ECDSA_SIG_set0");
    static_cast<void>(r.release());
    static_cast<void>(s.release());
    auto const size = i2d_ECDSA_SIG(parts.get(), nullptr);
    ossl::check(size > 0, "i2d_ECDSA_SIG");
    Bytes der(static_cast<std::size_t>(size));
    auto* out = der.data();
    ossl::check(i2d_ECDSA_SIG(parts.get(), &out) == size, "i2d_ECDSA_SIG");
    return der;
}

Bytes raw_of(ByteView der, std::size_t field) {
    auto const* in = der.data();
    ossl::EcdsaSignature const parts(d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der.size())));
    ossl::check(parts != nullptr, "d2i_ECDSA_SIG");
    Bytes raw(2 * field);
    auto const length = static_cast<int>(field);
    ossl::check(BN_bn2binpad(ECDSA_SIG_get0_r(parts.get()), raw.data(), length) == length &&
                    BN_bn2binpad(ECDSA_SIG_get0_s(parts.get()), raw.data() + field, length) == length,
                "BN_bn2binpad");
    return raw;
}

ossl::DigestContext new_context() {
    ossl::DigestContext context(EVP_MD_CTX_new());
    ossl::check(context != nullptr, "EVP_MD_CTX_new");
    return context;
}

/// Seed and public key, as libsodium signs with; empty for the other types.
SecretBytes ed25519_secret(EVP_PKEY const* key, KeyParts const& parts) {
    if (parts.type != KeyType::ed25519) return {};
    SecretBytes secret(crypto_sign_SECRETKEYBYTES);
    auto length = std::size_t{crypto_sign_SEEDBYTES};
    ossl::check(EVP_PKEY_get_raw_private_key(key, secret.data(), &length) == 1 && length == crypto_sign_SEEDBYTES,
                "EVP_PKEY_get_raw_private_key");
    std::copy(parts.first.begin(), parts.first.end(), secret.data() + crypto_sign_SEEDBYTES);
    return secret;
}

}  // namespace

std::string_view key_type_name(KeyType type) {
    return names_of(type).name;
}

std::optional<KeyType> read_key_type(std::string_view name) {
    for (auto const& entry : names) {
        if (entry.name == name) return entry.type;
    }
    return std::nullopt;
}

std::string_view algorithm_of(KeyType type) {
    return names_of(type).algorithm;
}

bool is_badge_algorithm(std::string_view algorithm) {
    return algorithm == "EdDSA" || algorithm == "ES256" || algorithm == "ES384" || algorithm == "RS256";
}

KeyType PublicKey::type() const {
    return material_->parts.type;
}

std::string const& PublicKey::thumbprint() const {
    return material_->thumbprint;
}

bool PublicKey::verify(ByteView message, ByteView signature) const {
    if (type() == KeyType::ed25519)
        return signature.size() == crypto_sign_BYTES &&
               crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                           material_->parts.first.data()) == 0;
    Bytes der;
    if (auto const* curve = curve_of(type())) {
        der = der_of(signature, curve->field);
        if (der.empty()) return false;
        signature = der;
    }
    // OpenSSL takes the length of an RSA signature loosely in places; here it is the modulus'.
    if (type() == KeyType::rsa && signature.size() != material_->parts.first.size()) return false;
    auto const context = new_context();
    ossl::check(EVP_DigestVerifyInit_ex(context.get(), nullptr, digest_of(type()), nullptr, nullptr,
                                        material_->key.get(), nullptr) == 1,
                "EVP_DigestVerifyInit_ex");
    bool const good =
        EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
    ERR_clear_error();
    return good;
}

struct PrivateKey::Material {
    ossl::Key key;
    SecretBytes ed25519;
};

PrivateKey::PrivateKey(std::unique_ptr<Material> material, PublicKey public_key)
    : material_(std::move(material)), public_key_(std::move(public_key)) {}
PrivateKey::PrivateKey(PrivateKey&&) noexcept = default;
PrivateKey& PrivateKey::operator=(PrivateKey&&) noexcept = default;
PrivateKey::~PrivateKey() = default;

PrivateKey PrivateKey::generate(KeyType type, unsigned rsa_bits) {
    ossl::Key key;
    if (type == KeyType::rsa) {
        if (rsa_bits < 2048 || rsa_bits > 8192) throw std::invalid_argument("RSA keys have 2048 to 8192 bits");
        key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(rsa_bits)));
    } else if (auto const* curve = curve_of(type)) {
        key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve->group));
    } else {
        key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    }
    ossl::check(key != nullptr, "EVP_PKEY_Q_keygen");
    auto const parts = parts_of(key.get(), type);
    auto secret = ed25519_secret(key.get(), parts);
    auto public_key = PublicKey::from_parts(parts);
    return PrivateKey(std::make_unique<Material>(Material{std::move(key), std::move(secret)}), std::move(*public_key));
}

Result<PrivateKey> PrivateKey::from_pkcs8(SecretBytes const& der) {
    auto const invalid = [](char const* detail) { return Error{Fault::unprocessable, "invalid-key", detail}; };
    auto const* in = der.view().data();
    ossl::Pkcs8 const info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &in, static_cast<long>(der.size())));
    bool const whole = info && in == der.view().data() + der.size();
    ossl::Key key(whole ? EVP_PKCS82PKEY(info.get()) : nullptr);
    ERR_clear_error();
    if (!key) return invalid("The bytes are not one PKCS #8 private key.");
    auto const type = type_of(key.get());
    if (!type) return invalid("The private key must be Ed25519, P-256, P-384, P-521 or RSA of at least 2048 bits.");
    auto const parts = parts_of(key.get(), *type);
    auto secret = ed25519_secret(key.get(), parts);
    auto public_key = PublicKey::from_parts(parts);
    if (!public_key) return public_key.error();
    return PrivateKey(std::make_unique<Material>(Material{std::move(key), std::move(secret)}), std::move(*public_key));
}

SecretBytes PrivateKey::to_pkcs8() const {
    ossl::Pkcs8 const info(EVP_PKEY2PKCS8(material_->key.get()));
    ossl::check(info != nullptr, "EVP_PKEY2PKCS8");
    auto const size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr);
    ossl::check(size > 0, "i2d_PKCS8_PRIV_KEY_INFO");
    SecretBytes der(static_cast<std::size_t>(size));
    auto* out = der.data();
    ossl::check(i2d_PKCS8_PRIV_KEY_INFO(info.get(), &out) == size, "i2d_PKCS8_PRIV_KEY_INFO");
    return der;
}

Bytes PrivateKey::sign(ByteView message) const {
    if (type() == KeyType::ed25519) {
        Bytes signature(crypto_sign_BYTES);
        crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), material_->ed25519.view().data());
        return signature;
    }
    auto const context = new_context();
    ossl::check(EVP_DigestSignInit_ex(context.get(), nullptr, digest_of(type()), nullptr, nullptr, material_->key.get(),
                                      nullptr) == 1,
                "EVP_DigestSignInit_ex");
    auto length = static_cast<std::size_t>(EVP_PKEY_get_size(material_->key.get()));
    Bytes signature(length);
    ossl::check(EVP_DigestSign(context.get(), signature.data(), &length, message.data(), message.size()) == 1,
                "EVP_DigestSign");
    signature.resize(length);
    auto const* curve = curve_of(type());
    return curve != nullptr ? raw_of(signature, curve->field) : signature;
}

}  // namespace itqan::crypto
