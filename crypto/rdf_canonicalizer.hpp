#pragma once
// The Canonicalizer of production: JSON-LD 1.1 in safe mode, then RDFC-1.0, with the contexts of a fixed table.

#include <memory>

#include "crypto/canonicalizer.hpp"
#include "schemas/json_ld.hpp"
#include "schemas/rdf_canon.hpp"

namespace itqan::crypto {

class KnownOptions;

class RdfCanonicalizer : public Canonicalizer {
  public:
    /// The processor outlives it, and so does the budget that all calls draw on, if any, JSON-LD and RDF alike; with
    /// one it is for one thread.
    explicit RdfCanonicalizer(schemas::JsonLdProcessor const& processor, schemas::CanonLimits limits = {},
                              schemas::CanonBudget* budget = nullptr);

    /// There is no base: what is relative is an error, so that no later @base gives it another meaning. Errors: those
    /// of JsonLdProcessor::to_rdf and schemas::canonicalise, "rdf-work-limit" also for a budget that is used up.
    Result<std::string> canonical_nquads(Json const& document, HashAlgorithm hash) const override;
    Result<std::string> canonical_options(Json const& options, HashAlgorithm hash) const override;
    Result<std::vector<std::string>> named_nquads(Json const& document, NameNode const& name) const override;
    Result<GroupedQuads> group_nquads(Json const& document, NameNode const& name,
                                      std::vector<std::vector<std::string>> const& groups) const override;

  private:
    schemas::JsonLdProcessor const& processor_;
    schemas::CanonLimits limits_;
    schemas::CanonBudget* budget_;
    std::shared_ptr<KnownOptions> known_options_;
};

}  // namespace itqan::crypto
