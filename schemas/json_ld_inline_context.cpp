#include "schemas/json_ld_inline_context.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "schemas/json_ld_keyword.hpp"

namespace itqan::schemas {
namespace {

constexpr int deepest_scoped_context = 16;

class InlineContextJudge {
  public:
    bool judge_list(Json const& contexts, Place const& place, int depth) {
        if (!contexts.is_array()) return judge(contexts, place, depth);
        for (std::size_t i = 0; i < contexts.size(); ++i) {
            if (!judge_item(contexts[i], place.at(i), depth)) return false;
        }
        return true;
    }

    std::optional<Violation>& fault() { return fault_; }

  private:
    bool refuse(Place const& place, std::string what) {
        fault_ = Violation{place.text(), std::move(what)};
        return false;
    }

    /// A document with a context counts as the context.
    bool judge_item(Json const& item, Place const& place, int depth) {
        if (!item.is_object() || item.size() != 1 || !item.contains("@context")) return judge(item, place, depth);
        return judge(item.at("@context"), place.at("@context"), depth);
    }

    bool judge(Json const& context, Place const& place, int depth) {
        if (context.is_string()) return true;
        if (!context.is_object()) return refuse(place, "a context that is neither a URL nor an object");
        if (depth > deepest_scoped_context) return refuse(place, "contexts within contexts, deeper than is followed");
        for (auto const& [name, value] : context.get_ref<Json::object_t const&>()) {
            auto const here = place.at(name);
            if (!(name.starts_with('@') ? judge_setting(name, here) : judge_term(name, value, here, depth)))
                return false;
        }
        return true;
    }

    bool judge_setting(std::string const& name, Place const& place) {
        switch (keyword_of(name)) {
            case Keyword::vocab:
            case Keyword::language:
            case Keyword::direction:
            case Keyword::is_protected:
            case Keyword::version:
                return true;
            default:
                return refuse(place, name + " in a context that is written out");
        }
    }

    bool judge_term(std::string const& name, Json const& value, Place const& place, int depth) {
        if (value.is_string()) return judge_meaning(name, value, place);
        if (!value.is_object()) return refuse(place, "a term without a meaning");
        for (auto const& [key, member] : value.get_ref<Json::object_t const&>()) {
            if (!judge_definition(name, key, member, place.at(key), depth)) return false;
        }
        return true;
    }

    bool judge_definition(std::string const& name, std::string const& key, Json const& value, Place const& place,
                          int depth) {
        switch (keyword_of(key)) {
            case Keyword::id:
                return judge_meaning(name, value, place);
            case Keyword::context:
                return judge_list(value, place, depth + 1);
            case Keyword::container:
                return judge_container(value, place);
            case Keyword::type:
            case Keyword::language:
            case Keyword::direction:
            case Keyword::is_protected:
            case Keyword::prefix:
                return true;
            default:
                return refuse(place, key + " in the definition of a term");
        }
    }

    /// Keywords hide what the document says, unless they have the names that readers of the JSON know.
    bool judge_meaning(std::string const& name, Json const& value, Place const& place) {
        if (!value.is_string()) return refuse(place, "a term without a meaning");
        auto const& meaning = value.get_ref<std::string const&>();
        if (!meaning.starts_with('@') || (name == "id" && meaning == "@id") || (name == "type" && meaning == "@type"))
            return true;
        return refuse(place, "another name for " + meaning);
    }

    bool judge_container(Json const& value, Place const& place) {
        auto const is_plain = [](Json const& item) { return item == "@set" || item == "@list" || item == "@language"; };
        bool const are_plain = value.is_array() ? std::all_of(value.begin(), value.end(), is_plain) : is_plain(value);
        return are_plain || refuse(place, "a container that hides nodes or names");
    }

    std::optional<Violation> fault_;
};

}  // namespace

std::optional<Violation> inline_context_fault(Json const& contexts, Place const& place) {
    InlineContextJudge judge;
    judge.judge_list(contexts, place, 0);
    return std::move(judge.fault());
}

}  // namespace itqan::schemas
