#include "service/keeping/erasure_journal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include "schemas/identifier.hpp"
#include "storage/backup_file.hpp"

namespace itqan::service {
namespace {

/// Adds a line of its own at the end and syncs it, or leaves the file as it was. Gives 0 or the reason.
int append_line(int descriptor, std::string line) {
    // Nobody else appends between the look at the end and a cut back to it.
    if (::flock(descriptor, LOCK_EX) != 0) return errno;
    struct stat facts {};
    if (::fstat(descriptor, &facts) != 0) return errno;
    char last = '\n';
    if (facts.st_size > 0 && ::pread(descriptor, &last, 1, facts.st_size - 1) != 1) return EIO;
    if (last != '\n') line.insert(line.begin(), '\n');
    auto const written = ::write(descriptor, line.data(), line.size());
    int reason = written < 0 ? errno : written < static_cast<ssize_t>(line.size()) ? ENOSPC : 0;
    if (reason == 0 && ::fsync(descriptor) != 0) reason = errno;
    if (reason != 0 && ::ftruncate(descriptor, facts.st_size) != 0)
        return errno;  // The next line begins with "\n" then.
    return reason;
}

}  // namespace

std::filesystem::path erasure_journal(Config const& config) {
    return config.data / "erasures.log";
}

void note_erasure(std::filesystem::path const& journal, std::string const& learner_id, Instant now) {
    bool const is_new = !std::filesystem::exists(journal);
    auto const descriptor = ::open(journal.c_str(), O_CREAT | O_APPEND | O_RDWR | O_CLOEXEC, 0600);
    auto const reason = descriptor < 0 ? errno : append_line(descriptor, now.text() + " " + learner_id + "\n");
    if (descriptor >= 0) ::close(descriptor);
    if (reason != 0)
        throw std::runtime_error("the erasure cannot be noted in " + journal.string() + ": " +
                                 std::generic_category().message(reason) + ". Nothing was erased.");
    if (is_new) storage::sync_file(journal.string());
}

Result<std::vector<std::string>> read_erasures(std::filesystem::path const& journal) {
    std::ifstream in(journal);
    if (!in)
        return Error{Fault::not_found, "no-journal", "There is no journal of erasures " + journal.string() + ".", {}};
    std::vector<std::string> ids;
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        if (in.eof()) break;
        auto const space = line.find(' ');
        if (space == std::string::npos || !Instant::parse(line.substr(0, space)) ||
            !schemas::is_programme_id(std::string_view(line).substr(space + 1)))
            return Error{Fault::unprocessable,
                         "not-a-journal",
                         journal.string() + " line " + std::to_string(number) +
                             " is not a time and a learner's id ([A-Za-z0-9._-]{1,64}): mend or remove it.",
                         {}};
        ids.push_back(line.substr(space + 1));
    }
    return ids;
}

}  // namespace itqan::service
