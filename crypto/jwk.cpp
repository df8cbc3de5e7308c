// The text forms of public keys: JWK (RFC 7517, 7518 section 6, 8037) and Multikey.

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>

#include <nlohmann/json.hpp>

#include "crypto/digest.hpp"
#include "crypto/key_material.hpp"
#include "crypto/multibase.hpp"
#include "schemas/json.hpp"

namespace itqan::crypto {
namespace {

constexpr unsigned smallest_modulus = 2048;
constexpr unsigned largest_modulus = 8192;

Error invalid_key(std::string detail, std::string pointer = "") {
    Error error{Fault::unprocessable, "invalid-key", detail};
    if (!pointer.empty()) error.violations.push_back({std::move(pointer), std::move(detail)});
    return error;
}

Error unsupported_key(std::string detail) {
    return Error{Fault::unprocessable, "unsupported-key", std::move(detail)};
}

Result<Bytes> binary_member(Json const& jwk, char const* name) {
    auto bytes = base64url_decode(text_member(jwk, name));
    if (!bytes || bytes->empty()) {
        return invalid_key(std::string("The key's member ") + name + " must be base64url text.",
                           std::string("/") + name);
    }
    return std::move(*bytes);
}

/// One key, one algorithm, one use: what the JWK says about itself must not contradict its type.
Result<void> check_purpose(Json const& jwk, KeyType type) {
    if (jwk.contains("alg") && text_member(jwk, "alg") != algorithm_of(type)) {
        return unsupported_key("The key's alg must be " + std::string(algorithm_of(type)) + " or absent.");
    }
    if (jwk.contains("use") && text_member(jwk, "use") != "sig") return unsupported_key("The key's use must be sig.");
    if (auto const operations = jwk.find("key_ops"); operations != jwk.end()) {
        if (!operations->is_array() ||
            std::find(operations->begin(), operations->end(), "verify") == operations->end()) {
            return unsupported_key("The key's key_ops must list verify.");
        }
    }
    return {};
}

Result<KeyParts> read_parts(Json const& jwk, KeyType type, char const* first, char const* second) {
    auto left = binary_member(jwk, first);
    if (!left) return left.error();
    if (second == nullptr) return KeyParts{type, std::move(*left)};
    auto right = binary_member(jwk, second);
    if (!right) return right.error();
    return KeyParts{type, std::move(*left), std::move(*right)};
}

Result<KeyParts> read_parts(Json const& jwk) {
    auto const kty = text_member(jwk, "kty");
    auto const crv = text_member(jwk, "crv");
    if (kty == "RSA") return read_parts(jwk, KeyType::rsa, "n", "e");
    if (kty == "OKP" && crv == "Ed25519") return read_parts(jwk, KeyType::ed25519, "x", nullptr);
    if (kty == "EC") {
        for (auto const& curve : curves) {
            if (crv == curve.crv) return read_parts(jwk, curve.type, "x", "y");
        }
    }
    return unsupported_key("The key must be Ed25519, P-256, P-384, P-521 or RSA.");
}

Result<void> check_rsa(KeyParts const& parts) {
    if (parts.first.front() == 0 || parts.second.front() == 0) {
        return invalid_key("RSA numbers have no leading zero bytes (RFC 7518 section 2).");
    }
    auto const bits = parts.first.size() * 8;
    if (bits > largest_modulus || bits < smallest_modulus || (bits == smallest_modulus && parts.first.front() < 0x80)) {
        return invalid_key("An RSA modulus has 2048 to 8192 bits.", "/n");
    }
    bool const even = (parts.first.back() & 1U) == 0;
    if (even) return invalid_key("An RSA modulus is odd.", "/n");
    bool const one = parts.second.size() == 1 && parts.second.front() == 1;
    if ((parts.second.back() & 1U) == 0 || one || parts.second.size() > 8) {
        return invalid_key("An RSA exponent is odd, above 1 and below 2^64.", "/e");
    }
    return {};
}

/// The encodings of y of Edwards25519's eight points of small order, the two above the field's prime among them.
constexpr std::array<std::string_view, 7> small_order{
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"};

/// Whether one signature of this key can be good for any message.
bool has_small_order(Bytes y) {
    y.back() &= 0x7fU;  // The sign of x.
    return std::find(small_order.begin(), small_order.end(), hex_encode(y)) != small_order.end();
}

Result<ossl::Key> build(KeyParts const& parts) {
    if (auto const* curve = curve_of(parts.type)) {
        if (parts.first.size() != curve->field || parts.second.size() != curve->field) {
            return invalid_key("A coordinate on " + std::string(curve->crv) + " has exactly " +
                               std::to_string(curve->field) + " bytes.");
        }
        Bytes octets{4};
        octets.insert(octets.end(), parts.first.begin(), parts.first.end());
        octets.insert(octets.end(), parts.second.begin(), parts.second.end());
        auto key = key_from_point(*curve, octets);
        if (!key) return invalid_key("The point is not on " + std::string(curve->crv) + ".");
        return key;
    }
    if (parts.type == KeyType::rsa) {
        if (auto const checked = check_rsa(parts); !checked) return checked.error();
        auto key = key_from_modulus(parts.first, parts.second);
        if (!key) return invalid_key("The RSA numbers make no key.");
        return key;
    }
    if (parts.first.size() != 32) return invalid_key("An Ed25519 key has exactly 32 bytes.", "/x");
    if (has_small_order(parts.first)) return invalid_key("The Ed25519 key is a point of small order.", "/x");
    return ossl::Key();  // libsodium verifies with the bytes; OpenSSL's own form took as long as half a signature.
}

Json jwk_of(KeyParts const& parts) {
    auto const first = base64url_encode(parts.first);
    if (parts.type == KeyType::rsa) return {{"kty", "RSA"}, {"n", first}, {"e", base64url_encode(parts.second)}};
    if (parts.type == KeyType::ed25519) return {{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", first}};
    return {{"kty", "EC"}, {"crv", curve_of(parts.type)->crv}, {"x", first}, {"y", base64url_encode(parts.second)}};
}

}  // namespace

Result<PublicKey> PublicKey::from_parts(KeyParts parts) {
    auto key = build(parts);
    if (!key) return key.error();
    auto thumbprint = base64url_encode(sha256(as_bytes(canonical_json(jwk_of(parts)))));  // RFC 7638 section 3.
    return PublicKey(
        std::make_shared<Material const>(Material{std::move(parts), std::move(*key), std::move(thumbprint)}));
}

Result<PublicKey> PublicKey::from_jwk(Json const& jwk) {
    if (!jwk.is_object()) return invalid_key("A JWK is a JSON object.");
    for (auto const* name : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
        if (jwk.contains(name)) {
            return Error{Fault::unprocessable,
                         "private-key-exposed",
                         std::string("The JWK holds the private member ") + name + "; the key must be given up.",
                         {{std::string("/") + name, "A public key has no such member."}}};
        }
    }
    auto parts = read_parts(jwk);
    if (!parts) return parts.error();
    if (auto const checked = check_purpose(jwk, parts->type); !checked) return checked.error();
    return from_parts(std::move(*parts));
}

Result<PublicKey> PublicKey::from_multikey(std::string_view text) {
    auto multikey = decode_multikey(text);
    if (!multikey) return multikey.error();
    if (multikey->type == KeyType::ed25519) return from_parts({KeyType::ed25519, std::move(multikey->raw)});
    auto const key = key_from_point(*curve_of(multikey->type), multikey->raw);
    if (!key) return invalid_key("The Multikey's point is not on its curve.");
    return from_parts(parts_of(key.get(), multikey->type));
}

Json PublicKey::to_jwk() const {
    return jwk_of(material_->parts);
}

std::string PublicKey::multikey() const {
    auto const& parts = material_->parts;
    if (curve_of(parts.type) == nullptr) return encode_multikey(parts.type, parts.first);
    Bytes compressed{static_cast<std::uint8_t>(2U | (parts.second.back() & 1U))};  // SEC 1 section 2.3.3.
    compressed.insert(compressed.end(), parts.first.begin(), parts.first.end());
    return encode_multikey(parts.type, compressed);
}

}  // namespace itqan::crypto
