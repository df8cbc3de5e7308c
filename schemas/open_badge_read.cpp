#include <cstdint>
#include <nlohmann/json.hpp>

#include "schemas/open_badge.hpp"

namespace itqan::schemas {
namespace {

Json const* member(Json const& object, char const* name) {
    if (!object.is_object()) return nullptr;
    auto const found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::string> text(Json const& object, char const* name) {
    auto const* value = member(object, name);
    if (value == nullptr || !value->is_string()) return std::nullopt;
    return value->get<std::string>();
}

std::string text_or_empty(Json const& object, char const* name) {
    return text(object, name).value_or("");
}

/// Text of a string or a number: points, values and indexes arrive as either.
std::optional<std::string> text_or_number(Json const& object, char const* name) {
    auto const* value = member(object, name);
    if (value == nullptr) return std::nullopt;
    if (value->is_string()) return value->get<std::string>();
    if (value->is_number()) return canonical_json(*value);
    return std::nullopt;
}

/// The elements of an array, or a single value as a list of one (the compacted JSON-LD form).
std::vector<Json const*> each(Json const& object, char const* name) {
    std::vector<Json const*> out;
    auto const* value = member(object, name);
    if (value == nullptr) return out;
    if (!value->is_array()) return {value};
    for (auto const& element : *value)
        out.push_back(&element);
    return out;
}

template <typename T, typename Read>
std::vector<T> list(Json const& object, char const* name, Read read) {
    std::vector<T> out;
    for (auto const* element : each(object, name)) {
        if (element->is_object()) out.push_back(read(*element));
    }
    return out;
}

std::vector<std::string> texts(Json const& object, char const* name) {
    std::vector<std::string> out;
    for (auto const* element : each(object, name)) {
        if (element->is_string()) out.push_back(element->get<std::string>());
    }
    return out;
}

std::optional<Instant> instant(Json const& object, char const* name) {
    auto const value = text(object, name);
    return value ? Instant::parse(*value) : std::nullopt;
}

/// An image is an object; some issuers write the address alone.
std::optional<Image> read_image(Json const& object) {
    auto const* value = member(object, "image");
    if (value == nullptr) return std::nullopt;
    if (value->is_string()) return Image{value->get<std::string>()};
    auto id = text(*value, "id");
    if (!id) return std::nullopt;
    return Image{*std::move(id), text(*value, "caption")};
}

Profile read_profile(Json const& value) {
    if (value.is_string()) return Profile{value.get<std::string>()};
    Profile profile{text_or_empty(value, "id")};
    profile.name = text(value, "name");
    profile.url = text(value, "url");
    profile.description = text(value, "description");
    profile.email = text(value, "email");
    profile.image = read_image(value);
    return profile;
}

Alignment read_alignment(Json const& value) {
    Alignment alignment{text_or_empty(value, "targetName"), text_or_empty(value, "targetUrl")};
    alignment.target_code = text(value, "targetCode");
    alignment.target_description = text(value, "targetDescription");
    alignment.target_framework = text(value, "targetFramework");
    alignment.target_type = text(value, "targetType");
    return alignment;
}

RubricCriterionLevel read_level(Json const& value) {
    RubricCriterionLevel level{text_or_empty(value, "id"), text_or_empty(value, "name")};
    level.level = text_or_number(value, "level");
    level.description = text(value, "description");
    level.points = text_or_number(value, "points");
    level.alignment = list<Alignment>(value, "alignment", read_alignment);
    return level;
}

ResultDescription read_result_description(Json const& value) {
    ResultDescription description{text_or_empty(value, "id"), text_or_empty(value, "name"),
                                  text_or_empty(value, "resultType")};
    description.alignment = list<Alignment>(value, "alignment", read_alignment);
    description.allowed_value = texts(value, "allowedValue");
    description.required_level = text(value, "requiredLevel");
    description.required_value = text_or_number(value, "requiredValue");
    description.rubric_criterion_level = list<RubricCriterionLevel>(value, "rubricCriterionLevel", read_level);
    description.value_min = text_or_number(value, "valueMin");
    description.value_max = text_or_number(value, "valueMax");
    return description;
}

AchievementResult read_result(Json const& value) {
    AchievementResult result;
    result.result_description = text(value, "resultDescription");
    result.value = text_or_number(value, "value");
    result.achieved_level = text(value, "achievedLevel");
    result.status = text(value, "status");
    result.alignment = list<Alignment>(value, "alignment", read_alignment);
    return result;
}

RelatedAchievement read_related(Json const& value) {
    return {text_or_empty(value, "id"), text(value, "inLanguage"), text(value, "version")};
}

Achievement read_achievement(Json const& value) {
    Achievement achievement{text_or_empty(value, "id"), text_or_empty(value, "name"),
                            text_or_empty(value, "description")};
    if (auto const* criteria = member(value, "criteria")) {
        achievement.criteria = {text(*criteria, "id"), text(*criteria, "narrative")};
    }
    achievement.achievement_type = text(value, "achievementType");
    achievement.image = read_image(value);
    achievement.alignment = list<Alignment>(value, "alignment", read_alignment);
    achievement.result_description = list<ResultDescription>(value, "resultDescription", read_result_description);
    achievement.related = list<RelatedAchievement>(value, "related", read_related);
    achievement.in_language = text(value, "inLanguage");
    achievement.version = text(value, "version");
    achievement.human_code = text(value, "humanCode");
    achievement.tag = texts(value, "tag");
    if (auto const* creator = member(value, "creator")) achievement.creator = read_profile(*creator);
    return achievement;
}

IdentityObject read_identity(Json const& value) {
    auto const* hashed = member(value, "hashed");
    return {text_or_empty(value, "identityHash"), text_or_empty(value, "identityType"),
            hashed != nullptr && hashed->is_boolean() && hashed->get<bool>(), text(value, "salt")};
}

Evidence read_evidence(Json const& value) {
    return {text(value, "id"),          text(value, "name"),  text(value, "narrative"),
            text(value, "description"), text(value, "genre"), text(value, "audience")};
}

StatusEntry read_status(Json const& value) {
    StatusEntry entry;
    auto const types = texts(value, "type");
    entry.type = types.empty() ? "" : types.front();
    entry.id = text(value, "id");
    entry.purpose = text_or_empty(value, "statusPurpose");
    entry.list_index = text_or_number(value, "statusListIndex").value_or("");
    entry.list_credential = text_or_empty(value, "statusListCredential");
    return entry;
}

CredentialSchema read_schema(Json const& value) {
    auto const types = texts(value, "type");
    return {text_or_empty(value, "id"), types.empty() ? "" : types.front()};
}

AchievementSubject read_subject(Json const& value, Json const& achievement) {
    AchievementSubject subject;
    subject.id = text(value, "id");
    subject.identifier = list<IdentityObject>(value, "identifier", read_identity);
    subject.achievement = read_achievement(achievement);
    subject.result = list<AchievementResult>(value, "result", read_result);
    return subject;
}

Error shape_error(std::string pointer, std::string const& detail) {
    auto const where = pointer.empty() ? "the document" : pointer;
    return Error{Fault::malformed,
                 "credential-shape",
                 "This is no badge that can be shown: " + where + " " + detail + ".",
                 {{std::move(pointer), detail}}};
}

}  // namespace

Result<Credential> read_credential(Json const& document) {
    if (!document.is_object()) return shape_error("", "must be a JSON object");
    auto const* issuer = member(document, "issuer");
    if (issuer == nullptr || (!issuer->is_object() && !issuer->is_string()))
        return shape_error("/issuer", "must be a Profile");
    auto const subjects = each(document, "credentialSubject");
    if (subjects.size() != 1 || !subjects.front()->is_object()) {
        return shape_error("/credentialSubject", "must be one object");
    }
    auto const* achievement = member(*subjects.front(), "achievement");
    if (achievement == nullptr || !achievement->is_object()) {
        return shape_error("/credentialSubject/achievement", "must be an Achievement");
    }
    auto const is_older = member(document, "validFrom") == nullptr && member(document, "issuanceDate") != nullptr;
    auto const valid_from = instant(document, is_older ? "issuanceDate" : "validFrom");
    if (!valid_from) {
        return shape_error(is_older ? "/issuanceDate" : "/validFrom", "must be a date-time with a time zone");
    }

    Credential credential;
    credential.id = text_or_empty(document, "id");
    credential.name = text(document, "name");
    credential.description = text(document, "description");
    credential.issuer = read_profile(*issuer);
    credential.valid_from = *valid_from;
    credential.valid_until = instant(document, is_older ? "expirationDate" : "validUntil");
    credential.awarded_date = instant(document, "awardedDate");
    credential.subject = read_subject(*subjects.front(), *achievement);
    credential.evidence = list<Evidence>(document, "evidence", read_evidence);
    credential.status = list<StatusEntry>(document, "credentialStatus", read_status);
    credential.credential_schema = list<CredentialSchema>(document, "credentialSchema", read_schema);
    return credential;
}

}  // namespace itqan::schemas
