#include "schemas/json_ld.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "schemas/json_ld_expand.hpp"
#include "schemas/json_ld_rdf.hpp"

namespace itqan::schemas {
namespace {

/// Section 9.1, expand() steps 7 and 8.
Json expand_document(JsonLdRun& run, Json const& document) {
    Expander expander(run);
    auto const active = expander.initial_context();
    if (!active) return nullptr;
    auto expanded = expander.expand(active, std::nullopt, document);
    if (expanded.is_object() && expanded.size() == 1 && expanded.contains("@graph")) {
        auto graph = std::move(expanded["@graph"]);
        expanded = std::move(graph);
    }
    if (expanded.is_null()) return Json::array();
    return as_array(std::move(expanded));
}

}  // namespace

JsonLdProcessor::JsonLdProcessor(DocumentLoader const& loader)
    : loader_(loader), cache_(std::make_unique<ContextCache>()) {}
JsonLdProcessor::~JsonLdProcessor() = default;

Result<Json> JsonLdProcessor::expand(Json const& document, JsonLdOptions const& options) const {
    Place const root;
    JsonLdRun run{options, loader_, *cache_, &root};
    auto expanded = expand_document(run, document);
    if (run.failed()) return *std::move(run.error);
    return expanded;
}

Result<Dataset> JsonLdProcessor::to_rdf(Json const& document, JsonLdOptions const& options) const {
    Place const root;
    JsonLdRun run{options, loader_, *cache_, &root};
    auto const expanded = expand_document(run, document);
    if (run.failed()) return *std::move(run.error);
    Dataset dataset;
    RdfWriter(run, dataset).write_nodes(expanded, default_graph);
    if (run.failed()) return *std::move(run.error);
    return dataset;
}

}  // namespace itqan::schemas
