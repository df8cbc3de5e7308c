#include <doctest/doctest.h>

#include <new>
#include <stdexcept>

#include "service/http/router.hpp"
#include "storage/database.hpp"

namespace {

using namespace itqan;
using namespace itqan::http;

Route says(std::string method, std::string path, std::string word, std::size_t bytes = 16) {
    JsonLimits limits;
    limits.bytes = bytes;
    return {std::move(method), std::move(path), limits, [word](Request const& request) -> Result<Response> {
                auto text = word;
                for (auto const& [name, value] : request.parameters)
                    text += " " + name + "=" + value;
                return Response{200, {}, text};
            }};
}

Request request(std::string method, std::string path) {
    Request made;
    made.method = std::move(method);
    made.path = std::move(path);
    return made;
}

std::string body(Router const& router, std::string const& path) {
    return router.handle(request("GET", path)).body;
}

}  // namespace

TEST_CASE("a literal beats a parameter and a dead end is left again") {
    Router const router({says("GET", "/a/{x}", "any"), says("GET", "/a/new", "new"), says("GET", "/a/new/edit", "edit"),
                         says("GET", "/a/{x}/view", "view"), says("POST", "/a/new", "post")});
    CHECK(body(router, "/a/new") == "new");
    CHECK(body(router, "/a/old") == "any x=old");
    CHECK(body(router, "/a/new/view") == "view x=new");
    CHECK(router.handle(request("POST", "/a/old")).status == 405);
}

TEST_CASE("a parameter is decoded, never empty, and never spans a slash") {
    Router const router({says("GET", "/a/{x}", "any")});
    CHECK(body(router, "/a/%D8%A7%20b") == "any x=\xd8\xa7 b");
    for (auto const* const path : {"/a/", "/a", "/a/b/c", "/a/b/", "//a/b", "/a/%zz", "/A/b"}) {
        CAPTURE(path);
        CHECK(router.handle(request("GET", path)).status == 404);
    }
}

TEST_CASE("another method is told which ones the address takes") {
    Router const router({says("GET", "/a", "get"), says("PUT", "/a", "put")});
    auto const refused = router.handle(request("DELETE", "/a"));
    CHECK(refused.status == 405);
    CHECK(refused.headers.get("allow") == "GET, HEAD, PUT, OPTIONS");
    auto const asked = router.handle(request("OPTIONS", "/a"));
    CHECK(asked.status == 204);
    CHECK(asked.headers.get("allow") == "GET, HEAD, PUT, OPTIONS");
    CHECK(asked.headers.get("access-control-allow-origin").empty());
    CHECK(router.handle(request("HEAD", "/a")).body == "get");
    CHECK(router.handle(request("OPTIONS", "/b")).status == 404);
}

TEST_CASE("other origins may ask for the documents that are for everybody") {
    Router const router({says("GET", "/credentials/{id}", "document")});
    CHECK(router.handle(request("OPTIONS", "/credentials/x")).headers.get("access-control-allow-origin") == "*");
}

TEST_CASE("a path of more than sixteen segments leads nowhere") {
    std::string sixteen, seventeen = "/s";
    for (int i = 0; i < 16; ++i)
        sixteen += "/s";
    seventeen += sixteen;
    Router const router({says("GET", sixteen, "deep"), says("GET", seventeen, "deeper")});
    CHECK(body(router, sixteen) == "deep");
    CHECK(router.handle(request("GET", seventeen)).status == 404);
}

TEST_CASE("two routes of one method and shape are refused") {
    CHECK_THROWS_AS(Router({says("GET", "/a/{x}", "one"), says("GET", "/a/{y}", "two")}), std::logic_error);
}

TEST_CASE("the body's limit is the route's, and where no route answers there is still one") {
    Router const router({says("POST", "/a", "post", 7)});
    CHECK(Router::body_limit(router.route_of("POST", "/a")) == 7);
    CHECK(Router::body_limit(router.route_of("POST", "/nowhere")) == 64 * 1024);
    CHECK(Router::body_limit(router.route_of("PUT", "/a")) == 64 * 1024);
    CHECK(router.route_of("POST", "/a")->path == "/a");
    CHECK(router.route_of("PUT", "/a") == nullptr);
}

TEST_CASE("what a handler throws is reported and not shown") {
    std::string told;
    auto const fails = [](std::string path, auto error) {
        return Route{"GET", std::move(path), {}, [error](Request const&) -> Result<Response> { throw error; }};
    };
    Router const router({fails("/broken", std::runtime_error("secret")), fails("/full", std::bad_alloc()),
                         fails("/storage", storage::DatabaseError("secret"))},
                        [&](std::string const& text) { told = text; });
    auto const broken = router.handle(request("GET", "/broken"));
    CHECK(broken.status == 500);
    CHECK(broken.body.find("secret") == std::string::npos);
    CHECK(told == "/broken: secret");
    CHECK(router.handle(request("GET", "/full")).status == 500);
    auto const storage = router.handle(request("GET", "/storage"));
    CHECK(storage.status == 503);
    CHECK(storage.headers.get("retry-after") == "2");
    CHECK(storage.body.find("secret") == std::string::npos);
}

TEST_CASE("a request that is handed over is not copied") {
    char const* at = nullptr;
    Router const router({{"POST", "/a", {}, [&at](Request const& seen) -> Result<Response> {
                              at = seen.body.data();
                              return Response{};
                          }}});
    auto sent = request("POST", "/a");
    sent.body.assign(1'000, 'x');
    auto const* const before = sent.body.data();
    CHECK(router.handle(std::move(sent)).status == 200);
    CHECK(at == before);
}

TEST_CASE(
    "behind the door for everybody the house's routes do not exist, and what is internal only needs its own door") {
    auto staff = says("GET", "/staff", "staff");
    staff.audience = Audience::internal;
    auto shared = says("POST", "/open", "post");
    shared.audience = Audience::internal;
    auto figures = says("GET", "/figures", "figures");
    figures.audience = Audience::internal_only;
    Router const router({says("GET", "/open", "open"), staff, shared, figures});
    auto const answer = [&router](Door door, std::string const& method, std::string const& path) {
        auto asked = request(method, path);
        asked.door = door;
        return router.handle(asked);
    };

    CHECK(answer(Door::everybody, "GET", "/open").body == "open");
    CHECK(answer(Door::everybody, "GET", "/staff").status == 404);
    CHECK(answer(Door::everybody, "OPTIONS", "/staff").status == 404);
    CHECK(answer(Door::everybody, "POST", "/open").status == 405);
    CHECK(answer(Door::everybody, "POST", "/open").headers.get("allow") == "GET, HEAD, OPTIONS");
    CHECK(answer(Door::everybody, "GET", "/figures").status == 404);

    CHECK(answer(Door::sole, "GET", "/staff").body == "staff");
    CHECK(answer(Door::sole, "POST", "/open").body == "post");
    CHECK(answer(Door::sole, "GET", "/figures").status == 404);

    for (auto const* const path : {"/open", "/staff", "/figures"})
        CHECK(answer(Door::internal, "GET", path).status == 200);
}
