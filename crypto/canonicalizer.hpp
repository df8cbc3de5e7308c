#pragma once
// What the RDF cryptosuites need of JSON-LD and RDF, as one narrow interface; rdf_canonicalizer.hpp stands behind it.

#include <string>

#include "crypto/digest.hpp"
#include "schemas/json.hpp"

namespace itqan::crypto {

class Canonicalizer {
  public:
    virtual ~Canonicalizer() = default;

    /// The canonical N-Quads (RDFC-1.0, run with `hash`) of a JSON-LD document. Whatever would not reach the N-Quads
    /// must be an error: it would not be signed. May be called from many threads at once.
    virtual Result<std::string> canonical_nquads(Json const& document, HashAlgorithm hash) const = 0;
};

}  // namespace itqan::crypto
