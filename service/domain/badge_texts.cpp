#include "service/domain/badge_texts.hpp"

#include <algorithm>

#include "crypto/digest.hpp"
#include "crypto/random.hpp"
#include "service/domain/rule_words.hpp"

namespace itqan::domain {
namespace {

std::string_view other(std::string_view language) {
    return language == "ar" ? "en" : "ar";
}

/// One competency as a CFItem of the framework in this language (decision 9).
schemas::Alignment item_alignment(Framework const& framework, Competency const& competency, std::string_view language) {
    bool const arabic = language == "ar" && !competency.uri_ar.empty();
    schemas::Alignment alignment;
    // Short names may exist in English only; a badge is in one language, so the statement stands in then.
    bool const has_short_name = language != "ar" || !competency.short_name.ar.empty();
    alignment.target_name = has_short_name ? competency.short_name.in(language) : competency.statement.in(language);
    alignment.target_url = arabic ? competency.uri_ar : competency.uri;
    alignment.target_code = competency.code;
    alignment.target_description = competency.statement.in(language);
    alignment.target_framework = arabic ? framework.title_ar : framework.title;
    alignment.target_type = "CFItem";
    return alignment;
}

schemas::RubricCriterionLevel rubric_level(std::string const& description_id, int number, std::string const& name,
                                           std::string const& words, RubricLevel const* in_rubric,
                                           std::string const& framework) {
    schemas::RubricCriterionLevel level;
    level.id = description_id + "-level-" + std::to_string(number);
    level.name = name;
    level.level = std::to_string(number);
    if (!words.empty()) level.description = words;
    if (in_rubric != nullptr && !in_rubric->uri.empty()) {
        schemas::Alignment alignment{name, in_rubric->uri};
        alignment.target_framework = framework;
        alignment.target_type = "CFRubricCriterionLevel";
        level.alignment = {alignment};
    }
    return level;
}

schemas::ResultDescription level_description(Framework const& framework, Competency const& competency,
                                             std::string const& achievement_url, int required,
                                             std::string_view language) {
    schemas::ResultDescription description;
    description.id = achievement_url + "#" + competency.code;
    description.name = competency.code + " " + competency.short_name.in(language);
    description.result_type = "RubricCriterionLevel";
    description.alignment = {item_alignment(framework, competency, language)};
    for (auto const& name : framework.levels) {
        auto const rubric = std::find_if(competency.levels.begin(), competency.levels.end(),
                                         [&](RubricLevel const& level) { return level.level == name.level; });
        description.rubric_criterion_level.push_back(
            rubric_level(description.id, name.level, name.name.in(language), name.descriptor.in(language),
                         rubric == competency.levels.end() ? nullptr : &*rubric, framework.title));
    }
    description.required_level = description.id + "-level-" + std::to_string(required);
    return description;
}

schemas::Achievement achievement_in(Addresses const& addresses, Programme const& programme,
                                    Achievement const& achievement, Issuer const& issuer, std::string_view language) {
    auto const url = [&](std::string_view in) {
        return addresses.achievement(addresses.achievement_uuid(issuer.slug, achievement.id, achievement.version, in));
    };
    schemas::Achievement made;
    made.id = url(language);
    made.name = achievement.name.in(language);
    made.description = achievement.description.in(language);
    made.criteria.id = made.id;
    made.criteria.narrative = rule_narrative(programme, achievement.criteria, language);
    if (!achievement.type.empty()) made.achievement_type = achievement.type;
    made.image = schemas::Image{made.id + "/picture.png", made.name};
    made.in_language = std::string(language);
    made.version = std::to_string(achievement.version);
    made.human_code = achievement.id;
    made.related = {{url(other(language)), std::string(other(language)), made.version}};
    for (auto const& award : achievement.alignment) {
        auto const* const competency = programme.competency(award.competency);
        if (competency == nullptr) continue;
        made.alignment.push_back(item_alignment(programme.framework, *competency, language));
        if (!programme.framework.levels.empty())
            made.result_description.push_back(
                level_description(programme.framework, *competency, made.id, award.level, language));
    }
    return made;
}

std::string in_month(std::string_view language, std::string const& who, Day day) {
    auto const month = month_in_words(day, language);
    if (who.empty()) return month;
    return language == "ar" ? who + "، " + month : who + ", " + month;
}

struct Dated {
    Day day;
    schemas::Evidence evidence;
};

void add_completions(Programme const& programme, Evidence const& evidence, std::vector<std::string> const& ids,
                     std::string_view language, std::vector<Dated>& found) {
    for (auto const& completion : evidence.completions) {
        auto const* const activity = programme.activity(completion.activity_id);
        if (completion.standing != Standing::verified || activity == nullptr ||
            completion.score < activity->pass_score || !std::binary_search(ids.begin(), ids.end(), completion.id))
            continue;
        auto const* const provider = programme.provider(activity->provider_id);
        schemas::Evidence entry;
        entry.name = activity->title.in(language);
        entry.narrative =
            in_month(language, provider != nullptr ? provider->name.in(language) : "", completion.completed);
        found.push_back({completion.completed, entry});
    }
}

void add_workplace(Programme const& programme, Evidence const& evidence, std::vector<std::string> const& ids,
                   std::string_view language, std::vector<Dated>& found) {
    bool const arabic = language == "ar";
    auto const counts = [&](Standing standing, std::string const& id) {
        return standing == Standing::verified && std::binary_search(ids.begin(), ids.end(), id);
    };
    auto const add = [&](std::string const& what, std::string const& name, Day day) {
        schemas::Evidence entry;
        entry.name = what + ": " + name;
        entry.narrative = in_month(language, "", day);
        found.push_back({day, entry});
    };
    for (auto const& signoff : evidence.signoffs)
        if (auto const* const competency = programme.competency(signoff.competency);
            competency != nullptr && counts(signoff.standing, signoff.id))
            add(arabic ? "اعتماد في موقع العمل" : "Signed off at work", competency->short_name.in(language),
                signoff.signed_on);
    for (auto const& entrustment : evidence.entrustments)
        if (auto const* const epa = programme.epa(entrustment.epa_id);
            epa != nullptr && counts(entrustment.standing, entrustment.id))
            add(arabic ? "إسناد مهمة" : "Entrusted with", epa->title.in(language), entrustment.decided_on);
}

}  // namespace

std::shared_ptr<BadgeText const> BadgeTexts::of(Programme const& programme, Achievement const& achievement,
                                                std::string_view language) {
    std::tuple const key(achievement.id, achievement.version, std::string(language));
    {
        std::lock_guard const lock(mutex_);
        if (generation_ != programme.generation) {
            texts_.clear();
            generation_ = programme.generation;
        }
        if (auto const found = texts_.find(key); found != texts_.end()) return found->second;
    }
    auto const* const issuer = programme.issuer(achievement.issuer_id);
    if (issuer == nullptr) throw std::logic_error("achievement " + achievement.id + " has no issuer");
    auto const in_language = achievement_in(addresses_, programme, achievement, *issuer, language);
    auto made = std::make_shared<BadgeText>();
    made->achievement = schemas::to_json(in_language);
    made->achievement_part = {{"credentialSubject", "achievement"}, canonical_json(made->achievement)};
    for (auto const& description : in_language.result_description)
        made->results.push_back({description.id, std::nullopt, description.required_level});
    made->issuer = {addresses_.issuer_did(issuer->slug), issuer->name.in(language), addresses_.issuer(issuer->slug)};
    made->name = in_language.name;
    std::lock_guard const lock(mutex_);
    if (generation_ == programme.generation) texts_.insert_or_assign(key, made);
    return made;
}

std::vector<schemas::Evidence> evidence_in_words(Programme const& programme, Evidence const& evidence,
                                                 std::vector<std::string> const& ids, std::string_view language) {
    auto sorted = ids;
    std::sort(sorted.begin(), sorted.end());
    std::vector<Dated> found;
    add_completions(programme, evidence, sorted, language, found);
    add_workplace(programme, evidence, sorted, language, found);
    std::stable_sort(found.begin(), found.end(), [](Dated const& a, Dated const& b) { return a.day < b.day; });
    std::vector<schemas::Evidence> words;
    for (auto& dated : found) {
        bool const said = std::any_of(words.begin(), words.end(), [&](schemas::Evidence const& earlier) {
            return earlier.name == dated.evidence.name && earlier.narrative == dated.evidence.narrative;
        });
        if (!said) words.push_back(std::move(dated.evidence));
    }
    return words;
}

std::vector<schemas::IdentityObject> identity_of(std::string const& email, std::string const& name_to_show) {
    std::vector<schemas::IdentityObject> identity;
    if (!email.empty()) {
        auto const salt = crypto::random_token(16);
        identity.push_back({"sha256$" + crypto::sha256_hex(email + salt), "emailAddress", true, salt});
    }
    if (!name_to_show.empty()) identity.push_back({name_to_show, "name", false, std::nullopt});
    return identity;
}

}  // namespace itqan::domain
