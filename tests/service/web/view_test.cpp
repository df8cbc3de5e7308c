#include <doctest/doctest.h>

#include "service/web/view.hpp"

namespace itqan::web {
namespace {

std::string markup_of(View const& view) {
    return std::get<std::string>(view.entries().at(0).value);
}

TEST_CASE("a text is escaped and trusted markup is not") {
    CHECK(markup_of(View().set("x", "<b>\"&'")) == "&lt;b&gt;&quot;&amp;&#39;");
    CHECK(markup_of(View().set("x", Html::trusted("<b>ok</b>"))) == "<b>ok</b>");
}

TEST_CASE("only addresses that are harmless become a Url") {
    for (auto const* good : {"/", "/verify?url=a%20b", "https://badges.example/c/x", "mailto:a@b.example"})
        CHECK_MESSAGE(Url::read(good), good);
    for (auto const* bad : {"", "javascript:alert(1)", "data:text/html,x", "http://plain.example", "//evil.example",
                            "/\\evil.example", "https://", "https:///x", "/a b", "/a\"b", "/a\nb", "JAVASCRIPT:x"})
        CHECK_MESSAGE(!Url::read(bad), bad);
}

TEST_CASE("a name that ends in _url takes nothing but a Url") {
    View view;

    CHECK_THROWS_AS(view.set("next_url", "/x"), std::logic_error);
    CHECK_THROWS_AS(view.set("next_url", Html::trusted("/x")), std::logic_error);
    CHECK_THROWS_AS(view.set("next", Url::of("/x")), std::logic_error);
    CHECK_NOTHROW(view.set("next_url", Url::of("/x")));
}

TEST_CASE("setting a name again replaces its value") {
    View view;

    view.set("x", "one").set("x", "two");

    REQUIRE(view.entries().size() == 1);
    CHECK(markup_of(view) == "two");
}

}  // namespace
}  // namespace itqan::web
