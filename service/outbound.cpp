#include "service/outbound.hpp"

#include <stdexcept>

namespace itqan::service {

std::unique_ptr<http::WayOut> make_way_out(Config const& config) {
    if (!config.way_out) return nullptr;
    http::ClientConfig client;
    client.own_authority = config.domain;
    client.allow = config.outbound_allow;
    client.ca_file = config.outbound_ca_file;
    auto networks = http::Networks::read(config.outbound_private);
    if (!networks) throw std::runtime_error("[outbound] allow_private: " + networks.error().detail);
    client.allow_private = std::move(*networks);
    http::WayOutConfig way_out;
    way_out.new_reading = [] { return std::static_pointer_cast<void>(domain::new_reading()); };
    return std::make_unique<http::WayOut>(std::move(client), std::move(way_out));
}

Result<domain::Report> verify_fetching(domain::OwnDocuments& documents, http::WayOut* way_out, std::string const& input,
                                       std::optional<std::string> const& recipient, Instant now) {
    if (way_out == nullptr) return documents.verify(input, recipient, now);
    FetchedDocuments fetched;
    while (true) {
        auto asked = documents.verify(input, recipient, now, &fetched);
        if (!asked) return asked.error();
        if (asked->report) return std::move(*asked->report);
        asked->needs.client = "waiting threads";
        fetched = way_out->fetch_and_wait(std::move(fetched), asked->needs);
    }
}

}  // namespace itqan::service
