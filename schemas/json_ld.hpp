#pragma once
// JSON-LD 1.1 (https://www.w3.org/TR/json-ld11-api/): expansion, compaction and the way to RDF. No flattening, framing
// or RDF to JSON-LD, and no fetching: contexts come from a DocumentLoader.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "schemas/document_loader.hpp"
#include "schemas/json.hpp"
#include "schemas/rdf.hpp"
#include "schemas/result.hpp"

namespace itqan::schemas {

/// What one document may cost. Beyond: too_large "json-ld-limit".
struct JsonLdLimits {
    std::size_t depth = 96;         ///< Of elements, scoped contexts and term definitions within one another.
    std::size_t elements = 20'000;  ///< Values looked at.
    std::size_t contexts = 64;      ///< Contexts the document itself writes or names, one by one.
    std::size_t remote_depth = 8;   ///< Contexts that name contexts.
    std::size_t work = 400'000;     ///< Terms defined or carried over, IRIs made and written; at most 1 us each.
};

enum class ProcessingMode { json_ld_1_0, json_ld_1_1 };
enum class RdfDirection { none, i18n_datatype, compound_literal };

struct JsonLdOptions {
    std::string base;                ///< The IRI of the document, or "" where relative references have no meaning.
    std::string base_override = {};  ///< The API's `base` option where it is not the IRI of the document.
    ProcessingMode mode = ProcessingMode::json_ld_1_1;
    std::shared_ptr<Json const> expand_context = {};
    bool compact_arrays = true;
    bool compact_to_relative = true;
    RdfDirection rdf_direction = RdfDirection::none;
    bool lower_case_languages = false;  ///< In RDF, as section 5.1.2 allows; beside a @direction always.
    bool generalized_rdf = false;       ///< Keep blank nodes as predicates.
    bool expand_first = false;          ///< to_rdf() by the letter of the specification; the same dataset, slower.

    /// Refuse whatever would get lost on the way to RDF, with a violation that says where: "json-ld-undefined-term",
    /// "json-ld-undefined-type", "json-ld-relative-iri", "json-ld-relative-type", "json-ld-reserved-term",
    /// "json-ld-blank-property", "json-ld-blank-id", "json-ld-invalid-iri", "json-ld-invalid-language",
    /// "json-ld-lost-direction", "json-ld-lost-value". Null and empty arrays say nothing and are no loss.
    bool safe = false;

    /// Refuse what leaves no trace in RDF, so that it could be added to a signed document or taken away unnoticed:
    /// null, empty arrays, keywords and contexts over nothing, a language without a value ("json-ld-traceless"). And
    /// what readers of the JSON would miss, because they know it by the name that a published context gives it: "@id"
    /// ("json-ld-keyword-alias"), a member or type under its IRI, or under a term that the document defines itself
    /// ("json-ld-term-alias").
    bool exact = false;

    /// Take an object {"@context": {...}} in the array of contexts of the document as what it holds, as jsonld.js does
    /// and the W3C fixtures for proof chains need. The specification calls it "keyword redefinition".
    bool nested_contexts = false;
    JsonLdLimits limits = {};
    std::size_t* steps = nullptr;  ///< Where the work and the elements are added that it took, also after an error.
};

/// As Data Integrity suites transform what they sign: no base, no loss, directions in datatypes, languages in lower
/// case, nested contexts. Issuers and verifiers have to agree on it to the byte.
JsonLdOptions signing_options();

/// Thread-safe. What it learned about the loader's contexts it keeps, so one processor should serve many documents.
class JsonLdProcessor {
  public:
    /// The loader outlives the processor.
    explicit JsonLdProcessor(DocumentLoader const& loader);
    ~JsonLdProcessor();

    // Errors: unprocessable, with the codes of section 9.6 of the specification ("invalid term definition"), or as
    // said at JsonLdOptions::safe and JsonLdLimits.

    /// Section 5.1; always an array.
    Result<Json> expand(Json const& document, JsonLdOptions const& options) const;

    /// Section 6.1, of any JSON-LD document. `context` is a context or an object with an @context.
    Result<Json> compact(Json const& document, Json const& context, JsonLdOptions const& options) const;

    /// Section 8.1.
    Result<Dataset> to_rdf(Json const& document, JsonLdOptions const& options) const;

    /// Adds to a dataset, which may have served before (Dataset::clear()) and keeps its memory. After an error it holds
    /// a part.
    Result<void> to_rdf(Json const& document, JsonLdOptions const& options, Dataset& dataset) const;

  private:
    DocumentLoader const& loader_;
    std::unique_ptr<class ContextCache> cache_;
};

}  // namespace itqan::schemas
