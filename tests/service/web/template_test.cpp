#include <doctest/doctest.h>

#include "sample_badge.hpp"
#include "web_files.embedded.hpp"

namespace itqan::web {
namespace {

TEST_CASE("templates print nothing unescaped, quote every attribute and hold no inline script or style") {
    int seen = 0;
    for (auto const path : web_files_paths()) {
        if (!path.starts_with("templates/")) continue;
        ++seen;
        auto const faults = template_faults(web_files(path));
        CHECK_MESSAGE(faults.empty(), path, ": ", faults.empty() ? "" : faults.front());
    }
    CHECK(seen > 15);
}

TEST_CASE("the rules for templates catch what they forbid") {
    for (auto const* bad :
         {"{{{x}}}", "{{& x}}", "{{=<% %>=}}", "<a class=x>", "<p style=\"color:red\">", "<a href=\"{{where}}\">",
          "<a href=\"/x/{{id}}\">", "<a href=\"javascript:x\">", "<a href=\"//evil.example\">", "<b onclick=\"x()\">",
          "<script>x</script>", "<style>x</style>", "<form action=\"{{text}}\">", "<img src='/x.png'>"})
        CHECK_MESSAGE(!template_faults(bad).empty(), bad);
    for (auto const* good : {"<a href=\"{{next_url}}\">x</a>", "<a href=\"/verify\">x</a>", "<p>{{text}}</p>",
                             "<input name=\"a\" value=\"{{typed}}\"{{#wrong}} aria-invalid=\"true\"{{/wrong}}>",
                             "<option value=\"a\"{{#is_a}} selected{{/is_a}}>", "<p>a = b</p>"})
        CHECK_MESSAGE(template_faults(good).empty(), good);
}

TEST_CASE("a page stands in its layout with the texts of its language") {
    Page page;
    page.name = "message";
    page.title = "Hello";
    page.content.set("heading", "A <b>bold</b> claim").set("message", "{{csrf}}");

    auto const english = tests::html_of(page, "en");
    auto const arabic = tests::html_of(page, "ar");

    CHECK(english.find("<html lang=\"en\" dir=\"ltr\">") != std::string::npos);
    CHECK(arabic.find("<html lang=\"ar\" dir=\"rtl\">") != std::string::npos);
    CHECK(english.find("A &lt;b&gt;bold&lt;/b&gt; claim") != std::string::npos);
    CHECK(english.find("{{csrf}}") != std::string::npos);
    CHECK(english.find("{{t ") == std::string::npos);
    for (auto const& html : {english, arabic}) {
        CHECK(html.find("Not a licence to practise") != std::string::npos);
        CHECK(html.find("ليست ترخيصًا لمزاولة المهنة") != std::string::npos);
    }
    CHECK(english.find("href=\"/here?lang=ar\"") != std::string::npos);
}

TEST_CASE("assets are named by their content") {
    auto const path = asset_path("itqan.css");

    CHECK(path.starts_with("/assets/"));
    CHECK(path.size() == std::string("/assets/0123456789abcdef/itqan.css").size());
    CHECK(asset("itqan.css").find("asset:fonts") == std::string_view::npos);
    CHECK(asset("itqan.css").find(asset_path("fonts/ibm-plex-sans-latin-400-normal.woff2")) != std::string_view::npos);
    CHECK_THROWS_AS(asset_path("nothing.css"), std::logic_error);
}

TEST_CASE("fonts of a language stay within their budget") {
    auto const size = [](std::string_view name) { return asset(std::string("fonts/") + std::string(name)).size(); };
    auto const arabic =
        size("ibm-plex-sans-arabic-arabic-400-normal.woff2") + size("ibm-plex-sans-arabic-arabic-600-normal.woff2") +
        size("ibm-plex-sans-arabic-latin-400-normal.woff2") + size("ibm-plex-sans-arabic-latin-600-normal.woff2");
    auto const english = size("ibm-plex-sans-latin-400-normal.woff2") + size("ibm-plex-sans-latin-600-normal.woff2") +
                         size("ibm-plex-serif-latin-600-normal.woff2") +
                         size("ibm-plex-sans-arabic-arabic-400-normal.woff2");

    CHECK(english > 50'000);
    CHECK(english <= 130'000);
    CHECK(arabic > 50'000);
    CHECK(arabic <= 130'000);
}

}  // namespace
}  // namespace itqan::web
