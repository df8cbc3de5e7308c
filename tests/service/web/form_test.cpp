#include <doctest/doctest.h>

#include "service/web/form.hpp"

namespace itqan::web {
namespace {

http::Request posted(std::string type, std::string body) {
    http::Request request;
    request.method = "POST";
    request.headers.add("content-type", std::move(type));
    request.body = std::move(body);
    return request;
}

TEST_CASE("a form gives the first value of a field and all of a repeated one") {
    auto const form = Form::read(posted("application/x-www-form-urlencoded; charset=UTF-8", "a=1&b=x+y%21&a=2&c"));

    REQUIRE(form);
    CHECK(form->value("a") == "1");
    CHECK(form->value("b") == "x y!");
    CHECK(form->value("c").empty());
    CHECK(form->value("missing").empty());
    CHECK(form->values("a") == std::vector<std::string>{"1", "2"});
}

TEST_CASE("broken percent-encoding and text that is not UTF-8 are refused") {
    for (auto const* body : {"a=%4", "a=%zz", "a=%ff"}) {
        auto const form = Form::read(posted("application/x-www-form-urlencoded", body));
        REQUIRE_FALSE(form);
        CHECK(form.error().code == "invalid-form");
    }
}

TEST_CASE("a form of another content type is refused") {
    auto const form = Form::read(posted("text/plain", "a=1"));

    REQUIRE_FALSE(form);
    CHECK(form.error().fault == Fault::media_type);
}

TEST_CASE("values of a query keep nothing but unreserved characters") {
    CHECK(encode_query_value("a b&c=d/é~") == "a%20b%26c%3Dd%2F%C3%A9~");
}

}  // namespace
}  // namespace itqan::web
