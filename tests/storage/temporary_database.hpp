#pragma once
// A database in a folder that goes away with the test.

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "storage/database.hpp"
#include "storage/migrate.hpp"

namespace itqan::tests {

class TemporaryFolder {
  public:
    TemporaryFolder() : path_((std::filesystem::temp_directory_path() / "itqan-storage-XXXXXX").string()) {
        if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("cannot make a folder for the test");
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(TemporaryFolder const&) = delete;
    TemporaryFolder& operator=(TemporaryFolder const&) = delete;

    std::string file(std::string const& name) const { return path_ + "/" + name; }
    std::string const& path() const { return path_; }

  private:
    std::string path_;
};

inline constexpr Instant noon{1'793'000'000'000};
inline Instant after(std::int64_t milliseconds) {
    return Instant{noon.milliseconds + milliseconds};
}

/// A migrated, empty database. `file` is the path of its main file.
struct TemporaryDatabase {
    TemporaryFolder folder;
    std::string file = folder.file("itqan.db");
    std::unique_ptr<storage::Database> database;

    TemporaryDatabase() : database(open()) { storage::migrate(*database, noon); }

    std::unique_ptr<storage::Database> open() const {
        storage::SqliteConfig config;
        config.path = file;
        return storage::open_sqlite(config);
    }
    storage::Database* operator->() const { return database.get(); }
};

/// The one integer a statement answers.
inline std::int64_t number(storage::Session& session, std::string_view sql) {
    std::int64_t answer = 0;
    session.query(sql, [&](storage::Row const& row) { answer = row.integer(0); });
    return answer;
}

inline std::int64_t number(storage::Database& database, std::string_view sql) {
    return database.read([&](storage::Session& session) { return number(session, sql); });
}

}  // namespace itqan::tests
