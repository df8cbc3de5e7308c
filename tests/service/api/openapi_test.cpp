#include "service/api/openapi.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "schemas/text.hpp"
#include "service/api/operations.hpp"

namespace itqan::api {
namespace {

Json document() {
    return openapi_document(endpoints(), "https://badges.example");
}

/// Every "$ref" in a document.
void collect_references(Json const& node, std::set<std::string>& found) {
    if (node.is_object() && node.contains("$ref")) found.insert(node.at("$ref").get<std::string>());
    if (!node.is_structured()) return;
    for (auto const& child : node)
        collect_references(child, found);
}

TEST_CASE("every endpoint is documented and every documented operation is an endpoint") {
    auto const paths = document().at("paths");
    std::size_t operations = 0;
    for (auto const& [path, methods] : paths.items())
        operations += methods.size();

    for (auto const& endpoint : endpoints()) {
        CAPTURE(endpoint.path);
        CHECK(paths.contains(endpoint.path));
        CHECK(paths.at(endpoint.path).contains(ascii_lower(verb_name(endpoint.verb))));
        CHECK_FALSE(endpoint.summary.empty());
        CHECK(endpoint.handle);
    }
    // Those that no endpoint answers, because no storage and no limit may stand before them.
    auto const operational = operations_documentation();
    for (auto const& [path, methods] : operational.items())
        CHECK(paths.at(path) == methods);
    CHECK(operations == endpoints().size() + operational.size());
}

TEST_CASE("every reference of the document leads to a schema") {
    auto const json = document();
    std::set<std::string> references;
    collect_references(json, references);

    CHECK(references.size() > 20);
    for (auto const& reference : references) {
        CAPTURE(reference);
        REQUIRE(reference.starts_with("#/components/schemas/"));
        CHECK(json.contains(Json::json_pointer(reference.substr(1))));
    }
}

TEST_CASE("path parameters, bodies and keys are stated where they are needed") {
    for (auto const& endpoint : endpoints()) {
        CAPTURE(endpoint.path);
        auto const operation = document().at("paths").at(endpoint.path).at(ascii_lower(verb_name(endpoint.verb)));
        auto const braces = static_cast<std::size_t>(std::count(endpoint.path.begin(), endpoint.path.end(), '{'));
        std::size_t in_path = 0;
        bool has_key = false;
        for (auto const& parameter : operation.at("parameters")) {
            in_path += parameter.at("in") == "path" ? 1U : 0U;
            has_key = has_key || parameter.at("name") == "Idempotency-Key";
        }

        CHECK(in_path == braces);
        CHECK(has_key == endpoint.keyed);
        CHECK(operation.contains("requestBody") == (endpoint.payload != Payload::none));
        CHECK((endpoint.payload == Payload::none) == endpoint.request.empty());
    }
}

TEST_CASE("only verification and the frameworks are open to strangers") {
    for (auto const& endpoint : endpoints()) {
        CAPTURE(endpoint.path);
        bool const open = endpoint.path == "/api/v1/verify" || endpoint.path == "/api/v1/verify/batch" ||
                          endpoint.path.starts_with("/api/v1/jobs/{id}") ||
                          endpoint.path.starts_with("/ims/case/v1p1/") || endpoint.path == "/vc-api/issuers" ||
                          endpoint.path == "/vc-api/credentials/verify" ||
                          endpoint.path == "/vc-api/presentations/verify";
        CHECK(endpoint.roles.empty() == open);
    }
}

TEST_CASE("the document is OpenAPI 3.1 with one server and a bearer scheme") {
    auto const json = document();

    CHECK(json.at("openapi") == "3.1.0");
    CHECK(json.at("servers") == Json::parse(R"([{"url": "https://badges.example"}])"));
    CHECK(json.at("components").at("securitySchemes").at("bearer").at("scheme") == "bearer");
    CHECK(json.at("paths").at("/api/v1/verify").at("post").at("security").empty());
    CHECK(json.at("paths").at("/api/v1/keys").at("get").at("security") == Json::parse(R"([{"bearer": []}])"));
}

}  // namespace
}  // namespace itqan::api
