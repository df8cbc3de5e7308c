#include "service/keeping/place.hpp"

#include <filesystem>

namespace itqan::service {
namespace {

constexpr std::chrono::minutes patience{30};
constexpr int cache_kib = 64 * 1024;

}  // namespace

std::string Place::shown() const {
    if (engine == Engine::sqlite) return "sqlite:" + address;
    auto text = address;
    auto const start = text.find("://");
    auto const at = text.find('@');
    auto const colon = start == std::string::npos ? start : text.find(':', start + 3);
    if (at != std::string::npos && colon < at) text.erase(colon, at - colon);
    // Parameters may hold one too.
    return text.substr(0, text.find('?'));
}

Result<Place> read_place(std::string const& text) {
    auto const is_url = [](std::string const& url) {
        return url.starts_with("postgres://") || url.starts_with("postgresql://");
    };
    if (text.starts_with("sqlite:") && text.size() > 7) return Place{Place::Engine::sqlite, text.substr(7)};
    if (is_url(text)) return Place{Place::Engine::postgres, text};
    if (text.starts_with("postgres:") && is_url(text.substr(9))) return Place{Place::Engine::postgres, text.substr(9)};
    return Error{Fault::unprocessable,
                 "unknown-place",
                 "A database is named sqlite:FILE or postgres://USER@HOST/DATABASE, not " +
                     text.substr(0, text.find_first_of(":/")) + "...",
                 {}};
}

Place place_of(Config const& config) {
    if (config.database_url.empty()) return {Place::Engine::sqlite, config.database().string()};
    return {Place::Engine::postgres, config.database_url, config.database_password};
}

std::unique_ptr<storage::Database> open_place(Place const& place, PlaceUse use) {
    if (place.engine == Place::Engine::postgres) {
        storage::PostgresConfig config;
        config.url = place.address;
        config.password = place.password;
        config.writers = 2;
        config.readers = 2;
        config.statement = patience;
        return storage::open_postgres(config);
    }
    if (use != PlaceUse::scratch && !std::filesystem::exists(place.address))
        throw storage::DatabaseError("there is no database " + place.address);
    storage::SqliteConfig config;
    config.path = place.address;
    config.cache_kib = cache_kib;
    config.durable = use != PlaceUse::scratch;
    config.exclusive = use == PlaceUse::exclusive;
    return storage::open_sqlite(config);
}

}  // namespace itqan::service
