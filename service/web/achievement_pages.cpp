#include <nlohmann/json.hpp>

#include "schemas/open_badge.hpp"
#include "service/domain/rule_words.hpp"
#include "service/web/badge_page.hpp"
#include "service/web/language.hpp"
#include "service/web/routes.hpp"

namespace itqan::web {
namespace {

/// An achievement in one language, as its public id names it.
struct Edition {
    domain::Achievement const* achievement = nullptr;
    domain::Issuer const* issuer = nullptr;
    std::string language, uuid, other_uuid;
};

std::optional<Edition> edition_of(WebContext const& context, domain::Programme const& programme,
                                  domain::Achievement const& achievement, std::string_view uuid) {
    auto const* const issuer = programme.issuer(achievement.issuer_id);
    if (issuer == nullptr || achievement.status == "draft") return std::nullopt;
    auto const id_in = [&](std::string_view language) {
        return context.services.addresses.achievement_uuid(issuer->slug, achievement.id, achievement.version, language);
    };
    for (auto const* const language : {"en", "ar"})
        if (auto const id = id_in(language); id == uuid)
            return Edition{&achievement, issuer, language, id, id_in(other_language(language))};
    return std::nullopt;
}

std::optional<Edition> find_edition(WebContext const& context, domain::Programme const& programme,
                                    std::string_view uuid) {
    for (auto const* const list : {&programme.achievements, &programme.earlier_versions})
        for (auto const& achievement : *list)
            if (auto const found = edition_of(context, programme, achievement, uuid)) return found;
    return std::nullopt;
}

Error no_achievement() {
    return {Fault::not_found, "not-found", "There is no such achievement here.", {}};
}

schemas::Alignment alignment_of(domain::Programme const& programme, domain::Competency const& competency,
                                std::string_view language) {
    schemas::Alignment alignment;
    alignment.target_name = competency.short_name.in(language);
    alignment.target_url = language == "ar" && !competency.uri_ar.empty() ? competency.uri_ar : competency.uri;
    alignment.target_code = competency.code;
    alignment.target_description = competency.statement.in(language);
    alignment.target_framework = language == "ar" && !programme.framework.title_ar.empty()
                                     ? programme.framework.title_ar
                                     : programme.framework.title;
    alignment.target_type = "CFItem";
    return alignment;
}

Json achievement_document(WebContext const& context, domain::Programme const& programme, Edition const& edition) {
    auto const& addresses = context.services.addresses;
    auto const& found = *edition.achievement;
    schemas::Achievement achievement;
    achievement.id = addresses.achievement(edition.uuid);
    achievement.name = found.name.in(edition.language);
    achievement.description = found.description.in(edition.language);
    achievement.criteria = {achievement.id, domain::rule_narrative(programme, found.criteria, edition.language)};
    achievement.achievement_type = found.type;
    achievement.image = schemas::Image{achievement.id + "/picture.png"};
    for (auto const& award : found.alignment)
        if (auto const* const competency = programme.competency(award.competency))
            achievement.alignment.push_back(alignment_of(programme, *competency, edition.language));
    achievement.related = {{addresses.achievement(edition.other_uuid), std::string(other_language(edition.language))}};
    achievement.in_language = edition.language;
    achievement.version = std::to_string(found.version);
    achievement.human_code = found.id;
    schemas::Profile creator;
    creator.id = addresses.issuer_did(edition.issuer->slug);
    creator.name = edition.issuer->name.in(edition.language);
    creator.url = addresses.issuer(edition.issuer->slug);
    achievement.creator = creator;
    auto document = schemas::to_json(achievement);
    document["@context"] = Json::array({schemas::open_badge_terms::vcdm_2, schemas::open_badge_terms::ob_3_0_3});
    return document;
}

domain::LevelName const* level_name(domain::Programme const& programme, int level) {
    for (auto const& name : programme.framework.levels)
        if (name.level == level) return &name;
    return nullptr;
}

View skill_view(domain::Programme const& programme, domain::Award const& award, std::string_view language,
                Locale const& locale) {
    View skill;
    auto const* const competency = programme.competency(award.competency);
    if (competency == nullptr) return skill.set("skill", award.competency);
    skill.set("skill", foreign(competency->code + " " + competency->short_name.in(language), language));
    auto const* const name = level_name(programme, award.level);
    skill.set("skill_level", locale.markup("badge.skill_level", {{"level", std::to_string(award.level)},
                                                                 {"name", name ? name->name.in(language) : ""}}));
    return skill.set("skill_text", foreign(competency->statement.in(language), language));
}

std::string validity_in_words(Locale const& locale, std::optional<Period> const& validity) {
    if (!validity) return locale.text("achievement.validity_open");
    auto const period = locale.plural("period." + std::string(1, validity->unit), validity->count);
    return locale.text("achievement.validity_note", {{"period", period}});
}

http::Response achievement_page(WebContext const& context, Visitor const& visitor, domain::Programme const& programme,
                                Edition const& edition) {
    auto const& locale = *visitor.locale;
    auto const& achievement = *edition.achievement;
    auto const language = std::string_view(edition.language);
    int highest = 0;
    std::vector<View> skills;
    for (auto const& award : achievement.alignment) {
        highest = std::max(highest, award.level);
        skills.push_back(skill_view(programme, award, language, locale));
    }
    Page page;
    page.name = "achievement";
    page.title = achievement.name.in(language);
    page.indexable = true;
    page.canonical = context.services.addresses.achievement(edition.uuid);
    auto& view = page.content;
    auto const type = type_in_words(locale, achievement.type);
    auto const* const level = level_name(programme, highest);
    view.set("kind", level == nullptr
                         ? type
                         : locale.text("badge.kind", {{"type", type},
                                                      {"level", std::to_string(highest)},
                                                      {"meaning", level->descriptor.in(locale.language())}}));
    view.set("name", foreign(achievement.name.in(language), language));
    view.set("picture_url", Url::of("/achievements/" + edition.uuid + "/picture.png"));
    view.set("picture_alt", locale.text("start.picture", {{"badge", achievement.name.in(language)}}));
    view.set("issuer", foreign(edition.issuer->name.in(language), language));
    view.set("issuer_url", Url::of("/issuers/" + edition.issuer->slug));
    view.set("validity", validity_in_words(locale, achievement.validity));
    view.set("version", std::to_string(achievement.version));
    view.set("description", foreign(achievement.description.in(language), language));
    view.set("criteria", markdown(domain::rule_narrative(programme, achievement.criteria, language)));
    view.set_list("skills", std::move(skills));
    auto const other = other_language(language);
    view.set("other_edition_url", Url::of("/achievements/" + edition.other_uuid));
    view.set("other_edition",
             locale.text("achievement.in_language", {{"language", locale.text("language." + std::string(other))},
                                                     {"name", achievement.name.in(other)}}));
    return show(context, visitor, page);
}

Answer get_achievement(WebContext const& context, http::Request const& request) {
    auto const asked = path_value(request, "id");
    bool const wants_file = asked.ends_with(".json");
    auto const programme = programme_of(context);
    auto const edition = find_edition(context, *programme, wants_file ? asked.substr(0, asked.size() - 5) : asked);
    bool const wants_page = !wants_file && asks_for(request.header("accept"), "text/html");
    if (wants_page) {
        auto const visitor = visit(context, request);
        if (!edition) return show_error(context, visitor, no_achievement());
        return achievement_page(context, visitor, *programme, *edition);
    }
    if (!edition) return no_achievement();
    auto answer = respond(200, "application/ld+json", achievement_document(context, *programme, *edition).dump());
    answer.headers.add("access-control-allow-origin", "*");
    answer.headers.add("vary", "Accept, Accept-Language");
    return answer;
}

Answer get_picture(WebContext const& context, http::Request const& request, bool raster) {
    auto const programme = programme_of(context);
    auto const edition = find_edition(context, *programme, path_value(request, "id"));
    if (!edition) return no_achievement();
    auto const year = context.services.clock.domain().day().year();
    auto& pictures = context.pictures;
    auto answer = raster ? respond(200, "image/png",
                                   std::string(as_text(*pictures.badge_png(*programme, *edition->achievement,
                                                                           edition->language, year))))
                         : respond(200, "image/svg+xml",
                                   pictures.badge_svg(*programme, *edition->achievement, edition->language, year));
    answer.headers.add("access-control-allow-origin", "*");
    answer.headers.add("cache-control", "public, max-age=3600");
    return answer;
}

}  // namespace

std::vector<http::Route> achievement_routes(WebContext const& context) {
    return {get_route("/achievements/{id}", [&context](auto const& r) { return get_achievement(context, r); }),
            get_route("/achievements/{id}/picture.png",
                      [&context](auto const& r) { return get_picture(context, r, true); }),
            get_route("/achievements/{id}/picture.svg",
                      [&context](auto const& r) { return get_picture(context, r, false); })};
}

}  // namespace itqan::web
