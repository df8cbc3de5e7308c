#include "crypto/key_material.hpp"

#include <openssl/core_names.h>

namespace itqan::crypto {
namespace {

ossl::Key key_from_parameters(char const* name, OSSL_PARAM_BLD* builder) {
    ossl::Parameters const parameters(OSSL_PARAM_BLD_to_param(builder));
    ossl::check(parameters != nullptr, "OSSL_PARAM_BLD_to_param");
    ossl::KeyContext const context(EVP_PKEY_CTX_new_from_name(nullptr, name, nullptr));
    ossl::check(context && EVP_PKEY_fromdata_init(context.get()) == 1, "EVP_PKEY_fromdata_init");
    EVP_PKEY* key = nullptr;
    auto const made = EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get());
    ossl::Key owned(key);
    ERR_clear_error();
    return made == 1 ? std::move(owned) : nullptr;
}

/// `length` 0 means as many bytes as the number has.
Bytes number_of(EVP_PKEY const* key, char const* name, std::size_t length) {
    BIGNUM* number = nullptr;
    ossl::check(EVP_PKEY_get_bn_param(key, name, &number) == 1, "EVP_PKEY_get_bn_param");
    ossl::Number const owned(number);
    Bytes bytes(length == 0 ? static_cast<std::size_t>(BN_num_bytes(number)) : length);
    ossl::check(BN_bn2binpad(number, bytes.data(), static_cast<int>(bytes.size())) >= 0, "BN_bn2binpad");
    return bytes;
}

}  // namespace

KeyParts parts_of(EVP_PKEY const* key, KeyType type) {
    if (auto const* curve = curve_of(type)) {
        return {type, number_of(key, OSSL_PKEY_PARAM_EC_PUB_X, curve->field),
                number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y, curve->field)};
    }
    if (type == KeyType::rsa) {
        return {type, number_of(key, OSSL_PKEY_PARAM_RSA_N, 0), number_of(key, OSSL_PKEY_PARAM_RSA_E, 0)};
    }
    Bytes raw(32);
    std::size_t length = raw.size();
    ossl::check(EVP_PKEY_get_raw_public_key(key, raw.data(), &length) == 1, "EVP_PKEY_get_raw_public_key");
    return {type, std::move(raw)};
}

ossl::Key key_from_point(Curve const& curve, ByteView octets) {
    ossl::ParameterBuilder const builder(OSSL_PARAM_BLD_new());
    ossl::check(
        builder && OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.group, 0) &&
            OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, octets.data(), octets.size()),
        "OSSL_PARAM_BLD_push");
    auto key = key_from_parameters("EC", builder.get());
    if (!key) return nullptr;
    ossl::KeyContext const context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
    ossl::check(context != nullptr, "EVP_PKEY_CTX_new_from_pkey");
    auto const on_curve = EVP_PKEY_public_check(context.get()) == 1;
    ERR_clear_error();
    return on_curve ? std::move(key) : nullptr;
}

ossl::Key key_from_modulus(ByteView modulus, ByteView exponent) {
    ossl::Number const n(BN_bin2bn(modulus.data(), static_cast<int>(modulus.size()), nullptr));
    ossl::Number const e(BN_bin2bn(exponent.data(), static_cast<int>(exponent.size()), nullptr));
    ossl::ParameterBuilder const builder(OSSL_PARAM_BLD_new());
    ossl::check(n && e && builder && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) &&
                    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()),
                "OSSL_PARAM_BLD_push");
    return key_from_parameters("RSA", builder.get());
}

}  // namespace itqan::crypto
