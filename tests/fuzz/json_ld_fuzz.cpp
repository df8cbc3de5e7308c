// JSON-LD with the published contexts: any JSON becomes RDF or an error, and the one walk says what the letter of the
// specification says.

#include <nlohmann/json.hpp>

#include "schemas/json_ld.hpp"
#include "schemas/published_contexts.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace itqan;
using namespace itqan::schemas;

namespace {

// Small, so that reaching one is quick.
constexpr JsonLdLimits limits{96, 2'000, 32, 8, 40'000};

bool is_limit(Error const& error) {
    return error.code == "json-ld-limit";
}

void compare(Dataset const& walked, Dataset const& by_letter) {
    fuzz::Sha256 hash;
    fuzz::require(walked.quads().size() == by_letter.quads().size(), "one walk makes as many quads as the letter");
    auto const one = canonicalise(walked, hash);
    auto const other = canonicalise(by_letter, hash);
    if (!one || !other) return;
    fuzz::require(one->nquads == other->nquads, "one walk and the letter make the same dataset");
}

void convert(JsonLdProcessor const& processor, Json const& document, JsonLdOptions options) {
    options.limits = limits;
    auto const walked = processor.to_rdf(document, options);
    options.expand_first = true;
    auto const by_letter = processor.to_rdf(document, options);
    if (!walked && is_limit(walked.error())) return;
    if (!by_letter && is_limit(by_letter.error())) return;
    fuzz::require(static_cast<bool>(walked) == static_cast<bool>(by_letter), "one walk and the letter refuse the same");
    if (walked) compare(*walked, *by_letter);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    static JsonLdProcessor const processor(published_contexts());
    auto const document = parse_json(fuzz::text_of(data, size));
    if (!document) return 0;

    convert(processor, *document, {.base = "https://example.org/one"});
    convert(processor, *document, {.base = "", .safe = true});

    JsonLdOptions plain{.base = ""};
    plain.limits = limits;
    auto const expanded = processor.expand(*document, plain);
    if (expanded) fuzz::require(expanded->is_array(), "expansion gives an array");
    return 0;
}
