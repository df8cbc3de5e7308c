#include "storage/migrate.hpp"

#include <array>
#include <map>
#include <stdexcept>

#include <openssl/evp.h>

#include "migration.embedded.hpp"

namespace itqan::storage {
namespace {

std::string sha256(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("OpenSSL cannot compute a SHA-256 digest");
    return hex_encode(ByteView(digest.data(), size));
}

std::map<std::int64_t, std::pair<std::string, std::string>> applied(Session& session) {
    std::map<std::int64_t, std::pair<std::string, std::string>> rows;
    session.query("SELECT number, name, checksum FROM schema_migration ORDER BY number",
                  [&](Row const& row) { rows.emplace(row.integer(0), std::pair(row.string(1), row.string(2))); });
    return rows;
}

/// Whether it was missing. Another process may have applied it since we looked, so this asks in the same transaction.
bool apply(Session& session, Migration const& migration, Instant now) {
    auto const checksum = sha256(migration.sql);
    auto const done = applied(session);
    if (auto const found = done.find(migration.number); found != done.end()) {
        if (found->second.second == checksum) return false;
        throw DatabaseError("migration " + migration.name + " was applied as " + found->second.first +
                            " with another text (sha256 " + found->second.second + ", this program has " + checksum +
                            "): an applied migration must never change");
    }
    for (auto const& statement : statements_of(migration.sql))
        session.execute(statement);
    session.execute("INSERT INTO schema_migration (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
                    migration.number, migration.name, checksum, now);
    return true;
}

std::vector<Migration> read_embedded() {
    std::vector<Migration> all;
    for (auto const path : embedded::migration_paths()) {
        auto const name = path.substr(0, path.rfind(".sql"));
        all.push_back(
            {std::stoi(std::string(name.substr(0, 4))), std::string(name), std::string(embedded::migration(path))});
    }
    return all;
}

}  // namespace

std::vector<Migration> const& migrations() {
    static std::vector<Migration> const all = read_embedded();
    return all;
}

// Quotes are respected; triggers (with inner semicolons) are not used.
std::vector<std::string> statements_of(std::string_view sql) {
    std::vector<std::string> statements;
    std::string current;
    char quote = 0;
    auto const close = [&] {
        if (current.find_first_not_of(" \t\r\n") != std::string::npos) statements.push_back(current);
        current.clear();
    };
    for (std::size_t i = 0; i < sql.size(); ++i) {
        auto const letter = sql[i];
        if (quote == 0 && sql.substr(i, 2) == "--") {
            i = std::min(sql.find('\n', i), sql.size());
            current += '\n';
        } else if (quote == 0 && letter == ';') {
            close();
        } else {
            if (quote == 0 && (letter == '\'' || letter == '"'))
                quote = letter;
            else if (letter == quote)
                quote = 0;
            current += letter;
        }
    }
    close();
    return statements;
}

std::string checksum_of(Migration const& migration) {
    return sha256(migration.sql);
}

std::vector<std::string> migrate(Database& database, Instant now, std::vector<Migration> const& all) {
    database.write([](Session& session) {
        session.execute(
            "CREATE TABLE IF NOT EXISTS schema_migration (number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, "
            "checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT");
    });
    std::vector<std::string> names;
    for (auto const& migration : all) {
        if (database.write([&](Session& session) { return apply(session, migration, now); }))
            names.push_back(migration.name);
    }
    return names;
}

}  // namespace itqan::storage
