#include "storage/backup_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "storage/sqlite_connection.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>

namespace itqan::storage {
namespace {

constexpr int busy_milliseconds = 10'000;

[[noreturn]] void refuse(std::string const& what, std::string const& path) {
    throw DatabaseError(what + " " + path + ": " + std::generic_category().message(errno));
}

void sync_path(std::string const& path, int flags) {
    auto const descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
    if (descriptor < 0) refuse("cannot open", path);
    auto const answer = ::fsync(descriptor);
    auto const reason = errno;
    ::close(descriptor);
    errno = reason;
    if (answer != 0) refuse("the disk did not take", path);
}

/// Runs `work` and says which file a failure is about.
template <typename F>
auto about(std::string const& path, F&& work) {
    set_up_sqlite();
    try {
        return work();
    } catch (SQLite::Exception const& error) {
        throw DatabaseError(path + ": " + error.what());
    }
}

}  // namespace

void make_private_file(std::string const& path) {
    auto const made = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (made < 0) refuse("cannot make", path);
    ::close(made);
}

void sync_file(std::string const& path) {
    sync_path(path, O_RDWR);
    auto folder = std::filesystem::path(path).parent_path();
    sync_path(folder.empty() ? "." : folder.string(), O_RDONLY | O_DIRECTORY);
}

void snapshot_sqlite(std::string const& from, std::string const& to) {
    make_private_file(to);
    about(from, [&] {
        SQLite::Database database(from, SQLite::OPEN_READWRITE, busy_milliseconds);
        // Its own copy in a temporary place would hold people's data.
        database.exec("PRAGMA temp_store=MEMORY");
        SQLite::Statement copy(database, "VACUUM INTO ?");
        copy.bind(1, to);
        copy.exec();
    });
}

void seal_backup(std::string const& path, std::string const& manifest) {
    about(path, [&] {
        SQLite::Database database(path, SQLite::OPEN_READWRITE, busy_milliseconds);
        database.exec("PRAGMA journal_mode=DELETE");
        database.exec("CREATE TABLE backup_manifest (body TEXT NOT NULL)");
        SQLite::Statement put(database, "INSERT INTO backup_manifest (body) VALUES (?)");
        put.bind(1, manifest);
        put.exec();
    });
    sync_file(path);
}

std::string backup_manifest(std::string const& path) {
    return about(path, [&]() -> std::string {
        SQLite::Database const database("file:" + path + "?immutable=1", SQLite::OPEN_READONLY | SQLite::OPEN_URI);
        if (!database.tableExists("backup_manifest")) return {};
        SQLite::Statement read(database, "SELECT body FROM backup_manifest");
        return read.executeStep() ? read.getColumn(0).getString() : std::string();
    });
}

void unseal_backup(std::string const& path) {
    about(path, [&] {
        SQLite::Database database(path, SQLite::OPEN_READWRITE, busy_milliseconds);
        database.exec("DROP TABLE IF EXISTS backup_manifest");
    });
}

}  // namespace itqan::storage
