// The configuration file that a new installation starts with.

#include <sstream>

#include <nlohmann/json.hpp>

#include "service/config.hpp"

namespace itqan::service {

std::string config_text(Config const& config) {
    // A JSON string is a TOML basic string.
    auto const quoted = [](std::string const& value) { return nlohmann::json(value).dump(); };
    std::ostringstream text;
    text << R"(# Itqan. Flags and ITQAN_* variables win over this file; unknown keys are errors.
# The domain is signed into every badge: it cannot be changed later.
)"
         << "domain = " << quoted(config.domain) << "\n"
         << "listen = \"" << config.listen_address << ':' << config.listen_port << "\"\n"
         << (config.demo ? "demo = true\nhsts = false\n" : "") << R"(
# [internal] below makes a second listener for the API, the staff's pages and /metrics; the first one then serves only
# documents, badges, verification, claims and the learners' pages.
# A second process may listen on the same ports, so that it can take over without a pause:
# share_port = false

[internal]
# listen = "127.0.0.1:8444"
# In the clear, for a proxy or a collector of figures on this machine; loopback only:
# tls = true

[tls]
# certificate = "/etc/itqan/fullchain.pem"
# key = "/etc/itqan/privkey.pem"

[keys]
# The 32 bytes that signing keys are sealed with, where something else keeps them (a systemd credential, a Kubernetes
# secret). Several nodes need the same. Without it: keys/kek in the data folder, made on the first start.
# kek_file = "/run/credentials/itqan.service/kek"

[issuing]
# What VC-JWTs are signed with: rsa (RS256), ed25519 (EdDSA) or p256 (ES256). Embedded proofs are Ed25519.
)"
         << "key_type = \"" << crypto::key_type_name(config.key_type) << "\"\n"
         << R"(
[privacy]
# Who is responsible for the data: named in mails and on /privacy.
)"
         << "controller = " << quoted(config.controller_name) << "\n"
         << "contact = " << quoted(config.controller_contact) << "\n"
         << R"(
[database]
# SQLite in the data folder unless a PostgreSQL database is named. Several nodes may share one; each needs the same
# keys/kek. Hosts elsewhere are reached by verified TLS.
)"
         << (config.database_url.empty() ? "# url = \"postgres://itqan@db.example.org/itqan\""
                                         : "url = " + quoted(config.database_url))
         << R"(
# password_file = "/etc/itqan/database-password"
# connections = 16

[mail]
# sender = "badges@example.org"
# host = "smtp.example.org"
# port = 587
# security = "starttls"        # or implicit, none
# user = "itqan"
# password_file = "/etc/itqan/smtp-password"
# ca_file = "/etc/ssl/certs/ca-certificates.crt"

[vc_api]
# Issue and verify over the W3C's VC-API, with did:keys of its own; administrators issue.
)"
         << "enabled = " << (config.vc_api ? "true" : "false") << "\n"
         << R"(
[outbound]
# How the documents of other issuers are fetched: over HTTPS, from public addresses.
# Further authorities to be trusted:
# ca_file = "/etc/itqan/authorities.pem"
# Exceptions, none by default: hosts with their ports, and networks that are not public.
# allow = ["badges.example.org:8443"]
# allow_private = ["10.0.0.0/8"]
# Every host is asked through it (CONNECT). It looks names up, so it must not lead into networks that are not public.
# proxy = "http://proxy.example.org:3128"
# proxy_credentials_file = "/etc/itqan/proxy-credentials"    # user:password
# No document of others, so no status list, is used longer without asking again:
# keep_seconds = 300

[trust]
# Issuers elsewhere that are known here, and registries of issuers that are asked.
# issuers = ["did:web:college.example"]
# registries = ["https://registry.example/registry.json Name of the registry"]

[limits]
# trusted_proxies = ["127.0.0.1/32"]
# exempt_networks = []
# So many at once, then so many a minute: strangers by address (IPv6: by network), those who are known by token or session.
# verify = "60/120"
# sign_in = "20/10"
# anonymous = "600/3000"
# signed_in = "20000/300000"
# connections = 10000            # the service raises its limit of descriptors as far as it may
# connections_per_client = 100
# workers = 64
)";
    return text.str();
}

}  // namespace itqan::service
