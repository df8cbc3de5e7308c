#pragma once
// The hash that RDFC-1.0 is tested and measured with: OpenSSL, one context and one fetched digest for all texts.

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

#include "schemas/rdf_canon.hpp"

namespace itqan::tests {

class EvpCanonHash : public schemas::CanonHash {
  public:
    explicit EvpCanonHash(char const* name = "SHA256") : digest_(EVP_MD_fetch(nullptr, name, nullptr)) {
        if (!digest_ || !context_ || EVP_DigestInit_ex2(context_.get(), digest_.get(), nullptr) != 1)
            throw std::runtime_error("no digest");
    }

    std::size_t size() const override { return static_cast<std::size_t>(EVP_MD_get_size(digest_.get())); }

    void hash(std::string_view text, std::uint8_t* digest) override {
        if (EVP_DigestUpdate(context_.get(), text.data(), text.size()) != 1 ||
            EVP_DigestFinal_ex(context_.get(), digest, nullptr) != 1 ||
            EVP_DigestInit_ex2(context_.get(), nullptr, nullptr) != 1) {
            throw std::runtime_error("digest failed");
        }
        ++calls;
    }

    std::size_t calls = 0;

  private:
    struct Free {
        void operator()(EVP_MD* digest) const { EVP_MD_free(digest); }
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };
    std::unique_ptr<EVP_MD, Free> digest_;
    std::unique_ptr<EVP_MD_CTX, Free> context_{EVP_MD_CTX_new()};
};

}  // namespace itqan::tests
