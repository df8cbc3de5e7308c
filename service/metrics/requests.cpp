#include "service/metrics/requests.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>

namespace itqan::metrics {
namespace {

constexpr std::array<std::string_view, 8> methods{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "other"};
/// What is ever answered; the last stands for all others.
constexpr std::array<int, 39> statuses{200, 201, 202, 204, 206, 207, 301, 302, 303, 304, 307, 308, 400,
                                       401, 403, 404, 405, 406, 408, 409, 410, 412, 413, 414, 415, 416,
                                       417, 421, 422, 426, 428, 429, 431, 500, 501, 503, 505, 507, 0};

std::size_t method_at(std::string_view method) {
    return static_cast<std::size_t>(std::find(methods.begin(), methods.end() - 1, method) - methods.begin());
}

std::size_t status_at(int status) {
    auto const end = statuses.end() - 1;
    auto const* const found = std::lower_bound(statuses.begin(), end, status);
    return static_cast<std::size_t>((found != end && *found == status ? found : end) - statuses.begin());
}

}  // namespace

struct Requests::Route {
    Tally duration{microsecond_steps};
    std::array<std::array<Count, statuses.size()>, methods.size()> counts;
};

Requests::Requests(std::vector<http::Route> const& routes) {
    routes_.reserve(routes.size() + 1);
    routes_.try_emplace("", nullptr);
    for (auto const& route : routes)
        routes_.try_emplace(route.path, nullptr);
}

Requests::~Requests() {
    for (auto& [pattern, route] : routes_)
        delete route.load();
}

Requests::Route& Requests::route_of(std::string_view pattern) {
    auto found = routes_.find(pattern);
    if (found == routes_.end()) found = routes_.find("");
    auto* route = found->second.load(std::memory_order_acquire);
    if (route != nullptr) return *route;
    auto made = std::make_unique<Route>();
    if (found->second.compare_exchange_strong(route, made.get(), std::memory_order_acq_rel)) return *made.release();
    return *route;
}

void Requests::count(http::Access const& access) {
    auto& route = route_of(access.pattern);
    route.counts[method_at(access.method)][status_at(access.status)].add();
    route.duration.add(access.microseconds);
    auto const& stages = access.stages;
    receive_.add(stages.receive);
    queue_.add(stages.queue);
    handler_.add(stages.handler);
    if (stages.commit > 0) commit_.add(stages.commit);
    if (stages.fetch > 0) fetch_.add(stages.fetch);
    send_.add(stages.send);
    if (access.status == 429) rate_limited_.add();
    if (access.status == 503) unavailable_.add();
}

void Requests::write(Exposition& text) const {
    // Sorted, so that two looks at the same state are the same text.
    std::map<std::string_view, Route const*> asked;
    for (auto const& [pattern, route] : routes_)
        if (auto const* const made = route.load(std::memory_order_acquire))
            asked.emplace(pattern.empty() ? "none" : pattern, made);

    text.begin(Exposition::Type::counter, "itqan_http_requests_total",
               "Requests answered, by route pattern; route \"none\": no route answers.");
    for (auto const& [pattern, route] : asked) {
        for (std::size_t m = 0; m < methods.size(); ++m) {
            for (std::size_t s = 0; s < statuses.size(); ++s) {
                auto const count = route->counts[m][s].seen();
                if (count == 0) continue;
                auto const status = statuses[s] == 0 ? std::string("other") : std::to_string(statuses[s]);
                text.sample({{"route", pattern}, {"method", methods[m]}, {"status", status}}, count);
            }
        }
    }
    text.begin(Exposition::Type::histogram, "itqan_http_request_duration_seconds",
               "From the end of a request's header section to the last byte of its answer.");
    for (auto const& [pattern, route] : asked)
        text.sample({{"route", pattern}}, route->duration.seen(), 1e6);
    text.begin(Exposition::Type::histogram, "itqan_http_request_stage_seconds",
               "Where requests spend their time: receive (body), queue (for a turn or a worker), handler (a worker's "
               "waits for the storage included), commit (of quick requests, which no worker waits for), fetch "
               "(documents of other hosts), send.");
    std::pair<std::string_view, Tally const&> const stages[]{{"receive", receive_}, {"queue", queue_},
                                                             {"handler", handler_}, {"commit", commit_},
                                                             {"fetch", fetch_},     {"send", send_}};
    for (auto const& [stage, tally] : stages)
        text.sample({{"stage", stage}}, tally.seen(), 1e6);
    text.begin(Exposition::Type::counter, "itqan_http_refused_total",
               "Requests refused for now, by status: 429 above a limit, 503 overloaded or storage away.");
    text.sample({{"status", "429"}}, rate_limited_.seen());
    text.sample({{"status", "503"}}, unavailable_.seen());
}

}  // namespace itqan::metrics
