#include "service/http/router.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "service/http/problem.hpp"
#include "storage/database.hpp"

namespace itqan::http {
namespace {

std::vector<std::string_view> segments_of(std::string_view path) {
    std::vector<std::string_view> segments;
    if (!path.starts_with('/')) return segments;
    path.remove_prefix(1);
    while (true) {
        auto const slash = path.find('/');
        segments.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return segments;
        path.remove_prefix(slash + 1);
    }
}

constexpr std::size_t unrouted_bytes = 64 * 1024;

bool is_parameter(std::string_view segment) {
    return segment.starts_with('{') && segment.ends_with('}');
}

bool is_behind(Door door, Audience audience) {
    if (door == Door::internal) return true;
    return audience == Audience::everybody || (door == Door::sole && audience == Audience::internal);
}

Error no_such_page() {
    return {Fault::not_found, "not-found", "There is nothing at this address.", {}};
}

}  // namespace

/// A tree over path segments. Each node knows the routes that end there, by method.
struct Router::Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::unique_ptr<Node> parameter;
    std::map<std::string, Route const*, std::less<>> routes;
};

struct Router::Found {
    Node const* node = nullptr;
    std::vector<std::string_view> values;  ///< Of the parameters, in order.
    Door door = Door::sole;

    Route const* route(std::string_view method) const {
        if (node == nullptr) return nullptr;
        auto const found = node->routes.find(method == "HEAD" ? std::string_view("GET") : method);
        return found == node->routes.end() || !is_behind(door, found->second->audience) ? nullptr : found->second;
    }
    bool has_any() const {
        return std::any_of(node->routes.begin(), node->routes.end(),
                           [&](auto const& one) { return is_behind(door, one.second->audience); });
    }
};

Router::Router(std::vector<Route> routes, std::function<void(std::string const&)> report, Refuse refuse)
    : routes_(std::move(routes)),
      root_(std::make_unique<Node>()),
      report_(std::move(report)),
      refuse_(std::move(refuse)) {
    for (auto const& route : routes_) {
        auto* node = root_.get();
        for (auto const segment : segments_of(route.path)) {
            auto& next = is_parameter(segment) ? node->parameter : node->literals[std::string(segment)];
            if (!next) next = std::make_unique<Node>();
            node = next.get();
        }
        if (!node->routes.emplace(route.method, &route).second)
            throw std::logic_error("two routes for " + route.method + " " + route.path);
    }
}

Router::~Router() = default;

Router::Found Router::find(std::string_view method, std::string_view path, Door door) const {
    auto const segments = segments_of(path);
    Found best;
    // Literals first; when that way ends nowhere, the parameter. Paths are short, so recursion is bounded by them.
    auto const walk = [&](auto const& self, Node const* node, std::size_t depth,
                          std::vector<std::string_view>& values) -> bool {
        if (depth == segments.size()) {
            Found found{node, values, door};
            if (!found.has_any()) return false;
            bool const answers = found.route(method) != nullptr;
            if (answers || best.node == nullptr) best = std::move(found);
            return answers;
        }
        auto const literal = node->literals.find(segments[depth]);
        if (literal != node->literals.end() && self(self, literal->second.get(), depth + 1, values)) return true;
        if (!node->parameter || segments[depth].empty()) return false;
        values.push_back(segments[depth]);
        if (self(self, node->parameter.get(), depth + 1, values)) return true;
        values.pop_back();
        return false;
    };
    std::vector<std::string_view> values;
    if (!segments.empty() && segments.size() <= 16) walk(walk, root_.get(), 0, values);
    return best;
}

Route const* Router::route_of(std::string_view method, std::string_view path, Door door) const {
    return find(method, path, door).route(method);
}

std::size_t Router::body_limit(Route const* route) {
    return route == nullptr ? unrouted_bytes : route->limits.bytes;
}

namespace {

std::string allowed(std::map<std::string, Route const*, std::less<>> const& routes, Door door) {
    std::string methods;
    for (auto const& [method, route] : routes) {
        if (!is_behind(door, route->audience)) continue;
        methods.append(method).append(method == "GET" ? ", HEAD, " : ", ");
    }
    return methods + "OPTIONS";
}

/// Only documents for everybody answer other origins' preflights (decision 27).
bool is_for_everybody(std::string_view path) {
    for (std::string_view const prefix :
         {"/.well-known/", "/issuers/", "/achievements/", "/credentials/", "/status/", "/ims/case/", "/api/v1/verify"})
        if (path.starts_with(prefix)) return true;
    return false;
}

/// Scripts of every origin may read it, also where it says no; pages for people are no documents.
void open_to_everybody(std::string_view path, Response& response) {
    bool const is_page = response.headers.get("content-type").starts_with("text/html");
    if (!is_page && is_for_everybody(path) && response.headers.get("access-control-allow-origin").empty())
        response.headers.add("access-control-allow-origin", "*");
}

}  // namespace

Response Router::no_route(Request const& request, Found const& found) const {
    Response response;
    if (request.method == "OPTIONS") {
        response.status = 204;
        if (is_for_everybody(request.path)) {
            response.headers.add("access-control-allow-origin", "*");
            response.headers.add("access-control-allow-methods", allowed(found.node->routes, found.door));
            response.headers.add("access-control-allow-headers", "Accept, Content-Type");
            response.headers.add("access-control-max-age", "86400");
        }
    } else {
        response = refusal(
            request, {Fault::method, "method-not-allowed", "This address does not take " + request.method + ".", {}});
    }
    response.headers.add("allow", allowed(found.node->routes, found.door));
    return response;
}

Response Router::refusal(Request const& request, Error const& error) const {
    auto other = refuse_ ? refuse_(request, error) : std::nullopt;
    return other ? std::move(*other) : problem(error);
}

Response Router::answer(Request& request, std::string_view& pattern) const {
    auto const found = find(request.method, request.path, request.door);
    if (found.node == nullptr) return refusal(request, no_such_page());
    auto const* const route = found.route(request.method);
    if (route == nullptr) return no_route(request, found);
    pattern = route->path;
    std::size_t next = 0;
    for (auto const segment : segments_of(route->path)) {
        if (!is_parameter(segment)) continue;
        auto value = percent_decode(found.values.at(next++));
        if (!value) return refusal(request, no_such_page());
        request.parameters[std::string(segment.substr(1, segment.size() - 2))] = std::move(*value);
    }
    auto answered = route->handler(request);
    return answered ? std::move(*answered) : problem(answered.error());
}

namespace {

std::string where(Request const& request, std::string_view pattern) {
    return std::string(pattern) + (request.id.empty() ? "" : " (request " + request.id + ")");
}

}  // namespace

Response Router::handle_in_place(Request& request) const {
    std::string_view pattern;
    try {
        auto response = answer(request, pattern);
        if (request.method != "OPTIONS") open_to_everybody(request.path, response);
        return response;
    } catch (std::exception const&) {
        return failure_of(request, pattern, std::current_exception());
    }
}

Response Router::failure_of(Request const& request, std::string_view pattern, std::exception_ptr const& failure) const {
    try {
        std::rethrow_exception(failure);
    } catch (storage::DatabaseError const& error) {
        // A failed commit is unknown, not no: the client repeats with its idempotency key.
        if (report_) report_(where(request, pattern) + ": " + error.what());
        return problem({Fault::unavailable,
                        "storage-unavailable",
                        "The storage did not answer. Whether the request took effect is unknown; repeat it.",
                        {}});
    } catch (std::exception const& error) {
        if (report_) report_(where(request, pattern) + ": " + error.what());
        return internal_problem();
    }
}

}  // namespace itqan::http
