#include "tests/schemas/json_ld_suite.hpp"

#include <algorithm>

namespace itqan::tests {
namespace {

/// Not by our own reader: one file holds U+0000, which that refuses.
Json parse_file(std::filesystem::path const& path) {
    return Json::parse(read_file(path));
}

bool flag(Json const& option, char const* name, bool otherwise) {
    return option.contains(name) ? option.at(name).get<bool>() : otherwise;
}

schemas::JsonLdOptions read_options(Json const& option, std::filesystem::path const& folder) {
    schemas::JsonLdOptions options;
    options.base_override = text_member(option, "base");
    if (option.value("processingMode", "") == "json-ld-1.0") options.mode = schemas::ProcessingMode::json_ld_1_0;
    if (option.contains("expandContext")) {
        options.expand_context =
            std::make_shared<Json const>(parse_file(folder / text_member(option, "expandContext")));
    }
    options.compact_arrays = flag(option, "compactArrays", true);
    options.compact_to_relative = flag(option, "compactToRelative", true);
    options.generalized_rdf = flag(option, "produceGeneralizedRdf", false);
    auto const direction = text_member(option, "rdfDirection");
    if (direction == "i18n-datatype") options.rdf_direction = schemas::RdfDirection::i18n_datatype;
    if (direction == "compound-literal") options.rdf_direction = schemas::RdfDirection::compound_literal;
    return options;
}

LdTest read_test(Json const& entry, LdSuite const& suite) {
    LdTest test;
    auto const option = entry.value("option", Json::object());
    test.id = text_member(entry, "@id");
    test.input = text_member(entry, "input");
    test.input_url = suite.base + test.input;
    test.context = text_member(entry, "context");
    test.expect = text_member(entry, "expect");
    test.error_code = text_member(entry, "expectErrorCode");
    test.is_for_1_0 = option.value("specVersion", "") == "json-ld-1.0";
    auto const& types = entry.at("@type");
    test.is_syntax_only = std::find(types.begin(), types.end(), "jld:PositiveSyntaxTest") != types.end();
    test.options = read_options(option, suite.folder);
    test.options.base = test.input_url;
    return test;
}

}  // namespace

std::shared_ptr<Json const> FolderLoader::find(std::string_view url) const {
    if (auto const known = known_.find(url); known != known_.end()) return known->second;
    if (!url.starts_with(base_)) return nullptr;
    auto const path = folder_ / url.substr(base_.size());
    if (!std::filesystem::is_regular_file(path)) return nullptr;
    return known_.emplace(url, std::make_shared<Json const>(parse_file(path))).first->second;
}

Json LdSuite::json(std::string const& file) const {
    return parse_file(folder / file);
}

LdSuite read_suite(std::string const& manifest) {
    LdSuite suite;
    suite.folder = *shared_dir() / "vectors/json-ld-api";
    auto const document = parse_file(suite.folder / manifest);
    suite.base = text_member(document, "baseIri");
    for (auto const& entry : document.at("sequence"))
        suite.tests.push_back(read_test(entry, suite));
    return suite;
}

Json without_order(Json const& value, bool is_list) {
    if (value.is_array()) {
        std::vector<Json> items;
        for (auto const& item : value)
            items.push_back(without_order(item));
        if (!is_list) {
            std::sort(items.begin(), items.end(), [](Json const& a, Json const& b) { return a.dump() < b.dump(); });
        }
        return items;
    }
    if (!value.is_object()) return value;
    auto out = Json::object();
    for (auto const& [name, member] : value.items())
        out[name] = without_order(member, name == "@list");
    return out;
}

}  // namespace itqan::tests
