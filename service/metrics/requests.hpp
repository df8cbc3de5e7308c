#pragma once
// Requests counted by route, method and status, and where their time goes. Labels are the patterns of the route table,
// never what a client sent, so that no client can make them many.

#include <atomic>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "schemas/tally.hpp"
#include "service/http/server.hpp"
#include "service/metrics/exposition.hpp"

namespace itqan::metrics {

class Requests {
  public:
    /// The routes must outlive it.
    explicit Requests(std::vector<http::Route> const& routes);
    ~Requests();
    Requests(Requests const&) = delete;
    Requests& operator=(Requests const&) = delete;

    /// From any thread, without a lock.
    void count(http::Access const& access);
    void write(Exposition& text) const;

  private:
    struct Route;
    Route& route_of(std::string_view pattern);

    /// Made by the first request of a route: most are never asked for.
    std::unordered_map<std::string_view, std::atomic<Route*>> routes_;
    Tally receive_{microsecond_steps}, queue_{microsecond_steps}, handler_{microsecond_steps},
        commit_{microsecond_steps}, fetch_{microsecond_steps}, send_{microsecond_steps};
    Count rate_limited_, unavailable_;
};

}  // namespace itqan::metrics
