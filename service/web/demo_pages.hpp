#pragma once
// The demo's extras: four doors as persons without passwords, the strip that says which step comes next, the mail
// viewer, and starting over. Only a demo has these routes.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "service/web/page.hpp"

namespace itqan::web {

struct DemoMail {
    std::string name;  ///< "20261124T154305Z-<id>.eml".
    std::string date, from, to, subject, text, html;
};

/// What the demo's pages need of the rest of the program.
struct DemoDesk {
    std::function<std::vector<DemoMail>()> mails;  ///< Newest first.
    std::function<Result<DemoMail>(std::string_view name)> mail;
    std::function<Result<void>()> reset;
};

/// Both must outlive the routes.
std::vector<http::Route> demo_routes(WebContext const& context, DemoDesk const& desk);

/// The strip below the header: the step, and "reset demo".
View demo_bar(WebContext const& context, Visitor const& visitor);

}  // namespace itqan::web
