#include "service/web/routes.hpp"

#include <iterator>

namespace itqan::web {

std::vector<http::Route> public_routes(WebContext const& context) {
    auto routes = asset_routes();
    for (auto const make : {start_routes, verify_routes, batch_routes, receipt_routes, claim_routes, my_routes,
                            badge_routes, achievement_routes, issuer_routes, document_routes}) {
        auto made = make(context);
        routes.insert(routes.end(), std::make_move_iterator(made.begin()), std::make_move_iterator(made.end()));
    }
    return routes;
}

}  // namespace itqan::web
