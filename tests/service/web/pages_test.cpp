#include <doctest/doctest.h>

#include "service/web/form.hpp"
#include "tests/service/web/web_house.hpp"

namespace itqan::tests {
namespace {

std::string filled(std::string path) {
    while (true) {
        auto const open = path.find('{');
        if (open == std::string::npos) return path;
        path.replace(open, path.find('}') - open + 1, "x");
    }
}

std::string const reem = "learner=lrn-015&activity=act-102&score=86&completed=2026-10-30&csrf=";

TEST_CASE("an address where nothing is has a page for people in their language") {
    WebHouse web;

    auto const nowhere = web.get("/nowhere", "lang=ar");
    auto const wrong_method = web.post("/privacy", "", "lang=en");
    auto const api = web.get("/api/v1/nothing", "lang=en");

    CHECK(nowhere.status == 404);
    CHECK(nowhere.type == "text/html; charset=utf-8");
    CHECK(nowhere.has("<html lang=\"ar\" dir=\"rtl\""));
    CHECK(wrong_method.status == 405);
    CHECK(wrong_method.type == "text/html; charset=utf-8");
    CHECK(api.status == 404);
    CHECK(api.type == "application/problem+json");
}

TEST_CASE("a form that another site sends is refused at every address that changes something") {
    WebHouse web(true);
    auto const admin = web.session_of(Role::admin, "");
    int seen = 0;

    for (auto const& route : web.routes()) {
        // Verifying changes nothing, so anybody may send it from anywhere.
        if (route.method != "POST" || route.path == "/verify") continue;
        ++seen;
        auto const address = filled(route.path);
        auto const answer = web.post(address, "csrf=" + web.csrf_of(admin), admin, false);
        CHECK_MESSAGE(answer.status == 403, address);
    }

    CHECK(seen > 10);
    CHECK(web.resets == 0);
}

TEST_CASE("a staff form without its token is refused") {
    WebHouse web;
    auto const admin = web.session_of(Role::admin, "");
    int seen = 0;

    for (auto const& route : web.routes()) {
        if (route.method != "POST" || !route.path.starts_with("/staff")) continue;
        ++seen;
        CHECK_MESSAGE(web.post(filled(route.path), "a=b", admin).status == 403, route.path);
    }

    CHECK(seen > 2);
}

TEST_CASE("strangers are led from staff pages to the sign-in page") {
    WebHouse web;

    for (auto const* const address : {"/staff", "/staff/completions", "/staff/credentials"}) {
        auto const answer = web.get(address);
        CHECK_MESSAGE(answer.status == 303, address);
        CHECK_MESSAGE(answer.location == "/signin", address);
    }
}

TEST_CASE("the demo's addresses are unknown outside a demo") {
    WebHouse web;

    for (auto const* const address : {"/demo", "/demo/mail", "/demo/mail/x", "/demo/mail/x/html"})
        CHECK_MESSAGE(web.get(address).status == 404, address);
    for (auto const* const address : {"/demo/reset", "/demo/as/provider"})
        CHECK_MESSAGE(web.post(address, "").status == 404, address);
}

TEST_CASE("a provider posts a completion and sees it among its own, another provider does not") {
    WebHouse web;
    auto const qalam = web.session_of(Role::provider, "prv-qalam");
    auto const murjan = web.session_of(Role::provider, "prv-murjan");

    auto const posted = web.post("/staff/completions", reem + web.csrf_of(qalam), qalam);

    CHECK(posted.status < 300);
    CHECK(web.get("/staff/completions", qalam).has("<span class=\"ltr\">lrn-015</span>"));
    CHECK_FALSE(web.get("/staff/completions", murjan).has("<span class=\"ltr\">lrn-015</span>"));
}

TEST_CASE("a refused completion keeps what was typed and says what is wrong beside the field") {
    WebHouse web;
    auto const qalam = web.session_of(Role::provider, "prv-qalam");

    auto const answer =
        web.post("/staff/completions",
                 "learner=lrn-015&activity=act-102&score=186&completed=2026-10-30&csrf=" + web.csrf_of(qalam), qalam);

    CHECK(answer.status == 422);
    CHECK(answer.has("value=\"186\""));
    CHECK(answer.has("id=\"score-wrong\""));
}

TEST_CASE("hostile text in a form comes back as text") {
    NEEDS_SHARED();
    WebHouse web;
    auto const qalam = web.session_of(Role::provider, "prv-qalam");
    auto const corpus = Json::parse(read_file(*shared_dir() / "vectors/attacks/text-injection/html.json"));

    for (auto const& entry : corpus) {
        auto const value = entry.at("value").get<std::string>();
        auto const answer =
            web.post("/staff/completions",
                     "learner=" + web::encode_query_value(value) + "&name=" + web::encode_query_value(value) +
                         "&activity=act-102&completed=2026-10-30&csrf=" + web.csrf_of(qalam),
                     qalam);
        CHECK_MESSAGE(answer.status == 422, value);
        for (auto const* const element : {"<script>", "<img src=x", "<svg/", "<a href=javascript", "<iframe"})
            CHECK_FALSE_MESSAGE(answer.has(element), value);
    }
    CHECK(corpus.size() > 5);
}

TEST_CASE("the demo's mail is shown in a frame that may do nothing but follow a link") {
    WebHouse web(true);
    web.mails.push_back({"a.eml", "today", "issuer@x.example", "r@x.example", "<b>Subject</b>", "text",
                         "<html><head></head><body><script>1</script></body></html>"});

    auto const page = web.get("/demo/mail/a.eml");
    auto const part = web.get("/demo/mail/a.eml/html");

    CHECK(page.status == 200);
    CHECK_FALSE(page.has("<b>Subject</b>"));
    CHECK(page.policy.find("frame-src 'self'") != std::string::npos);
    CHECK(part.policy.find("default-src 'none'") != std::string::npos);
    CHECK(part.policy.find("sandbox") != std::string::npos);
    CHECK(part.policy.find("allow-scripts") == std::string::npos);
    CHECK(part.has("<base target=\"_top\">"));
}

TEST_CASE("a persona of the demo opens the pages of its role") {
    WebHouse web(true);

    auto const provider = web.post("/demo/as/provider", "");
    auto const issuer = web.post("/demo/as/issuer", "");

    CHECK(provider.status == 303);
    CHECK(web.get("/staff/completions", provider.cookie).has("value=\"86\""));
    CHECK(web.get("/staff/credentials", issuer.cookie).status == 200);
    CHECK(web.get("/staff/credentials", provider.cookie).status == 403);
}

}  // namespace
}  // namespace itqan::tests
