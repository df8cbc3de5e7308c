#pragma once
// Open Badges 3.0 as values: what a badge of ours says, written as a VCDM 2.0 document, and the reading of anybody's
// badge for display. It neither judges (open_badge_rules.hpp) nor signs.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/clock.hpp"
#include "schemas/json.hpp"

namespace itqan::schemas {

namespace open_badge_terms {
inline constexpr std::string_view vcdm_2 = "https://www.w3.org/ns/credentials/v2";
inline constexpr std::string_view vcdm_1 = "https://www.w3.org/2018/credentials/v1";
inline constexpr std::string_view ob_3_0_3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";
inline constexpr std::string_view extensions = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json";
inline constexpr std::string_view achievement_schema =
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json";
inline constexpr std::string_view schema_validator = "1EdTechJsonSchemaValidator2019";
}  // namespace open_badge_terms

struct Image {
    std::string id;  ///< URL or data URI.
    std::optional<std::string> caption = {};
};

struct Profile {
    std::string id;
    std::optional<std::string> name = {};
    std::optional<std::string> url = {};
    std::optional<std::string> description = {};
    std::optional<std::string> email = {};
    std::optional<Image> image = {};
};

struct Alignment {
    std::string target_name;
    std::string target_url;
    std::optional<std::string> target_code = {};
    std::optional<std::string> target_description = {};
    std::optional<std::string> target_framework = {};
    std::optional<std::string> target_type = {};  ///< "CFItem", "CFRubricCriterionLevel", ... or "ext:...".
};

struct RubricCriterionLevel {
    std::string id;
    std::string name;
    std::optional<std::string> level = {};
    std::optional<std::string> description = {};
    std::optional<std::string> points = {};
    std::vector<Alignment> alignment = {};
};

struct ResultDescription {
    std::string id;
    std::string name;
    std::string result_type;  ///< "RubricCriterionLevel", "Percent", ... or "ext:...".
    std::vector<Alignment> alignment = {};
    std::vector<std::string> allowed_value = {};  ///< Low to high.
    std::optional<std::string> required_level = {};
    std::optional<std::string> required_value = {};
    std::vector<RubricCriterionLevel> rubric_criterion_level = {};  ///< Low to high.
    std::optional<std::string> value_min = {};
    std::optional<std::string> value_max = {};
};

/// What the learner reached against one ResultDescription. Named so because itqan::Result is the value-or-error type.
struct AchievementResult {
    std::optional<std::string> result_description = {};  ///< Id of a description in the same achievement.
    std::optional<std::string> value = {};
    std::optional<std::string> achieved_level = {};  ///< Id of a RubricCriterionLevel.
    std::optional<std::string> status = {};
    std::vector<Alignment> alignment = {};
};

struct Criteria {
    std::optional<std::string> id = {};
    std::optional<std::string> narrative = {};  ///< Markdown.
};

/// The same achievement in another language or version.
struct RelatedAchievement {
    std::string id;
    std::optional<std::string> in_language = {};
    std::optional<std::string> version = {};
};

struct Achievement {
    std::string id;
    std::string name;
    std::string description;
    Criteria criteria = {};
    std::optional<std::string> achievement_type = {};
    std::optional<Image> image = {};
    std::vector<Alignment> alignment = {};
    std::vector<ResultDescription> result_description = {};
    std::vector<RelatedAchievement> related = {};
    std::optional<std::string> in_language = {};
    std::optional<std::string> version = {};
    std::optional<std::string> human_code = {};
    std::vector<std::string> tag = {};
    std::optional<Profile> creator = {};
};

struct IdentityObject {
    std::string identity_hash;  ///< "sha256$<hex>" when hashed, else the plain value.
    std::string identity_type;  ///< "emailAddress", "name", ...
    bool hashed = true;
    std::optional<std::string> salt = {};
};

struct Evidence {
    std::optional<std::string> id = {};
    std::optional<std::string> name = {};
    std::optional<std::string> narrative = {};
    std::optional<std::string> description = {};
    std::optional<std::string> genre = {};
    std::optional<std::string> audience = {};
};

/// One entry of credentialStatus: a BitstringStatusListEntry (W3C) or, when read, another type with its id.
struct StatusEntry {
    std::string type = "BitstringStatusListEntry";
    std::optional<std::string> id = {};
    std::string purpose = "revocation";
    std::string list_index;       ///< Decimal.
    std::string list_credential;  ///< The list's address.
};

struct CredentialSchema {
    std::string id{open_badge_terms::achievement_schema};
    std::string type{open_badge_terms::schema_validator};
};

struct AchievementSubject {
    std::optional<std::string> id = {};
    std::vector<IdentityObject> identifier = {};
    Achievement achievement = {};
    std::vector<AchievementResult> result = {};
};

struct Credential {
    std::string id;
    std::optional<std::string> name = {};
    std::optional<std::string> description = {};
    Profile issuer = {};
    Instant valid_from = {};
    std::optional<Instant> valid_until = {};
    std::optional<Instant> awarded_date = {};
    AchievementSubject subject = {};
    std::vector<Evidence> evidence = {};
    std::vector<StatusEntry> status = {};
    std::vector<CredentialSchema> credential_schema = {CredentialSchema{}};
};

/// The VCDM 2.0 form without a proof: contexts credentials/v2, Open Badges 3.0.3, extensions; lists always arrays,
/// except credentialStatus, which is one object when there is one entry; no nulls, no empty arrays.
Json to_json(Credential const& credential);
Json to_json(Profile const& profile);
Json to_json(Achievement const& achievement);
Json to_json(Alignment const& alignment);

/// What can be shown of a VCDM 2.0 or 1.1 badge: absent or misshapen optional members stay empty, single values stand
/// for lists of one. Error: malformed "credential-shape" when the document, its issuer, its subject or the achievement
/// is missing or no object, or no starting date can be read.
Result<Credential> read_credential(Json const& document);

}  // namespace itqan::schemas
