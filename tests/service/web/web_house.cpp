#include "tests/service/web/web_house.hpp"

#include <stdexcept>

#include "service/web/pictures/drawn_pictures.hpp"

namespace itqan::tests {

WebHouse::WebHouse(bool demo)
    : pictures_(web::make_pictures(house.services.clock)),
      context_{house.services, guard_, rates_, locales_, templates_, *pictures_},
      router_(all_routes(demo), nullptr, [this](http::Request const& request, Error const& error) {
          return web::show_refusal(context_, request, error);
      }) {}

std::vector<http::Route> WebHouse::all_routes(bool demo) {
    house.settings.demo = demo;
    desk_.mails = [this] { return mails; };
    desk_.mail = [this](std::string_view name) -> Result<web::DemoMail> {
        for (auto const& mail : mails)
            if (mail.name == name) return mail;
        return Error{Fault::not_found, "not-found", "There is no such mail.", {}};
    };
    desk_.reset = [this]() -> Result<void> {
        ++resets;
        return {};
    };
    auto routes = web::public_routes(context_);
    auto staff = web::staff_routes(context_);
    routes.insert(routes.end(), staff.begin(), staff.end());
    if (!demo) return routes;
    auto more = web::demo_routes(context_, desk_);
    routes.insert(routes.end(), more.begin(), more.end());
    return routes;
}

Seen WebHouse::send(http::Request request, std::string const& cookie) {
    request.client = "192.0.2.1";
    request.headers.add("host", "badges.example");
    request.headers.add("accept", "text/html");
    if (!cookie.empty()) request.headers.add("cookie", cookie);
    auto const response = router_.handle(request);
    auto const set = std::string(response.headers.get("set-cookie"));
    return {response.status,
            std::string(response.headers.get("location")),
            set.substr(0, set.find(';')),
            std::string(response.headers.get("content-type")),
            std::string(response.headers.get("content-security-policy")),
            response.body};
}

Seen WebHouse::get(std::string const& address, std::string const& cookie) {
    http::Request request;
    request.method = "GET";
    auto const mark = address.find('?');
    request.path = address.substr(0, mark);
    if (mark != std::string::npos) request.query = address.substr(mark + 1);
    return send(std::move(request), cookie);
}

Seen WebHouse::post(std::string const& address, std::string const& fields, std::string const& cookie, bool own_page) {
    http::Request request;
    request.method = "POST";
    request.path = address;
    request.body = fields;
    request.headers.add("content-type", "application/x-www-form-urlencoded");
    request.headers.add("origin", own_page ? house.addresses.base() : "https://elsewhere.example");
    return send(std::move(request), cookie);
}

std::string WebHouse::session_of(Role role, std::string const& body) {
    Actor actor;
    actor.role = role;
    actor.id = "demo:test";
    if (role == Role::issuer) actor.issuer_id = body;
    if (role == Role::provider) actor.provider_id = body;
    if (role == Role::learner) actor.learner_id = body;
    auto const set = guard_.open_session(actor, std::nullopt);
    return set.substr(0, set.find(';'));
}

std::string WebHouse::csrf_of(std::string const& cookie) {
    http::Request request;
    request.method = "GET";
    request.headers.add("cookie", cookie);
    auto const caller = guard_.identify(request);
    if (!caller || !*caller) throw std::runtime_error("no such session");
    return (*caller)->csrf;
}

}  // namespace itqan::tests
