#include "service/outbound.hpp"

#include <chrono>
#include <functional>
#include <stdexcept>

#include "schemas/identifier.hpp"
#include "service/domain/photograph.hpp"

namespace itqan::service {
namespace {

/// The ttl of a status list, which its reading keeps for whoever judges by it.
std::optional<std::chrono::milliseconds> own_lifetime(Fetched const& fetched) {
    if (!fetched.reading) return std::nullopt;
    auto const ttl =
        domain::status_lifetime(*std::static_pointer_cast<domain::DocumentReading>(fetched.reading), fetched.body);
    return ttl ? std::optional(std::chrono::milliseconds(*ttl)) : std::nullopt;
}

}  // namespace

std::unique_ptr<http::WayOut> make_way_out(Config const& config) {
    if (!config.way_out) return nullptr;
    http::ClientConfig client;
    client.own_authority = config.domain;
    client.allow = config.outbound_allow;
    client.ca_file = config.outbound_ca_file;
    auto networks = http::Networks::read(config.outbound_private);
    if (!networks) throw std::runtime_error("[outbound] allow_private: " + networks.error().detail);
    client.allow_private = std::move(*networks);
    client.proxy = config.outbound_proxy;
    http::WayOutConfig way_out;
    way_out.keep = config.outbound_keep;
    way_out.own_lifetime = own_lifetime;
    way_out.new_reading = [] { return std::static_pointer_cast<void>(domain::new_reading()); };
    return std::make_unique<http::WayOut>(std::move(client), std::move(way_out));
}

namespace {

/// Asks, fetches what is missing and asks again.
Result<domain::Report> ask_until_told(
    http::WayOut* way_out, std::function<Result<domain::AskedReport>(FetchedDocuments const* fetched)> const& ask) {
    FetchedDocuments fetched;
    while (true) {
        auto asked = ask(way_out == nullptr ? nullptr : &fetched);
        if (!asked) return asked.error();
        if (asked->report) return std::move(*asked->report);
        asked->needs.client = "waiting threads";
        fetched = way_out->fetch_and_wait(std::move(fetched), asked->needs);
    }
}

}  // namespace

Result<domain::Report> verify_fetching(domain::OwnDocuments& documents, http::WayOut* way_out, std::string const& input,
                                       std::optional<std::string> const& recipient, Instant now) {
    return ask_until_told(
        way_out, [&](FetchedDocuments const* fetched) { return documents.verify(input, recipient, now, fetched); });
}

Result<domain::Report> verify_fetching_alone(http::WayOut* way_out, std::string const& input,
                                             std::optional<std::string> const& recipient, Instant now) {
    auto const ask = [&](std::string const& text) {
        return ask_until_told(way_out, [&](FetchedDocuments const* fetched) {
            domain::Question question;
            question.input = text;
            question.recipient = recipient;
            return domain::verify_foreign(std::move(question), now, fetched);
        });
    };
    auto first = ask(input);
    auto const photograph = domain::photograph_in(input);
    if (first || first.error().code != "no-credential" || photograph.empty()) return first;
    auto const text = domain::text_of_photograph(photograph);
    if (!text) return text.error();
    auto second = ask(*text);
    if (!second && second.error().code == "no-credential" && !schemas::is_https_url(*text))
        return domain::no_link_in_code();
    return second;
}

}  // namespace itqan::service
