#include "service/route_classes.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace itqan::service {
namespace {

using http::Audience;
using http::Urgency;

struct Rule {
    std::string_view path;  ///< The route's path or the folder that it is in.
    Audience audience;
    Urgency urgency;
    bool only_read = false;  ///< Whoever writes there is the house.
};

// The first that fits counts.
constexpr Rule rules[] = {
    // What others need to trust a badge.
    {"/.well-known/", Audience::everybody, Urgency::essential, true},
    {"/issuers/", Audience::everybody, Urgency::essential, true},
    {"/status/", Audience::everybody, Urgency::essential, true},
    {"/credentials/", Audience::everybody, Urgency::essential, true},
    {"/achievements/", Audience::everybody, Urgency::essential, true},
    {"/c/", Audience::everybody, Urgency::essential, true},
    {"/ims/case/", Audience::everybody, Urgency::essential, true},
    {"/assets/", Audience::everybody, Urgency::essential, true},
    {"/api/v1/verify/batch", Audience::everybody, Urgency::bulk},
    {"/api/v1/jobs/", Audience::everybody, Urgency::ordinary},
    {"/api/v1/verify", Audience::everybody, Urgency::essential},
    {"/verify/batch", Audience::everybody, Urgency::bulk},
    {"/verify", Audience::everybody, Urgency::essential},
    {"/healthz", Audience::everybody, Urgency::essential},
    {"/livez", Audience::everybody, Urgency::essential},
    {"/readyz", Audience::everybody, Urgency::essential},
    // What a person waits for.
    {"/claim/", Audience::everybody, Urgency::ordinary},
    {"/my", Audience::everybody, Urgency::ordinary},
    {"/signout", Audience::everybody, Urgency::ordinary},
    {"/privacy", Audience::everybody, Urgency::ordinary},
    {"/robots.txt", Audience::everybody, Urgency::ordinary},
    {"/favicon.ico", Audience::everybody, Urgency::ordinary},
};

struct QuickRoute {
    std::string_view method, path;
    bool needs_database = true;
};

// Many depend on them or many are ordered at once, and a processor has them done in a millisecond.
constexpr QuickRoute quick_routes[] = {
    {"GET", "/healthz", false},
    {"GET", "/livez", false},
    {"GET", "/assets/{hash}/{name}", false},
    {"GET", "/openapi.json", false},
    {"GET", "/.well-known/did.json"},
    {"GET", "/issuers/{slug}/did.json"},
    {"GET", "/status/{list}"},
    {"POST", "/api/v1/verify"},
    {"POST", "/api/v1/completions"},
    {"POST", "/vc-api/issuers/{profile}/credentials/issue"},
    {"POST", "/vc-api/credentials/verify"},
};

bool is_quick(http::Route const& route, bool is_embedded) {
    return std::any_of(std::begin(quick_routes), std::end(quick_routes), [&](QuickRoute const& quick) {
        return quick.method == route.method && quick.path == route.path && (is_embedded || !quick.needs_database);
    });
}

bool fits(std::string_view path, std::string_view rule) {
    if (!path.starts_with(rule)) return false;
    return rule.ends_with('/') || path.size() == rule.size() || path[rule.size()] == '/';
}

}  // namespace

void classify(std::vector<http::Route>& routes, bool is_embedded) {
    for (auto& route : routes) {
        if (is_quick(route, is_embedded)) route.pace = http::Pace::quick;
        if (route.audience == Audience::internal_only) continue;
        route.audience = route.path == "/" ? Audience::everybody : Audience::internal;
        route.urgency = Urgency::ordinary;
        for (auto const& rule : rules) {
            if (!fits(route.path, rule.path)) continue;
            if (rule.only_read && route.method != "GET") continue;
            route.audience = rule.audience;
            route.urgency = rule.urgency;
            break;
        }
    }
}

}  // namespace itqan::service
