#include <nlohmann/json.hpp>

#include "schemas/open_badge.hpp"
#include "service/web/badge_page.hpp"
#include "service/web/language.hpp"
#include "service/web/routes.hpp"

namespace itqan::web {
namespace {

Json profile_document(WebContext const& context, domain::Issuer const& issuer, std::string_view language) {
    auto const& addresses = context.services.addresses;
    schemas::Profile profile;
    profile.id = addresses.issuer_did(issuer.slug);
    profile.name = issuer.name.in(language);
    profile.url = addresses.issuer(issuer.slug);
    auto document = schemas::to_json(profile);
    document["@context"] = Json::array({schemas::open_badge_terms::vcdm_2, schemas::open_badge_terms::ob_3_0_3});
    return document;
}

View card(WebContext const& context, domain::Issuer const& issuer, domain::Achievement const& achievement,
          Locale const& locale) {
    auto const uuid = context.services.addresses.achievement_uuid(issuer.slug, achievement.id, achievement.version,
                                                                  locale.language());
    int highest = 0;
    for (auto const& award : achievement.alignment)
        highest = std::max(highest, award.level);
    auto const type = type_in_words(locale, achievement.type);
    View view;
    view.set("achievement_url", Url::of("/achievements/" + uuid));
    view.set("achievement_picture_url", Url::of("/achievements/" + uuid + "/picture.png"));
    view.set("achievement_name", foreign(achievement.name.in(locale.language())));
    return view.set(
        "achievement_kind",
        highest == 0 ? type : locale.text("badge.kind_short", {{"type", type}, {"level", std::to_string(highest)}}));
}

http::Response issuer_page(WebContext const& context, Visitor const& visitor, domain::Programme const& programme,
                           domain::Issuer const& issuer) {
    auto const& locale = *visitor.locale;
    std::vector<View> achievements;
    for (auto const& achievement : programme.achievements)
        if (achievement.issuer_id == issuer.id && achievement.status == "published")
            achievements.push_back(card(context, issuer, achievement, locale));
    Page page;
    page.name = "issuer";
    page.title = issuer.name.in(locale.language());
    page.indexable = true;
    page.canonical = context.services.addresses.issuer(issuer.slug);
    auto& view = page.content;
    view.set("name", foreign(page.title)).set("did", context.services.addresses.issuer_did(issuer.slug));
    view.set("site", issuer.url).set("site_url", Url::read(issuer.url));
    view.set("contact", issuer.privacy_contact).set("contact_url", Url::read("mailto:" + issuer.privacy_contact));
    view.set("count", locale.plural("issuer.count", static_cast<std::int64_t>(achievements.size())));
    view.set("achievements", std::move(achievements));
    return show(context, visitor, page);
}

Answer get_issuer(WebContext const& context, http::Request const& request) {
    auto const asked = path_value(request, "slug");
    bool const wants_file = asked.ends_with(".json");
    auto const programme = programme_of(context);
    auto const* const issuer =
        programme->issuer_by_slug(wants_file ? std::string_view(asked).substr(0, asked.size() - 5) : asked);
    auto const visitor = visit(context, request);
    Error const unknown{Fault::not_found, "not-found", "There is no such issuer here.", {}};
    if (!wants_file && asks_for(request.header("accept"), "text/html"))
        return issuer != nullptr ? issuer_page(context, visitor, *programme, *issuer)
                                 : show_error(context, visitor, unknown);
    if (issuer == nullptr) return unknown;
    auto answer = respond(200, "application/ld+json", profile_document(context, *issuer, visitor.language()).dump());
    answer.headers.add("access-control-allow-origin", "*");
    answer.headers.add("vary", "Accept, Accept-Language");
    return answer;
}

}  // namespace

std::vector<http::Route> issuer_routes(WebContext const& context) {
    return {get_route("/issuers/{slug}", [&context](auto const& r) { return get_issuer(context, r); })};
}

}  // namespace itqan::web
