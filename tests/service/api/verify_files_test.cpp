// Pictures and PDF files as the body, in a form and in JSON; photographs of a code.

#include <doctest/doctest.h>

#include "crypto/bake_pdf.hpp"
#include "service/web/pictures/drawn_pictures.hpp"
#include "service/web/pictures/raster.hpp"
#include "tests/service/api/api_house.hpp"

namespace itqan::tests {
namespace {

struct FileApi : ApiHouse {
    std::unique_ptr<web::Pictures> pictures = web::make_pictures(house.clock);

    domain::CredentialView claimed() {
        auto const made =
            post("/api/v1/credentials", token(Role::admin), {{"achievementId", "ach-01"}, {"learnerId", "lrn-001"}});
        REQUIRE(made.status == 201);
        auto const id = made.body.at("id").get<std::string>();
        Actor actor;
        actor.role = Role::learner;
        actor.learner_id = "lrn-001";
        actor.id = "learner:lrn-001";
        REQUIRE(house.services.claims.choose(actor, id, {"link", true, "en"}));
        return *house.services.claims.view(id, nullptr);
    }
    std::string photograph(std::string const& text) {
        return std::string(as_text(web::render_png(pictures->qr_svg(text), 400, 400)));
    }
    Answered raw(std::string const& type, std::string const& body) {
        return send("POST", "/api/v1/verify", "", body, {{"content-type", type}});
    }
    std::string verdict_of(Answered const& answered) {
        return answered.body.value("verdict", answered.body.value("code", "?"));
    }
};

TEST_CASE("a photograph of a badge's code is followed as its link, however it is sent") {
    FileApi api;
    auto const photo = api.photograph(api.claimed().share_url);

    auto const form =
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"p.png\"\r\n\r\n" + photo + "\r\n--b--\r\n";
    CHECK(api.verdict_of(api.raw("multipart/form-data; boundary=b", form)) == "valid");
    CHECK(api.verdict_of(api.raw("image/png", photo)) == "valid");
    auto const data = "data:image/png;base64," + base64_encode(as_bytes(photo));
    CHECK(api.verdict_of(api.post("/api/v1/verify", "", {{"input", data}})) == "valid");
}

TEST_CASE("a photograph that leads to no badge says why") {
    FileApi api;

    CHECK(api.verdict_of(api.raw("image/png", api.photograph("hello"))) == "no-link");
    CHECK(api.verdict_of(api.raw("image/png", api.photograph("https://elsewhere.example/c/k3v9"))) ==
          "foreign-address");
    auto const blank = std::string(as_text(web::render_png("<svg xmlns=\"http://www.w3.org/2000/svg\"/>", 40, 40)));
    CHECK(api.verdict_of(api.raw("image/png", blank)) == "no-code");
    CHECK(api.verdict_of(api.raw("image/jpeg", "\xff\xd8\xff\xe0JFIF")) == "picture-unreadable");
    CHECK(api.raw("image/png", blank).status == 422);
}

TEST_CASE("a badge baked into a picture wins over a code that the picture shows") {
    FileApi api;
    auto const credential = api.claimed();
    auto const photo = web::render_png(api.pictures->qr_svg("https://elsewhere.example/c/1"), 400, 400);
    auto const baked = crypto::bake_png(photo, credential.document);
    REQUIRE(baked);

    CHECK(api.verdict_of(api.raw("image/png", std::string(as_text(baked->png)))) == "valid");
}

TEST_CASE("a certificate verifies, and one that lost its badge says what to ask for") {
    FileApi api;
    auto const credential = api.claimed();
    auto const programme =
        api.house.database().read([&](storage::Session& session) { return api.house.programmes.current(session); });
    auto const pdf = std::string(as_text(*api.pictures->certificate(*programme, credential)));

    auto const report = api.raw("application/pdf", pdf);
    CHECK(api.verdict_of(report) == "valid");
    auto const data = "data:application/pdf;base64," + base64_encode(as_bytes(pdf));
    CHECK(api.verdict_of(api.post("/api/v1/verify", "", {{"input", data}})) == "valid");
    auto const printed = api.raw("application/pdf", "%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n");
    CHECK(printed.status == 422);
    CHECK(printed.body.at("code") == "no-credential");
    CHECK(printed.body.at("detail").get<std::string>().find("printing to PDF") != std::string::npos);
}

}  // namespace
}  // namespace itqan::tests
