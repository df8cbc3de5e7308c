#pragma once
// A database in a folder that goes away with the test.

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
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

/// The server of the tests' "postgres" runs; none when they run on SQLite.
inline std::optional<std::string> postgres_server() {
    auto const* const url = std::getenv("ITQAN_TEST_POSTGRES");
    return url == nullptr || *url == '\0' ? std::nullopt : std::optional<std::string>(url);
}

/// A schema of its own on the server, so that tests do not meet; it goes away with the test.
class TemporarySchema {
  public:
    explicit TemporarySchema(std::string server)
        : server_(std::move(server)), name_("test_" + std::to_string(::getpid()) + "_" + std::to_string(++made_)) {
        run("CREATE SCHEMA " + name_);
    }
    ~TemporarySchema() { run("DROP SCHEMA " + name_ + " CASCADE"); }
    TemporarySchema(TemporarySchema const&) = delete;
    TemporarySchema& operator=(TemporarySchema const&) = delete;

    std::string url() const {
        return server_ + (server_.find('?') == std::string::npos ? '?' : '&') + "options=-csearch_path%3D" + name_;
    }

  private:
    void run(std::string const& sql) const {
        storage::PostgresConfig config;
        config.url = server_;
        storage::open_postgres(config)->write([&](storage::Session& session) { session.execute(sql); });
    }

    inline static std::atomic<int> made_ = 0;
    std::string server_, name_;
};

/// A database before any migration, in a file or, when there is a server, in a schema of it.
class TemporaryStore {
  public:
    TemporaryStore() {
        if (auto const server = postgres_server()) schema_.emplace(*server);
    }

    std::unique_ptr<storage::Database> open() const {
        if (schema_) {
            storage::PostgresConfig config;
            config.url = schema_->url();
            return storage::open_postgres(config);
        }
        storage::SqliteConfig config;
        config.path = file;
        return storage::open_sqlite(config);
    }
    bool is_postgres() const { return schema_.has_value(); }

    TemporaryFolder folder;
    std::string file = folder.file("itqan.db");  ///< Of SQLite.

  private:
    std::optional<TemporarySchema> schema_;
};

/// A migrated, empty database.
struct TemporaryDatabase : TemporaryStore {
    std::unique_ptr<storage::Database> database;

    TemporaryDatabase() : database(open()) { storage::migrate(*database, noon); }

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
