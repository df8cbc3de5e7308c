#include <doctest/doctest.h>

#include "service/web/language.hpp"

namespace itqan::web {
namespace {

TEST_CASE("the query beats the cookie and the cookie beats Accept-Language") {
    CHECK(choose_language("ar", "en", "en") == "ar");
    CHECK(choose_language("", "ar", "en") == "ar");
    CHECK(choose_language("", "", "ar-AE,ar;q=0.9,en;q=0.8") == "ar");
    CHECK(choose_language("fr", "de", "ar") == "ar");
    CHECK(choose_language("", "", "") == "en");
}

TEST_CASE("Accept-Language counts by quality and then by order") {
    CHECK(choose_language("", "", "en;q=0.5, ar;q=0.7") == "ar");
    CHECK(choose_language("", "", "fr, en;q=0.9, ar;q=0.9") == "en");
    CHECK(choose_language("", "", "ar;q=0, en;q=0.1") == "en");
    CHECK(choose_language("", "", "ar;q=broken, *") == "en");
}

TEST_CASE("a cookie is found by its whole name") {
    CHECK(cookie_value("xlang=en; lang=ar; other=1", "lang") == "ar");
    CHECK(cookie_value("slang=en", "lang").empty());
}

TEST_CASE("HTML is served only where it is asked for by name") {
    CHECK(asks_for("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"));
    CHECK(asks_for("application/json, Text/HTML;q=0.2", "text/html"));
    CHECK_FALSE(asks_for("*/*", "text/html"));
    CHECK_FALSE(asks_for("", "text/html"));
    CHECK_FALSE(asks_for("text/html;q=0", "text/html"));
}

TEST_CASE("a signed document is had in the form with the highest quality, JSON first among equals") {
    using domain::ProofForm;
    CHECK(form_asked_for("application/vc+jwt;q=1, application/json;q=0.1") == ProofForm::jwt);
    CHECK(form_asked_for("application/json;q=0.1, application/vc+jwt") == ProofForm::jwt);
    CHECK(form_asked_for("application/vc+jwt;q=0.8, application/ld+json;q=0.9") == ProofForm::embedded);
    CHECK(form_asked_for("application/jwt;q=0.5, application/json;q=0.1, application/vc;q=0.6") == ProofForm::embedded);
    CHECK(form_asked_for("application/vc+jwt, application/vc") == ProofForm::embedded);
    CHECK(form_asked_for("text/plain;q=0.5, application/json;q=0.5") == ProofForm::embedded);
    CHECK(form_asked_for("Application/VC+JWT") == ProofForm::jwt);
    CHECK(form_asked_for("application/json;q=0, application/vc+jwt;q=0.001") == ProofForm::jwt);
}

TEST_CASE("an Accept header that names no form of a signed document leaves the choice") {
    CHECK_FALSE(form_asked_for(""));
    CHECK_FALSE(form_asked_for("*/*"));
    CHECK_FALSE(form_asked_for("text/html, */*;q=0.8"));
    CHECK_FALSE(form_asked_for("application/vc+jwt;q=0, application/json;q=0.0"));
}

TEST_CASE("the language switch drops the old language from the query") {
    CHECK(without("url=a&lang=ar", "lang") == "url=a");
    CHECK(without("lang=ar&url=a&language=x", "lang") == "url=a&language=x");
    CHECK(without("", "lang").empty());
}

}  // namespace
}  // namespace itqan::web
