#include "schemas/open_badge.hpp"

#include <nlohmann/json.hpp>

namespace itqan::schemas {
namespace {

/// Adds a member only when there is something to say: Open Badges knows no null and no empty array.
void put(Json& out, char const* name, std::optional<std::string> const& value) {
    if (value) out[name] = *value;
}

void put(Json& out, char const* name, std::vector<std::string> const& values) {
    if (!values.empty()) out[name] = values;
}

Json to_json(Image const& image) {
    Json out{{"id", image.id}, {"type", "Image"}};
    put(out, "caption", image.caption);
    return out;
}

Json to_json(RubricCriterionLevel const& level);
Json to_json(ResultDescription const& description);
Json to_json(AchievementResult const& result);
Json to_json(RelatedAchievement const& related);
Json to_json(IdentityObject const& identity);
Json to_json(Evidence const& evidence);
Json to_json(StatusEntry const& status);
Json to_json(CredentialSchema const& schema) {
    return {{"id", schema.id}, {"type", schema.type}};
}

template <typename T>
void put_list(Json& out, char const* name, std::vector<T> const& values) {
    if (values.empty()) return;
    auto list = Json::array();
    for (auto const& value : values)
        list.push_back(to_json(value));
    out[name] = std::move(list);
}

Json typed(char const* type) {
    return Json{{"type", Json::array({type})}};
}

Json to_json(RubricCriterionLevel const& level) {
    auto out = typed("RubricCriterionLevel");
    out["id"] = level.id;
    out["name"] = level.name;
    put(out, "level", level.level);
    put(out, "description", level.description);
    put(out, "points", level.points);
    put_list(out, "alignment", level.alignment);
    return out;
}

Json to_json(ResultDescription const& description) {
    auto out = typed("ResultDescription");
    out["id"] = description.id;
    out["name"] = description.name;
    out["resultType"] = description.result_type;
    put_list(out, "alignment", description.alignment);
    put(out, "allowedValue", description.allowed_value);
    put(out, "requiredLevel", description.required_level);
    put(out, "requiredValue", description.required_value);
    put_list(out, "rubricCriterionLevel", description.rubric_criterion_level);
    put(out, "valueMin", description.value_min);
    put(out, "valueMax", description.value_max);
    return out;
}

Json to_json(AchievementResult const& result) {
    auto out = typed("Result");
    put(out, "resultDescription", result.result_description);
    put(out, "value", result.value);
    put(out, "achievedLevel", result.achieved_level);
    put(out, "status", result.status);
    put_list(out, "alignment", result.alignment);
    return out;
}

Json to_json(RelatedAchievement const& related) {
    auto out = typed("Related");
    out["id"] = related.id;
    put(out, "inLanguage", related.in_language);
    put(out, "version", related.version);
    return out;
}

Json to_json(IdentityObject const& identity) {
    Json out{{"type", "IdentityObject"},
             {"identityHash", identity.identity_hash},
             {"identityType", identity.identity_type},
             {"hashed", identity.hashed}};
    put(out, "salt", identity.salt);
    return out;
}

Json to_json(Evidence const& evidence) {
    auto out = typed("Evidence");
    put(out, "id", evidence.id);
    put(out, "name", evidence.name);
    put(out, "narrative", evidence.narrative);
    put(out, "description", evidence.description);
    put(out, "genre", evidence.genre);
    put(out, "audience", evidence.audience);
    return out;
}

Json to_json(StatusEntry const& status) {
    Json out{{"type", status.type}};
    put(out, "id", status.id);
    if (status.type == "BitstringStatusListEntry") {
        out["statusPurpose"] = status.purpose;
        out["statusListIndex"] = status.list_index;
        out["statusListCredential"] = status.list_credential;
    }
    return out;
}

Json to_json(AchievementSubject const& subject) {
    auto out = typed("AchievementSubject");
    put(out, "id", subject.id);
    put_list(out, "identifier", subject.identifier);
    out["achievement"] = schemas::to_json(subject.achievement);
    put_list(out, "result", subject.result);
    return out;
}

}  // namespace

Json to_json(Alignment const& alignment) {
    auto out = typed("Alignment");
    out["targetName"] = alignment.target_name;
    out["targetUrl"] = alignment.target_url;
    put(out, "targetCode", alignment.target_code);
    put(out, "targetDescription", alignment.target_description);
    put(out, "targetFramework", alignment.target_framework);
    put(out, "targetType", alignment.target_type);
    return out;
}

Json to_json(Profile const& profile) {
    auto out = typed("Profile");
    out["id"] = profile.id;
    put(out, "name", profile.name);
    put(out, "url", profile.url);
    put(out, "description", profile.description);
    put(out, "email", profile.email);
    if (profile.image) out["image"] = to_json(*profile.image);
    return out;
}

Json to_json(Achievement const& achievement) {
    auto out = typed("Achievement");
    out["id"] = achievement.id;
    out["name"] = achievement.name;
    out["description"] = achievement.description;
    auto criteria = Json::object();
    put(criteria, "id", achievement.criteria.id);
    put(criteria, "narrative", achievement.criteria.narrative);
    out["criteria"] = std::move(criteria);
    put(out, "achievementType", achievement.achievement_type);
    if (achievement.image) out["image"] = to_json(*achievement.image);
    put_list(out, "alignment", achievement.alignment);
    put_list(out, "resultDescription", achievement.result_description);
    put_list(out, "related", achievement.related);
    put(out, "inLanguage", achievement.in_language);
    put(out, "version", achievement.version);
    put(out, "humanCode", achievement.human_code);
    put(out, "tag", achievement.tag);
    if (achievement.creator) out["creator"] = to_json(*achievement.creator);
    return out;
}

Json to_json(Credential const& credential) {
    using namespace open_badge_terms;
    Json out{{"@context", Json::array({vcdm_2, ob_3_0_3, extensions})},
             {"type", Json::array({"VerifiableCredential", "OpenBadgeCredential"})},
             {"id", credential.id},
             {"issuer", to_json(credential.issuer)},
             {"validFrom", credential.valid_from.text()},
             {"credentialSubject", to_json(credential.subject)}};
    put(out, "name", credential.name);
    put(out, "description", credential.description);
    if (credential.valid_until) out["validUntil"] = credential.valid_until->text();
    if (credential.awarded_date) out["awardedDate"] = credential.awarded_date->text();
    put_list(out, "evidence", credential.evidence);
    put_list(out, "credentialSchema", credential.credential_schema);
    if (credential.status.size() == 1) {
        out["credentialStatus"] = to_json(credential.status.front());
    } else {
        put_list(out, "credentialStatus", credential.status);
    }
    return out;
}

}  // namespace itqan::schemas
