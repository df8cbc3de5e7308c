#pragma once
// Files that are whole or not there.

#include <filesystem>
#include <string_view>

namespace itqan::service {

/// Writes a new file of mode 0600 beside `file`, syncs it, and puts it in its place. Throws std::runtime_error.
void write_whole_file(std::filesystem::path const& file, std::string_view text);

/// What SQLite left beside a file of this name, whether or not that is there: "-wal", "-journal" or "-shm" of it; ""
/// for nothing. Another file of the same name would take it for its own log.
std::filesystem::path log_beside(std::filesystem::path const& file);

/// Puts a database file that nobody has open any more in its place, synced. Throws std::runtime_error when what was
/// written last still stands in a log beside it, and changes nothing then.
void put_in_place(std::filesystem::path const& unfinished, std::filesystem::path const& file);

/// Removes a half-made database file, with what SQLite keeps beside it, unless keep() was called.
class UnfinishedFile {
  public:
    explicit UnfinishedFile(std::filesystem::path file) : file_(std::move(file)) {}
    ~UnfinishedFile() {
        if (!kept_) remove(file_);
    }
    UnfinishedFile(UnfinishedFile const&) = delete;
    UnfinishedFile& operator=(UnfinishedFile const&) = delete;

    void keep() { kept_ = true; }
    static void remove(std::filesystem::path const& file);

  private:
    std::filesystem::path file_;
    bool kept_ = false;
};

}  // namespace itqan::service
