#pragma once
// Which function answers which method and path, as a table; and the one place where exceptions of handlers end. It
// knows nothing of sockets and of what the routes do.

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/json.hpp"
#include "service/http/message.hpp"
#include "service/http/urgency.hpp"

namespace itqan::http {

/// Which listeners a route is behind. `internal_only` does not exist where there is no internal listener.
enum class Audience { everybody, internal, internal_only };

struct Route {
    std::string method;  ///< "GET" answers HEAD too.
    std::string path;    ///< "/credentials/{id}/card.png"; a literal beats {name}.
    JsonLimits limits;   ///< `bytes` bounds the body before it is read.
    std::function<Result<Response>(Request const&)> handler;
    Audience audience = Audience::everybody;
    Urgency urgency = Urgency::ordinary;
    Pace pace = Pace::slow;  ///< Of small requests; what turns out to have to wait is begun again on a worker.
};

class Router {
  public:
    /// Another form of an answer where no route is, such as a page; none: problem+json.
    using Refuse = std::function<std::optional<Response>(Request const&, Error const&)>;

    /// `report` is told what an exception said (never shown to the client); null: nobody. Throws std::logic_error for
    /// two routes of the same method and shape.
    explicit Router(std::vector<Route> routes, std::function<void(std::string const&)> report = nullptr,
                    Refuse refuse = nullptr);
    ~Router();
    Router(Router const&) = delete;
    Router& operator=(Router const&) = delete;

    /// The answer, always: 404 and 405 (with Allow) and 204 for OPTIONS of a known path included.
    Response handle(Request request) const { return handle_in_place(request); }
    /// The same; the request may be given again when the answer awaits documents. Its parameters are set.
    Response handle_in_place(Request& request) const;
    /// What is said when an answer that depended on something is not true: what that failed with is reported.
    Response failure_of(Request const& request, std::string_view pattern, std::exception_ptr const& failure) const;

    /// The route that would answer; null when there is none behind this door.
    Route const* route_of(std::string_view method, std::string_view path, Door door = Door::sole) const;

    /// Bytes of body that are read for a route: its limit. Where no route answers (null) still some, so that the client
    /// learns that (404, 405) and not that its body is too large.
    static std::size_t body_limit(Route const* route);

    /// Every route, for tests that must not forget one.
    std::vector<Route> const& routes() const { return routes_; }

  private:
    struct Node;
    struct Found;
    Found find(std::string_view method, std::string_view path, Door door) const;
    Response answer(Request& request, std::string_view& pattern) const;
    Response no_route(Request const& request, Found const& found) const;
    Response refusal(Request const& request, Error const& error) const;

    std::vector<Route> routes_;
    std::unique_ptr<Node> root_;
    std::function<void(std::string const&)> report_;
    Refuse refuse_;
};

}  // namespace itqan::http
