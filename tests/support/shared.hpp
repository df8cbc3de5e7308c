#pragma once
// Where the tests find data: the project's own files always, published corpora and expected results where there are
// any.

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

namespace itqan::tests {

inline std::filesystem::path source_dir() {
    return ITQAN_SOURCE_DIR;
}

/// The folder with the published corpora (see tests/README.md), if there is one. Tests that need it end early with a
/// message.
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

/// Ends a test early where the published corpora are not.
#define NEEDS_SHARED()                                 \
    if (!itqan::tests::shared_dir()) {                 \
        MESSAGE("the published corpora are not here"); \
        return;                                        \
    }
