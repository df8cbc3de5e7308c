#pragma once
// Create Term Definition, section 4.2 of https://www.w3.org/TR/json-ld11-api/.

#include <map>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "schemas/json_ld_context_processing.hpp"

namespace itqan::schemas {

/// Defines the terms of one context definition, those first that others are made of.
class TermDefiner {
  public:
    TermDefiner(JsonLdRun& run, ContextFields& result, LocalContext const& local, ContextUse use,
                RemoteContexts const* remote);

    /// Does nothing for a term that is defined already. False when the run failed.
    bool define(std::string_view term);

    /// Defines a term if this context does; for IRI expansion.
    bool define_if_local(std::string_view term);

  private:
    struct Draft;  ///< A definition being made.

    bool check_keyword(std::string_view term, Json const& value);
    bool build(Draft& draft);
    bool drop(Draft const& draft);
    bool read_protected(Draft& draft);
    bool read_type(Draft& draft);
    bool read_mapping(Draft& draft);
    bool read_reverse(Draft& draft);
    bool read_id(Draft& draft);
    bool check_iri_like_term(Draft const& draft);
    bool read_implied_mapping(Draft& draft);
    bool read_container(Draft& draft);
    bool read_index(Draft& draft);
    bool read_context(Draft& draft);
    bool read_language(Draft& draft);
    bool read_direction(Draft& draft);
    bool read_nest(Draft& draft);
    bool read_prefix(Draft& draft);
    bool check_entries(Draft const& draft);
    bool keep_protected(Draft& draft);
    bool set_iri(Draft& draft, std::string iri);
    bool is_1_0() const { return result_.mode == ProcessingMode::json_ld_1_0; }

    JsonLdRun& run_;
    ContextFields& result_;
    LocalContext const& local_;
    Json::object_t const& entries_;
    ContextUse use_;
    RemoteContexts const* remote_;
    bool protected_by_default_ = false;
    std::map<std::string_view, bool, std::less<>> defined_;  ///< False while a definition is being made.
};

}  // namespace itqan::schemas
