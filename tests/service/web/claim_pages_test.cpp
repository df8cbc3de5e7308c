#include <doctest/doctest.h>

#include "crypto/bake_pdf.hpp"
#include "crypto/digest.hpp"
#include "storage/access.hpp"
#include "storage/outbox.hpp"
#include "tests/service/web/web_house.hpp"

namespace itqan::tests {
namespace {

std::string const token = "token-of-the-mail";
std::string const address = "/claim/" + token;
std::string const in_english = "lang=en", in_arabic = "lang=ar";  // The cookie of the language switch.

storage::CredentialRow award(WebHouse& web, std::string const& achievement,
                             std::optional<std::string> const& narrative = std::nullopt) {
    auto const programme =
        web.house.database().read([&](storage::Session& session) { return web.house.programmes.current(session); });
    domain::HandAward wanted;
    wanted.achievement_id = achievement;
    wanted.learner_id = "lrn-001";
    wanted.narrative = narrative;
    auto const row = web.house.issuance.award(Actor{}, *programme, wanted);
    REQUIRE(row);
    return *row;
}

/// The link of the mail that offers the credential, sent now.
void send_link(WebHouse& web, storage::CredentialRow const& row) {
    web.house.database().write([&](storage::Session& session) {
        std::optional<std::string> mail_id;
        for (auto const& mail : storage::list_outbox(session, std::nullopt, 100))
            if (mail.data.find(row.id) != std::string::npos) mail_id = mail.id;
        auto const now = web.house.clock.now;
        storage::insert_mail_link(session, {crypto::sha256_hex(token), "claim", row.learner_id, mail_id, now,
                                            Instant{now.milliseconds + 3'600'000}, std::nullopt});
    });
}

void run_out(WebHouse& web, storage::CredentialRow const& row) {
    web.house.clock.now = Instant{Instant::end_of(row.valid_until.value()).milliseconds + 3'600'000};
}

storage::CredentialRow now_of(WebHouse& web, storage::CredentialRow const& row) {
    return web.house.database().read(
        [&](storage::Session& session) { return storage::credential(session, row.id).value(); });
}

std::string claim_of(storage::CredentialRow const& row, std::string const& visibility, std::string const& language) {
    return "action=claim&visibility=" + visibility + "&language=" + language + "&credential=" + row.id;
}

TEST_CASE("the holder of a claim link reads the whole badge before the decision, status first") {
    WebHouse web;
    auto const row = award(web, "ach-05", "Ran the pilot ward for a month");
    send_link(web, row);

    auto const page = web.get(address, in_english);

    REQUIRE(page.status == 200);
    std::size_t last = 0;
    for (auto const* const mark :
         {"role=\"status\"", "level", "<h2>", "What it took", "class=\"took\"", "Skills", "class=\"skills\"",
          "Evidence", "Ran the pilot ward for a month", "value=\"claim\""}) {
        auto const at = page.html.find(mark, last);
        REQUIRE_MESSAGE(at != std::string::npos, mark);
        last = at;
    }
    CHECK(page.has("value=\"" + row.id + "\""));
    CHECK_FALSE(page.has("/verify?url="));
    CHECK(now_of(web, row).claim_state == "offered");
}

TEST_CASE("a claim that cannot be signed comes back with the reason and the choices that were made") {
    WebHouse web;
    auto const row = award(web, "ach-05");
    run_out(web, row);
    send_link(web, row);

    auto const english = web.post(address, claim_of(row, "public", "en"), in_english);
    auto const arabic = web.post(address, claim_of(row, "public", "en"), in_arabic);

    CHECK(english.status == 409);
    CHECK(english.has("This badge has run out, so its text can no longer change."));
    CHECK(english.has("value=\"public\" checked"));
    CHECK(english.has("name=\"language\" value=\"en\" checked"));
    CHECK(english.has("Genuine, but expired on"));
    CHECK(english.cookie.empty());
    CHECK(arabic.has("انتهت صلاحية هذه الشارة فلا يتغيّر نصّها بعد الآن"));
    CHECK_FALSE(arabic.has("This badge has run out"));
    CHECK(now_of(web, row).claim_state == "offered");
}

TEST_CASE("a badge that has run out is claimed in the language it was signed in") {
    WebHouse web;
    auto const row = award(web, "ach-05");
    run_out(web, row);
    send_link(web, row);

    auto const answer = web.post(address, claim_of(row, "link", row.language));

    CHECK(answer.status == 303);
    CHECK(answer.location == "/c/" + row.share_code);
}

TEST_CASE("of several badges the one that failed is named and the others stay claimed") {
    WebHouse web;
    auto const lasting = award(web, "ach-02");
    auto const short_lived = award(web, "ach-05");
    run_out(web, short_lived);
    send_link(web, short_lived);

    auto const answer =
        web.post(address, claim_of(short_lived, "link", "en") + "&credential=" + lasting.id, in_english);

    CHECK(answer.status == 409);
    CHECK(answer.has("مشغّل"));
    CHECK(answer.has("</bdi>: <strong>This badge has run out"));
    CHECK(answer.has("The other badges of the form went through."));
    CHECK(answer.cookie.starts_with("__Host-s="));
    CHECK(now_of(web, lasting).claim_state == "claimed");
    CHECK(now_of(web, short_lived).claim_state == "offered");
    CHECK(answer.has("value=\"" + short_lived.id + "\""));
    CHECK_FALSE(answer.has("value=\"" + lasting.id + "\""));
}

TEST_CASE("a second click on Claim leads to the badge that the first one claimed") {
    WebHouse web;
    auto const row = award(web, "ach-05");
    send_link(web, row);
    REQUIRE(web.post(address, claim_of(row, "link", "ar")).status == 303);

    auto const again = web.post(address, claim_of(row, "link", "ar"));

    CHECK(again.status == 303);
    CHECK(again.location == address);
    CHECK(web.get(again.location).location == "/c/" + row.share_code);
}

TEST_CASE("a badge that was put on hold meanwhile is not offered again") {
    WebHouse web;
    auto const row = award(web, "ach-05");
    send_link(web, row);
    REQUIRE(web.house.claims.suspend(Actor{}, row.id, std::nullopt));

    auto const answer = web.post(address, claim_of(row, "link", "ar"), in_english);

    CHECK(answer.status == 409);
    CHECK(answer.has("The badge’s state does not allow that."));
    CHECK_FALSE(answer.has("value=\"claim\""));
}

TEST_CASE("the link of a badge that the issuer took back says so and not that somebody decided") {
    WebHouse web;
    auto const row = award(web, "ach-05");
    send_link(web, row);

    REQUIRE(web.house.claims.suspend(Actor{}, row.id, std::nullopt));
    auto const on_hold = web.get(address, in_english);
    REQUIRE(web.house.claims.revoke(Actor{}, row.id, "issued-in-error", std::nullopt));
    auto const withdrawn = web.get(address, in_english);

    CHECK(on_hold.has("<h1>On hold"));
    CHECK(withdrawn.has("<h1>Withdrawn by the issuer"));
    CHECK_FALSE(withdrawn.has("decision"));
}

TEST_CASE("a change on My badges that cannot be signed comes back with the choices that were made") {
    WebHouse web;
    auto const row = award(web, "ach-05");
    send_link(web, row);
    REQUIRE(web.post(address, claim_of(row, "link", "ar"), in_english).status == 303);
    run_out(web, now_of(web, row));
    auto const session = web.session_of(Role::learner, "lrn-001") + "; " + in_english;

    auto const answer =
        web.post("/my/badges/" + row.id,
                 "action=choose&visibility=public&show_name=yes&language=en&csrf=" + web.csrf_of(session), session);

    CHECK(answer.status == 409);
    CHECK(answer.has("This badge has run out, so its text can no longer change."));
    CHECK(answer.has("value=\"public\" checked"));
    CHECK(answer.has("<details open"));
}

TEST_CASE("a certificate is for whom the badge is for, in the form that is asked for") {
    WebHouse web;
    auto const row = award(web, "ach-05");
    send_link(web, row);
    REQUIRE(web.post(address, claim_of(row, "hidden", "en"), in_english).status == 303);
    auto const path = "/credentials/" + row.id + ".pdf";
    auto const session = web.session_of(Role::learner, "lrn-001");

    auto const own = web.get(path, session);
    auto const token = web.get(path + "?proof=jwt", session);

    CHECK(web.get(path).status == web.get("/credentials/" + row.id + ".png").status);
    CHECK(web.get(path).status >= 400);
    REQUIRE(own.status == 200);
    CHECK(own.type == "application/pdf");
    CHECK(crypto::extract_pdf(as_bytes(own.html))->credential.starts_with("{"));
    CHECK(crypto::extract_pdf(as_bytes(token.html))->credential.starts_with("ey"));
    CHECK(web.get(path + "?proof=other", session).status == 400);
}

TEST_CASE("a form without any badge keeps its choices") {
    WebHouse web;
    send_link(web, award(web, "ach-05"));

    auto const answer = web.post(address, "action=claim&visibility=hidden&show_name=yes&language=en", in_english);

    CHECK(answer.status == 422);
    CHECK(answer.has("Choose at least one badge."));
    CHECK(answer.has("value=\"hidden\" checked"));
    CHECK(answer.has("name=\"show_name\" value=\"yes\" checked"));
}

TEST_CASE("an award that is refused keeps what was typed and says what is wrong beside the field") {
    WebHouse web;
    auto const issuer = web.session_of(Role::issuer, "nakhla");

    auto const unknown = web.post("/staff/award",
                                  "achievement=ach-05&learner=nobody&awarded=2026-10-01&narrative=Ran+the+%3Cward%3E&"
                                  "csrf=" +
                                      web.csrf_of(issuer),
                                  issuer);
    auto const future = web.post(
        "/staff/award", "achievement=ach-05&learner=lrn-001&awarded=2030-01-01&csrf=" + web.csrf_of(issuer), issuer);
    auto const no_day =
        web.post("/staff/award", "achievement=ach-05&learner=lrn-001&awarded=soon&csrf=" + web.csrf_of(issuer), issuer);

    CHECK(unknown.status == 422);
    CHECK(unknown.has("id=\"award-learner-wrong\""));
    CHECK(unknown.has("value=\"nobody\""));
    CHECK(unknown.has("value=\"2026-10-01\""));
    CHECK(unknown.has("Ran the &lt;ward&gt;</textarea>"));
    CHECK(unknown.has("value=\"ach-05\" selected"));
    CHECK_FALSE(unknown.has("id=\"awarded-wrong\""));
    CHECK(future.has("id=\"awarded-wrong\""));
    CHECK(no_day.has("id=\"awarded-wrong\""));
}

TEST_CASE("an award by hand takes an earlier day") {
    WebHouse web;
    auto const issuer = web.session_of(Role::issuer, "nakhla");

    auto const answer = web.post(
        "/staff/award", "achievement=ach-05&learner=lrn-001&awarded=2026-10-01&csrf=" + web.csrf_of(issuer), issuer);

    REQUIRE(answer.status == 303);
    CHECK(web.get(answer.location + "?lang=en", issuer).has("1 October 2026"));
}

TEST_CASE("the issuer's list says the state of a badge in words of the page's language") {
    WebHouse web;
    auto const row = award(web, "ach-05");
    auto const issuer = web.session_of(Role::issuer, "nakhla");

    auto const english = web.get("/staff/credentials?lang=en", issuer);
    auto const arabic = web.get("/staff/credentials?lang=ar", issuer);

    CHECK(english.has("in force"));
    CHECK(arabic.has("سارية"));
    CHECK_FALSE(arabic.has("unchecked"));
    run_out(web, row);
    CHECK(web.get("/staff/credentials?lang=en", web.session_of(Role::issuer, "nakhla")).has("! expired"));
}

}  // namespace
}  // namespace itqan::tests
