#include "service/metrics/parts.hpp"

#include <array>
#include <string_view>

namespace itqan::metrics {

void write_database(Exposition& text, storage::DatabaseFigures const& figures) {
    text.counter("itqan_database_groups_total", "Commits tried, each of one unit of work or more.", figures.groups);
    text.counter("itqan_database_units_total", "Units of work in them.", figures.units);
    text.counter("itqan_database_retries_total", "Groups that ran once more.", figures.retries);
    text.counter("itqan_database_failures_total", "Commits that were not kept.", figures.failures);
    text.gauge("itqan_database_waiting_units", "Units of work that wait for their turn.",
               static_cast<double>(figures.waiting));
    text.histogram("itqan_database_group_size", "Units of work that share a commit.", figures.group_size, 1);
    text.histogram("itqan_database_work_seconds", "Statements of a commit's units.", figures.work, 1e6);
    text.histogram("itqan_database_commit_seconds", "The commit itself: mostly the sync of the disk.", figures.commit,
                   1e6);
    text.histogram("itqan_database_write_seconds", "A unit of work from its call to its durable commit.", figures.wait,
                   1e6);
    text.gauge("itqan_database_writable", "1 unless the last commit failed.",
               figures.last == storage::WriteFault::none ? 1 : 0);
}

void write_server(Exposition& text, http::ServerFigures const& figures) {
    text.gauge("itqan_http_connections", "Connections open.", static_cast<double>(figures.connections));
    text.gauge("itqan_http_requests_in_flight", "Requests being answered.", static_cast<double>(figures.in_flight));
    static constexpr std::array<std::string_view, http::urgencies> urgencies{"essential", "ordinary", "bulk"};
    text.begin(Exposition::Type::gauge, "itqan_http_queued_requests", "Requests that wait for a worker, by urgency.");
    for (std::size_t i = 0; i < urgencies.size(); ++i)
        text.sample({{"urgency", urgencies.at(i)}}, std::uint64_t{figures.queued.at(i)});
    text.begin(Exposition::Type::gauge, "itqan_http_running_requests", "Requests that a worker runs, by urgency.");
    for (std::size_t i = 0; i < urgencies.size(); ++i)
        text.sample({{"urgency", urgencies.at(i)}}, std::uint64_t{figures.running.at(i)});
    text.gauge("itqan_http_workers", "Threads that run handlers.", static_cast<double>(figures.workers));
    text.counter("itqan_http_refused_connections_total", "Connections closed at once because there were too many.",
                 figures.refused_connections);
    text.counter("itqan_http_queue_full_total", "Requests answered 503 because they would have waited too long.",
                 figures.refused_requests);
}

}  // namespace itqan::metrics
