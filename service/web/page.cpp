#include "service/web/page.hpp"

#include <utility>

#include "schemas/text_safety.hpp"
#include "service/http/problem.hpp"
#include "service/web/form.hpp"
#include "service/web/language.hpp"

namespace itqan::web {
namespace {

constexpr std::string_view language_cookie = "lang";
constexpr std::string_view policy =
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

std::string_view fault_key(Fault fault) {
    switch (fault) {
        case Fault::malformed:
            return "error.malformed";
        case Fault::unprocessable:
            return "error.unprocessable";
        case Fault::unauthorized:
            return "error.unauthorized";
        case Fault::forbidden:
            return "error.forbidden";
        case Fault::not_found:
            return "error.not_found";
        case Fault::method:
            return "error.method";
        case Fault::media_type:
            return "error.media_type";
        case Fault::conflict:
            return "error.conflict";
        case Fault::precondition:
            return "error.precondition";
        case Fault::gone:
            return "error.gone";
        case Fault::too_large:
            return "error.too_large";
        case Fault::misdirected:
            return "error.misdirected";
        case Fault::rate_limited:
            return "error.rate_limited";
        case Fault::unavailable:
            return "error.unavailable";
    }
    return "error.unavailable";
}

http::Route wrapped(WebContext const& context, std::string method, std::string path, JsonLimits const& limits,
                    std::optional<http::RateLimits::Work> work, PageHandler handler) {
    return {std::move(method), std::move(path), limits,
            [&context, work, handle = std::move(handler)](http::Request const& request) -> Answer {
                auto const visitor = visit(context, request);
                auto const rate = work ? admit(context, visitor, request, *work) : Result<void>();
                auto answer = rate ? handle(visitor, request) : Answer(rate.error());
                if (!answer) answer = show_error(context, visitor, answer.error());
                if (work && answer->awaits.addresses.empty()) {
                    auto const principal = visitor.caller ? visitor.caller->principal : "";
                    context.rates.tell(*answer, *work, principal, request.client, context.services.clock.wall());
                }
                return answer;
            }};
}

}  // namespace

Visitor visit(WebContext const& context, http::Request const& request) {
    Visitor visitor;
    auto const asked = query_of(request, "lang");
    auto const language = choose_language(asked, cookie_value(request.header("cookie"), language_cookie),
                                          request.header("accept-language"));
    visitor.locale = &context.locales.in(language);
    visitor.language_chosen = asked == language;
    auto const rest = without(request.query, "lang");
    visitor.target = request.path + (rest.empty() ? "" : "?" + rest);
    // A dead bearer token is no reason to refuse a page that everybody may see.
    auto caller = context.guard.identify(request);
    if (caller && *caller && (*caller)->by_session) visitor.caller = std::move(**caller);
    return visitor;
}

http::Response show(WebContext const& context, Visitor const& visitor, Page const& page) {
    Surroundings around{.place = programme_of(context)->name.in(visitor.language())};
    if (context.demo_bar) around.demo_bar = context.demo_bar(visitor);
    auto answer = respond(page.status, "text/html; charset=utf-8",
                          laid_out(context.templates, context.locales, visitor, page, around));
    answer.headers.add("content-language", visitor.language());
    answer.headers.add("content-security-policy", std::string(policy) + (page.frames_own ? "; frame-src 'self'" : ""));
    answer.headers.add("cache-control", visitor.caller ? "no-store" : "no-cache");
    answer.headers.add("vary", "Accept, Accept-Language, Cookie");
    if (page.takes_camera) answer.headers.add("permissions-policy", "camera=(self)");
    if (!page.indexable) answer.headers.add("x-robots-tag", "noindex");
    if (visitor.language_chosen)
        answer.headers.add("set-cookie", std::string(language_cookie) + "=" + visitor.language() +
                                             "; Path=/; Max-Age=31536000; Secure; HttpOnly; SameSite=Lax");
    return answer;
}

std::optional<http::Response> show_refusal(WebContext const& context, http::Request const& request,
                                           Error const& error) {
    if (request.path.starts_with("/api/") || !asks_for(request.header("accept"), "text/html")) return std::nullopt;
    return show_error(context, visit(context, request), error);
}

http::Response show_error(WebContext const& context, Visitor const& visitor, Error const& error) {
    auto const& locale = *visitor.locale;
    auto const key = std::string(fault_key(error.fault));
    auto const code_key = "error.code." + error.code;
    Page page;
    page.name = "error";
    page.title = locale.text(key);
    page.status = http::status_of(error.fault);
    page.content.set("heading", page.title).set("code", error.code);
    page.content.set("message", locale.text_or(code_key, locale.text(key + "_text")));
    // The domain's own words are English; they say more than ours where we have none for the code.
    if (!locale.has(code_key) && error.fault != Fault::not_found) page.content.set("detail", error.detail);
    std::vector<View> violations;
    for (auto const& violation : error.violations)
        violations.push_back(View().set("pointer", violation.pointer).set("violation", violation.detail));
    page.content.set_list("violations", std::move(violations));
    return show(context, visitor, page);
}

Html error_words(Locale const& locale, std::string_view code, std::string_view english) {
    auto const key = "error.code." + std::string(code);
    if (locale.has(key)) return Html::trusted(schemas::escape_html(locale.text(key)));
    auto const safe = schemas::escape_html(schemas::make_visible(english));
    return Html::trusted("<bdi lang=\"en\" dir=\"ltr\">" + safe + "</bdi>");
}

Html error_words(Locale const& locale, Error const& error) {
    return error_words(locale, error.code, error.detail);
}

http::Response see_other(std::string_view path, std::vector<std::string> const& cookies) {
    http::Response answer;
    answer.status = 303;
    answer.headers.add("location", Url::of(path).text());
    answer.headers.add("cache-control", "no-store");
    for (auto const& cookie : cookies)
        answer.headers.add("set-cookie", cookie);
    return answer;
}

http::Response respond(int status, std::string_view media_type, std::string body) {
    http::Response answer;
    answer.status = status;
    answer.headers.add("content-type", std::string(media_type));
    answer.body = std::move(body);
    return answer;
}

std::shared_ptr<domain::Programme const> programme_of(WebContext const& context) {
    return context.services.database.read(
        [&](storage::Session& session) { return context.services.programmes.current(session); });
}

std::string path_value(http::Request const& request, std::string_view name) {
    auto const found = request.parameters.find(name);
    return found == request.parameters.end() ? std::string() : found->second;
}

std::string query_of(http::Request const& request, std::string_view name) {
    return http::query_value(request, name).value_or("");
}

http::Route page_route(WebContext const& context, std::string path, PageHandler handler) {
    return wrapped(context, "GET", std::move(path), json_limits::command, std::nullopt, std::move(handler));
}

http::Route form_route(WebContext const& context, std::string path, PageHandler handler, http::RateLimits::Work work) {
    return wrapped(context, "POST", std::move(path), json_limits::command, work, std::move(handler));
}

http::Route file_route(WebContext const& context, std::string path, PageHandler handler) {
    constexpr JsonLimits picture{7 * 1024 * 1024, 100'000};
    return wrapped(context, "POST", std::move(path), picture, http::RateLimits::Work::verify, std::move(handler));
}

Result<void> admit(WebContext const& context, Visitor const& visitor, http::Request const& request,
                   http::RateLimits::Work work) {
    if (std::exchange(request.is_counted, true)) return {};
    return context.rates.admit(work, visitor.caller ? visitor.caller->principal : "", request.client,
                               context.services.clock.wall());
}

http::Route get_route(std::string path, std::function<Answer(http::Request const&)> handler) {
    return {"GET", std::move(path), json_limits::command, std::move(handler)};
}

}  // namespace itqan::web
