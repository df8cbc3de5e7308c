#include "service/keeping/whole_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "storage/backup_file.hpp"

namespace itqan::service {

void write_whole_file(std::filesystem::path const& file, std::string_view text) {
    auto const beside = file.string() + ".new";
    auto const refuse = [&](std::string const& what) -> std::runtime_error {
        return std::runtime_error(what + " " + beside + ": " + std::generic_category().message(errno));
    };
    auto const descriptor = ::open(beside.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    if (descriptor < 0) throw refuse("cannot make");
    bool good = true;
    while (good && !text.empty()) {
        auto const written = ::write(descriptor, text.data(), text.size());
        if (written > 0)
            text.remove_prefix(static_cast<std::size_t>(written));
        else
            good = written < 0 && errno == EINTR;
    }
    good = good && ::fsync(descriptor) == 0;
    auto const reason = errno;
    ::close(descriptor);
    errno = reason;
    if (!good) throw refuse("cannot write");
    std::filesystem::rename(beside, file);
    storage::sync_file(file.string());
}

std::filesystem::path log_beside(std::filesystem::path const& file) {
    for (auto const* const suffix : {"-wal", "-journal", "-shm"}) {
        std::filesystem::path beside = file.string() + suffix;
        if (std::filesystem::exists(beside)) return beside;
    }
    return {};
}

void put_in_place(std::filesystem::path const& unfinished, std::filesystem::path const& file) {
    // SQLite removes its log when the last connection closes, but only after all of it came into the file.
    if (auto const left = log_beside(unfinished); !left.empty())
        throw std::runtime_error("what stands in " + left.string() + " could not be brought into " +
                                 unfinished.string() + ": is there space?");
    storage::sync_file(unfinished.string());
    std::filesystem::rename(unfinished, file);
    storage::sync_file(file.string());
}

void UnfinishedFile::remove(std::filesystem::path const& file) {
    std::error_code ignored;
    for (auto const* const suffix : {"", "-wal", "-shm", "-journal"})
        std::filesystem::remove(file.string() + suffix, ignored);
}

}  // namespace itqan::service
