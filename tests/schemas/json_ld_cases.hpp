#pragma once
// Shorthand for tests of JSON-LD: documents as text, results as text.

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "schemas/json_ld.hpp"
#include "schemas/rdf_nquads.hpp"

namespace itqan::tests {

inline schemas::JsonLdOptions safe_mode() {
    schemas::JsonLdOptions options;
    options.safe = true;
    return options;
}

/// A processor and the few contexts it knows.
class LdBench {
  public:
    using Context = std::pair<std::string, std::string>;  ///< Its URL and its text.

    LdBench(std::initializer_list<Context> contexts = {}) {
        for (auto const& [url, context] : contexts)
            add(url, context);
    }
    LdBench(LdBench const&) = delete;
    LdBench& operator=(LdBench const&) = delete;

    void add(std::string const& url, std::string const& context) {
        table_.add(url, Json{{"@context", Json::parse(context)}});
    }

    /// The result, or the code of the error.
    std::string expand(std::string const& document, schemas::JsonLdOptions const& options = {}) const {
        auto const expanded = processor_.expand(Json::parse(document), options);
        return expanded ? expanded->dump() : expanded.error().code;
    }

    std::string compact(std::string const& document, std::string const& context,
                        schemas::JsonLdOptions const& options = {}) const {
        auto compacted = processor_.compact(Json::parse(document), Json::parse(context), options);
        if (!compacted) return compacted.error().code;
        compacted->erase("@context");
        return compacted->dump();
    }

    std::string to_rdf(std::string const& document, schemas::JsonLdOptions const& options = {}) const {
        auto const dataset = processor_.to_rdf(Json::parse(document), options);
        return dataset ? schemas::write_nquads(*dataset) : dataset.error().code;
    }

    /// The code of the error and where it is, or "".
    std::string refusal(std::string const& document, schemas::JsonLdOptions const& options = safe_mode()) const {
        auto const dataset = processor_.to_rdf(Json::parse(document), options);
        if (dataset) return "";
        return dataset.error().code + " at " + dataset.error().violations.at(0).pointer;
    }

    schemas::DocumentTable const& table() const { return table_; }
    schemas::JsonLdProcessor const& processor() const { return processor_; }

  private:
    schemas::DocumentTable table_;
    schemas::JsonLdProcessor processor_{table_};
};

}  // namespace itqan::tests
