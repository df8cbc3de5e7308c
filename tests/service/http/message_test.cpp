#include <doctest/doctest.h>

#include "service/http/message.hpp"
#include "service/http/problem.hpp"
#include "service/http/response_headers.hpp"

namespace {

using namespace itqan;
using namespace itqan::http;

Request form(std::string const& type, std::string body) {
    Request request;
    request.headers.add("content-type", type);
    request.body = std::move(body);
    return request;
}

Result<std::vector<Part>> parts(std::string body) {
    return read_multipart(form("multipart/form-data; boundary=b", std::move(body)));
}

std::string const one_part = "Content-Disposition: form-data; name=\"a\"\r\n\r\n";

}  // namespace

TEST_CASE("a form field is found whatever the case of its media type") {
    CHECK(form_value(form("Application/X-WWW-Form-URLEncoded ; charset=UTF-8", "a=1&b=%D8%A7+x"), "b") == "\xd8\xa7 x");
    CHECK(form_value(form("Multipart/Form-Data; Boundary=b", "--b\r\n" + one_part + "value\r\n--b--\r\n"), "a") ==
          "value");
}

TEST_CASE("a body of another media type has no form fields") {
    CHECK_FALSE(form_value(form("application/x-www-form-urlencoded-not", "a=1"), "a"));
    CHECK_FALSE(form_value(form("text/plain", "a=1"), "a"));
    CHECK_FALSE(form_value(form("", "a=1"), "a"));
    auto const refused = read_multipart(form("multipart/form-database; boundary=b", ""));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == "form-type");
}

TEST_CASE("the first of several fields of a name counts and a broken value is none") {
    CHECK(form_value(form("application/x-www-form-urlencoded", "a=1&a=2"), "a") == "1");
    CHECK(form_value(form("application/x-www-form-urlencoded", "a"), "a") == "");
    CHECK_FALSE(form_value(form("application/x-www-form-urlencoded", "a=%zz"), "a"));
    CHECK_FALSE(form_value(form("application/x-www-form-urlencoded", "a=%00"), "a"));
    CHECK_FALSE(form_value(form("application/x-www-form-urlencoded", "a=%ff"), "a"));
}

TEST_CASE("a multipart form gives its fields and its files with their bytes unchanged") {
    std::string const file_bytes("\r\n--c\r\n\0\xff", 9);
    auto const read =
        parts("--b\r\n" + one_part +
              "\xd8\xa7\r\n--b\r\ncontent-disposition: FORM-DATA; name=\"f\"; filename=\"a;\\\"b.png\"\r\n" +
              "Content-Type: image/png\r\n\r\n" + file_bytes + "\r\n--b--\r\n");
    REQUIRE(read);
    REQUIRE(read->size() == 2);
    CHECK(read->at(0).body == "\xd8\xa7");
    CHECK_FALSE(read->at(0).file_name);
    CHECK(read->at(1).file_name == "a;\"b.png");
    CHECK(read->at(1).media_type == "image/png");
    CHECK(read->at(1).body == file_bytes);
}

TEST_CASE("an empty part and an empty form are read") {
    auto const empty = parts("--b\r\n" + one_part + "\r\n--b--");
    REQUIRE(empty);
    REQUIRE(empty->size() == 1);
    CHECK(empty->at(0).body.empty());
    auto const none = parts("--b--\r\n");
    REQUIRE(none);
    CHECK(none->empty());
}

TEST_CASE("a multipart form that is broken is refused whole") {
    auto const part = "--b\r\n" + one_part + "x\r\n";
    for (std::string const& body : {std::string(), std::string("--c--"), part, part + "--b", part + "--bx--",
                                    "--b\r\n" + std::string("x\r\n\r\ny\r\n--b--"),
                                    std::string("--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--"),
                                    std::string("--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--"),
                                    "--b\r\n" + one_part + "\xff\r\n--b--",
                                    "--b\r\nX: " + std::string(9'000, 'a') + "\r\n" + one_part + "x\r\n--b--"}) {
        CAPTURE(body.substr(0, 80));
        auto const read = parts(body);
        REQUIRE_FALSE(read);
        CHECK(read.error().code == "invalid-form");
    }
    CHECK_FALSE(read_multipart(form("multipart/form-data", "--b--")));
    CHECK_FALSE(read_multipart(
        form("multipart/form-data; boundary=" + std::string(71, 'b'), "--" + std::string(71, 'b') + "--")));
}

TEST_CASE("a multipart form has sixteen parts at most") {
    std::string body;
    for (int i = 0; i < 16; ++i)
        body += "--b\r\n" + one_part + "x\r\n";
    auto const sixteen = parts(body + "--b--");
    REQUIRE(sixteen);
    CHECK(sixteen->size() == 16);
    CHECK_FALSE(parts(body + "--b\r\n" + one_part + "x\r\n--b--"));
}

TEST_CASE("a status that is not listed is named by its class") {
    CHECK(reason_phrase(206) == "Partial Content");
    CHECK(reason_phrase(299) == "Success");
    CHECK(reason_phrase(399) == "Redirection");
    CHECK(reason_phrase(418) == "Client Error");
    CHECK(reason_phrase(500) == "Internal Server Error");
    CHECK(reason_phrase(599) == "Server Error");
}

TEST_CASE("a line end in a header's value cannot begin another header") {
    Response response;
    response.headers.add("location", "/a\r\nset-cookie: x=y");
    auto const text = head_text(response, {}, "0");
    CHECK(text.find("location: /a\r\n") != std::string::npos);
    CHECK(text.find("set-cookie") == std::string::npos);
}
