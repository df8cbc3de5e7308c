#include "schemas/json_ld.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "schemas/json_ld_compact.hpp"
#include "schemas/json_ld_expand.hpp"
#include "schemas/json_ld_rdf.hpp"
#include "schemas/json_ld_walk.hpp"

namespace itqan::schemas {
namespace {

/// Section 9.1, expand() steps 8 and 9.
Json expand_document(Expander& expander, ContextPtr const& active, Json const& document) {
    auto expanded = expander.expand(active, std::nullopt, document);
    if (expanded.is_object() && expanded.size() == 1 && expanded.contains("@graph")) {
        auto graph = std::move(expanded["@graph"]);
        expanded = std::move(graph);
    }
    if (expanded.is_null()) return Json::array();
    return as_array(std::move(expanded));
}

Json expand_document(JsonLdRun& run, Json const& document) {
    Expander expander(run);
    auto const active = expander.initial_context();
    if (!active) return nullptr;
    return expand_document(expander, active, document);
}

void write_document(JsonLdRun& run, Json const& document, Dataset& dataset) {
    Expander expander(run);
    auto const active = expander.initial_context();
    if (!active) return;
    RdfWriter writer(run, dataset);
    if (!run.options.expand_first && RdfWalk(expander, writer).walk_document(active, document)) return;
    auto const expanded = expand_document(expander, active, document);
    if (!run.failed()) writer.write_nodes(expanded, default_graph);
}

/// Section 9.1, compact() steps 5 to 7. Null when the run failed.
ContextPtr compaction_context(JsonLdRun& run, Json const& context) {
    auto active = run.cache.initial(run.options);
    if (!run.options.compact_to_relative && run.options.base_override.empty()) {
        ContextFields fields = *active;
        fields.base.reset();
        active = std::make_shared<ActiveContext const>(std::move(fields), false);
    }
    return process_context(run, active, {nullptr, &context, std::make_shared<std::string const>(run.options.base)}, {});
}

/// Section 9.1, compact() step 8.
Json compact_document(JsonLdRun& run, Json const& expanded, Json const& context) {
    auto const active = compaction_context(run, context);
    if (!active) return nullptr;
    auto compacted = Compactor(run).compact(active, std::nullopt, expanded);
    if (run.failed()) return nullptr;
    if (compacted.is_array()) {
        auto graph = Json::object();
        if (!compacted.empty()) graph[compact_iri(run, *active, "@graph")] = std::move(compacted);
        compacted = std::move(graph);
    }
    auto const says_nothing = context.is_null() || (context.is_structured() && context.empty());
    if (!says_nothing) compacted["@context"] = context;
    return compacted;
}

/// What there is to say at the end of a run.
void count_steps(JsonLdRun const& run) {
    if (run.options.steps != nullptr) *run.options.steps += run.work + run.elements;
}

}  // namespace

JsonLdOptions signing_options() {
    JsonLdOptions options;
    options.rdf_direction = RdfDirection::i18n_datatype;
    options.lower_case_languages = true;
    options.safe = true;
    options.nested_contexts = true;
    return options;
}

JsonLdProcessor::JsonLdProcessor(DocumentLoader const& loader)
    : loader_(loader), cache_(std::make_unique<ContextCache>()) {}
JsonLdProcessor::~JsonLdProcessor() = default;

Result<Json> JsonLdProcessor::expand(Json const& document, JsonLdOptions const& options) const {
    Place const root;
    JsonLdRun run{options, loader_, *cache_, &root};
    auto expanded = expand_document(run, document);
    count_steps(run);
    if (run.failed()) return *std::move(run.error);
    return expanded;
}

Result<Json> JsonLdProcessor::compact(Json const& document, Json const& context, JsonLdOptions const& options) const {
    Place const root;
    JsonLdRun run{options, loader_, *cache_, &root};
    auto const expanded = expand_document(run, document);
    if (run.failed()) {
        count_steps(run);
        return *std::move(run.error);
    }
    auto compacted = compact_document(run, expanded, context_in(context));
    count_steps(run);
    if (run.failed()) return *std::move(run.error);
    return compacted;
}

Result<Dataset> JsonLdProcessor::to_rdf(Json const& document, JsonLdOptions const& options) const {
    Dataset dataset;
    if (auto const written = to_rdf(document, options, dataset); !written) return written.error();
    return dataset;
}

Result<void> JsonLdProcessor::to_rdf(Json const& document, JsonLdOptions const& options, Dataset& dataset) const {
    Place const root;
    JsonLdRun run{options, loader_, *cache_, &root};
    write_document(run, document, dataset);
    count_steps(run);
    if (run.failed()) return *std::move(run.error);
    return {};
}

}  // namespace itqan::schemas
