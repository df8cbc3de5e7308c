#pragma once
// Where the tests find data: the project's own files always, the shared vectors when they are beside the project.

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

namespace itqan::tests {

inline std::filesystem::path source_dir() { return ITQAN_SOURCE_DIR; }

/// The folder ../shared beside the project, if this machine has it. Tests that need it end early with a message.
inline std::optional<std::filesystem::path> shared_dir() {
    auto const path = source_dir().parent_path() / "shared";
    if (std::filesystem::is_directory(path)) return path;
    return std::nullopt;
}

inline std::string read_file(std::filesystem::path const& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + path.string());
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

}  // namespace itqan::tests
