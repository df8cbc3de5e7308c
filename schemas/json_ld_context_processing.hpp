#pragma once
// From contexts as written to active contexts: sections 4.1 (context processing), 4.2 (term definitions) and 5.2 (IRI
// expansion) of https://www.w3.org/TR/json-ld11-api/.

#include <optional>
#include <string>
#include <string_view>

#include "schemas/json_ld_context.hpp"
#include "schemas/json_ld_run.hpp"

namespace itqan::schemas {

/// The remote contexts being processed, innermost first.
struct RemoteContexts {
    RemoteContexts const* outer = nullptr;
    std::string_view url;
    std::size_t count = 0;  ///< With the outer ones.

    bool includes(std::string_view sought) const;
};

/// Section 4.1.2. Null when the run failed. A context of the loader's is processed once and then found.
ContextPtr process_context(JsonLdRun& run, ContextPtr const& active, LocalContext const& local, ContextUse use,
                           RemoteContexts const* remote = nullptr);

/// A scoped context, of a property or with `propagate` false of a type.
ContextPtr apply_scoped(JsonLdRun& run, ContextPtr const& active, TermDefinition const& definition, ContextUse use);

class TermDefiner;

struct IriMeaning {
    bool document_relative = false;
    bool vocab = true;
};

/// Section 5.2. Nothing for null, for what has the form of a keyword and when the run failed. `definer` while a context
/// is being processed.
std::optional<std::string> expand_iri(JsonLdRun& run, ContextFields const& context, std::string_view value,
                                      IriMeaning meaning = {}, TermDefiner* definer = nullptr);

/// The same without a copy where there is none to make: the view is of `value`, the context or `storage`.
std::optional<std::string_view> expand_iri_in(std::string& storage, JsonLdRun& run, ContextFields const& context,
                                              std::string_view value, IriMeaning meaning,
                                              TermDefiner* definer = nullptr);

/// A scheme, a colon and no blanks: what the algorithms take for an IRI. Whether it is well-formed is asked on the way
/// to RDF.
bool has_iri_form(std::string_view text);

bool is_blank_node(std::string_view text);

}  // namespace itqan::schemas
