// RDFC-1.0 within the limits of production: the canonical form is its own canonical form.

#include "schemas/rdf_canon.hpp"
#include "schemas/rdf_nquads.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace itqan;
using namespace itqan::schemas;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const dataset = read_nquads(fuzz::text_of(data, size));
    if (!dataset) return 0;
    fuzz::Sha256 hash;
    auto const canonical = canonicalise(*dataset, hash);
    if (!canonical) {
        fuzz::require(canonical.error().code == "rdf-work-limit", "only the limit refuses what is RDF");
        return 0;
    }

    auto const again = canonicalise(*dataset, hash);
    auto const read = read_nquads(canonical->nquads);

    fuzz::require(again && again->nquads == canonical->nquads, "twice gives the same");
    fuzz::require(static_cast<bool>(read), "the canonical form is N-Quads");
    // Other labels may be tried in another order, so that this one reaches the limit.
    auto const of_read = canonicalise(*read, hash);
    fuzz::require(!of_read || of_read->nquads == canonical->nquads, "the canonical form is its own canonical form");
    return 0;
}
