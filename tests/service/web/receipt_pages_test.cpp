// The receipt's page: made on request, shown from its own text, in both languages, storing nothing.

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "service/web/form.hpp"
#include "tests/service/web/web_house.hpp"

namespace itqan::tests {
namespace {

struct ReceiptWeb : WebHouse {
    ReceiptWeb() {
        house.keys.ensure_installation();
        auto const row =
            *house.issuance.award(Actor{}, *programme(), {"ach-01", "lrn-001", std::nullopt, std::nullopt});
        badge =
            house.database()
                .read([&](storage::Session& session) { return storage::first_document(session, row.id, row.edition); })
                .value()
                .body;
        id = row.id;
    }
    std::shared_ptr<domain::Programme const> programme() {
        return house.database().read([&](storage::Session& session) { return house.programmes.current(session); });
    }
    std::int64_t events() {
        return house.database().read([](storage::Session& session) {
            std::int64_t count = 0;
            session.query(
                "SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM answer) + (SELECT count(*) FROM "
                "credential_document) + (SELECT count(*) FROM job)",
                [&](storage::Row const& row) { count = row.integer(0); });
            return count;
        });
    }
    Seen make(std::string const& cookie = "lang=en") {
        return post("/verify/receipt", "text=" + web::encode_query_value(badge), cookie);
    }
    static std::string signed_text(Seen const& seen) {
        auto const open = seen.html.find("name=\"receipt\" value=\"");
        REQUIRE(open != std::string::npos);
        auto const begin = open + std::string_view("name=\"receipt\" value=\"").size();
        auto text = seen.html.substr(begin, seen.html.find('"', begin) - begin);
        for (std::size_t at; (at = text.find("&quot;")) != std::string::npos;)
            text.replace(at, 6, "\"");
        return text;
    }

    std::string badge, id;
};

TEST_CASE("the report offers a receipt, and its page is complete in both languages without scripts") {
    ReceiptWeb web;
    auto const report = web.post("/verify", "text=" + web::encode_query_value(web.badge), "lang=en");
    CHECK(report.has("action=\"/verify/receipt\""));

    auto const english = web.make();
    auto const arabic = web.make("lang=ar");

    CHECK(english.status == 200);
    CHECK(english.has("Genuine: signed by the service named here"));
    CHECK(english.has(">badges.example<"));
    CHECK(english.has("says nothing about today"));
    CHECK_FALSE(english.has("<script"));
    CHECK(arabic.status == 200);
    CHECK(arabic.has("<html lang=\"ar\" dir=\"rtl\""));
    CHECK(arabic.has("إيصال التحقق"));
    CHECK_FALSE(arabic.has("<script"));
    for (auto const& page : {english, arabic})
        CHECK(page.html.find(web.id) == std::string::npos);
}

TEST_CASE("a receipt is shown again from its text, and nothing of it is stored") {
    ReceiptWeb web;
    auto const before = web.events();
    auto const text = ReceiptWeb::signed_text(web.make());

    auto const again = web.post("/verify/receipt", "receipt=" + web::encode_query_value(text), "lang=en");
    auto const verifier = web.post("/verify", "text=" + web::encode_query_value(text), "lang=en");
    auto const file = web.post("/verify/receipt/file", "receipt=" + web::encode_query_value(text));

    CHECK(again.has("Genuine: signed by the service named here"));
    CHECK(verifier.has("Genuine: signed by the service named here"));
    CHECK(file.type == "application/json");
    CHECK(file.html == text);
    CHECK(web.events() == before);
}

TEST_CASE("a changed receipt is refused and what it says is not shown") {
    ReceiptWeb web;
    auto receipt = Json::parse(ReceiptWeb::signed_text(web.make()));
    receipt["kind"] = "A kind that was written in";

    auto const forged = web.post("/verify/receipt", "receipt=" + web::encode_query_value(receipt.dump()), "lang=en");
    auto const none = web.post("/verify/receipt", "receipt=hello", "lang=en");
    auto const no_badge = web.post("/verify/receipt", "text=hello", "lang=en");

    CHECK(forged.has("Changed or forged"));
    CHECK_FALSE(forged.has("A kind that was written in"));
    CHECK(none.status == 422);
    CHECK(no_badge.status == 422);
    CHECK(web.post("/verify/receipt/file", "receipt=hello").status == 422);
    CHECK(web.get("/verify/receipt", "lang=ar").status == 200);
}

TEST_CASE("every word about a receipt stands in both languages") {
    web::Locales const locales;
    for (auto const* const code :
         {"genuine", "self-asserted", "shape", "future", "changed", "key-revoked", "key-not-listed", "issuer-document"})
        for (auto const* const language : {"en", "ar"}) {
            CAPTURE(code);
            CHECK(locales.in(language).has("receipt." + std::string(code)));
        }
}

TEST_CASE("without an active key of the installation no receipt is made and verifying goes on") {
    ReceiptWeb web;
    REQUIRE(web.house.keys.revoke(Actor{}, web.house.keys.list(domain::IssuerKeys::installation_id).front().id));

    CHECK(web.make().status == 503);
    CHECK(web.post("/verify", "text=" + web::encode_query_value(web.badge), "lang=en").status == 200);
}

}  // namespace
}  // namespace itqan::tests
