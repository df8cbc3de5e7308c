#include "schemas/json_ld_policy.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "schemas/json_ld_inline_context.hpp"
#include "schemas/json_ld_keyword.hpp"
#include "schemas/json_pointer.hpp"

namespace itqan::schemas {
namespace {

constexpr int deepest_linked_object = 96;

/// Reads the document until the first thing that is not allowed.
class LinkedDocumentJudge {
  public:
    LinkedDocumentJudge(SameId same_id, InlineContext inline_context)
        : same_id_(same_id), inline_context_(inline_context) {}

    bool judge(Json const& value, Place const& place, bool is_top, int depth = 0) {
        if (depth > deepest_linked_object) return refuse(place, "json-ld-limit", "deeper nesting than is followed");
        if (value.is_object()) return judge_object(value, place, is_top, depth);
        if (!value.is_array()) return true;
        for (std::size_t i = 0; i < value.size(); ++i) {
            if (!judge(value[i], place.at(i), is_top, depth + 1)) return false;
        }
        return true;
    }

    std::optional<Error>& error() { return error_; }

  private:
    bool refuse(Place const& place, std::string code, std::string const& what) {
        return refuse_at(place.text(), std::move(code), what);
    }

    bool refuse_at(std::string pointer, std::string code, std::string const& what) {
        auto const fault = code == "json-ld-limit" ? Fault::too_large : Fault::unprocessable;
        error_ = Error{fault,
                       std::move(code),
                       "The document is not signed or verified as it is: it holds " + what + ".",
                       {{std::move(pointer), what}}};
        return false;
    }

    bool judge_object(Json const& object, Place const& place, bool is_top, int depth) {
        if (!is_top || same_id_ == SameId::equal) return judge_members(object, place, is_top, depth);
        // A graph of its own: facts in it do not join those outside.
        auto outside = std::exchange(facts_, {});
        bool const good = judge_members(object, place, is_top, depth);
        facts_ = std::move(outside);
        return good;
    }

    bool judge_members(Json const& object, Place const& place, bool is_top, int depth) {
        for (auto const& [name, value] : object.get_ref<Json::object_t const&>()) {
            auto const here = place.at(name);
            if (!judge_name(name, value, here, is_top)) return false;
            if (name == "@context") continue;
            if (!judge(value, here, name == "verifiableCredential", depth + 1)) return false;
        }
        return judge_id(object, place);
    }

    bool judge_name(std::string const& name, Json const& value, Place const& place, bool is_top) {
        if (name == "proof" && !is_top) {
            return refuse(place, "json-ld-nested-proof", "a proof inside another object; a proof stands at the top");
        }
        if (!name.starts_with('@')) return true;
        auto const keyword = keyword_of(name);
        if (keyword == Keyword::context) return judge_context(value, place, is_top);
        if (keyword == Keyword::id || keyword == Keyword::type || keyword == Keyword::value ||
            keyword == Keyword::language || keyword == Keyword::direction) {
            return true;
        }
        return refuse(place, "json-ld-keyword", "the keyword " + name + ", which hides what it says");
    }

    bool judge_context(Json const& context, Place const& place, bool is_top) {
        if (!is_top) return refuse(place, "json-ld-embedded-context", "a context inside an object; name it at the top");
        auto const is_url = [](Json const& item) { return item.is_string(); };
        if (is_url(context)) return true;
        if (context.is_array() && std::all_of(context.begin(), context.end(), is_url)) return true;
        if (inline_context_ == InlineContext::refused) {
            return refuse(place, "json-ld-inline-context", "a context that is written out; name a published one");
        }
        auto const fault = inline_context_fault(context, place);
        return !fault || refuse_at(fault->pointer, "json-ld-inline-context", fault->detail);
    }

    /// An object with nothing but its id refers to a node and says nothing of it.
    bool judge_id(Json const& object, Place const& place) {
        for (auto const* name : {"id", "@id"}) {
            auto const id = object.find(name);
            if (id == object.end() || !id->is_string() || object.size() == 1) continue;
            if (same_id_ == SameId::consistent) {
                if (agrees(object, id->get_ref<std::string const&>())) continue;
                return refuse(place, "json-ld-id-twice",
                              "another object with the id " + id->get<std::string>() + " that says something else");
            }
            auto const [known, fresh] = bodies_.try_emplace(id->get_ref<std::string const&>(), &object);
            if (fresh || *known->second == object) continue;
            return refuse(place, "json-ld-id-twice",
                          "a second, different object with the id " + id->get<std::string>());
        }
        return true;
    }

    bool agrees(Json const& object, std::string_view id) {
        auto& known = facts_[id];
        for (auto const& [name, value] : object.get_ref<Json::object_t const&>()) {
            if (name == "type" || name == "@type") continue;
            auto const [fact, fresh] = known.try_emplace(name, &value);
            if (!fresh && *fact->second != value) return false;
        }
        return true;
    }

    using Facts = std::map<std::string_view, Json const*>;

    SameId same_id_;
    InlineContext inline_context_;
    std::map<std::string_view, Json const*> bodies_;
    std::map<std::string_view, Facts> facts_;  ///< What all objects with an id say together.
    std::optional<Error> error_;
};

}  // namespace

Result<void> check_linked_document(Json const& document, SameId same_id, InlineContext inline_context) {
    LinkedDocumentJudge judge(same_id, inline_context);
    Place const root;
    if (!judge.judge(document, root, true)) return *std::move(judge.error());
    return {};
}

}  // namespace itqan::schemas
