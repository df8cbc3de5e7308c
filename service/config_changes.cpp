#include "service/config_changes.hpp"

namespace itqan::service {
namespace {

bool is_same(std::optional<http::ForwardProxy> const& left, std::optional<http::ForwardProxy> const& right) {
    if (!left || !right) return left.has_value() == right.has_value();
    return left->host == right->host && left->port == right->port && left->credentials == right->credentials;
}

bool is_same(Address const& left, Address const& right) {
    return left.address == right.address && left.port == right.port;
}

}  // namespace

// Everything but certificate, limits of connections and rates, trusted and exempt networks, and mail.
std::vector<std::string> needing_restart(Config const& running, Config const& read) {
    std::vector<std::string> keys;
    auto const note = [&keys](bool same, char const* key) {
        if (!same) keys.emplace_back(key);
    };
    note(running.domain == read.domain, "domain");
    note(is_same({running.listen_address, running.listen_port}, {read.listen_address, read.listen_port}), "listen");
    note(is_same(running.internal_listen, read.internal_listen), "internal.listen");
    note(running.internal_tls == read.internal_tls, "internal.tls");
    note(running.shares_port == read.shares_port, "share_port");
    note(running.hsts == read.hsts, "hsts");
    note(running.database_url == read.database_url, "database.url");
    note(running.database_password == read.database_password, "database.password_file");
    note(running.database_connections == read.database_connections, "database.connections");
    note(running.kek_file == read.kek_file, "keys.kek_file");
    note(running.demo == read.demo, "demo");
    note(running.durable == read.durable, "durable");
    note(running.vc_api == read.vc_api, "vc_api.enabled");
    note(running.key_type == read.key_type, "issuing.key_type");
    note(running.controller_name == read.controller_name, "privacy.controller");
    note(running.controller_contact == read.controller_contact, "privacy.contact");
    note(running.workers == read.workers, "limits.workers");
    note(running.outbound_ca_file == read.outbound_ca_file, "outbound.ca_file");
    note(is_same(running.outbound_proxy, read.outbound_proxy), "outbound.proxy");
    note(running.outbound_keep == read.outbound_keep, "outbound.keep_seconds");
    note(running.outbound_allow == read.outbound_allow, "outbound.allow");
    note(running.outbound_private == read.outbound_private, "outbound.allow_private");
    note(running.trust_issuers == read.trust_issuers, "trust.issuers");
    note(running.trust_registries == read.trust_registries, "trust.registries");
    return keys;
}

}  // namespace itqan::service
