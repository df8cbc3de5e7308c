#include "service/domain/vc_api_documents.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace itqan::domain {
namespace {

/// The document's, and those of the credentials in it. JCS proofs repeat contexts, which nothing else below the top
/// may.
void remove_proofs(Json& document) {
    if (!document.is_object()) return;
    document.erase("proof");
    auto const inner = document.find("verifiableCredential");
    if (inner == document.end()) return;
    if (!inner->is_array()) return remove_proofs(*inner);
    for (auto& credential : *inner)
        if (credential.is_object()) credential.erase("proof");
}

}  // namespace

Result<void> VcApiLinkedData::check(Json const& document, schemas::SameId same_id, bool exact,
                                    std::size_t share) const {
    auto bare = document;
    remove_proofs(bare);
    auto const judged = schemas::check_linked_document(bare, same_id, schemas::InlineContext::plain);
    if (!judged) return judged;
    auto options = schemas::signing_options();
    options.exact = exact;
    options.limits.work /= share;
    auto const statements = linked_data_processor().to_rdf(bare, options);
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
