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

// The parts of it, one file each.
std::vector<http::Route> start_routes(WebContext const& context);    ///< /, /privacy, /robots.txt
std::vector<http::Route> verify_routes(WebContext const& context);   ///< /verify
std::vector<http::Route> batch_routes(WebContext const& context);    ///< /verify/batch, /verify/batch/{id}
std::vector<http::Route> receipt_routes(WebContext const& context);  ///< /verify/receipt, .../file
std::vector<http::Route> claim_routes(WebContext const& context);    ///< /claim/{token}
std::vector<http::Route> my_routes(WebContext const& context);       ///< /my, /my/link/{token}, /signout
std::vector<http::Route> badge_routes(WebContext const& context);    ///< /c/{code}, /credentials/{id}...
std::vector<http::Route> achievement_routes(WebContext const& context);  ///< /achievements/{uuid}
std::vector<http::Route> issuer_routes(WebContext const& context);       ///< /issuers/{slug}...
std::vector<http::Route> document_routes(WebContext const& context);     ///< DIDs, keys, status lists

/// Everything behind /signin, for providers, issuers and administrators.
std::vector<http::Route> staff_routes(WebContext const& context);
std::vector<http::Route> provider_routes(WebContext const& context);      ///< /staff/completions...
std::vector<http::Route> issuer_staff_routes(WebContext const& context);  ///< /staff/credentials..., /staff/award

/// The verifier's page with the report on one signed text.
Answer verified_page(WebContext const& context, Visitor const& visitor, std::string const& document);

/// The page of one receipt, which is judged first. It is made from the signed text alone, so nothing is stored.
Answer receipt_page(WebContext const& context, Visitor const& visitor, std::string const& text);

}  // namespace itqan::web
