#include "service/store.hpp"

#include <filesystem>

namespace itqan::service {
namespace {

storage::PostgresConfig postgres_config(Config const& config) {
    storage::PostgresConfig postgres;
    postgres.url = config.database_url;
    postgres.password = config.database_password;
    postgres.writers = config.database_connections;
    postgres.readers = std::max(2, config.database_connections / 2);
    return postgres;
}

Error bad_url(std::string const& what) {
    return {Fault::unprocessable, "config-value", "\"database.url\" " + what + ".", {{"/database.url", what}}};
}

/// Whether a name of "?name=value&..." has a percent sign.
bool has_escaped_name(std::string const& query) {
    bool in_name = true;
    for (char const c : query) {
        if (c == '&' || c == '?') in_name = true;
        if (c == '=') in_name = false;
        if (in_name && c == '%') return true;
    }
    return false;
}

}  // namespace

std::unique_ptr<storage::Database> open_store(Config const& config, Patience patience) {
    if (!config.database_url.empty()) {
        auto postgres = postgres_config(config);
        if (patience == Patience::for_upkeep) postgres.statement = postgres.unit = std::chrono::hours(6);
        return storage::open_postgres(postgres);
    }
    storage::SqliteConfig sqlite;
    sqlite.path = config.database().string();
    sqlite.durable = config.durable;
    return storage::open_sqlite(sqlite);
}

bool has_store(Config const& config) {
    if (config.database_url.empty()) return std::filesystem::exists(config.database());
    bool has_tables = false;
    open_store(config)->read([&](storage::Session& session) {
        session.query(
            "SELECT 1 FROM information_schema.tables WHERE table_name = 'schema_migration' AND table_schema = "
            "current_schema",
            [&](storage::Row const&) { has_tables = true; });
    });
    return has_tables;
}

std::string store_name(Config const& config) {
    if (config.database_url.empty()) return config.database().string();
    return config.database_url.substr(0, config.database_url.find('?'));
}

Result<void> set_database_url(Config& config, std::string const& value) {
    auto const scheme = value.find("://");
    if (!value.starts_with("postgres://") && !value.starts_with("postgresql://"))
        return bad_url("must be an address such as postgres://itqan@db.example.org/itqan");
    auto const start = scheme + 3;
    auto const authority = value.substr(start, value.find_first_of("/?", start) - start);
    auto const user = authority.substr(0, authority.rfind('@') == std::string::npos ? 0 : authority.rfind('@'));
    auto const rest = value.substr(start + authority.size());
    auto const query = rest.find('?') == std::string::npos ? std::string() : rest.substr(rest.find('?'));
    // A percent sign could hide the word, and a slash the end of the user's part.
    bool const hides = rest.substr(0, rest.find('?')).find('@') != std::string::npos;
    bool const has_password = user.find(':') != std::string::npos || query.find("password") != std::string::npos;
    if (has_password || hides || has_escaped_name(query))
        return bad_url("must not hold the password: write it into a file and name that in database.password_file");
    config.database_url = value;
    return {};
}

}  // namespace itqan::service
