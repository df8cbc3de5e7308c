#include "crypto/suites/json_selection.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include <nlohmann/json.hpp>

namespace itqan::crypto {
namespace {

/// The selected part of a value. Elements of arrays keep their positions until all pointers are followed.
struct Selection {
    bool whole = false;
    std::map<std::string, Selection, std::less<>> members = {};
    std::map<std::size_t, Selection> elements = {};
};

/// RFC 6901 section 3; nothing where the text is no pointer.
std::optional<std::vector<std::string>> read_pointer(std::string_view text) {
    std::vector<std::string> tokens;
    if (!text.empty() && text.front() != '/') return std::nullopt;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '/') {
            tokens.emplace_back();
        } else if (text[i] != '~') {
            tokens.back() += text[i];
        } else if (++i < text.size() && (text[i] == '0' || text[i] == '1')) {
            tokens.back() += text[i] == '0' ? '~' : '/';
        } else {
            return std::nullopt;
        }
    }
    return tokens;
}

/// RFC 6901 section 4: digits without leading zeros.
std::optional<std::size_t> read_index(std::string const& token, std::size_t size) {
    std::size_t index = 0;
    auto const* const end = token.data() + token.size();
    auto const [stopped, failure] = std::from_chars(token.data(), end, index);
    bool const good = failure == std::errc() && stopped == end && (token.size() == 1 || token.front() != '0');
    return good && index < size ? std::optional(index) : std::nullopt;
}

bool mark(Selection& root, Json const& document, std::vector<std::string> const& tokens) {
    auto* selection = &root;
    auto const* value = &document;
    for (auto const& token : tokens) {
        if (value->is_array()) {
            auto const index = read_index(token, value->size());
            if (!index) return false;
            selection = &selection->elements[*index];
            value = &(*value)[*index];
        } else {
            auto const member = value->is_object() ? value->find(token) : value->end();
            if (!value->is_object() || member == value->end()) return false;
            selection = &selection->members[token];
            value = &*member;
        }
    }
    selection->whole = true;
    return true;
}

Json copy_selected(Json const& value, Selection const& selection) {
    if (selection.whole) return value;
    if (value.is_array()) {
        auto items = Json::array();
        for (auto const& [index, part] : selection.elements)
            items.push_back(copy_selected(value[index], part));
        return items;
    }
    auto members = Json::object();
    auto const id = text_member(value, "id");
    if (!id.empty() && !id.starts_with("_:")) members["id"] = id;
    if (value.contains("type")) members["type"] = value["type"];
    for (auto const& [name, part] : selection.members)
        members[name] = copy_selected(value.at(name), part);
    return members;
}

}  // namespace

Result<Json> select_json(Json const& document, std::vector<std::string> const& pointers) {
    if (pointers.empty()) return Json(nullptr);
    Selection selection;
    for (auto const& pointer : pointers) {
        auto const tokens = read_pointer(pointer);
        if (!tokens) return Error{Fault::malformed, "json-pointer", "\"" + pointer + "\" is no JSON Pointer."};
        if (!mark(selection, document, *tokens)) {
            return Error{Fault::unprocessable,
                         "pointer-target",
                         "The document has nothing at " + pointer + ".",
                         {{pointer, "Nothing is there."}}};
        }
    }
    auto selected = copy_selected(document, selection);
    if (selected.is_object() && document.contains("@context")) selected["@context"] = document["@context"];
    return selected;
}

}  // namespace itqan::crypto
