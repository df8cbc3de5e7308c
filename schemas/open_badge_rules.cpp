#include "schemas/open_badge_rules.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "schemas/bytes.hpp"
#include "schemas/clock.hpp"
#include "schemas/identifier.hpp"
#include "schemas/open_badge.hpp"
#include "schemas/open_badge_shapes.hpp"

namespace itqan::schemas {
namespace {

constexpr std::string_view ob_context_start = "https://purl.imsglobal.org/spec/ob/v3p0/context";

std::string joined(std::string const& pointer, std::string_view name) {
    std::string out = pointer + "/";
    for (char const c : name) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return out;
}

std::string joined(std::string const& pointer, std::size_t index) { return pointer + "/" + std::to_string(index); }

/// The string at a member, or "" when it is absent or none.
std::string_view text_at(Json const& object, char const* name) {
    auto const found = object.find(name);
    if (found == object.end() || !found->is_string()) return {};
    return found->get_ref<std::string const&>();
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "context.json" or "context-3.d.d.json" under the Open Badges address.
bool is_ob_context(std::string_view url) {
    if (!url.starts_with(ob_context_start) || !url.ends_with(".json")) return false;
    url.remove_prefix(ob_context_start.size());
    url.remove_suffix(5);
    return url.empty() || (url.size() == 6 && url.starts_with("-3.") && is_digit(url[3]) && url[4] == '.' && is_digit(url[5]));
}

/// ll[ll][-Ssss][-RR|-ddd]: "ar", "ar-SA", "zh-Hant-TW".
bool is_language(std::string_view tag) {
    auto const lower = [](char c) { return c >= 'a' && c <= 'z'; };
    auto const upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    auto const take = [&tag](std::size_t count) {
        auto const part = tag.substr(0, count);
        tag.remove_prefix(part.size());
        return part;
    };
    auto const primary = take(std::min(tag.find('-'), tag.size()));
    if (primary.size() < 2 || primary.size() > 4 || !std::all_of(primary.begin(), primary.end(), lower)) return false;
    if (tag.size() >= 5 && upper(tag[1]) && lower(tag[2])) {
        auto const script = take(5);
        if (!std::all_of(script.begin() + 2, script.end(), lower)) return false;
    }
    if (tag.empty()) return true;
    auto const region = tag.substr(1);
    return tag[0] == '-' && ((region.size() == 2 && std::all_of(region.begin(), region.end(), upper)) ||
                             (region.size() == 3 && std::all_of(region.begin(), region.end(), is_digit)));
}

bool is_extension(std::string_view text) {
    return text.starts_with("ext:") && text.size() > 4 && std::all_of(text.begin() + 4, text.end(), [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_' || c == '|';
    });
}

bool is_compact_jws(std::string_view text) {
    auto const dots = std::count(text.begin(), text.end(), '.');
    return dots == 2 && text.front() != '.' && text.back() != '.' && std::all_of(text.begin(), text.end(), [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
    });
}

bool is_count(Json const& value) { return value.is_number_integer() && value >= 0; }

bool is_identity_hash(std::string_view text, bool own) {
    auto const is_hash = [text](std::string_view prefix, std::size_t digits) {
        return text.starts_with(prefix) && text.size() == prefix.size() + digits && hex_decode(text.substr(prefix.size()));
    };
    return is_hash("sha256$", 64) || (!own && is_hash("md5$", 32));
}

class Validator {
  public:
    explicit Validator(OpenBadgeProfile profile) : own_(profile == OpenBadgeProfile::own) {}

    std::vector<Violation> validate(Json const& document) {
        if (!document.is_object()) {
            report("", "must be a JSON object");
            return std::move(violations_);
        }
        refuse_empty_values(document, "");
        auto const is_older = check_contexts(document);
        check_shape(document, is_older ? shapes::older_credential : shapes::credential, "");
        check_badge_type(document);
        check_status(document);
        check_proof(document);
        return std::move(violations_);
    }

  private:
    void report(std::string pointer, std::string detail) { violations_.push_back({std::move(pointer), std::move(detail)}); }

    /// Open Badges JSON has no null and no empty array anywhere.
    void refuse_empty_values(Json const& value, std::string const& pointer) {
        if (value.is_null()) {
            report(pointer, "must not be null; leave the member out");
        } else if (value.is_array()) {
            if (value.empty()) report(pointer, "must not be an empty array; leave the member out");
            for (std::size_t i = 0; i < value.size(); ++i) refuse_empty_values(value[i], joined(pointer, i));
        } else if (value.is_object()) {
            for (auto const& [name, member] : value.items()) refuse_empty_values(member, joined(pointer, name));
        }
    }

    /// Position matters: [0] credentials, [1] Open Badges. Returns whether the document follows VCDM 1.1.
    bool check_contexts(Json const& document) {
        using namespace open_badge_terms;
        auto const found = document.find("@context");
        if (found == document.end() || !found->is_array()) {
            report("/@context", "must be an array that starts with " + std::string(vcdm_2) + " and " + std::string(ob_3_0_3));
            return document.contains("issuanceDate") && !document.contains("validFrom");
        }
        auto const context_at = [&found](std::size_t i) -> std::string_view {
            if (i >= found->size() || !(*found)[i].is_string()) return {};
            return (*found)[i].get_ref<std::string const&>();
        };
        auto const is_older = context_at(0) == vcdm_1 && !own_;
        if (context_at(0) != vcdm_2 && !is_older) report("/@context/0", "must be " + std::string(vcdm_2));
        if (own_ ? context_at(1) != ob_3_0_3 : !is_ob_context(context_at(1))) {
            report("/@context/1", "must be " + std::string(ob_3_0_3));
        }
        bool has_extensions = false;
        for (std::size_t i = 2; i < found->size(); ++i) {
            has_extensions = has_extensions || context_at(i) == extensions;
            if (!is_absolute_uri(context_at(i))) report(joined("/@context", i), "must be the URL of a context");
        }
        if (own_ && !has_extensions && document.contains("credentialSchema")) {
            report("/@context", "must hold " + std::string(extensions) + ", which defines the type of credentialSchema");
        }
        return is_older;
    }

    void check_shape(Json const& value, Shape const& shape, std::string const& pointer) {
        if (!value.is_object()) {
            if (!value.is_null()) report(pointer, "must be an object" + (shape.type.empty() ? "" : " of type " + std::string(shape.type)));
            return;
        }
        if (!shape.type.empty()) check_type(value, shape.type, shape.type_is_text, pointer);
        for (auto const& rule : shape.members) {
            auto const found = value.find(rule.name);
            auto const where = joined(pointer, rule.name);
            if (found != value.end()) {
                check_member(*found, rule, where);
            } else if (rule.required) {
                report(where, "is missing");
            }
        }
        check_joined_members(value, shape, pointer);
    }

    void check_member(Json const& value, MemberRule const& rule, std::string const& pointer) {
        if (!rule.many) {
            check_value(value, rule, pointer);
        } else if (value.is_array()) {
            for (std::size_t i = 0; i < value.size(); ++i) check_value(value[i], rule, joined(pointer, i));
        } else if (own_) {
            report(pointer, "must be an array, also with one element");
        } else {
            check_value(value, rule, pointer);  // the compacted JSON-LD form
        }
    }

    void check_value(Json const& value, MemberRule const& rule, std::string const& pointer) {
        if (value.is_null()) return;
        if (rule.kind == ValueKind::reference && value.is_string() && !own_) {
            if (!is_absolute_uri(value.get_ref<std::string const&>())) report(pointer, "must be a URI or an object");
        } else if (rule.shape != nullptr) {
            check_shape(value, *rule.shape, pointer);
        } else if (rule.kind == ValueKind::number) {
            if (!value.is_number()) report(pointer, "must be a number");
        } else if (rule.kind == ValueKind::boolean) {
            if (!value.is_boolean()) report(pointer, "must be true or false");
        } else if (!value.is_string()) {
            report(pointer, "must be a string");
        } else {
            check_text(value.get_ref<std::string const&>(), rule, pointer);
        }
    }

    void check_text(std::string const& text, MemberRule const& rule, std::string const& pointer) {
        auto const demand = [&](bool holds, char const* what) {
            if (!holds) report(pointer, what);
        };
        switch (rule.kind) {
            case ValueKind::uri: return demand(is_absolute_uri(text), "must be an absolute URI");
            case ValueKind::date_time:
                return demand(Instant::parse(text).has_value(), "must be a date-time with a time zone, such as 2026-11-01T12:00:00Z");
            case ValueKind::date: return demand(Day::parse(text).has_value(), "must be a date such as 2026-11-01");
            case ValueKind::language: return demand(is_language(text), "must be a language tag such as en or ar-SA");
            case ValueKind::jws: return demand(!text.empty() && is_compact_jws(text), "must be a compact JWS");
            case ValueKind::word:
            case ValueKind::open_word: return check_word(text, rule, pointer);
            case ValueKind::text:
            case ValueKind::number:
            case ValueKind::boolean:
            case ValueKind::object:
            case ValueKind::reference: return demand(!rule.required || !text.empty(), "must not be empty");
        }
    }

    void check_word(std::string const& text, MemberRule const& rule, std::string const& pointer) {
        if (std::find(rule.words.begin(), rule.words.end(), text) != rule.words.end()) return;
        auto const open = rule.kind == ValueKind::open_word;
        if (open && is_extension(text)) return;
        std::string known;
        for (auto const word : rule.words) known.append(known.empty() ? "" : ", ").append(word);
        report(pointer, "must be one of " + known + (open ? " or start with ext:" : ""));
    }

    static bool names_type(Json const& type, std::string_view wanted) {
        if (type.is_string()) return type.get_ref<std::string const&>() == wanted;
        return type.is_array() && std::any_of(type.begin(), type.end(), [wanted](Json const& entry) {
            return entry.is_string() && entry.get_ref<std::string const&>() == wanted;
        });
    }

    void check_type(Json const& value, std::string_view wanted, bool is_text, std::string const& pointer) {
        auto const found = value.find("type");
        auto const where = joined(pointer, "type");
        if (found == value.end()) {
            report(where, "is missing; it must " + std::string(is_text ? "be " : "contain ") + std::string(wanted));
        } else if (is_text && !found->is_string()) {
            report(where, "must be the string " + std::string(wanted));
        } else if (!is_text && own_ && !found->is_array()) {
            report(where, "must be an array, also with one element");
        } else if (!names_type(*found, wanted)) {
            report(where, "must " + std::string(is_text ? "be " : "contain ") + std::string(wanted));
        }
    }

    void check_badge_type(Json const& document) {
        auto const found = document.find("type");
        if (found == document.end()) return;  // reported with the shape
        if (!names_type(*found, "OpenBadgeCredential") && !names_type(*found, "AchievementCredential")) {
            report("/type", "must contain OpenBadgeCredential or AchievementCredential");
        }
    }

    /// Rules that join several members of one object.
    void check_joined_members(Json const& value, Shape const& shape, std::string const& pointer) {
        if (&shape == &shapes::subject) {
            if (!value.contains("id") && !value.contains("identifier")) report(pointer, "must hold id or identifier");
            check_results(value, pointer);
        } else if (&shape == &shapes::criteria) {
            if (!value.contains("id") && !value.contains("narrative")) report(pointer, "must hold id or narrative");
        } else if (&shape == &shapes::result_description) {
            check_requirements(value, pointer);
        } else if (&shape == &shapes::identity) {
            auto const hashed = value.find("hashed");
            if (hashed != value.end() && *hashed == true && !is_identity_hash(text_at(value, "identityHash"), own_)) {
                report(joined(pointer, "identityHash"), "must be sha256$ and 64 hexadecimal digits");
            }
        } else if (&shape == &shapes::endorsement) {
            check_type(value, shapes::credential.type, false, pointer);
            if (!value.contains("validFrom") && !value.contains("issuanceDate")) report(joined(pointer, "validFrom"), "is missing");
        } else if (&shape == &shapes::credential) {
            check_order(value, "validFrom", "validUntil");
        } else if (&shape == &shapes::older_credential) {
            check_order(value, "issuanceDate", "expirationDate");
        }
    }

    void check_order(Json const& document, char const* from, char const* until) {
        auto const start = Instant::parse(text_at(document, from));
        auto const end = Instant::parse(text_at(document, until));
        if (start && end && *end < *start) report(joined("", until), "must not be before " + std::string(from));
    }

    /// The objects of a list member, or of a single value that stands for a list.
    static std::vector<Json const*> objects(Json const& parent, char const* name) {
        std::vector<Json const*> out;
        auto const found = parent.is_object() ? parent.find(name) : parent.end();
        if (!parent.is_object() || found == parent.end()) return out;
        if (found->is_object()) return {&*found};
        if (!found->is_array()) return out;
        for (auto const& element : *found) out.push_back(&element);
        return out;
    }

    static bool has_level(Json const& description, std::string_view id) {
        auto const levels = objects(description, "rubricCriterionLevel");
        return std::any_of(levels.begin(), levels.end(), [id](Json const* level) { return level->is_object() && text_at(*level, "id") == id; });
    }

    void check_requirements(Json const& description, std::string const& pointer) {
        auto const level = text_at(description, "requiredLevel");
        if (!level.empty() && !has_level(description, level)) {
            report(joined(pointer, "requiredLevel"), "must be the id of a level in rubricCriterionLevel");
        }
        auto const value = description.find("requiredValue");
        auto const allowed = description.find("allowedValue");
        if (value != description.end() && allowed != description.end() && allowed->is_array() &&
            std::find(allowed->begin(), allowed->end(), *value) == allowed->end()) {
            report(joined(pointer, "requiredValue"), "must be one of allowedValue");
        }
    }

    /// Results point at descriptions and levels of the achievement in the same subject.
    void check_results(Json const& subject, std::string const& pointer) {
        auto const achievement = subject.find("achievement");
        auto const descriptions = achievement == subject.end() ? std::vector<Json const*>{} : objects(*achievement, "resultDescription");
        std::set<std::string_view> ids;
        for (std::size_t i = 0; i < descriptions.size(); ++i) {
            auto const id = descriptions[i]->is_object() ? text_at(*descriptions[i], "id") : std::string_view{};
            if (!id.empty() && !ids.insert(id).second) {
                report(pointer + "/achievement/resultDescription/" + std::to_string(i) + "/id", "is used by two result descriptions");
            }
        }
        auto const is_list = subject.contains("result") && subject.at("result").is_array();
        auto const results = objects(subject, "result");
        for (std::size_t i = 0; i < results.size(); ++i) {
            auto const where = joined(pointer, "result") + (is_list ? "/" + std::to_string(i) : "");
            if (results[i]->is_object()) check_result(*results[i], descriptions, where);
        }
    }

    void check_result(Json const& result, std::vector<Json const*> const& descriptions, std::string const& pointer) {
        auto const id = text_at(result, "resultDescription");
        Json const* linked = nullptr;
        for (auto const* description : descriptions) {
            if (!id.empty() && description->is_object() && text_at(*description, "id") == id) linked = description;
        }
        if (!id.empty() && linked == nullptr) {
            report(joined(pointer, "resultDescription"), "must be the id of a resultDescription of this achievement");
        }
        auto const level = text_at(result, "achievedLevel");
        // Published samples name a level of a neighbouring description; ours must be in the linked one.
        auto const holds_level = [&](Json const* description) {
            return (!own_ || description == linked) && description->is_object() && has_level(*description, level);
        };
        if (!level.empty() && std::none_of(descriptions.begin(), descriptions.end(), holds_level)) {
            report(joined(pointer, "achievedLevel"), "must be the id of a level of the linked resultDescription");
        }
        if (linked != nullptr && text_at(*linked, "resultType") == "Status" && !result.contains("status")) {
            report(joined(pointer, "status"), "is missing; the linked resultDescription has resultType Status");
        }
    }

    void check_status(Json const& document) {
        auto const found = document.find("credentialStatus");
        if (found == document.end() || found->is_null()) return;
        if (!found->is_array()) return check_status_entry(*found, "/credentialStatus");
        for (std::size_t i = 0; i < found->size(); ++i) check_status_entry((*found)[i], joined("/credentialStatus", i));
    }

    void check_status_entry(Json const& entry, std::string const& pointer) {
        if (entry.is_null()) return;
        auto const type = entry.is_object() ? entry.find("type") : entry.end();
        if (!entry.is_object()) return report(pointer, "must be an object");
        if (type == entry.end() || (!type->is_string() && !type->is_array())) {
            return report(joined(pointer, "type"), "is missing; it must be BitstringStatusListEntry");
        }
        auto const id = text_at(entry, "id");
        if (entry.contains("id") && !is_absolute_uri(id)) report(joined(pointer, "id"), "must be an absolute URI");
        if (names_type(*type, "1EdTechRevocationList")) {
            if (!entry.contains("id")) report(joined(pointer, "id"), "is missing; it must be the address of the revocation list");
        } else if (names_type(*type, "BitstringStatusListEntry")) {
            check_bitstring_entry(entry, id, pointer);
        }
        if (own_ && *type != "BitstringStatusListEntry") report(joined(pointer, "type"), "must be BitstringStatusListEntry");
    }

    void check_bitstring_entry(Json const& entry, std::string_view id, std::string const& pointer) {
        auto const purpose = text_at(entry, "statusPurpose");
        if (purpose.empty()) report(joined(pointer, "statusPurpose"), "must be a purpose such as revocation");
        auto const list = text_at(entry, "statusListCredential");
        if (!is_absolute_uri(list)) report(joined(pointer, "statusListCredential"), "must be the URL of a status list");
        if (!id.empty() && id == list) report(joined(pointer, "id"), "must not be the address of the list");

        auto const index = entry.find("statusListIndex");
        auto const is_number = !own_ && index != entry.end() && is_count(*index);
        auto const digits = text_at(entry, "statusListIndex");
        auto const is_decimal = !digits.empty() && digits.size() <= 16 && std::all_of(digits.begin(), digits.end(), is_digit) &&
                                (digits.size() == 1 || digits.front() != '0' || !own_);
        if (!is_number && !is_decimal) report(joined(pointer, "statusListIndex"), "must be a whole number written as a string");
        if (auto const size = entry.find("statusSize"); size != entry.end() && (!is_count(*size) || *size == 0)) {
            report(joined(pointer, "statusSize"), "must be a whole number of at least 1");
        }
    }

    void check_proof(Json const& document) {
        auto const found = document.find("proof");
        if (found == document.end() || found->is_object()) return;
        if (!found->is_array()) {
            if (!found->is_null()) report("/proof", "must be an object or an array of objects");
            return;
        }
        for (std::size_t i = 0; i < found->size(); ++i) {
            if (!(*found)[i].is_object() && !(*found)[i].is_null()) report(joined("/proof", i), "must be an object");
        }
    }

    bool own_;
    std::vector<Violation> violations_;
};

}  // namespace

std::vector<Violation> validate_open_badge(Json const& document, OpenBadgeProfile profile) {
    return Validator(profile).validate(document);
}

}  // namespace itqan::schemas
