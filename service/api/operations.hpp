#pragma once
// Addresses for those who run the installation: is it alive, is it ready, and its figures. They are no endpoints: no
// limit counts them and no storage has to answer for them.

#include <functional>
#include <string>
#include <vector>

#include "schemas/json.hpp"
#include "service/api/context.hpp"
#include "service/http/router.hpp"

namespace itqan::api {

struct Readiness {
    struct Check {
        std::string name, status;    ///< "ok", "degraded", "failed".
        std::string detail, remedy;  ///< For operators only.
    };
    bool is_failed = false;    ///< Not even reads are served.
    bool is_degraded = false;  ///< Something needs an operator.
    bool can_write = true;
    std::vector<Check> checks = {};
};

/// /livez and /healthz (200 while the process answers) and /readyz: 200 with status ready or degraded, 503 with
/// status failed; ?for=writes is 503 also while nothing can be written. Details are for administrators, while
/// the storage can tell who they are, and for requests that `is_inside` says come from the operator's own network.
std::vector<http::Route> health_routes(auth::Guard& guard, std::function<Readiness()> readiness,
                                       std::function<bool(http::Request const&)> is_inside = nullptr);

/// GET /metrics, for the internal listener only. `render` gives Prometheus' text format 0.0.4.
std::vector<http::Route> metrics_routes(std::function<std::string()> render);

/// The same addresses as "paths" of OpenAPI.
Json operations_documentation();

}  // namespace itqan::api
