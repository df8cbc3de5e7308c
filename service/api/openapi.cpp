#include "service/api/openapi.hpp"

#include "api_files.embedded.hpp"
#include "schemas/text.hpp"
#include "service/api/operations.hpp"

namespace itqan::api {
namespace {

Json schema_reference(std::string const& name) {
    return {{"$ref", "#/components/schemas/" + name}};
}

Json problem(std::string const& description) {
    return {{"description", description},
            {"content", {{"application/problem+json", {{"schema", schema_reference("Problem")}}}}}};
}

/// The names between braces of a path, in order.
std::vector<std::string> names_in(std::string const& path) {
    std::vector<std::string> names;
    for (auto at = path.find('{'); at != std::string::npos; at = path.find('{', at + 1))
        names.push_back(path.substr(at + 1, path.find('}', at) - at - 1));
    return names;
}

Json parameters_of(Endpoint const& endpoint) {
    Json parameters = Json::array();
    for (auto const& name : names_in(endpoint.path))
        parameters.push_back({{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
    for (auto const& [name, description] : endpoint.query)
        parameters.push_back(
            {{"name", name}, {"in", "query"}, {"description", description}, {"schema", {{"type", "string"}}}});
    if (endpoint.keyed)
        parameters.push_back(
            {{"name", "Idempotency-Key"},
             {"in", "header"},
             {"description", "A repeat with the same key and body within 30 days gets the first answer again."},
             {"schema", {{"type", "string"}, {"maxLength", 255}}}});
    return parameters;
}

Json responses_of(Endpoint const& endpoint) {
    Json const schema = endpoint.answer.empty() ? Json{{"type", "object"}} : schema_reference(endpoint.answer);
    Json responses{{std::to_string(endpoint.status),
                    {{"description", endpoint.summary}, {"content", {{"application/json", {{"schema", schema}}}}}}}};
    if (!endpoint.roles.empty()) {
        responses["401"] = problem("No token, or one that is not good (token-required, invalid-token, expired-token).");
        responses["403"] = problem("Not for this role, or not yours.");
    }
    if (endpoint.payload != Payload::none) {
        responses["400"] = problem("Syntax or shape; errors points at each member.");
        responses["413"] = problem("Larger than this address takes.");
        responses["415"] = problem("Another media type is needed.");
        responses["422"] = problem("Well formed, but it means nothing here.");
    }
    if (!names_in(endpoint.path).empty()) responses["404"] = problem("Not here, or not yours to see.");
    if (endpoint.keyed) responses["409"] = problem("The state of the thing does not allow it.");
    responses["429"] = problem("Too many requests; Retry-After says when.");
    responses["503"] = problem("Outcome unknown: repeat with the same Idempotency-Key.");
    return responses;
}

Json request_of(Endpoint const& endpoint) {
    Json content{{"application/json", {{"schema", schema_reference(endpoint.request)}}}};
    if (endpoint.payload == Payload::upload) {
        content["multipart/form-data"]["schema"] = {
            {"type", "object"},
            {"required", {"file"}},
            {"properties",
             {{"file", {{"type", "string"}, {"contentMediaType", "application/octet-stream"}}},
              {"recipient", {{"type", "string"}}},
              {"receipt", {{"type", "string"}, {"enum", {"true", "false"}}}},
              {"roleId", {{"type", "string"}}},
              {"levelsToday", {{"type", "string"}, {"enum", {"true", "false"}}}}}}};
        for (auto const* const type : {"image/png", "image/jpeg", "image/svg+xml", "application/pdf"})
            content[type]["schema"] = {{"type", "string"}, {"contentMediaType", type}};
    }
    if (endpoint.payload == Payload::list) content["text/csv"]["schema"] = {{"type", "string"}};
    return {{"required", endpoint.payload != Payload::optional_command}, {"content", std::move(content)}};
}

Json operation_of(Endpoint const& endpoint) {
    Json operation{{"summary", endpoint.summary},
                   {"tags", {endpoint.tag}},
                   {"parameters", parameters_of(endpoint)},
                   {"responses", responses_of(endpoint)}};
    if (!endpoint.description.empty()) operation["description"] = endpoint.description;
    if (endpoint.payload != Payload::none) operation["requestBody"] = request_of(endpoint);
    if (endpoint.roles.empty()) {
        operation["security"] = Json::array();
    } else {
        operation["security"] = Json::array({Json{{"bearer", Json::array()}}});
        for (auto const role : endpoint.roles)
            operation["x-roles"].push_back(role_name(role));
    }
    return operation;
}

}  // namespace

std::string_view verb_name(Verb verb) {
    switch (verb) {
        case Verb::get:
            return "GET";
        case Verb::post:
            return "POST";
        case Verb::put:
            return "PUT";
    }
    return "GET";
}

Json openapi_document(std::vector<Endpoint> const& endpoints, std::string const& base_url) {
    auto paths = operations_documentation();
    for (auto const& endpoint : endpoints)
        paths[endpoint.path][ascii_lower(verb_name(endpoint.verb))] = operation_of(endpoint);
    return {
        {"openapi", "3.1.0"},
        {"info",
         {{"title", "Itqan"},
          {"version", ITQAN_VERSION},
          {"description",
           "Completions in, verifiable badges out. JSON, camelCase, times RFC 3339 in UTC; errors RFC 9457."}}},
        {"servers", {{{"url", base_url}}}},
        {"paths", std::move(paths)},
        {"components",
         {{"schemas", Json::parse(api_files("schemas.json"))},
          {"securitySchemes", {{"bearer", {{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "itq_..."}}}}}}}};
}

}  // namespace itqan::api
