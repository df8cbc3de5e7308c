#include "service/http/client.hpp"

#include <algorithm>
#include <set>
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

/// Those of the configuration that were needed.
using Exceptions = std::set<std::string>;

constexpr char accepted[] =
    "application/vc+jwt, application/did+json, application/ld+json, application/json, */*;q=0.1";

Error unusable(std::string why) {
    return {Fault::unprocessable, "outbound-refused", std::move(why), {}};
}

std::string request_for(OutboundUrl const& url, Validators const& known) {
    auto request = "GET " + url.target + " HTTP/1.1\r\nhost: " + (url.port == 443 ? url.host : url.authority()) +
                   "\r\naccept: " + accepted + "\r\naccept-encoding: identity\r\nuser-agent: Itqan\r\n";
    if (!known.etag.empty()) request += "if-none-match: " + known.etag + "\r\n";
    if (!known.last_modified.empty()) request += "if-modified-since: " + known.last_modified + "\r\n";
    return request + "connection: close\r\n\r\n";
}

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 307 || status == 308;
}

/// Strong and weak forms of one tag count as equal (RFC 9110 section 8.8.3.2).
bool is_same_tag(std::string_view left, std::string_view right) {
    if (left.starts_with("W/")) left.remove_prefix(2);
    if (right.starts_with("W/")) right.remove_prefix(2);
    return left == right;
}

Result<Answered> document_of(Response response, Validators const& known) {
    Answered answered;
    auto& fetched = answered.fetched;
    auto const now = SystemClock().wall();
    fetched.at = now;
    answered.advice = read_storing_advice(response.headers, now);
    if (response.status == 304 && !known.empty()) {
        auto const& tag = answered.advice.validators.etag;
        if (!tag.empty() && !is_same_tag(tag, known.etag)) return unusable("it confirms what it was not asked about");
        answered.is_unchanged = true;
        return answered;
    }
    if (response.status == 410) {
        fetched.gone = true;
        fetched.body = std::move(response.body);
        fetched.failure = "it answers with status 410: it was taken away";
        return answered;
    }
    if (response.status != 200) return unusable("it answers with status " + std::to_string(response.status));
    auto const coding = ascii_lower(response.headers.get("content-encoding"));
    if (!coding.empty() && coding != "identity") return unusable("it compresses although it was asked not to");
    auto const type = response.headers.get("content-type");
    fetched.media_type = ascii_lower(type.substr(0, type.find_first_of("; ")));
    if (fetched.media_type == "text/html") return unusable("it answers with a page and not with a document");
    fetched.body = std::move(response.body);
    return answered;
}

/// The order of the name server, but families in turn: where one of them leads nowhere the next try is the other.
std::vector<std::string> in_turn(std::vector<std::string> const& addresses) {
    auto const is_v6 = [](std::string const& address) { return address.find(':') != std::string::npos; };
    std::vector<std::string> first, second, all;
    for (auto const& address : addresses) {
        auto& family = is_v6(address) == is_v6(addresses.front()) ? first : second;
        if (std::find(family.begin(), family.end(), address) == family.end()) family.push_back(address);
    }
    for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i)
        for (auto const* const family : {&first, &second})
            if (i < family->size()) all.push_back((*family)[i]);
    return all;
}

constexpr std::size_t most_tries = 4;

/// One address after the other, each within its share of the time.
Result<void> connect_to_one(OutboundConnection& connection, std::vector<std::string> addresses, std::uint16_t port,
                            Clock::time_point deadline) {
    addresses = in_turn(addresses);
    addresses.resize(std::min(addresses.size(), most_tries));
    Result<void> connected = unusable("the name has no address");
    for (std::size_t i = 0; i < addresses.size() && !(i > 0 && connected); ++i) {
        auto const now = Clock::now();
        auto const share = (deadline - now) / static_cast<int>(addresses.size() - i);
        connected = connection.connect(addresses[i], port, now + share);
    }
    return connected;
}

}  // namespace

struct Client::State {
    ClientConfig config;
    std::string own;  ///< "host:port".
    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> tls{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};

    Result<std::vector<std::string>> look_up(std::string const& host, std::string const& client,
                                             std::chrono::milliseconds limit, Clock::time_point deadline) const;
    Result<void> check(std::string const& host, std::vector<std::string> const& addresses, Exceptions& used) const;
    Result<void> connect(OutboundConnection& connection, OutboundUrl const& url, std::string const& client,
                         Clock::time_point deadline, Exceptions& used) const;
    Result<void> connect_by_proxy(OutboundConnection& connection, OutboundUrl const& url, std::string const& client,
                                  Clock::time_point deadline, Exceptions& used) const;
    Result<Response> exchange(OutboundUrl const& url, FetchLimits const& limits, Validators const& known,
                              std::string const& client, Clock::time_point deadline, Exceptions& used) const;
    Result<Answered> follow(std::string url, FetchLimits const& limits, Validators const& known,
                            std::string const& client) const;
};

Result<std::vector<std::string>> Client::State::look_up(std::string const& host, std::string const& client,
                                                        std::chrono::milliseconds limit,
                                                        Clock::time_point deadline) const {
    auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    return config.resolve(host, client, std::clamp(left, std::chrono::milliseconds(0), limit));
}

/// Every address of the answer must be allowed: one bad one spoils all (T09).
Result<void> Client::State::check(std::string const& host, std::vector<std::string> const& addresses,
                                  Exceptions& used) const {
    for (auto const& address : addresses) {
        if (is_public_address(address)) continue;
        if (!config.allow_private.contains(address))
            return unusable("the name leads into a network that is not public");
        used.insert("allow_private " + host);
    }
    return {};
}

Result<void> Client::State::connect(OutboundConnection& connection, OutboundUrl const& url, std::string const& client,
                                    Clock::time_point deadline, Exceptions& used) const {
    if (config.proxy) return connect_by_proxy(connection, url, client, deadline, used);
    auto const addresses = look_up(url.host, client, config.connect, deadline);
    if (!addresses) return addresses.error();
    if (auto const checked = check(url.host, *addresses, used); !checked) return checked.error();
    auto const until = std::min(deadline, Clock::now() + config.connect);
    if (auto const connected = connect_to_one(connection, *addresses, url.port, until); !connected)
        return connected.error();
    return connection.secure(tls.get(), url.host, until);
}

/// The proxy looks the name up. Where a name server answers here too its answer is checked as ever; where none does
/// (closed networks have none) the proxy is trusted not to lead inside, as the folder's README says.
Result<void> Client::State::connect_by_proxy(OutboundConnection& connection, OutboundUrl const& url,
                                             std::string const& client, Clock::time_point deadline,
                                             Exceptions& used) const {
    auto const& proxy = *config.proxy;
    used.insert("proxy");
    if (auto const known = look_up(url.host, client, config.connect / 4, deadline)) {
        if (auto const checked = check(url.host, *known, used); !checked) return checked.error();
    } else if (known.error().code == outbound_busy) {
        return known.error();
    }
    auto const of_proxy = [](Error error) {
        error.code = outbound_busy;  // It says nothing about the host.
        error.detail.insert(0, "the proxy of this service: ");
        return error;
    };
    auto const addresses = look_up(proxy.host, {}, config.connect, deadline);
    if (!addresses) return of_proxy(addresses.error());
    auto until = std::min(deadline, Clock::now() + config.connect);
    if (auto const connected = connect_to_one(connection, *addresses, proxy.port, until); !connected)
        return of_proxy(connected.error());
    if (auto const sent = connection.write_plain(connect_request(proxy, url.authority()), until); !sent)
        return of_proxy(sent.error());
    // It answers when the host is reached: a host that does not answer must not count as a fault of the proxy.
    until = std::min(deadline, Clock::now() + config.connect);
    auto const section = connection.read_plain_section(config.header_bytes, until);
    if (!section) {
        auto error = section.error();
        error.detail.insert(0, "the proxy did not get there: ");
        return error;
    }
    if (auto const stands = read_connect_answer(*section); !stands) return stands.error();
    return connection.secure(tls.get(), url.host, std::min(deadline, Clock::now() + config.connect));
}

Result<Response> Client::State::exchange(OutboundUrl const& url, FetchLimits const& limits, Validators const& known,
                                         std::string const& client, Clock::time_point deadline,
                                         Exceptions& used) const {
    OutboundConnection connection;
    if (auto const connected = connect(connection, url, client, deadline, used); !connected) return connected.error();
    if (auto const sent = connection.write(request_for(url, known), deadline); !sent) return sent.error();
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

Result<Answered> Client::State::follow(std::string url, FetchLimits const& limits, Validators const& known,
                                       std::string const& client) const {
    auto const deadline = Clock::now() + config.total;
    Exceptions used;
    for (int hop = 0;; ++hop) {
        auto const target = read_outbound_url(url, config.allow);
        if (!target) return target.error();
        if (!read_outbound_url(url, {})) used.insert("allow " + target->authority());
        if (!own.empty() && target->authority() == own) return unusable("it leads back to this service");
        // What was kept is of the first address: no other host is told its tags.
        auto const asked_about = hop == 0 ? known : Validators();
        auto answer = exchange(*target, limits, asked_about, client, deadline, used);
        if (!answer) return answer.error();
        if (!is_redirect(answer->status)) {
            auto document = document_of(std::move(*answer), asked_about);
            if (document) document->fetched.exceptions = used;
            if (document && hop > 0) {
                document->fetched.landed = url;
                document->advice.validators = {};
            }
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
    return ask(url, limits, {}, {}).fetched;
}

Answered Client::ask(std::string_view url, FetchLimits const& limits, Validators const& known,
                     std::string const& client) const {
    auto answer = state_->follow(std::string(url), limits, known, client);
    // A link may carry a secret in its query: what is told goes without.
    auto const told = std::string(url.substr(0, url.find_first_of("?#"))) + ": ";
    Answered answered;
    if (answer)
        answered = std::move(*answer);
    else
        answered.fetched.failure = answer.error().detail;
    auto& fetched = answered.fetched;
    fetched.own_fault = !answer && answer.error().code == outbound_busy;
    if (!fetched.failure.empty()) fetched.failure.insert(0, told);
    return answered;
}

}  // namespace itqan::http
