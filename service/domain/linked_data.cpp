#include "service/domain/linked_data.hpp"

#include "crypto/rdf_canonicalizer.hpp"
#include "schemas/published_contexts.hpp"

namespace itqan::domain {

schemas::JsonLdProcessor const& linked_data_processor() {
    static schemas::JsonLdProcessor const processor{schemas::published_contexts()};
    return processor;
}

crypto::Canonicalizer const& linked_data_canonicalizer() {
    static crypto::RdfCanonicalizer const canonicalizer{linked_data_processor(), schemas::canon_limits::production};
    return canonicalizer;
}

}  // namespace itqan::domain
