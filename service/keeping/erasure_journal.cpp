#include "service/keeping/erasure_journal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include "storage/backup_file.hpp"

namespace itqan::service {

std::filesystem::path erasure_journal(Config const& config) {
    return config.data / "erasures.log";
}

void note_erasure(std::filesystem::path const& journal, std::string const& learner_id, Instant now) {
    bool const is_new = !std::filesystem::exists(journal);
    auto const descriptor = ::open(journal.c_str(), O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0600);
    auto const line = now.text() + " " + learner_id + "\n";
    bool const good = descriptor >= 0 &&
                      ::write(descriptor, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
                      ::fsync(descriptor) == 0;
    auto const reason = errno;
    if (descriptor >= 0) ::close(descriptor);
    if (!good)
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
        if (space == std::string::npos || !Instant::parse(line.substr(0, space)) || space + 1 == line.size())
            return Error{Fault::unprocessable,
                         "not-a-journal",
                         journal.string() + " line " + std::to_string(number) + " is not a time and a learner's id.",
                         {}};
        ids.push_back(line.substr(space + 1));
    }
    return ids;
}

}  // namespace itqan::service
