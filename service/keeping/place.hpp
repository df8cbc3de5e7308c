#pragma once
// Where a database is, as commands name it: sqlite:FILE or postgres:URL. Opening one for keeping: patient, and without
// the wiring of an installation.

#include <memory>
#include <string>

#include "schemas/result.hpp"
#include "service/config.hpp"
#include "storage/database.hpp"

namespace itqan::service {

struct Place {
    enum class Engine { sqlite, postgres } engine = Engine::sqlite;
    std::string address;        ///< A file, or a URL.
    std::string password = {};  ///< Of PostgreSQL; empty: libpq's own ways.

    /// For people: without the password that a URL may hold.
    std::string shown() const;
};

/// "sqlite:FILE", "postgres://...", "postgresql://...", or "postgres:" before such a URL. Error: unprocessable
/// "unknown-place".
Result<Place> read_place(std::string const& text);

/// The database of an installation.
Place place_of(Config const& config);

enum class PlaceUse {
    shared,     ///< Beside a server.
    exclusive,  ///< SQLite: nobody else has it open, or it throws; PostgreSQL: as shared.
    scratch     ///< A new file that is synced by who makes it.
};

/// Opens it; a file must be there unless it is scratch. Statements may take long. Throws storage::DatabaseError.
std::unique_ptr<storage::Database> open_place(Place const& place, PlaceUse use);

}  // namespace itqan::service
