#include "service/config.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include <toml++/toml.h>
#include <nlohmann/json.hpp>

#include "schemas/identifier.hpp"
#include "service/config_values.hpp"
#include "service/store.hpp"

extern char** environ;

namespace itqan::service {
namespace {

using Setter = std::function<Result<void>(Config&, std::string const&)>;

Setter text_into(std::string Config::*member) {
    return [member](Config& config, std::string const& value) -> Result<void> {
        config.*member = value;
        return {};
    };
}

Result<void> set_security(Config& config, std::string const& value) {
    if (value == "starttls")
        config.mail.smtp.security = jobs::SmtpSecurity::starttls;
    else if (value == "implicit")
        config.mail.smtp.security = jobs::SmtpSecurity::tls;
    else if (value == "none")
        config.mail.smtp.security = jobs::SmtpSecurity::none;
    else
        return bad_value("mail.security", "must be starttls, implicit or none");
    return {};
}

Result<void> set_port(Config& config, std::string const& value) {
    auto const port = read_number("mail.port", value, 1, 65'535);
    if (!port) return port.error();
    config.mail.smtp.port = static_cast<int>(*port);
    return {};
}

Result<void> set_sender(Config& config, std::string const& value) {
    if (!schemas::is_email(value)) return bad_value("mail.sender", "must be an e-mail address");
    config.mail.sender = value;
    return {};
}

Result<void> set_database_password_file(Config& config, std::string const& value) {
    auto password = first_line_of("database.password_file", value);
    if (!password) return password.error();
    config.database_password = std::move(*password);
    return {};
}

Result<void> set_connections(Config& config, std::string const& value) {
    auto const count = read_number("database.connections", value, 1, 200);
    if (!count) return count.error();
    config.database_connections = static_cast<int>(*count);
    return {};
}

Result<void> set_password_file(Config& config, std::string const& value) {
    auto password = first_line_of("mail.password_file", value);
    if (!password) return password.error();
    config.mail.smtp.password = std::move(*password);
    return {};
}

/// The two keys of a proxy may come in any order.
http::ForwardProxy& proxy_of(Config& config) {
    if (!config.outbound_proxy) config.outbound_proxy.emplace();
    return *config.outbound_proxy;
}

Result<void> set_proxy(Config& config, std::string const& value) {
    auto read = http::read_forward_proxy(value);
    if (!read) return bad_value("outbound.proxy", read.error().detail);
    read->credentials = std::move(proxy_of(config).credentials);
    config.outbound_proxy = std::move(*read);
    return {};
}

Result<void> set_proxy_credentials_file(Config& config, std::string const& value) {
    auto line = first_line_of("outbound.proxy_credentials_file", value);
    if (!line) return line.error();
    if (auto const set = http::set_proxy_credentials(proxy_of(config), std::move(*line)); !set)
        return bad_value("outbound.proxy_credentials_file", set.error().detail);
    return {};
}

Result<void> set_keep(Config& config, std::string const& value) {
    auto const seconds = read_number("outbound.keep_seconds", value, 0, 86'400);
    if (!seconds) return seconds.error();
    config.outbound_keep = std::chrono::seconds(*seconds);
    return {};
}

Result<void> set_key_type(Config& config, std::string const& value) {
    auto const type = read_signing_key_type(value);
    if (!type) return bad_value("issuing.key_type", "must be rsa, ed25519 or p256");
    config.key_type = *type;
    return {};
}

Result<void> set_internal_listen(Config& config, std::string const& value) {
    auto read = read_address("internal.listen", value);
    if (!read) return read.error();
    config.internal_listen = std::move(*read);
    return {};
}

Setter number_into(std::size_t Config::*member, std::string const& key, long least, long most) {
    return [=](Config& config, std::string const& value) -> Result<void> {
        auto const number = read_number(key, value, least, most);
        if (!number) return number.error();
        config.*member = static_cast<std::size_t>(*number);
        return {};
    };
}

Setter rate_into(http::RateRule http::RateSettings::*member, std::string const& key) {
    return [=](Config& config, std::string const& value) { return read_rate(config.rates.*member, key, value); };
}

/// Every key but the lists, by its dotted name; the environment names them ITQAN_MAIL_HOST.
std::map<std::string, Setter> const& setters() {
    static std::map<std::string, Setter> const all{
        {"domain", [](Config& c, std::string const& v) { return set_domain(c, v); }},
        {"listen", [](Config& c, std::string const& v) { return read_listen(v, c); }},
        {"demo", [](Config& c, std::string const& v) { return read_flag(c.demo, "demo", v); }},
        {"hsts", [](Config& c, std::string const& v) { return read_flag(c.hsts, "hsts", v); }},
        {"vc_api.enabled", [](Config& c, std::string const& v) { return read_flag(c.vc_api, "vc_api.enabled", v); }},
        {"durable", [](Config& c, std::string const& v) { return read_flag(c.durable, "durable", v); }},
        {"internal.listen", set_internal_listen},
        {"internal.tls", [](Config& c, std::string const& v) { return read_flag(c.internal_tls, "internal.tls", v); }},
        {"share_port", [](Config& c, std::string const& v) { return read_flag(c.shares_port, "share_port", v); }},
        {"limits.verify", rate_into(&http::RateSettings::verify, "limits.verify")},
        {"limits.sign_in", rate_into(&http::RateSettings::sign_in, "limits.sign_in")},
        {"limits.anonymous", rate_into(&http::RateSettings::anonymous, "limits.anonymous")},
        {"limits.signed_in", rate_into(&http::RateSettings::signed_in, "limits.signed_in")},
        {"limits.connections", number_into(&Config::connections, "limits.connections", 16, 1'000'000)},
        {"limits.connections_per_client",
         number_into(&Config::connections_per_client, "limits.connections_per_client", 1, 1'000'000)},
        {"limits.workers", number_into(&Config::workers, "limits.workers", 2, 1'024)},
        {"tls.certificate",
         [](Config& c, std::string const& v) -> Result<void> {
             c.certificate = v;
             return {};
         }},
        {"tls.key",
         [](Config& c, std::string const& v) -> Result<void> {
             c.certificate_key = v;
             return {};
         }},
        {"keys.kek_file",
         [](Config& c, std::string const& v) -> Result<void> {
             c.kek_file = v;
             return {};
         }},
        {"database.url", set_database_url},
        {"database.password_file", set_database_password_file},
        {"database.connections", set_connections},
        {"outbound.ca_file",
         [](Config& c, std::string const& v) -> Result<void> {
             c.outbound_ca_file = v;
             return {};
         }},
        {"outbound.proxy", set_proxy},
        {"outbound.proxy_credentials_file", set_proxy_credentials_file},
        {"outbound.keep_seconds", set_keep},
        {"issuing.key_type", set_key_type},
        {"privacy.controller", text_into(&Config::controller_name)},
        {"privacy.contact", text_into(&Config::controller_contact)},
        {"mail.sender", set_sender},
        {"mail.host",
         [](Config& c, std::string const& v) -> Result<void> {
             c.mail.smtp.host = v;
             return {};
         }},
        {"mail.port", set_port},
        {"mail.security", set_security},
        {"mail.user",
         [](Config& c, std::string const& v) -> Result<void> {
             c.mail.smtp.user = v;
             return {};
         }},
        {"mail.password_file", set_password_file},
        {"mail.ca_file", [](Config& c, std::string const& v) -> Result<void> {
             c.mail.smtp.ca_file = v;
             return {};
         }}};
    return all;
}

/// Keys whose values are lists of networks, or of hosts with ports; in the environment with commas between them.
std::map<std::string, std::vector<std::string> Config::*> const& list_keys() {
    static std::map<std::string, std::vector<std::string> Config::*> const all{
        {"limits.trusted_proxies", &Config::trusted_proxies},
        {"limits.exempt_networks", &Config::exempt_networks},
        {"outbound.allow", &Config::outbound_allow},
        {"outbound.allow_private", &Config::outbound_private},
        {"trust.issuers", &Config::trust_issuers},
        {"trust.registries", &Config::trust_registries}};
    return all;
}

std::string text_of(toml::node const& node) {
    if (auto const text = node.value<std::string>(); text && node.is_string()) return *text;
    if (auto const flag = node.value<bool>(); flag && node.is_boolean()) return *flag ? "true" : "false";
    if (auto const number = node.value<std::int64_t>(); number && node.is_integer()) return std::to_string(*number);
    return {};
}

std::string list_example(std::string const& key) {
    if (key == "outbound.allow") return "must be a list such as \"badges.example.org:8443\"";
    if (key == "trust.issuers") return "must be a list of issuers' ids such as \"did:web:college.example\"";
    if (key == "trust.registries")
        return "must be a list such as \"https://registry.example/registry.json Name of the registry\"";
    return "must be a list of networks such as \"10.0.0.0/8\"";
}

Result<void> apply(Config& config, std::string const& key, toml::node const& node) {
    if (auto const list = list_keys().find(key); list != list_keys().end()) {
        if (!node.is_array()) return bad_value(key, list_example(key));
        for (auto const& element : *node.as_array()) {
            auto const text = text_of(element);
            if (key == "trust.registries" && !text.starts_with("https://")) return bad_value(key, list_example(key));
            (config.*(list->second)).push_back(text);
        }
        return {};
    }
    auto const setter = setters().find(key);
    if (setter == setters().end())
        return Error{Fault::unprocessable,
                     "config-unknown-key",
                     "\"" + key + "\" in line " + std::to_string(node.source().begin.line) +
                         " is not a key of the configuration.",
                     {{"/" + key, "is unknown"}}};
    return setter->second(config, text_of(node));
}

Result<void> apply_table(Config& config, std::string const& prefix, toml::table const& table) {
    for (auto const& [name, node] : table) {
        auto const key = prefix + std::string(name.str());
        if (node.is_table()) {
            if (!prefix.empty()) return bad_value(key, "must not be a table");
            if (auto const inner = apply_table(config, key + ".", *node.as_table()); !inner) return inner.error();
        } else if (auto const done = apply(config, key, node); !done) {
            return done.error();
        }
    }
    return {};
}

std::string environment_name(std::string const& key) {
    std::string name = "ITQAN_";
    for (char const c : key)
        name += c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return name;
}

/// Variables that commands read themselves.
bool is_known_variable(std::string const& name) {
    return name == "ITQAN_DATA" || name == "ITQAN_CONFIG";
}

Result<void> apply_environment(Config& config, std::map<std::string, std::string> const& environment) {
    auto left = environment;
    for (auto const& [key, setter] : setters()) {
        auto const found = left.find(environment_name(key));
        if (found == left.end()) continue;
        if (auto const done = setter(config, found->second); !done) return done.error();
        left.erase(found);
    }
    for (auto const& [key, list] : list_keys()) {
        auto const found = left.find(environment_name(key));
        if (found == left.end()) continue;
        (config.*list).clear();
        std::istringstream words(found->second);
        for (std::string word; std::getline(words, word, ',');)
            (config.*list).push_back(word);
        left.erase(found);
    }
    for (auto const& [name, value] : left)
        if (!is_known_variable(name))
            return Error{Fault::unprocessable,
                         "config-unknown-key",
                         "The variable " + name + " is not a key of the configuration.",
                         {}};
    return {};
}

}  // namespace

Result<void> set_domain(Config& config, std::string const& value) {
    if (!schemas::is_https_url("https://" + value + "/") || value.find('/') != std::string::npos)
        return bad_value("domain", "must be a host name such as badges.example.org, with a port if it is not 443");
    config.domain = value;
    return {};
}

void write_config(Config const& config) {
    auto const fail = [&](std::string const& what) {
        throw std::runtime_error(config.file().string() + " cannot be written: " + what);
    };
    auto const text = config_text(config);
    auto const draft = config.file().string() + ".new";
    int const file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) fail(std::generic_category().message(errno));
    bool const written =
        ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
    int const reason = errno;
    ::close(file);
    if (!written) fail(std::generic_category().message(reason));
    if (::rename(draft.c_str(), config.file().c_str()) != 0) fail(std::generic_category().message(errno));
    // Its name must outlive a power failure too.
    int const folder = ::open(config.data.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) fail(std::generic_category().message(errno));
    ::fsync(folder);
    ::close(folder);
}

std::optional<crypto::KeyType> read_signing_key_type(std::string_view text) {
    auto const type = crypto::read_key_type(text);
    if (type == crypto::KeyType::rsa || type == crypto::KeyType::ed25519 || type == crypto::KeyType::p256) return type;
    return std::nullopt;
}

Result<void> read_listen(std::string const& text, Config& config) {
    auto const read = read_address("listen", text);
    if (!read) return read.error();
    config.listen_address = read->address;
    config.listen_port = read->port;
    return {};
}

bool is_loopback(std::string_view address) {
    return address.starts_with("127.") || address == "::1" || address == "localhost";
}

std::map<std::string, std::string> itqan_environment() {
    std::map<std::string, std::string> found;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        std::string_view const text = *entry;
        auto const equals = text.find('=');
        if (text.starts_with("ITQAN_") && equals != std::string_view::npos)
            found.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return found;
}

Result<Config> read_config(std::filesystem::path const& data, std::optional<std::filesystem::path> const& file,
                           std::map<std::string, std::string> const& environment) {
    Config config;
    config.data = data;
    auto const path = file.value_or(config.file());
    if (std::filesystem::exists(path)) {
        try {
            auto const table = toml::parse_file(path.string());
            if (auto const done = apply_table(config, "", table); !done) return done.error();
        } catch (toml::parse_error const& error) {
            return Error{Fault::unprocessable,
                         "config-syntax",
                         path.string() + ", line " + std::to_string(error.source().begin.line) + ": " +
                             std::string(error.description()),
                         {}};
        }
    } else if (file) {
        return Error{
            Fault::unprocessable, "config-missing", "There is no configuration file " + path.string() + ".", {}};
    }
    if (auto const done = apply_environment(config, environment); !done) return done.error();
    if (config.outbound_proxy && config.outbound_proxy->port == 0)
        return bad_value("outbound.proxy", "is missing, although outbound.proxy_credentials_file is there");
    if (!config.internal_tls && !is_loopback(config.internal_listen.address))
        return bad_value("internal.tls",
                         "may be false only where internal.listen is a loopback address: tokens would "
                         "pass in the clear");
    return config;
}

}  // namespace itqan::service
