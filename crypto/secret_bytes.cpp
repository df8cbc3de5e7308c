#include "crypto/secret_bytes.hpp"

#include <utility>

#include <openssl/crypto.h>

namespace itqan::crypto {

SecretBytes::SecretBytes(std::size_t size) : bytes_(size) {}

SecretBytes::SecretBytes(Bytes&& bytes) : bytes_(std::exchange(bytes, {})) {}

SecretBytes SecretBytes::copy_of(ByteView bytes) {
    return SecretBytes(Bytes(bytes.begin(), bytes.end()));
}

SecretBytes SecretBytes::copy_of(std::string_view text) {
    return SecretBytes(Bytes(text.begin(), text.end()));
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
    if (this != &other) {
        wipe();
        bytes_ = std::exchange(other.bytes_, {});
    }
    return *this;
}

SecretBytes::~SecretBytes() {
    wipe();
}

void SecretBytes::wipe() noexcept {
    if (!bytes_.empty()) OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

}  // namespace itqan::crypto
