// The strict reader and the canonical writer: what was written is read as the same value and written the same.

#include <nlohmann/json.hpp>

#include "schemas/json.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace itqan;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const text = fuzz::text_of(data, size);
    auto const value = parse_json(text);
    if (!value) {
        fuzz::require(!value.error().code.empty(), "a refusal has a code");
        return 0;
    }
    fuzz::require(Json::accept(text), "what the strict reader takes is JSON");

    auto const written = canonical_json(*value);
    auto const again = parse_json(written, json_limits::case_package);

    fuzz::require(static_cast<bool>(again), "the canonical form is read");
    fuzz::require(*again == *value, "the canonical form says the same");
    fuzz::require(canonical_json(*again) == written, "the canonical form is its own canonical form");
    return 0;
}
