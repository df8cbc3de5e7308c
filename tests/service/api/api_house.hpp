#pragma once
// The whole API over the starter house, without a socket, with tokens of every role.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "service/api/routes.hpp"
#include "service/http/router.hpp"
#include "tests/service/starter_house.hpp"

namespace itqan::tests {

/// What a request was answered; `body` is null when it is no JSON.
struct Answered {
    int status = 0;
    std::map<std::string, std::string> headers;
    std::string text;
    Json body;
};

class ApiHouse {
  public:
    static http::Request request(std::string const& method, std::string const& address, std::string const& token,
                                 std::string const& body = "", std::map<std::string, std::string> headers = {});
    /// As the edge gives it, perhaps several times.
    http::Response handle(http::Request& request) { return router_.handle_in_place(request); }
    Answered send(std::string const& method, std::string const& address, std::string const& token,
                  std::string const& body = "", std::map<std::string, std::string> headers = {});
    Answered get(std::string const& address, std::string const& token) { return send("GET", address, token); }
    Answered post(std::string const& address, std::string const& token, Json const& body,
                  std::map<std::string, std::string> headers = {}) {
        return send("POST", address, token, body.dump(), std::move(headers));
    }

    /// The secret of a token of this role for this body ("" for administrators).
    std::string token(Role role, std::string const& body = "", std::string const& scope = "");
    /// Puts the starter's evidence of one learner into place, completions last, as administrators and providers post
    /// it.
    void load_evidence_of(std::string const& learner_id);

    /// Rows of every table that a request could write to, by table.
    std::map<std::string, std::int64_t> row_counts();

    StarterHouse house;

  private:
    auth::Guard guard_{house.database(), house.clock, house.addresses.base()};
    http::RateLimits rates_{http::RateSettings{}};
    api::ApiContext context_{house.services, guard_, rates_, {.enabled = true}};
    http::Router router_{api::api_routes(context_)};
};

}  // namespace itqan::tests
