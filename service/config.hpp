#pragma once
// The configuration of an installation: flags before ITQAN_* environment before the TOML file, unknown keys refused.
// Secrets are named by file, never given here.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crypto/keys.hpp"
#include "schemas/result.hpp"
#include "service/http/forward_proxy.hpp"
#include "service/http/rate_limits.hpp"
#include "service/jobs/smtp.hpp"

namespace itqan::service {

struct MailConfig {
    std::string sender;     ///< "badges@example.org"; empty: mails are spooled into the data folder (demo).
    jobs::SmtpConfig smtp;  ///< host empty: no server is configured.
};

struct Address {
    std::string address;  ///< An IP address; "" for none.
    std::uint16_t port = 0;
};

struct Config {
    std::filesystem::path data;  ///< Folder of database, keys, spool.
    std::string domain;          ///< "badges.example.org" or "localhost:8443": signed into every badge.
    std::string listen_address = "127.0.0.1";
    std::uint16_t listen_port = 8443;
    std::string database_url;       ///< PostgreSQL; empty: SQLite in the data folder.
    std::string database_password;  ///< Of database.password_file.
    int database_connections = 16;  ///< For units of work; half as many more read.
    Address internal_listen;   ///< "" for none: one listener serves everything.
    bool internal_tls = true;  ///< false: in the clear, on loopback only.
    bool shares_port = false;  ///< A second process may listen on the same ports beside this one.
    bool demo = false;
    std::filesystem::path certificate, certificate_key;  ///< PEM; empty: the demo's own authority.
    std::filesystem::path kek_file;  ///< Key-encryption key provided from outside; empty: the data folder's own.
    crypto::KeyType key_type = crypto::KeyType::rsa;
    std::string controller_name, controller_contact;
    MailConfig mail;
    std::vector<std::string> trusted_proxies;  ///< CIDRs.
    std::vector<std::string> exempt_networks;  ///< CIDRs that the per-address limits do not count.
    http::RateSettings rates;                  ///< Without the exempt networks.
    std::size_t connections = 10'000, connections_per_client = 100, workers = 64;
    bool vc_api = false;       ///< The VC-API exists.
    bool vc_api_open = false;  ///< It issues for strangers. No key says so, only `itqan demo` and `itqan conformance`.
    bool conformance = false;  ///< RDF may cost what the W3C's vectors need. Likewise.
    /// Other hosts may be asked for documents. No key says so: `itqan serve` and `itqan verify` may, `itqan demo` and
    /// `itqan conformance` with --allow-outbound.
    bool way_out = false;
    std::filesystem::path outbound_ca_file;            ///< PEM; empty: the system's authorities.
    std::optional<http::ForwardProxy> outbound_proxy;  ///< None: hosts are asked directly.
    std::chrono::milliseconds outbound_keep{300'000};  ///< No document of others is used longer without asking again.
    std::vector<std::string> outbound_allow;           ///< "host:port" besides public names on port 443.
    std::vector<std::string> outbound_private;         ///< CIDRs that may be reached although they are not public.
    std::vector<std::string> trust_issuers;            ///< Ids of issuers elsewhere that are known here.
    std::vector<std::string> trust_registries;  ///< "https://.../registry.json Name": static registries, DCC form.
    bool hsts = true;
    bool durable = true;  ///< false: benchmarks only.

    std::string base_url() const { return "https://" + domain; }
    std::filesystem::path file() const { return data / "itqan.toml"; }
    std::filesystem::path database() const { return data / "itqan.db"; }
    std::filesystem::path key_file() const { return kek_file.empty() ? data / "keys" / "kek" : kek_file; }
    std::filesystem::path spool() const { return data / "mail"; }
};

/// Reads the TOML file (the data folder's own when `file` is none and it exists) and then the environment. Errors:
/// unprocessable "config-syntax", "config-unknown-key", "config-value" with the key and the line.
Result<Config> read_config(std::filesystem::path const& data, std::optional<std::filesystem::path> const& file,
                           std::map<std::string, std::string> const& environment);

/// The ITQAN_* variables of this process.
std::map<std::string, std::string> itqan_environment();

/// Text of a new itqan.toml, with every key explained.
std::string config_text(Config const& config);

/// Writes config_text into the data folder (mode 0600), whole or not at all. Throws std::runtime_error when that fails.
void write_config(Config const& config);

/// A host name, with its port if that is not 443. Error: unprocessable "config-value".
Result<void> set_domain(Config& config, std::string const& value);

/// "127.0.0.1:8443" or "[::1]:8443". Error: unprocessable "config-value".
Result<void> read_listen(std::string const& text, Config& config);

/// 127.0.0.0/8 and ::1, and "localhost".
bool is_loopback(std::string_view address);

/// The key types that badges are signed with: "rsa", "ed25519", "p256".
std::optional<crypto::KeyType> read_signing_key_type(std::string_view text);

}  // namespace itqan::service
