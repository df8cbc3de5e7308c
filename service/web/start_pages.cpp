#include "service/web/routes.hpp"

namespace itqan::web {
namespace {

constexpr char robots[] = "User-agent: *\nDisallow: /claim/\nDisallow: /my\nDisallow: /api/\n";

/// The badge shown large: the published achievement with the most to it, which is the one that rests on others.
domain::Achievement const* showpiece(domain::Programme const& programme) {
    auto const order = programme.in_badge_order();
    domain::Achievement const* best = nullptr;
    for (auto const* const achievement : order)
        if (achievement->status == "published" && !achievement->badge_references.empty()) best = achievement;
    if (best == nullptr && !order.empty()) best = order.front();
    return best;
}

Answer start(WebContext const& context, Visitor const& visitor) {
    auto const programme = programme_of(context);
    auto const& locale = *visitor.locale;
    Page page;
    page.name = "start";
    page.title = locale.text("tagline");
    page.indexable = true;
    page.scripts = {"verify.js"};
    page.takes_camera = true;
    page.content.set("demo", context.services.settings.demo);
    if (auto const* const achievement = showpiece(*programme)) {
        auto const* const issuer = programme->issuer(achievement->issuer_id);
        auto const uuid = context.services.addresses.achievement_uuid(issuer->slug, achievement->id,
                                                                      achievement->version, locale.language());
        page.content.set("picture_url", Url::of("/achievements/" + uuid + "/picture.png"));
        page.content.set("picture_alt",
                         locale.text("start.picture", {{"badge", achievement->name.in(locale.language())}}));
    }
    return show(context, visitor, page);
}

Answer privacy(WebContext const& context, Visitor const& visitor) {
    auto const& settings = context.services.settings;
    Page page;
    page.name = "privacy";
    page.title = visitor.locale->text("privacy.title");
    page.indexable = true;
    auto const& name = settings.controller_name;
    page.content.set("controller", foreign(name.empty() ? context.services.addresses.host() : name));
    page.content.set("controller_contact", settings.controller_contact);
    page.content.set("controller_url", Url::read("mailto:" + settings.controller_contact));
    return show(context, visitor, page);
}

}  // namespace

std::vector<http::Route> start_routes(WebContext const& context) {
    return {
        page_route(context, "/", [&context](auto const& v, auto const&) { return start(context, v); }),
        page_route(context, "/privacy", [&context](auto const& v, auto const&) { return privacy(context, v); }),
        get_route("/robots.txt",
                  [](auto const&) -> Answer { return respond(200, "text/plain; charset=utf-8", robots); }),
        get_route("/favicon.ico",
                  [](auto const&) -> Answer { return respond(200, "image/svg+xml", std::string(asset("mark.svg"))); })};
}

}  // namespace itqan::web
