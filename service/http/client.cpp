#include "service/http/client.hpp"

#include <algorithm>
#include <stdexcept>

#include <openssl/ssl.h>

#include "schemas/iri.hpp"
#include "schemas/text.hpp"
#include "service/http/outbound_answer.hpp"
#include "service/http/outbound_connection.hpp"
#include "service/http/outbound_url.hpp"
#include "service/http/special_addresses.hpp"

namespace itqan::http {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char accepted[] =
    "application/vc+jwt, application/did+json, application/ld+json, application/json, */*;q=0.1";

Error unusable(std::string why) {
    return {Fault::unprocessable, "outbound-refused", std::move(why), {}};
}

std::string request_for(OutboundUrl const& url) {
    return "GET " + url.target + " HTTP/1.1\r\nhost: " + (url.port == 443 ? url.host : url.authority()) +
           "\r\naccept: " + accepted +
           "\r\naccept-encoding: identity\r\nuser-agent: Itqan\r\nconnection: close\r\n\r\n";
}

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 307 || status == 308;
}

Result<Fetched> document_of(Response response) {
    Fetched fetched;
    fetched.at = SystemClock().wall();
    if (response.status == 410) {
        fetched.gone = true;
        fetched.body = std::move(response.body);
        fetched.failure = "it answers with status 410: it was taken away";
        return fetched;
    }
    if (response.status != 200) return unusable("it answers with status " + std::to_string(response.status));
    auto const coding = ascii_lower(response.headers.get("content-encoding"));
    if (!coding.empty() && coding != "identity") return unusable("it compresses although it was asked not to");
    auto const type = response.headers.get("content-type");
    fetched.media_type = ascii_lower(type.substr(0, type.find_first_of("; ")));
    if (fetched.media_type == "text/html") return unusable("it answers with a page and not with a document");
    fetched.body = std::move(response.body);
    return fetched;
}

}  // namespace

struct Client::State {
    ClientConfig config;
    std::string own;  ///< "host:port".
    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> tls{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};

    Result<std::vector<std::string>> checked_addresses(OutboundUrl const& url, Clock::time_point deadline) const;
    Result<Response> ask(OutboundUrl const& url, FetchLimits const& limits, Clock::time_point deadline) const;
    Result<Fetched> follow(std::string url, FetchLimits const& limits) const;
};

/// Every address of the answer must be allowed: one bad one spoils all (T09).
Result<std::vector<std::string>> Client::State::checked_addresses(OutboundUrl const& url,
                                                                  Clock::time_point deadline) const {
    auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    auto addresses = config.resolve(url.host, std::clamp(left, std::chrono::milliseconds(0), config.connect));
    if (!addresses) return addresses.error();
    if (addresses->empty()) return unusable("the name has no address");
    for (auto const& address : *addresses)
        if (!is_public_address(address) && !config.allow_private.contains(address))
            return unusable("the name leads into a network that is not public");
    return addresses;
}

Result<Response> Client::State::ask(OutboundUrl const& url, FetchLimits const& limits,
                                    Clock::time_point deadline) const {
    auto const addresses = checked_addresses(url, deadline);
    if (!addresses) return addresses.error();
    OutboundConnection connection;
    // One address, the first: a second try would double what a dead host costs.
    auto const opened = connection.open(tls.get(), addresses->front(), url.port, url.host,
                                        std::min(deadline, Clock::now() + config.connect));
    if (!opened) return opened.error();
    if (auto const sent = connection.write(request_for(url), deadline); !sent) return sent.error();
    auto first = std::min(deadline, Clock::now() + config.first_byte);
    auto const more = [&](std::string& text) -> Result<bool> {
        char buffer[16 * 1024];
        auto const count = connection.read(buffer, sizeof buffer, first);
        if (!count) return count.error();
        first = deadline;
        text.append(buffer, *count);
        return *count > 0;
    };
    return read_outbound_answer(more, config.header_bytes, limits.bytes);
}

Result<Fetched> Client::State::follow(std::string url, FetchLimits const& limits) const {
    auto const deadline = Clock::now() + config.total;
    for (int hop = 0;; ++hop) {
        auto const target = read_outbound_url(url, config.allow);
        if (!target) return target.error();
        if (!own.empty() && target->authority() == own) return unusable("it leads back to this service");
        auto answer = ask(*target, limits, deadline);
        if (!answer) return answer.error();
        if (!is_redirect(answer->status)) {
            auto document = document_of(std::move(*answer));
            if (document && hop > 0) document->landed = url;
            return document;
        }
        auto const location = answer->headers.get("location");
        if (hop >= limits.redirects)
            return unusable(limits.redirects == 0 ? "it sends on to another address, which is not followed here"
                                                  : "it sends on more often than is followed");
        url = schemas::resolve_iri(location, url);
    }
}

Client::Client(ClientConfig config) : state_(std::make_unique<State>()) {
    state_->config = std::move(config);
    state_->own = ascii_lower(state_->config.own_authority);
    if (!state_->own.empty() && state_->own.find(':') == std::string::npos) state_->own += ":443";
    auto* const x = state_->tls.get();
    if (x == nullptr) throw std::runtime_error("TLS for the way out cannot be set up");
    SSL_CTX_set_min_proto_version(x, TLS1_2_VERSION);
    SSL_CTX_set_security_level(x, 2);
    SSL_CTX_set_options(x, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(x, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(x, SSL_VERIFY_PEER, nullptr);
    auto const& file = state_->config.ca_file;
    bool const believed = file.empty() ? SSL_CTX_set_default_verify_paths(x) == 1
                                       : SSL_CTX_load_verify_locations(x, file.c_str(), nullptr) == 1;
    if (!believed) throw std::runtime_error("[outbound] ca_file " + file.string() + " holds no usable certificates");
}

Client::~Client() = default;

Fetched Client::get(std::string_view url, FetchLimits const& limits) const {
    auto answer = state_->follow(std::string(url), limits);
    // A link may carry a secret in its query: what is told goes without.
    auto const told = std::string(url.substr(0, url.find_first_of("?#"))) + ": ";
    Fetched fetched;
    if (answer)
        fetched = std::move(*answer);
    else
        fetched.failure = answer.error().detail;
    fetched.own_fault = !answer && answer.error().code == outbound_busy;
    if (!fetched.failure.empty()) fetched.failure.insert(0, told);
    return fetched;
}

}  // namespace itqan::http
