// N-Quads: what was read is written, and read again as the same quads.

#include "schemas/rdf_nquads.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace itqan;
using namespace itqan::schemas;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const dataset = read_nquads(fuzz::text_of(data, size));
    if (!dataset) return 0;

    auto const written = write_nquads(*dataset);
    auto const again = read_nquads(written);

    fuzz::require(static_cast<bool>(again), "what was written is read");
    fuzz::require(again->quads().size() == dataset->quads().size(), "no quad is lost");
    fuzz::require(write_nquads(*again) == written, "written again, it is the same");
    return 0;
}
