#include "crypto/rdf_canonicalizer.hpp"

#include "crypto/ossl.hpp"

namespace itqan::crypto {
namespace {

/// One context for all the short texts of a document: making one costs as much as hashing does.
class ReusedHash final : public schemas::CanonHash {
  public:
    explicit ReusedHash(HashAlgorithm algorithm) : digest_(digest_named(algorithm)), context_(EVP_MD_CTX_new()) {
        ossl::check(context_ != nullptr, "EVP_MD_CTX_new");
    }

    std::size_t size() const override { return static_cast<std::size_t>(EVP_MD_get_size(digest_)); }

    void hash(std::string_view text, std::uint8_t* digest) override {
        unsigned length = 0;
        ossl::check(EVP_DigestInit_ex2(context_.get(), digest_, nullptr) == 1 &&
                        EVP_DigestUpdate(context_.get(), text.data(), text.size()) == 1 &&
                        EVP_DigestFinal_ex(context_.get(), digest, &length) == 1,
                    "EVP_Digest");
    }

  private:
    static EVP_MD const* digest_named(HashAlgorithm algorithm) {
        static ossl::Digest const sha256(EVP_MD_fetch(nullptr, "SHA2-256", nullptr));
        static ossl::Digest const sha384(EVP_MD_fetch(nullptr, "SHA2-384", nullptr));
        auto const* digest = algorithm == HashAlgorithm::sha384 ? sha384.get() : sha256.get();
        ossl::check(digest != nullptr, "EVP_MD_fetch");
        return digest;
    }

    EVP_MD const* digest_;
    ossl::DigestContext context_;
};

}  // namespace

Result<std::string> RdfCanonicalizer::canonical_nquads(Json const& document, HashAlgorithm hash) const {
    schemas::JsonLdOptions options;
    options.safe = true;
    auto const dataset = processor_.to_rdf(document, options);
    if (!dataset) return dataset.error();
    ReusedHash hasher(hash);
    auto canonical = schemas::canonicalise(*dataset, hasher, limits_);
    if (!canonical) return canonical.error();
    return std::move(canonical->nquads);
}

}  // namespace itqan::crypto
