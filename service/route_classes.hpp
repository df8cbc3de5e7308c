#pragma once
// Who a route is for and how urgent it is: the one place where that is decided (decision 27, R7, R8).

#include <vector>

#include "service/http/router.hpp"

namespace itqan::service {

/// Sets audience and urgency of every route by its method and path. What says itself that it is internal only stays so;
/// what this does not know is the house's, so that a new route is never public by mistake.
void classify(std::vector<http::Route>& routes);

}  // namespace itqan::service
