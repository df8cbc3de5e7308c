#pragma once
// All pages over the starter house, without a socket: what a browser would send and what it gets.

#include <map>
#include <string>
#include <vector>

#include "service/http/router.hpp"
#include "service/web/demo_pages.hpp"
#include "service/web/routes.hpp"
#include "tests/service/starter_house.hpp"

namespace itqan::tests {

struct Seen {
    int status = 0;
    std::string location, cookie, type, policy, html;
    bool has(std::string_view text) const { return html.find(text) != std::string::npos; }
};

class WebHouse {
  public:
    explicit WebHouse(bool demo = false);

    Seen get(std::string const& address, std::string const& cookie = "");
    /// A form of a page of ours; `own_page` false: sent by another site.
    Seen post(std::string const& address, std::string const& fields, std::string const& cookie = "",
              bool own_page = true);

    /// The cookie of a signed-in member of staff or learner, and the CSRF token of the session.
    std::string session_of(Role role, std::string const& body);
    std::string csrf_of(std::string const& cookie);
    std::vector<http::Route> const& routes() const { return router_.routes(); }

    StarterHouse house;
    std::vector<web::DemoMail> mails;
    int resets = 0;

  private:
    Seen send(http::Request request, std::string const& cookie);
    std::vector<http::Route> all_routes(bool demo);

    auth::Guard guard_{house.database(), house.clock, house.addresses.base()};
    http::RateLimits rates_{http::RateSettings{}};
    web::Locales locales_;
    web::Templates templates_{locales_};
    std::unique_ptr<web::Pictures> pictures_;
    web::WebContext context_;
    web::DemoDesk desk_;
    http::Router router_;
};

}  // namespace itqan::tests
