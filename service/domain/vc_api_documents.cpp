#include "service/domain/vc_api_documents.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace itqan::domain {
namespace {

constexpr std::size_t most_texts = 64;

Error invalid_body(std::string pointer, std::string detail) {
    return {Fault::malformed,
            "invalid-body",
            "The request does not say what it must.",
            {{std::move(pointer), std::move(detail)}}};
}

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

Result<void> VcApiLinkedData::check_to_sign(Json const& document) const {
    auto options = schemas::signing_options();
    options.exact = true;
    return check(document, options);
}

Result<void> VcApiLinkedData::check_to_verify(Json const& document, std::size_t share) const {
    auto options = schemas::signing_options();
    options.exact = false;
    options.limits.work /= share;
    return check(document, options);
}

Result<void> VcApiLinkedData::check(Json const& document, schemas::JsonLdOptions const& options) const {
    auto bare = document;
    remove_proofs(bare);
    auto const judged =
        schemas::check_linked_document(bare, schemas::SameId::consistent, schemas::InlineContext::plain);
    if (!judged) return judged;
    auto const statements = linked_data_processor().to_rdf(bare, options);
    if (!statements) return statements.error();
    return {};
}

Result<VcApiRequest> read_vc_api_request(Json const& body, char const* member) {
    auto const pointer = std::string("/") + member;
    if (!body.is_object()) return invalid_body("", "must be an object");
    auto const document = body.find(member);
    if (document == body.end()) return invalid_body(pointer, "is required");
    if (!document->is_object()) return invalid_body(pointer, "must be an object");
    auto const options = body.find("options");
    if (options == body.end() || options->is_null()) return VcApiRequest{*document, Json::object()};
    if (!options->is_object()) return invalid_body("/options", "must be an object");
    return VcApiRequest{*document, *options};
}

Result<std::optional<std::vector<std::string>>> text_option(Json const& options, char const* member) {
    using Texts = std::optional<std::vector<std::string>>;
    auto const found = options.find(member);
    if (found == options.end() || found->is_null()) return Texts();
    if (found->is_string()) return Texts({found->get<std::string>()});
    auto const is_text = [](Json const& value) { return value.is_string(); };
    if (!found->is_array() || found->size() > most_texts || !std::all_of(found->begin(), found->end(), is_text))
        return invalid_body(std::string("/options/") + member, "must be a text or a list of at most 64 texts");
    return Texts(found->get<std::vector<std::string>>());
}

Result<std::optional<std::string>> challenge_option(Json const& options) {
    auto const given = text_option(options, "challenge");
    if (!given) return given.error();
    if (!*given) return std::optional<std::string>();
    if ((*given)->size() != 1) return invalid_body("/options/challenge", "must be a text");
    return std::optional((*given)->front());
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
