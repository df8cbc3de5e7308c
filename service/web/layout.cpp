#include "schemas/text_safety.hpp"
#include "service/web/page.hpp"

namespace itqan::web {
namespace {

Url switch_address(Visitor const& visitor) {
    auto const parameter = "lang=" + std::string(other_language(visitor.language()));
    auto const joint = visitor.target.find('?') == std::string::npos ? "?" : "&";
    if (auto const url = Url::read(visitor.target + joint + parameter)) return *url;
    return Url::of("/?" + parameter);
}

}  // namespace

std::string laid_out(Templates const& templates, Locales const& locales, Visitor const& visitor, Page const& page,
                     Surroundings const& around) {
    auto const& locale = *visitor.locale;
    auto view = page.content;
    auto const other = other_language(locale.language());
    auto const& other_locale = locales.in(other);
    view.set("language", locale.language())
        .set("direction", locale.direction())
        .set("other_language", other)
        .set("other_language_name", other_locale.text("language.name"))
        .set("other_disclaimer", other_locale.text("disclaimer"))
        .set("switch_url", switch_address(visitor))
        .set("page_title", page.title.empty() ? locale.text("product")
                                              : schemas::make_visible(page.title) + " · " + locale.text("product"))
        .set("indexable", page.indexable)
        .set("style_url", Url::of(asset_path("itqan.css")))
        .set("mark_url", Url::of(asset_path("mark.svg")))
        .set("place", around.place)
        .set("csrf", visitor.csrf())
        .set("signed_in", visitor.caller.has_value())
        .set("is_staff", visitor.caller.has_value() && !visitor.caller->actor.is(Role::learner) &&
                             !visitor.caller->actor.is(Role::mentor))
        .set("at_verify", page.section == "verify")
        .set("at_my", page.section == "my")
        .set("at_staff", page.section == "staff");
    if (!page.canonical.empty()) view.set("canonical_url", Url::of(page.canonical));
    std::vector<View> scripts, open_graph;
    for (auto const& script : page.scripts)
        scripts.push_back(View().set("script_url", Url::of(asset_path(script))));
    for (auto const& [property, meta] : page.open_graph)
        open_graph.push_back(View().set("property", property).set("meta", schemas::make_visible(meta)));
    view.set("scripts", std::move(scripts)).set("open_graph", std::move(open_graph));
    if (around.demo_bar) view.set("demo_bar", *around.demo_bar);
    return templates.render(page.name, locale.language(), view);
}

}  // namespace itqan::web
