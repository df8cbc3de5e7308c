#pragma once
// One page as a value, the person who looks at it, and the turning of both into a response: layout, language, cookies,
// content security. Every page of the service, public or staff, goes through here.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "service/auth/guard.hpp"
#include "service/domain/services.hpp"
#include "service/http/message.hpp"
#include "service/http/rate_limits.hpp"
#include "service/http/router.hpp"
#include "service/web/assets.hpp"
#include "service/web/locale.hpp"
#include "service/web/pictures.hpp"
#include "service/web/template.hpp"
#include "service/web/text.hpp"

namespace itqan::web {

/// What all pages need, made once by the App and kept as long as its routes.
struct WebContext {
    domain::Services& services;
    auth::Guard& guard;
    http::RateLimits& rates;
    Locales const& locales;
    Templates const& templates;
    Pictures& pictures;
    /// The strip below the header of a demo (`demo_bar_text` and what _demo_bar.html asks for); null: none.
    std::function<std::optional<View>(struct Visitor const&)> demo_bar = {};
};

/// Who looks, in which language, at which address.
struct Visitor {
    Locale const* locale = nullptr;
    std::optional<auth::Caller> caller;  ///< By session only; a bearer token is not a person at a page.
    std::string target;                  ///< Path and query as asked, without `lang`.
    bool language_chosen = false;        ///< ?lang= was given: the answer sets the cookie.

    std::string const& language() const { return locale->language(); }
    /// The synchroniser token for forms, "" for a stranger.
    std::string csrf() const { return caller ? caller->csrf : std::string(); }
};

/// ?lang= beats the cookie "lang" beats Accept-Language (decision 8).
Visitor visit(WebContext const& context, http::Request const& request);

struct Page {
    std::string name;   ///< Template: "badge" is templates/badge.html.
    std::string title;  ///< Plain text for <title>, without the product's name.
    View content;
    int status = 200;
    std::string section;     ///< Marks the header's link as current: "verify", "my", "staff", "demo".
    bool indexable = false;  ///< Otherwise <meta name="robots" content="noindex">.
    std::vector<std::pair<std::string, std::string>> open_graph;  ///< {"og:title", "..."}.
    std::vector<std::string> scripts;  ///< Assets: {"verify.js"}. Pages are complete without.
    std::string canonical;             ///< Own https address for <link rel="canonical">; may be empty.
    bool frames_own = false;           ///< Shows own pages in a frame (the demo's mail viewer).
    bool takes_camera = false;         ///< Permissions-Policy camera=(self) (decision 24).
};

/// What stands around every page besides the visitor: the programme's name and the demo's strip.
struct Surroundings {
    std::string place;
    std::optional<View> demo_bar = {};
};
/// The whole document. Pure; show() adds the headers.
std::string laid_out(Templates const& templates, Locales const& locales, Visitor const& visitor, Page const& page,
                     Surroundings const& around);

/// The page as text/html in the visitor's language with its headers (CSP without inline, Content-Language, Vary,
/// Cache-Control: no-store for persons). `content` also gets csrf, language, direction and asset addresses.
http::Response show(WebContext const& context, Visitor const& visitor, Page const& page);

/// The error page for a fault, in the visitor's language: what was wrong and what to do. `code` chooses the words
/// (error.code.<code>), else the fault does; `detail` is shown when the locale has no words of its own.
http::Response show_error(WebContext const& context, Visitor const& visitor, Error const& error);

/// The error page where no route is, for those who ask for a page; programs and the API get none of it.
std::optional<http::Response> show_refusal(WebContext const& context, http::Request const& request, Error const& error);

/// An error beside a form in the page's language: error.code.<code>, else the domain's English marked as such.
Html error_words(Locale const& locale, std::string_view code, std::string_view english);
Html error_words(Locale const& locale, Error const& error);

/// 303 to an own path, for answers to forms.
http::Response see_other(std::string_view path, std::vector<std::string> const& cookies = {});
http::Response respond(int status, std::string_view media_type, std::string body);

/// The programme in force.
std::shared_ptr<domain::Programme const> programme_of(WebContext const& context);

/// The value of {name} in the route's path, "" when absent; the first value of a query parameter, decoded.
std::string path_value(http::Request const& request, std::string_view name);
std::string query_of(http::Request const& request, std::string_view name);

using Answer = Result<http::Response>;
using PageHandler = std::function<Answer(Visitor const&, http::Request const&)>;

/// Whether one more such request may pass (decision 25). Error: rate_limited.
Result<void> admit(WebContext const& context, Visitor const& visitor, http::Request const& request,
                   http::RateLimits::Work work);

/// Routes of pages for people: an error becomes the error page in the visitor's language. A form posts at most 64 KiB
/// and is counted as `work`; `file_route` takes the 7 MiB of a picture (decision 23) and is counted as a verification.
http::Route page_route(WebContext const& context, std::string path, PageHandler handler);
http::Route form_route(WebContext const& context, std::string path, PageHandler handler,
                       http::RateLimits::Work work = http::RateLimits::Work::plain);
http::Route file_route(WebContext const& context, std::string path, PageHandler handler);
/// A GET for programs as well: errors are left to the router (problem+json).
http::Route get_route(std::string path, std::function<Answer(http::Request const&)> handler);

}  // namespace itqan::web
