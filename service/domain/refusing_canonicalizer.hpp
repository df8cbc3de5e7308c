#pragma once
// Bounds what one request may cost: after the first refusal of a document for its size nothing is canonicalised again.

#include <optional>

#include "crypto/canonicalizer.hpp"

namespace itqan::domain {

/// Sixteen proofs of one poisoned document cost what one does. For one request and one thread.
class RefusingCanonicalizer : public crypto::Canonicalizer {
  public:
    /// `inner` outlives it.
    explicit RefusingCanonicalizer(crypto::Canonicalizer const& inner) : inner_(inner) {}

    Result<std::string> canonical_nquads(Json const& document, crypto::HashAlgorithm hash) const override {
        return once([&] { return inner_.canonical_nquads(document, hash); });
    }
    Result<std::vector<std::string>> named_nquads(Json const& document, crypto::NameNode const& name) const override {
        return once([&] { return inner_.named_nquads(document, name); });
    }
    Result<crypto::GroupedQuads> group_nquads(Json const& document, crypto::NameNode const& name,
                                              std::vector<std::vector<std::string>> const& groups) const override {
        return once([&] { return inner_.group_nquads(document, name, groups); });
    }

  private:
    template <typename Work>
    auto once(Work work) const -> decltype(work()) {
        if (refusal_) return *refusal_;
        auto result = work();
        if (!result && result.error().fault == Fault::too_large) refusal_ = result.error();
        return result;
    }

    crypto::Canonicalizer const& inner_;
    mutable std::optional<Error> refusal_;
};

}  // namespace itqan::domain
