#pragma once
// Who a route is for, how urgent it is and whether it is quick: the one place where that is decided (decision 27, R7,
// R8).

#include <vector>

#include "service/http/router.hpp"

namespace itqan::service {

/// Sets audience, urgency and pace of every route by its method and path. `is_embedded`: the database answers without a
/// network, so that what only reads there is quick too. What says itself that it is internal only stays so;
/// what this does not know is the house's, so that a new route is never public by mistake.
void classify(std::vector<http::Route>& routes, bool is_embedded);

}  // namespace itqan::service
