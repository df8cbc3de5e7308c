#pragma once
// OpenAPI 3.1 from the endpoints. It describes; it routes nothing.

#include <string>

#include "service/api/endpoint.hpp"

namespace itqan::api {

/// The whole document. `base_url` becomes the one server.
Json openapi_document(std::vector<Endpoint> const& endpoints, std::string const& base_url);

std::string_view verb_name(Verb verb);  ///< "GET".

}  // namespace itqan::api
