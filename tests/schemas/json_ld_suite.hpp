#pragma once
// The manifests of the JSON-LD API test suite, and how its results are compared.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "schemas/json_ld.hpp"
#include "tests/support/shared.hpp"

namespace itqan::tests {

/// Serves the files of a folder under the URLs they have on the web.
class FolderLoader final : public schemas::DocumentLoader {
  public:
    FolderLoader(std::filesystem::path folder, std::string base) : folder_(std::move(folder)), base_(std::move(base)) {}

    std::shared_ptr<Json const> find(std::string_view url) const override;

  private:
    std::filesystem::path folder_;
    std::string base_;
    mutable std::map<std::string, std::shared_ptr<Json const>, std::less<>> known_;
};

/// One entry of a manifest.
struct LdTest {
    std::string id;
    std::string input;
    std::string input_url;
    std::string context;     ///< A file, or "".
    std::string expect;      ///< A file, or "".
    std::string error_code;  ///< Or "".
    bool is_for_1_0 = false;
    bool is_syntax_only = false;
    schemas::JsonLdOptions options;
};

struct LdSuite {
    std::filesystem::path folder;
    std::string base;
    std::vector<LdTest> tests;

    FolderLoader loader() const { return {folder, base}; }
    std::string text(std::string const& file) const { return read_file(folder / file); }
    Json json(std::string const& file) const;
};

LdSuite read_suite(std::string const& manifest);

/// The value with every array sorted that is not a list: arrays are sets there.
Json without_order(Json const& value, bool is_list = false);

}  // namespace itqan::tests
