#include "service/domain/vc_api_documents.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "schemas/published_contexts.hpp"

namespace itqan::domain {
namespace {

/// https://www.w3.org/ns/credentials/examples/v2 says this and nothing else.
Json examples_context() {
    return {{"@context", {{"@vocab", "https://www.w3.org/ns/credentials/examples#"}}}};
}

/// Published contexts first, then those of the VC-API alone.
class VcApiContexts final : public schemas::DocumentLoader {
  public:
    VcApiContexts() { own_.add("https://www.w3.org/ns/credentials/examples/v2", examples_context()); }

    std::shared_ptr<Json const> find(std::string_view url) const override {
        auto found = schemas::published_contexts().find(url);
        return found ? found : own_.find(url);
    }

  private:
    schemas::DocumentTable own_;
};

}  // namespace

schemas::DocumentLoader const& vc_api_contexts() {
    static VcApiContexts const contexts;
    return contexts;
}

Result<void> VcApiLinkedData::check(Json const& document, schemas::SameId same_id, bool exact) const {
    auto const judged = schemas::check_linked_document(document, same_id, schemas::ContextForm::written);
    if (!judged) return judged;
    auto without_proof = document;
    without_proof.erase("proof");
    auto options = schemas::signing_options();
    options.exact = exact;
    auto const statements = processor_.to_rdf(without_proof, options);
    if (!statements) return statements.error();
    return {};
}

Error error_at(std::string const& pointer, Error error) {
    for (auto& violation : error.violations)
        violation.pointer.insert(0, pointer);
    if (error.violations.empty()) error.violations.push_back({pointer, error.detail});
    return error;
}

std::optional<Error> violations_at(std::string const& pointer, char const* code, char const* detail,
                                   std::vector<Violation> violations) {
    if (violations.empty()) return std::nullopt;
    return error_at(pointer, {Fault::malformed, code, detail, std::move(violations)});
}

std::string id_of(Json const& document, char const* member) {
    if (!document.is_object()) return {};
    auto const found = document.find(member);
    if (found == document.end()) return {};
    return found->is_string() ? found->get<std::string>() : text_member(*found, "id");
}

bool is_of_type(Json const& document, std::string_view type) {
    if (!document.is_object()) return false;
    auto const found = document.find("type");
    if (found == document.end()) return false;
    auto const is_name = [&](Json const& value) {
        return value.is_string() && value.get_ref<std::string const&>() == type;
    };
    return is_name(*found) || (found->is_array() && std::any_of(found->begin(), found->end(), is_name));
}

}  // namespace itqan::domain
