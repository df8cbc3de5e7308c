#include "schemas/open_badge_shapes.hpp"

#include <array>

namespace itqan::schemas {
namespace {

using Words = std::span<std::string_view const>;

constexpr MemberRule optional(std::string_view name, ValueKind kind = ValueKind::text) {
    return {name, kind};
}
constexpr MemberRule required(std::string_view name, ValueKind kind = ValueKind::text) {
    return {name, kind, true};
}
constexpr MemberRule texts(std::string_view name, ValueKind kind = ValueKind::text) {
    return {name, kind, false, true};
}
constexpr MemberRule one(std::string_view name, Shape const& shape) {
    return {name, ValueKind::object, false, false, &shape};
}
constexpr MemberRule list(std::string_view name, Shape const& shape) {
    return {name, ValueKind::object, false, true, &shape};
}
constexpr MemberRule needs(std::string_view name, Shape const& shape) {
    return {name, ValueKind::object, true, false, &shape};
}
constexpr MemberRule party(std::string_view name, bool is_required = false) {
    return {name, ValueKind::reference, is_required, false, &shapes::profile};
}
constexpr MemberRule choice(std::string_view name, ValueKind kind, Words words, bool is_required = false) {
    return {name, kind, is_required, false, nullptr, words};
}

constexpr std::array<std::string_view, 31> achievement_types{"Achievement",
                                                             "ApprenticeshipCertificate",
                                                             "Assessment",
                                                             "Assignment",
                                                             "AssociateDegree",
                                                             "Award",
                                                             "Badge",
                                                             "BachelorDegree",
                                                             "Certificate",
                                                             "CertificateOfCompletion",
                                                             "Certification",
                                                             "CoCurricular",
                                                             "CommunityService",
                                                             "Competency",
                                                             "Course",
                                                             "Degree",
                                                             "Diploma",
                                                             "DoctoralDegree",
                                                             "Fieldwork",
                                                             "GeneralEducationDevelopment",
                                                             "JourneymanCertificate",
                                                             "LearningProgram",
                                                             "License",
                                                             "MasterCertificate",
                                                             "MasterDegree",
                                                             "Membership",
                                                             "MicroCredential",
                                                             "ProfessionalDoctorate",
                                                             "QualityAssuranceCredential",
                                                             "ResearchDoctorate",
                                                             "SecondarySchoolDiploma"};
constexpr std::array<std::string_view, 7> target_types{
    "CFItem", "CFRubric",         "CFRubricCriterion", "CFRubricCriterionLevel",
    "CTDL",   "ceasn:Competency", "ceterms:Credential"};
constexpr std::array<std::string_view, 12> result_types{
    "GradePointAverage",    "LetterGrade", "Percent",     "PerformanceLevel",
    "PredictedScore",       "RawScore",    "Result",      "RubricCriterion",
    "RubricCriterionLevel", "RubricScore", "ScaledScore", "Status"};
constexpr std::array<std::string_view, 7> statuses{"Completed", "Enrolled",    "Failed",  "InProgress",
                                                   "OnHold",    "Provisional", "Withdrew"};
constexpr std::array<std::string_view, 19> identity_types{
    "name",          "sourcedId",    "systemId",        "productId",
    "userName",      "accountId",    "emailAddress",    "nationalIdentityNumber",
    "isbn",          "issn",         "lisSourcedId",    "oneRosterSourcedId",
    "sisSourcedId",  "ltiContextId", "ltiDeploymentId", "ltiToolId",
    "ltiPlatformId", "ltiUserId",    "identifier"};
constexpr std::array<std::string_view, 8> association_types{"exactMatchOf", "isChildOf",   "isParentOf", "isPartOf",
                                                            "isPeerOf",     "isRelatedTo", "precedes",   "replacedBy"};

using enum ValueKind;

constexpr std::array image_members{required("id", uri), optional("caption")};
constexpr std::array geo_members{required("latitude", number), required("longitude", number)};
constexpr std::array address_members{
    optional("addressCountry"), optional("addressCountryCode"),  optional("addressRegion"), optional("addressLocality"),
    optional("streetAddress"),  optional("postOfficeBoxNumber"), optional("postalCode"),    one("geo", shapes::geo)};
constexpr std::array identifier_entry_members{required("identifier"),
                                              choice("identifierType", open_word, identity_types, true)};
constexpr std::array identity_members{required("hashed", boolean), required("identityHash"),
                                      choice("identityType", open_word, identity_types, true), optional("salt")};
constexpr std::array profile_members{required("id", uri),
                                     optional("name"),
                                     optional("url", uri),
                                     optional("phone"),
                                     optional("description"),
                                     list("endorsement", shapes::endorsement),
                                     texts("endorsementJwt", jws),
                                     one("image", shapes::image),
                                     optional("email"),
                                     one("address", shapes::address),
                                     list("otherIdentifier", shapes::identifier_entry),
                                     optional("official"),
                                     one("parentOrg", shapes::profile),
                                     optional("familyName"),
                                     optional("givenName"),
                                     optional("additionalName"),
                                     optional("patronymicName"),
                                     optional("honorificPrefix"),
                                     optional("honorificSuffix"),
                                     optional("familyNamePrefix"),
                                     optional("dateOfBirth", date)};
constexpr std::array alignment_members{required("targetName"),      required("targetUrl", uri),
                                       optional("targetCode"),      optional("targetDescription"),
                                       optional("targetFramework"), choice("targetType", open_word, target_types)};
constexpr std::array level_members{required("id", uri), required("name"),   optional("description"),
                                   optional("level"),   optional("points"), list("alignment", shapes::alignment)};
constexpr std::array result_description_members{required("id", uri),
                                                required("name"),
                                                choice("resultType", open_word, result_types, true),
                                                list("alignment", shapes::alignment),
                                                texts("allowedValue"),
                                                optional("requiredLevel", uri),
                                                optional("requiredValue"),
                                                list("rubricCriterionLevel", shapes::level),
                                                optional("valueMin"),
                                                optional("valueMax")};
constexpr std::array result_members{optional("resultDescription", uri), optional("value"),
                                    optional("achievedLevel", uri), choice("status", word, statuses),
                                    list("alignment", shapes::alignment)};
constexpr std::array criteria_members{optional("id", uri), optional("narrative")};
constexpr std::array related_members{required("id", uri), optional("inLanguage", language), optional("version")};
constexpr std::array achievement_members{required("id", uri),
                                         required("name"),
                                         required("description"),
                                         needs("criteria", shapes::criteria),
                                         choice("achievementType", open_word, achievement_types),
                                         list("alignment", shapes::alignment),
                                         party("creator"),
                                         optional("creditsAvailable", number),
                                         list("endorsement", shapes::endorsement),
                                         texts("endorsementJwt", jws),
                                         optional("fieldOfStudy"),
                                         optional("humanCode"),
                                         one("image", shapes::image),
                                         optional("inLanguage", language),
                                         list("otherIdentifier", shapes::identifier_entry),
                                         list("related", shapes::related),
                                         list("resultDescription", shapes::result_description),
                                         optional("specialization"),
                                         texts("tag"),
                                         optional("version")};
constexpr std::array subject_members{optional("id", uri),
                                     list("identifier", shapes::identity),
                                     needs("achievement", shapes::achievement),
                                     optional("activityStartDate", date_time),
                                     optional("activityEndDate", date_time),
                                     optional("creditsEarned", number),
                                     one("image", shapes::image),
                                     optional("licenseNumber"),
                                     optional("narrative"),
                                     list("result", shapes::result),
                                     optional("role"),
                                     one("source", shapes::profile),
                                     optional("term")};
constexpr std::array evidence_members{optional("id", uri),     optional("narrative"), optional("name"),
                                      optional("description"), optional("genre"),     optional("audience")};
constexpr std::array typed_reference_members{required("id", uri), required("type")};
constexpr std::array endorsement_subject_members{required("id", uri), optional("endorsementComment")};
constexpr std::array endorsement_members{party("issuer", true),
                                         needs("credentialSubject", shapes::endorsement_subject),
                                         optional("id", uri),
                                         optional("name"),
                                         optional("validFrom", date_time),
                                         optional("validUntil", date_time),
                                         optional("issuanceDate", date_time),
                                         optional("expirationDate", date_time),
                                         list("credentialSchema", shapes::schema)};
constexpr std::array association_members{choice("associationType", open_word, association_types, true),
                                         required("sourceId", uri), required("targetId", uri)};
constexpr std::array record_subject_members{optional("id", uri), list("identifier", shapes::identity),
                                            list("achievement", shapes::achievement),
                                            list("association", shapes::association)};
constexpr std::array record_members{required("id", uri),
                                    required("name"),
                                    optional("description"),
                                    party("issuer", true),
                                    optional("validFrom", date_time),
                                    optional("validUntil", date_time),
                                    optional("issuanceDate", date_time),
                                    optional("expirationDate", date_time),
                                    optional("awardedDate", date_time),
                                    optional("partial", boolean),
                                    one("image", shapes::image),
                                    needs("credentialSubject", shapes::record_subject),
                                    list("evidence", shapes::evidence),
                                    list("endorsement", shapes::endorsement),
                                    texts("endorsementJwt", jws),
                                    list("credentialSchema", shapes::schema),
                                    one("refreshService", shapes::refresh)};
constexpr std::array credential_members{required("id", uri),
                                        optional("name"),
                                        optional("description"),
                                        party("issuer", true),
                                        required("validFrom", date_time),
                                        optional("validUntil", date_time),
                                        optional("awardedDate", date_time),
                                        one("image", shapes::image),
                                        needs("credentialSubject", shapes::subject),
                                        list("evidence", shapes::evidence),
                                        list("endorsement", shapes::endorsement),
                                        texts("endorsementJwt", jws),
                                        list("credentialSchema", shapes::schema),
                                        one("refreshService", shapes::refresh)};
constexpr std::array older_credential_members{required("id", uri),
                                              required("name"),
                                              optional("description"),
                                              party("issuer", true),
                                              required("issuanceDate", date_time),
                                              optional("expirationDate", date_time),
                                              optional("awardedDate", date_time),
                                              one("image", shapes::image),
                                              needs("credentialSubject", shapes::subject),
                                              list("evidence", shapes::evidence),
                                              list("endorsement", shapes::endorsement),
                                              texts("endorsementJwt", jws),
                                              list("credentialSchema", shapes::schema),
                                              one("refreshService", shapes::refresh)};

}  // namespace

namespace shapes {

constinit Shape const image{"Image", true, image_members};
constinit Shape const geo{"GeoCoordinates", true, geo_members};
constinit Shape const address{"Address", false, address_members};
constinit Shape const identifier_entry{"IdentifierEntry", true, identifier_entry_members};
constinit Shape const identity{"IdentityObject", true, identity_members};
constinit Shape const profile{"Profile", false, profile_members};
constinit Shape const alignment{"Alignment", false, alignment_members};
constinit Shape const level{"RubricCriterionLevel", false, level_members};
constinit Shape const result_description{"ResultDescription", false, result_description_members};
constinit Shape const result{"Result", false, result_members};
constinit Shape const criteria{{}, false, criteria_members};
constinit Shape const related{"Related", false, related_members};
constinit Shape const achievement{"Achievement", false, achievement_members};
constinit Shape const subject{"AchievementSubject", false, subject_members};
constinit Shape const evidence{"Evidence", false, evidence_members};
constinit Shape const schema{{}, false, typed_reference_members};
constinit Shape const refresh{{}, false, typed_reference_members};
constinit Shape const endorsement_subject{"EndorsementSubject", false, endorsement_subject_members};
constinit Shape const endorsement{"EndorsementCredential", false, endorsement_members};
constinit Shape const association{"Association", true, association_members};
constinit Shape const record_subject{"ClrSubject", false, record_subject_members};
constinit Shape const record{"ClrCredential", false, record_members};
constinit Shape const credential{"VerifiableCredential", false, credential_members};
constinit Shape const older_credential{"VerifiableCredential", false, older_credential_members};

}  // namespace shapes

}  // namespace itqan::schemas
