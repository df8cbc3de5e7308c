// The strict reader and the canonical writer: what was written is read as the same value and written the same. The
// reader has a scanner of its own, and nlohmann's says what is JSON and what it means.

#include <nlohmann/json.hpp>

#include "schemas/json.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace itqan;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const text = fuzz::text_of(data, size);
    auto const value = parse_json(text);
    if (!value) {
        fuzz::require(!value.error().code.empty(), "a refusal has a code");
        bool const is_no_json = value.error().code == "json-syntax";
        fuzz::require(!is_no_json || !Json::accept(text), "what is said to be no JSON is none");
        return 0;
    }
    auto const reference = Json::parse(text, nullptr, false);
    fuzz::require(!reference.is_discarded(), "what the strict reader takes is JSON");
    fuzz::require(reference == *value && reference.dump() == value->dump(), "both readers read the same");

    auto const written = canonical_json(*value);
    auto const again = parse_json(written, json_limits::case_package);

    fuzz::require(static_cast<bool>(again), "the canonical form is read");
    fuzz::require(*again == *value, "the canonical form says the same");
    fuzz::require(canonical_json(*again) == written, "the canonical form is its own canonical form");
    return 0;
}
