#include <array>

#include "service/domain/programme_shapes.hpp"
#include "service/domain/proof_form.hpp"

namespace itqan::domain {
namespace {

using Words = std::string_view const[];

constexpr bool optional = false;
constexpr double any_size = std::numeric_limits<double>::infinity();

constexpr Words groups = {"C", "I", "T", "M"};
constexpr Words groups_or_any = {"C", "I", "T", "M", "any"};
constexpr Words provider_states = {"active", "suspended"};
constexpr Words kinds_of_activity = {"knowledge", "simulation", "workplace"};
constexpr Words achievement_states = {"draft", "published", "retired"};
constexpr Words proof_forms = {proof_form_name(ProofForm::embedded), proof_form_name(ProofForm::jwt)};
constexpr Words losses = {"keep", "suspend", "revoke"};

constexpr Field name{"name"}, name_ar{"name_ar", Form::text, optional}, id{"id", Form::id};
constexpr Field title{"title"}, title_ar{"title_ar", Form::text, optional};
constexpr Field competency{"competency"}, level{"level", Form::whole, true, false, 1, 5};
constexpr Field weight{"weight", Form::number, true, false, 0, 1000};

constexpr Field awards[] = {competency, level};

constexpr Field rates[] = {{"country"}, {"currency"}, {"perAED", Form::number}};
constexpr Field programme[] = {id,
                               name,
                               name_ar,
                               {"dateOfRecord", Form::day, optional},
                               {"currency", Form::text, optional},
                               {"displayRates", Form::objects, optional, false, 0, any_size, {}, rates},
                               {"note", Form::prose, optional}};

constexpr Field provider[] = {id,
                              name,
                              name_ar,
                              {"country", Form::text, optional},
                              {"accreditedBy", Form::text, optional},
                              {"status", Form::word, true, false, 0, any_size, provider_states},
                              {"trust", Form::text, optional}};

constexpr Field issuer[] = {id,
                            {"slug", Form::id},
                            name,
                            name_ar,
                            {"url", Form::url},
                            {"logoText", Form::text, optional},
                            {"linkedInOrganizationId", Form::text, optional, true},
                            {"privacyContact", Form::text, optional},
                            {"providerId", Form::id, optional, true},
                            {"proof", Form::word, optional, false, 0, any_size, proof_forms}};

constexpr Field activity[] = {id,
                              {"providerId", Form::id},
                              title,
                              title_ar,
                              {"hours", Form::number, true, false, 0, 10'000},
                              {"evidenceKind", Form::word, true, false, 0, any_size, kinds_of_activity},
                              {"passScore", Form::number, true, false, 0, 100},
                              {"gradeScale", Form::texts, optional},
                              {"mode", Form::text, optional},
                              {"awards", Form::objects, true, false, 0, any_size, {}, awards},
                              {"prerequisites", Form::ids, optional},
                              {"languages", Form::texts, optional}};

constexpr Field epa_competencies[] = {competency, {"maxLevel", Form::whole, true, false, 1, 5}};
constexpr Field epa[] = {id,
                         title,
                         title_ar,
                         {"specification", Form::prose, optional},
                         {"specification_ar", Form::prose, optional},
                         {"riskInCaseOfFailure", Form::prose, optional},
                         {"riskInCaseOfFailure_ar", Form::prose, optional},
                         {"competencies", Form::objects, true, false, 0, any_size, {}, epa_competencies},
                         {"knowledgeSkillsAttitudes", Form::prose, optional},
                         {"informationSources", Form::texts, optional},
                         {"expectedLevelByStage", Form::anything, optional},
                         {"expiresIfNotPractisedDays", Form::whole, optional, true, 1, 36'525},
                         {"assessorsRequired", Form::whole, true, false, 1, 100}};

constexpr Field role_requirements[] = {competency, level, weight};
constexpr Field role[] = {id,
                          title,
                          title_ar,
                          {"group", Form::word, true, false, 0, any_size, groups},
                          {"isco08", Form::text, optional},
                          {"requires", Form::objects, true, false, 0, any_size, {}, role_requirements}};

constexpr Field organisation[] = {id,
                                  name,
                                  name_ar,
                                  {"country", Form::text, optional},
                                  {"type", Form::text, optional},
                                  {"regionId", Form::id, optional, true}};

constexpr Field achievement[] = {id,
                                 {"version", Form::whole, true, false, 1, 1'000'000},
                                 {"issuerId", Form::id},
                                 {"status", Form::word, true, false, 0, any_size, achievement_states},
                                 {"achievementType"},
                                 name,
                                 name_ar,
                                 {"description", Form::prose},
                                 {"description_ar", Form::prose, optional},
                                 {"criteria", Form::anything},
                                 {"alignment", Form::objects, optional, false, 0, any_size, {}, awards},
                                 {"validity", Form::period, optional, true},
                                 {"onLoss", Form::word, optional, false, 0, any_size, losses}};

constexpr Field steps[] = {
    id, {"roleId", Form::id}, {"achievements", Form::ids}, {"minExperienceMonths", Form::whole}, {"next", Form::ids}};
constexpr Field path[] = {id, title, title_ar, {"steps", Form::objects, true, false, 0, any_size, {}, steps}};

constexpr Field profile_requirements[] = {competency,
                                          level,
                                          {"headcount", Form::whole, true, false, 1, 10'000},
                                          {"group", Form::word, true, false, 0, any_size, groups_or_any},
                                          weight,
                                          {"critical", Form::boolean}};
constexpr Field profile[] = {
    id, name, name_ar, {"requires", Form::objects, true, false, 0, any_size, {}, profile_requirements}};

constexpr Field region[] = {id, name, name_ar, {"organisationIds", Form::ids}};

constexpr Field members[] = {{"learnerId", Form::id},
                             {"fte", Form::number, true, false, 0, 2},
                             {"from", Form::day},
                             {"to", Form::day, optional, true}};
constexpr Field team[] = {id,
                          {"orgId", Form::id},
                          name,
                          name_ar,
                          {"profileId", Form::id, optional, true},
                          {"members", Form::objects, true, false, 0, any_size, {}, members}};

constexpr Field objective[] = {id, name, name_ar};

struct Table {
    std::string_view kind;
    std::span<Field const> fields;
};
constexpr std::array<Table, 13> tables{{{"programme", programme},
                                        {"provider", provider},
                                        {"issuer", issuer},
                                        {"activity", activity},
                                        {"epa", epa},
                                        {"role", role},
                                        {"organisation", organisation},
                                        {"achievement", achievement},
                                        {"path", path},
                                        {"profile", profile},
                                        {"region", region},
                                        {"team", team},
                                        {"objective", objective}}};

}  // namespace

std::span<Field const> fields_of(std::string_view kind) {
    for (auto const& table : tables)
        if (table.kind == kind) return table.fields;
    return {};
}

}  // namespace itqan::domain
