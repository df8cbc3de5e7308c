#pragma once
// The route tables of the public and learners' pages, and the few words every page handler says to service/http.

#include <string>
#include <string_view>
#include <vector>

#include "service/web/page.hpp"

namespace itqan::web {

/// Everything a stranger or a learner can reach: start, verify, claim, my, badge pages and the documents that
/// credentials name (DIDs, keys, status lists, achievements, issuers). `context` must outlive the routes.
std::vector<http::Route> public_routes(WebContext const& context);

/// The work pages behind /signin: providers, issuers, administrators, leads.
std::vector<http::Route> staff_routes(WebContext const& context);

/// /demo...; every address is 404 without a desk.
std::vector<http::Route> demo_routes(WebContext const& context);

/// All of the above.
std::vector<http::Route> web_routes(WebContext const& context);

// The parts of it, one file each.
std::vector<http::Route> start_routes(WebContext const& context);        ///< /, /privacy, /robots.txt, /healthz, /readyz
std::vector<http::Route> verify_routes(WebContext const& context);       ///< /verify
std::vector<http::Route> claim_routes(WebContext const& context);        ///< /claim/{token}
std::vector<http::Route> my_routes(WebContext const& context);           ///< /my, /my/link/{token}, /signout
std::vector<http::Route> badge_routes(WebContext const& context);        ///< /c/{code}, /credentials/{id}...
std::vector<http::Route> achievement_routes(WebContext const& context);  ///< /achievements/{uuid}
std::vector<http::Route> issuer_routes(WebContext const& context);       ///< /issuers/{slug}...
std::vector<http::Route> document_routes(WebContext const& context);     ///< DIDs, keys, status lists
std::vector<http::Route> sign_in_routes(WebContext const& context);      ///< /signin, /staff
std::vector<http::Route> provider_routes(WebContext const& context);     ///< /staff/completions...
std::vector<http::Route> issuing_routes(WebContext const& context);      ///< /staff/credentials..., /staff/award

}  // namespace itqan::web
