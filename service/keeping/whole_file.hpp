#pragma once
// Files that are whole or not there.

#include <filesystem>
#include <string_view>

namespace itqan::service {

/// Writes a new file of mode 0600 beside `file`, syncs it, and puts it in its place. Throws std::runtime_error.
void write_whole_file(std::filesystem::path const& file, std::string_view text);

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
