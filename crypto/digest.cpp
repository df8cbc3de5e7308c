#include "crypto/digest.hpp"

#include <algorithm>
#include <stdexcept>

#include <openssl/crypto.h>

#include "crypto/ossl.hpp"
#include "crypto/uuid_text.hpp"

namespace itqan::crypto {
namespace {

Bytes hash(EVP_MD const* digest, ByteView data) {
    Bytes out(EVP_MAX_MD_SIZE);
    unsigned length = 0;
    ossl::check(EVP_Digest(data.data(), data.size(), out.data(), &length, digest, nullptr) == 1, "EVP_Digest");
    out.resize(length);
    return out;
}

// The algorithms are fetched once: an implicit fetch per call costs more than hashing a token does.
ossl::Digest fetch(char const* name) {
    ossl::Digest digest(EVP_MD_fetch(nullptr, name, nullptr));
    ossl::check(digest != nullptr, "EVP_MD_fetch");
    return digest;
}

}  // namespace

Bytes sha256(ByteView data) {
    static ossl::Digest const digest = fetch("SHA2-256");
    return hash(digest.get(), data);
}

Bytes sha384(ByteView data) {
    static ossl::Digest const digest = fetch("SHA2-384");
    return hash(digest.get(), data);
}

Bytes hash_with(HashAlgorithm algorithm, ByteView data) {
    return algorithm == HashAlgorithm::sha384 ? sha384(data) : sha256(data);
}

Bytes hmac_sha256(ByteView key, ByteView data) {
    Bytes code(32);
    std::size_t length = 0;
    ossl::check(EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, key.data(), key.size(), data.data(), data.size(),
                          code.data(), code.size(), &length) != nullptr,
                "EVP_Q_mac");
    return code;
}

std::string sha256_hex(std::string_view text) {
    return hex_encode(sha256(as_bytes(text)));
}

std::string md5_hex(std::string_view text) {
    ossl::Digest const digest(EVP_MD_fetch(nullptr, "MD5", nullptr));
    return digest == nullptr ? std::string() : hex_encode(hash(digest.get(), as_bytes(text)));
}

bool equal_constant_time(ByteView left, ByteView right) {
    return left.size() == right.size() && (left.empty() || CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0);
}

std::string uuid_v5(std::string_view namespace_uuid, std::string_view name) {
    auto const space = schemas::parse_uuid(namespace_uuid);
    if (!space) throw std::invalid_argument("uuid_v5: the namespace is not a UUID: " + std::string(namespace_uuid));

    static ossl::Digest const digest = fetch("SHA1");  // RFC 9562 prescribes SHA-1 here; nothing is protected by it.
    Bytes data(space->begin(), space->end());
    data.insert(data.end(), name.begin(), name.end());
    auto const hashed = hash(digest.get(), data);
    schemas::UuidBytes id;
    std::copy_n(hashed.begin(), id.size(), id.begin());
    return uuid_text(id, 5);
}

}  // namespace itqan::crypto
