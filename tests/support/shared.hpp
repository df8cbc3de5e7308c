#pragma once
// Where the tests find data: the project's own files always, published corpora and expected results where there are
// any.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>

namespace itqan::tests {

inline std::filesystem::path source_dir() {
    return ITQAN_SOURCE_DIR;
}

/// The folder with the published corpora (see tests/README.md): $ITQAN_SHARED, else beside the project. Tests that need
/// it end early with a message where there is none, and throw where $ITQAN_REQUIRE_SHARED says that there must be one.
inline std::optional<std::filesystem::path> shared_dir() {
    auto const* const named = std::getenv("ITQAN_SHARED");
    auto const path = named != nullptr ? std::filesystem::path(named) : source_dir().parent_path() / "shared";
    if (std::filesystem::is_directory(path)) return path;
    if (std::getenv("ITQAN_REQUIRE_SHARED") != nullptr)
        throw std::runtime_error("the published corpora are not in " + path.string());
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
