#include "schemas/open_badge_rules.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "schemas/clock.hpp"
#include "schemas/identifier.hpp"
#include "schemas/json_pointer.hpp"
#include "schemas/open_badge.hpp"
#include "schemas/open_badge_forms.hpp"
#include "schemas/open_badge_shapes.hpp"

namespace itqan::schemas {
namespace {

/// The string at a member, or "" when it is absent or none.
std::string_view text_at(Json const& object, char const* name) {
    auto const found = object.find(name);
    if (found == object.end() || !found->is_string()) return {};
    return found->get_ref<std::string const&>();
}

bool is_count(Json const& value) {
    return value.is_number_integer() && value >= 0;
}

class Validator {
  public:
    explicit Validator(OpenBadgeProfile profile) : own_(profile == OpenBadgeProfile::own) {}

    std::vector<Violation> validate(Json const& document) {
        if (!document.is_object()) {
            report(root_, "must be a JSON object");
            return std::move(violations_);
        }
        refuse_empty_values(document, root_);
        auto const is_older = check_contexts(document);
        check_shape(document, is_older ? shapes::older_credential : shapes::credential, root_);
        check_badge_type(document);
        check_status(document);
        check_proof(document);
        return std::move(violations_);
    }

    std::vector<Violation> validate_endorsement(Json const& document) {
        if (!document.is_object()) {
            report(root_, "must be a JSON object");
            return std::move(violations_);
        }
        refuse_empty_values(document, root_);
        check_contexts(document);
        check_shape(document, shapes::endorsement, root_);
        check_order(document, "validFrom", "validUntil");
        check_status(document);
        check_proof(document);
        return std::move(violations_);
    }

    std::vector<Violation> validate_learner_record(Json const& document) {
        if (!document.is_object()) {
            report(root_, "must be a JSON object");
            return std::move(violations_);
        }
        refuse_empty_values(document, root_);
        check_shape(document, shapes::record, root_);
        check_type(document, shapes::credential.type, false, root_);
        if (!document.contains("validFrom") && !document.contains("issuanceDate"))
            report(root_.at("validFrom"), "is missing");
        check_order(document, "validFrom", "validUntil");
        check_order(document, "issuanceDate", "expirationDate");
        check_status(document);
        check_proof(document);
        return std::move(violations_);
    }

  private:
    void report(Place const& place, std::string detail) { violations_.push_back({place.text(), std::move(detail)}); }

    /// Open Badges JSON has no null and no empty array anywhere.
    void refuse_empty_values(Json const& value, Place const& place) {
        if (value.is_null()) {
            report(place, "must not be null; leave the member out");
        } else if (value.is_array()) {
            if (value.empty()) report(place, "must not be an empty array; leave the member out");
            for (std::size_t i = 0; i < value.size(); ++i)
                refuse_empty_values(value[i], place.at(i));
        } else if (value.is_object()) {
            for (auto const& [name, member] : value.items())
                refuse_empty_values(member, place.at(name));
        }
    }

    /// Position matters: [0] credentials, [1] Open Badges. Returns whether the document follows VCDM 1.1.
    bool check_contexts(Json const& document) {
        using namespace open_badge_terms;
        auto const contexts = root_.at("@context");
        auto const found = document.find("@context");
        if (found == document.end() || !found->is_array()) {
            report(contexts,
                   "must be an array that starts with " + std::string(vcdm_2) + " and " + std::string(ob_3_0_3));
            return document.contains("issuanceDate") && !document.contains("validFrom");
        }
        auto const context_at = [&found](std::size_t i) -> std::string_view {
            if (i >= found->size() || !(*found)[i].is_string()) return {};
            return (*found)[i].get_ref<std::string const&>();
        };
        auto const is_older = context_at(0) == vcdm_1 && !own_;
        if (context_at(0) != vcdm_2 && !is_older) report(contexts.at(std::size_t{0}), "must be " + std::string(vcdm_2));
        if (own_ ? context_at(1) != ob_3_0_3 : !is_open_badge_context(context_at(1))) {
            report(contexts.at(std::size_t{1}), "must be " + std::string(ob_3_0_3));
        }
        bool has_extensions = false;
        for (std::size_t i = 2; i < found->size(); ++i) {
            has_extensions = has_extensions || context_at(i) == extensions;
            if (!is_absolute_uri(context_at(i))) report(contexts.at(i), "must be the URL of a context");
        }
        if (own_ && !has_extensions && document.contains("credentialSchema")) {
            report(contexts, "must hold " + std::string(extensions) + ", which defines the type of credentialSchema");
        }
        return is_older;
    }

    void check_shape(Json const& value, Shape const& shape, Place const& place) {
        if (!value.is_object()) {
            if (!value.is_null())
                report(place, "must be an object" + (shape.type.empty() ? "" : " of type " + std::string(shape.type)));
            return;
        }
        if (!shape.type.empty()) check_type(value, shape.type, shape.type_is_text, place);
        for (auto const& rule : shape.members) {
            auto const found = value.find(rule.name);
            auto const where = place.at(rule.name);
            if (found != value.end()) {
                check_member(*found, rule, where);
            } else if (rule.required) {
                report(where, "is missing");
            }
        }
        check_joined_members(value, shape, place);
    }

    void check_member(Json const& value, MemberRule const& rule, Place const& place) {
        if (!rule.many) {
            check_value(value, rule, place);
        } else if (value.is_array()) {
            for (std::size_t i = 0; i < value.size(); ++i)
                check_value(value[i], rule, place.at(i));
        } else if (own_) {
            report(place, "must be an array, also with one element");
        } else {
            check_value(value, rule, place);  // the compacted JSON-LD form
        }
    }

    void check_value(Json const& value, MemberRule const& rule, Place const& place) {
        if (value.is_null()) return;
        if (rule.kind == ValueKind::reference && value.is_string() && !own_) {
            if (!is_absolute_uri(value.get_ref<std::string const&>())) report(place, "must be a URI or an object");
        } else if (rule.shape != nullptr) {
            check_shape(value, *rule.shape, place);
        } else if (rule.kind == ValueKind::number) {
            if (!value.is_number()) report(place, "must be a number");
        } else if (rule.kind == ValueKind::boolean) {
            if (!value.is_boolean()) report(place, "must be true or false");
        } else if (!value.is_string()) {
            report(place, "must be a string");
        } else {
            check_text(value.get_ref<std::string const&>(), rule, place);
        }
    }

    void check_text(std::string const& text, MemberRule const& rule, Place const& place) {
        auto const demand = [&](bool holds, char const* what) {
            if (!holds) report(place, what);
        };
        switch (rule.kind) {
            case ValueKind::uri:
                return demand(is_absolute_uri(text), "must be an absolute URI");
            case ValueKind::date_time:
                return demand(Instant::parse(text).has_value(),
                              "must be a date-time with a time zone, such as 2026-11-01T12:00:00Z");
            case ValueKind::date:
                return demand(Day::parse(text).has_value(), "must be a date such as 2026-11-01");
            case ValueKind::language:
                return demand(is_language_tag(text), "must be a language tag such as en or ar-SA");
            case ValueKind::jws:
                return demand(is_compact_jws(text), "must be a compact JWS");
            case ValueKind::word:
            case ValueKind::open_word:
                return check_word(text, rule, place);
            case ValueKind::text:
            case ValueKind::number:
            case ValueKind::boolean:
            case ValueKind::object:
            case ValueKind::reference:
                return demand(!rule.required || !text.empty(), "must not be empty");
        }
    }

    void check_word(std::string const& text, MemberRule const& rule, Place const& place) {
        if (std::find(rule.words.begin(), rule.words.end(), text) != rule.words.end()) return;
        auto const open = rule.kind == ValueKind::open_word;
        if (open && is_extension_term(text)) return;
        std::string known;
        for (auto const word : rule.words)
            known.append(known.empty() ? "" : ", ").append(word);
        report(place, "must be one of " + known + (open ? " or start with ext:" : ""));
    }

    static bool names_type(Json const& type, std::string_view wanted) {
        if (type.is_string()) return type.get_ref<std::string const&>() == wanted;
        return type.is_array() && std::any_of(type.begin(), type.end(), [wanted](Json const& entry) {
                   return entry.is_string() && entry.get_ref<std::string const&>() == wanted;
               });
    }

    void check_type(Json const& value, std::string_view wanted, bool is_text, Place const& place) {
        auto const found = value.find("type");
        auto const where = place.at("type");
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
            report(root_.at("type"), "must contain OpenBadgeCredential or AchievementCredential");
        }
    }

    /// Rules that join several members of one object.
    void check_joined_members(Json const& value, Shape const& shape, Place const& place) {
        if (&shape == &shapes::subject) {
            if (!value.contains("id") && !value.contains("identifier")) report(place, "must hold id or identifier");
            check_results(value, place);
        } else if (&shape == &shapes::record_subject) {
            if (!value.contains("id") && !value.contains("identifier")) report(place, "must hold id or identifier");
            check_record(value, place);
        } else if (&shape == &shapes::criteria) {
            if (!value.contains("id") && !value.contains("narrative")) report(place, "must hold id or narrative");
        } else if (&shape == &shapes::result_description) {
            check_requirements(value, place);
        } else if (&shape == &shapes::identity) {
            check_identity(value, place);
        } else if (&shape == &shapes::endorsement) {
            check_type(value, shapes::credential.type, false, place);
            if (!value.contains("validFrom") && !value.contains("issuanceDate"))
                report(place.at("validFrom"), "is missing");
        } else if (&shape == &shapes::credential) {
            check_order(value, "validFrom", "validUntil");
        } else if (&shape == &shapes::older_credential) {
            check_order(value, "issuanceDate", "expirationDate");
        }
    }

    /// What the credentials in it are like is judged where each is read. Associations of published records name
    /// achievements that stand in none of them.
    void check_record(Json const& subject, Place const& place) {
        auto const where = place.at("verifiableCredential");
        auto const inside = subject.find("verifiableCredential");
        if (inside == subject.end()) return report(where, "is missing");
        auto const is_credential = [](Json const& value) { return value.is_object() || value.is_string(); };
        if (!inside->is_array()) {
            if (!is_credential(*inside)) report(where, "must be a credential or a compact JWS");
            return;
        }
        for (std::size_t i = 0; i < inside->size(); ++i)
            if (!is_credential((*inside)[i])) report(where.at(i), "must be a credential or a compact JWS");
    }

    void check_identity(Json const& identity, Place const& place) {
        auto const hashed = identity.find("hashed");
        if (hashed == identity.end() || *hashed != true) return;
        auto const hash = text_at(identity, "identityHash");
        if (!is_identity_hash(hash) || (own_ && !hash.starts_with("sha256$"))) {
            report(place.at("identityHash"), "must be sha256$ and 64 hexadecimal digits");
        }
    }

    void check_order(Json const& document, char const* from, char const* until) {
        auto const start = Instant::parse(text_at(document, from));
        auto const end = Instant::parse(text_at(document, until));
        if (start && end && *end < *start) report(root_.at(until), "must not be before " + std::string(from));
    }

    /// The objects of a list member, or of a single value that stands for a list.
    static std::vector<Json const*> objects(Json const& parent, char const* name) {
        std::vector<Json const*> out;
        auto const found = parent.is_object() ? parent.find(name) : parent.end();
        if (!parent.is_object() || found == parent.end()) return out;
        if (found->is_object()) return {&*found};
        if (!found->is_array()) return out;
        for (auto const& element : *found)
            out.push_back(&element);
        return out;
    }

    static bool has_level(Json const& description, std::string_view id) {
        auto const levels = objects(description, "rubricCriterionLevel");
        return std::any_of(levels.begin(), levels.end(),
                           [id](Json const* level) { return level->is_object() && text_at(*level, "id") == id; });
    }

    void check_requirements(Json const& description, Place const& place) {
        auto const level = text_at(description, "requiredLevel");
        if (!level.empty() && !has_level(description, level)) {
            report(place.at("requiredLevel"), "must be the id of a level in rubricCriterionLevel");
        }
        auto const value = description.find("requiredValue");
        auto const allowed = description.find("allowedValue");
        if (value != description.end() && allowed != description.end() && allowed->is_array() &&
            std::find(allowed->begin(), allowed->end(), *value) == allowed->end()) {
            report(place.at("requiredValue"), "must be one of allowedValue");
        }
    }

    /// Results point at descriptions and levels of the achievement in the same subject.
    void check_results(Json const& subject, Place const& place) {
        auto const achievement = subject.find("achievement");
        auto const descriptions =
            achievement == subject.end() ? std::vector<Json const*>{} : objects(*achievement, "resultDescription");
        std::set<std::string_view> ids;
        for (std::size_t i = 0; i < descriptions.size(); ++i) {
            auto const id = descriptions[i]->is_object() ? text_at(*descriptions[i], "id") : std::string_view{};
            if (!id.empty() && !ids.insert(id).second) {
                auto const inside = place.at("achievement");
                auto const list = inside.at("resultDescription");
                auto const description = list.at(i);
                report(description.at("id"), "is used by two result descriptions");
            }
        }
        auto const is_list = subject.contains("result") && subject.at("result").is_array();
        auto const results = objects(subject, "result");
        auto const list = place.at("result");
        for (std::size_t i = 0; i < results.size(); ++i) {
            if (results[i]->is_object()) check_result(*results[i], descriptions, is_list ? list.at(i) : list);
        }
    }

    void check_result(Json const& result, std::vector<Json const*> const& descriptions, Place const& place) {
        auto const id = text_at(result, "resultDescription");
        Json const* linked = nullptr;
        for (auto const* description : descriptions) {
            if (!id.empty() && description->is_object() && text_at(*description, "id") == id) linked = description;
        }
        if (!id.empty() && linked == nullptr) {
            report(place.at("resultDescription"), "must be the id of a resultDescription of this achievement");
        }
        auto const level = text_at(result, "achievedLevel");
        // Published samples name a level of a neighbouring description; ours must be in the linked one.
        auto const holds_level = [&](Json const* description) {
            return (!own_ || description == linked) && description->is_object() && has_level(*description, level);
        };
        if (!level.empty() && std::none_of(descriptions.begin(), descriptions.end(), holds_level)) {
            report(place.at("achievedLevel"), "must be the id of a level of the linked resultDescription");
        }
        if (linked != nullptr && text_at(*linked, "resultType") == "Status" && !result.contains("status")) {
            report(place.at("status"), "is missing; the linked resultDescription has resultType Status");
        }
    }

    void check_status(Json const& document) {
        auto const found = document.find("credentialStatus");
        if (found == document.end() || found->is_null()) return;
        if (!found->is_array()) return check_status_entry(*found, root_.at("credentialStatus"));
        for (std::size_t i = 0; i < found->size(); ++i)
            check_status_entry((*found)[i], root_.at("credentialStatus").at(i));
    }

    void check_status_entry(Json const& entry, Place const& place) {
        if (entry.is_null()) return;
        auto const type = entry.is_object() ? entry.find("type") : entry.end();
        if (!entry.is_object()) return report(place, "must be an object");
        if (type == entry.end() || (!type->is_string() && !type->is_array())) {
            return report(place.at("type"), "is missing; it must be BitstringStatusListEntry");
        }
        auto const id = text_at(entry, "id");
        if (entry.contains("id") && !is_absolute_uri(id)) report(place.at("id"), "must be an absolute URI");
        if (names_type(*type, "1EdTechRevocationList")) {
            if (!entry.contains("id"))
                report(place.at("id"), "is missing; it must be the address of the revocation list");
        } else if (names_type(*type, "BitstringStatusListEntry")) {
            check_bitstring_entry(entry, id, place);
        }
        if (own_ && *type != "BitstringStatusListEntry") report(place.at("type"), "must be BitstringStatusListEntry");
    }

    void check_bitstring_entry(Json const& entry, std::string_view id, Place const& place) {
        auto const purpose = text_at(entry, "statusPurpose");
        if (purpose.empty()) report(place.at("statusPurpose"), "must be a purpose such as revocation");
        auto const list = text_at(entry, "statusListCredential");
        if (!is_absolute_uri(list)) report(place.at("statusListCredential"), "must be the URL of a status list");
        if (!id.empty() && id == list) report(place.at("id"), "must not be the address of the list");

        auto const index = entry.find("statusListIndex");
        auto const is_number = !own_ && index != entry.end() && is_count(*index);
        auto const digits = text_at(entry, "statusListIndex");
        auto const is_text = is_decimal(digits) && (digits.size() == 1 || digits.front() != '0' || !own_);
        if (!is_number && !is_text) report(place.at("statusListIndex"), "must be a whole number written as a string");
        if (auto const size = entry.find("statusSize"); size != entry.end() && (!is_count(*size) || *size == 0)) {
            report(place.at("statusSize"), "must be a whole number of at least 1");
        }
    }

    void check_proof(Json const& document) {
        auto const found = document.find("proof");
        if (found == document.end() || found->is_object()) return;
        if (!found->is_array()) {
            if (!found->is_null()) report(root_.at("proof"), "must be an object or an array of objects");
            return;
        }
        for (std::size_t i = 0; i < found->size(); ++i) {
            if (!(*found)[i].is_object() && !(*found)[i].is_null())
                report(root_.at("proof").at(i), "must be an object");
        }
    }

    bool own_;
    Place root_;
    std::vector<Violation> violations_;
};

}  // namespace

std::vector<Violation> validate_open_badge(Json const& document, OpenBadgeProfile profile) {
    return Validator(profile).validate(document);
}

std::vector<Violation> validate_learner_record(Json const& document) {
    return Validator(OpenBadgeProfile::published).validate_learner_record(document);
}

std::vector<Violation> validate_endorsement(Json const& document) {
    return Validator(OpenBadgeProfile::published).validate_endorsement(document);
}

}  // namespace itqan::schemas
