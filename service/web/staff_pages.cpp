#include <algorithm>

#include "service/web/form.hpp"
#include "service/web/routes.hpp"

// Signing in with an API token, and the first page of each role.

namespace itqan::web {
namespace {

Page sign_in_page(Visitor const& visitor, std::string_view problem) {
    Page page;
    page.name = "signin";
    page.title = visitor.locale->text("signin.title");
    page.section = "staff";
    page.content.set("wrong", problem);
    page.status = problem.empty() ? 200 : 422;
    return page;
}

std::string_view home_of(Actor const& actor) {
    if (actor.is(Role::provider)) return "/staff/completions";
    if (actor.is(Role::issuer) || actor.is(Role::admin)) return "/staff/credentials";
    return "/my";
}

Answer sign_in(WebContext const& context, Visitor const& visitor, http::Request const& request) {
    if (auto const same = context.guard.require_same_origin(request); !same) return same.error();
    auto const form = Form::read(request);
    if (!form) return form.error();
    auto const found = context.guard.actor_of_token(std::string(form->value("token")));
    if (!found) return show(context, visitor, sign_in_page(visitor, visitor.locale->text("signin.wrong")));
    auto const& [actor, token_id] = *found;
    return see_other(home_of(actor), {context.guard.open_session(actor, token_id)});
}

Answer staff(Visitor const& visitor) {
    if (!visitor.caller) return see_other("/signin");
    return see_other(home_of(visitor.caller->actor));
}

}  // namespace

std::vector<http::Route> staff_routes(WebContext const& context) {
    std::vector<http::Route> routes{
        page_route(context, "/signin",
                   [&context](auto const& v, auto const&) { return show(context, v, sign_in_page(v, "")); }),
        form_route(context, "/signin", [&context](auto const& v, auto const& r) { return sign_in(context, v, r); }),
        page_route(context, "/staff", [](auto const& v, auto const&) { return staff(v); })};
    for (auto const part : {provider_routes, issuer_staff_routes}) {
        auto more = part(context);
        routes.insert(routes.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    }
    return routes;
}

}  // namespace itqan::web
