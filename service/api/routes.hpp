#pragma once
// The API as routes of the HTTP router: who may call, how often, how large, and then the resource.

#include <vector>

#include "service/api/context.hpp"
#include "service/http/router.hpp"

namespace itqan::api {

/// Every endpoint and /openapi.json. `context` must outlive the routes.
std::vector<http::Route> api_routes(ApiContext& context);

}  // namespace itqan::api
