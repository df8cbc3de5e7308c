#include "service/web/routes.hpp"

#include <iterator>

namespace itqan::web {
namespace {

void append(std::vector<http::Route>& routes, std::vector<http::Route> more) {
    routes.insert(routes.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

std::vector<http::Route> public_routes(WebContext const& context) {
    auto routes = asset_routes();
    for (auto const make : {start_routes, verify_routes, claim_routes, my_routes, badge_routes, achievement_routes,
                            issuer_routes, document_routes})
        append(routes, make(context));
    return routes;
}

std::vector<http::Route> staff_routes(WebContext const& context) {
    auto routes = sign_in_routes(context);
    append(routes, provider_routes(context));
    append(routes, issuing_routes(context));
    return routes;
}

std::vector<http::Route> web_routes(WebContext const& context) {
    auto routes = public_routes(context);
    append(routes, staff_routes(context));
    append(routes, demo_routes(context));
    return routes;
}

}  // namespace itqan::web
