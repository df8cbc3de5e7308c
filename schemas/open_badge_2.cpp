#include "schemas/open_badge_2.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "schemas/published_contexts.hpp"

namespace itqan::schemas {
namespace {

constexpr std::string_view published = "https://w3id.org/openbadges/v2";
constexpr std::array<std::string_view, 5> same_as_published{
    published, "http://w3id.org/openbadges/v2", "https://w3id.org/openbadges/v2/",
    "https://openbadgespec.org/v2/context.json", "http://openbadgespec.org/v2/context.json"};
constexpr std::array<std::string_view, 6> version_1{
    "https://w3id.org/openbadges/v1", "http://w3id.org/openbadges/v1",      "https://openbadgespec.org/v1",
    "http://openbadgespec.org/v1",    "http://standard.openbadges.org/1.1", "https://openbadges.org/standards/1"};
constexpr std::string_view extension_contexts = "https://w3id.org/openbadges/extensions/";
constexpr std::string_view vocabulary = "https://w3id.org/openbadges#";

bool is_version_2(std::string_view url) {
    return std::find(same_as_published.begin(), same_as_published.end(), url) != same_as_published.end();
}

bool is_version_1(std::string_view url) {
    return std::any_of(version_1.begin(), version_1.end(), [url](std::string_view base) {
        return url == base || (url.starts_with(base) && (url[base.size()] == '/' || url[base.size()] == '.'));
    });
}

std::vector<Json const*> contexts_of(Json const& document) {
    if (!document.is_object() || !document.contains("@context")) return {};
    auto const& context = document.at("@context");
    if (!context.is_array()) return {&context};
    std::vector<Json const*> all;
    for (auto const& each : context)
        all.push_back(&each);
    return all;
}

std::string id_in(Json const& definition) {
    if (definition.is_string()) return definition.get<std::string>();
    return definition.is_object() ? text_member(definition, "@id") : std::string();
}

bool writes_vocabulary_out(Json const& context) {
    return context.is_object() && context.contains("obi") && id_in(context.at("obi")) == vocabulary;
}

/// A term of a context written out that the published one defines otherwise; "" when there is none.
std::string redefined_term(Json const& context) {
    static auto const known = published_contexts().find(published);
    auto const& terms = known->at("@context");
    for (auto const& [term, definition] : context.items()) {
        auto const same = terms.find(term);
        if (same != terms.end() && id_in(*same) != id_in(definition)) return term;
        bool const is_keyword = term.starts_with('@') && term != "@language" && term != "@version";
        if (is_keyword) return term;
    }
    return {};
}

/// The name that the published context has for one of its own terms written otherwise.
std::string plain_name(std::string const& name) {
    auto rest = std::string_view(name);
    if (rest.starts_with("obi:"))
        rest.remove_prefix(4);
    else if (rest.starts_with(vocabulary))
        rest.remove_prefix(vocabulary.size());
    bool const was_long = rest.size() != name.size();
    if (name == "@id") return "id";
    if (name == "@type") return "type";
    if (rest == "verify") return "verification";
    if (was_long && rest == "identityHash") return "identity";
    if (was_long && rest == "issueDate") return "issuedOn";
    return rest.starts_with("extensions") ? name : std::string(rest);
}

Json plain_types(Json const& types) {
    if (types.is_string()) {
        auto const name = types.get<std::string>();
        auto const plain = plain_name(name);
        return plain == "verification" ? name : plain;
    }
    if (!types.is_array()) return types;
    auto all = Json::array();
    for (auto const& each : types)
        all.push_back(each.is_string() ? plain_types(each) : each);
    return all;
}

Json plain_value(Json const& value, std::string const& pointer, std::vector<Violation>& twice) {
    if (value.is_array()) {
        auto all = Json::array();
        for (std::size_t i = 0; i < value.size(); ++i)
            all.push_back(plain_value(value[i], pointer + "/" + std::to_string(i), twice));
        return all;
    }
    if (!value.is_object()) return value;
    auto plain = Json::object();
    for (auto const& [name, inner] : value.items()) {
        if (name == "@context") {
            plain[name] = inner;
            continue;
        }
        auto const known = plain_name(name);
        auto const at = pointer + "/" + known;
        if (plain.contains(known) || (known != name && value.contains(known))) {
            twice.push_back({at, "stands there under two names"});
            if (known != name) continue;
        }
        plain[known] = known == "type" ? plain_types(inner) : plain_value(inner, at, twice);
    }
    return plain;
}

bool is_of_type(Json const& document, std::string_view type) {
    if (!document.is_object() || !document.contains("type")) return false;
    auto const& types = document.at("type");
    if (types.is_string()) return types == type;
    return types.is_array() && std::find(types.begin(), types.end(), type) != types.end();
}

}  // namespace

OpenBadge2Class open_badge_2_class(Json const& document) {
    using enum OpenBadge2Class;
    for (auto const& [type, known] :
         {std::pair{"Assertion", assertion}, std::pair{"Endorsement", endorsement},
          std::pair{"BadgeClass", badge_class}, std::pair{"Issuer", profile}, std::pair{"Profile", profile},
          std::pair{"CryptographicKey", key}, std::pair{"RevocationList", revocation_list},
          std::pair{"AlignmentObject", alignment}})
        if (is_of_type(document, type)) return known;
    return other;
}

bool has_open_badge_2_context(Json const& document) {
    auto const all = contexts_of(document);
    return std::any_of(all.begin(), all.end(), [](Json const* context) {
        return context->is_string() ? is_version_2(context->get_ref<std::string const&>())
                                    : writes_vocabulary_out(*context);
    });
}

bool is_open_badge_1(Json const& document) {
    if (!document.is_object()) return false;
    auto const all = contexts_of(document);
    if (all.empty())
        return document.contains("badge") && !document.contains("type") && !document.contains("@type") &&
               (document.contains("recipient") || document.contains("verify"));
    return std::any_of(all.begin(), all.end(), [](Json const* context) {
        return context->is_string() && is_version_1(context->get_ref<std::string const&>());
    });
}

PlainOpenBadge2 plain_open_badge_2(Json const& document) {
    PlainOpenBadge2 plain;
    plain.document = plain_value(document, "", plain.twice);
    return plain;
}

OpenBadge2Contexts judge_open_badge_2_contexts(Json const& document) {
    using Worth = OpenBadge2Contexts::Worth;
    auto const all = contexts_of(document);
    if (all.empty()) return {};
    OpenBadge2Contexts judged{Worth::published};
    for (auto const* const context : all) {
        if (context->is_object()) {
            if (auto const term = redefined_term(*context); !term.empty()) return {Worth::redefined, term};
            judged.published = judged.published || writes_vocabulary_out(*context);
            continue;
        }
        auto const url = context->is_string() ? context->get<std::string>() : context->dump();
        if (is_version_2(url))
            judged.published = true;
        else if (!url.starts_with(extension_contexts) && judged.worth == Worth::published) {
            judged.worth = Worth::unknown;
            judged.context = url;
        }
    }
    return judged;
}

std::optional<Instant> open_badge_2_instant(Json const& value) {
    constexpr std::int64_t last = 253'402'300'799;
    if (value.is_number_integer()) {
        auto const seconds = value.get<std::int64_t>();
        return seconds >= 0 && seconds <= last ? std::optional(Instant{seconds * 1000}) : std::nullopt;
    }
    if (!value.is_string()) return std::nullopt;
    auto text = value.get<std::string>();
    if (auto const whole = Instant::parse(text)) return whole;
    if (auto const day = Day::parse(text)) return Instant::start_of(*day);
    // "2017-10-01T00:00Z": the seconds are left out.
    constexpr std::size_t minutes_end = 16;
    if (text.size() <= minutes_end || text[13] != ':' || text[minutes_end] == ':') return std::nullopt;
    return Instant::parse(text.insert(minutes_end, ":00"));
}

}  // namespace itqan::schemas
