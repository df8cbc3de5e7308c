// Value compaction, section 6.3 of https://www.w3.org/TR/json-ld11-api/.
#include <utility>

#include "schemas/json_ld_compact.hpp"
#include "schemas/text.hpp"

namespace itqan::schemas {
namespace {

/// Step 9: the language and the direction are those that the text would get back.
bool is_in_language(Json const& value, std::optional<std::string> const& language,
                    std::optional<Direction> const& direction) {
    auto const own_language = text_member(value, "@language");
    auto const own_direction = text_member(value, "@direction");
    auto const same_language = language ? equal_ignoring_case(own_language, *language) : !value.contains("@language");
    auto const same_direction = direction ? own_direction == direction_name(*direction) : !value.contains("@direction");
    return same_language && same_direction;
}

}  // namespace

Json Compactor::compact_value(ActiveContext const& active, TermDefinition const* definition, Json const& value) {
    auto const coercion = definition != nullptr ? definition->type_keyword : Keyword::no_keyword;
    auto const in_index = definition != nullptr && definition->container.has(Container::index);
    auto const has_index = value.contains("@index");
    auto const index_fits = !has_index || in_index;
    auto const type = value.find("@type");
    auto const has_type = type != value.end();
    auto const type_fits = has_type && definition != nullptr && definition->type && *type == *definition->type;

    auto result = value;
    if (value.contains("@id") && value.size() == (has_index ? 2U : 1U)) {
        auto const& id = value.at("@id");
        if (id.is_string() && (coercion == Keyword::id || coercion == Keyword::vocab)) {
            auto const& iri = id.get_ref<std::string const&>();
            return compact_iri(run_, active, iri, nullptr, coercion == Keyword::vocab);
        }
    } else if (type_fits && value.contains("@value")) {
        return value.at("@value");
    } else if (coercion == Keyword::none || has_type) {
        if (has_type && type->is_string()) {
            result["@type"] = compact_iri(run_, active, type->get_ref<std::string const&>());
        } else if (has_type) {
            for (auto& item : result["@type"])
                item = compact_iri(run_, active, item.get_ref<std::string const&>());
        }
    } else if (value.contains("@value")) {
        auto const& language = definition != nullptr && definition->language ? *definition->language : active.language;
        auto const& direction =
            definition != nullptr && definition->direction ? *definition->direction : active.direction;
        auto const& content = value.at("@value");
        if (index_fits && (!content.is_string() || is_in_language(value, language, direction))) return content;
    }
    auto renamed = Json::object();
    for (auto& [name, entry] : result.get_ref<Json::object_t&>())
        renamed[compact_iri(run_, active, name)] = std::move(entry);
    return renamed;
}

}  // namespace itqan::schemas
