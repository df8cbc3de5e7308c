#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "sample_badge.hpp"
#include "schemas/bytes.hpp"
#include "service/web/report_view.hpp"

namespace itqan::web {
namespace {

using namespace itqan::tests;

std::string html_of_report(domain::Report const& report, std::string const& language, ReportFacts facts) {
    Page page;
    page.name = "verify";
    page.title = locales().in(language).text("verify.title");
    page.section = "verify";
    page.content.set("report", report_view(facts, locales().in(language)));
    (void)report;
    return html_of(page, language);
}

std::string html_of_report(domain::Report const& report, std::string const& language = "en") {
    return html_of_report(report, language, {.report = report, .own_base = sample_addresses().base()});
}

bool has(std::string const& html, std::string_view text) {
    return html.find(text) != std::string::npos;
}

void set_outcome(domain::Report& report, std::string_view id, domain::CheckOutcome outcome) {
    for (auto& check : report.checks)
        if (check.id == id) check.outcome = outcome;
}

TEST_CASE("a good report says so, shows the domain first and every check with a word") {
    auto const html = html_of_report(sample_report(sample_credential()));
    keep_for_eyes("verify-en", html);

    CHECK(has(html, "Genuine and in force"));
    CHECK(has(html, "<span class=\"domain ltr\">badges.example</span>"));
    CHECK(has(html, "calls itself “<bdi dir=\"auto\">Durrat Academy</bdi>”"));
    CHECK(has(html, "Signature is good"));
    CHECK(has(html, "(passed)"));
    CHECK(has(html, "What the badge says"));
    CHECK(has(html, "href=\"/credentials/"));
    CHECK_FALSE(has(html, "Change one letter"));
}

TEST_CASE("the report is whole in Arabic") {
    auto const html = html_of_report(sample_report(sample_credential()), "ar");
    keep_for_eyes("verify-ar", html);

    CHECK(has(html, "أصلية وسارية"));
    CHECK(has(html, "التوقيع صحيح"));
}

TEST_CASE("a forged badge is not to be relied on and what it says is a mere claim") {
    auto report = sample_report(sample_credential());
    report.verdict = domain::Verdict::invalid;
    report.headline_code = "invalid";
    set_outcome(report, "proof", domain::CheckOutcome::fail);

    auto const html = html_of_report(report);
    keep_for_eyes("verify-forged-en", html);

    CHECK(has(html, "Do not rely on this"));
    CHECK(has(html, "Signature is wrong"));
    CHECK_FALSE(has(html, "Open the badge’s page"));
    CHECK(has(html, "verdict large bad"));
}

TEST_CASE("an expired badge is genuine and says since when") {
    auto report = sample_report(sample_credential());
    report.headline_code = "expired";
    set_outcome(report, "validity", domain::CheckOutcome::fail);

    CHECK(has(html_of_report(report), "Genuine, but expired on <bdi dir=\"auto\">11 August 2027</bdi>"));
}

TEST_CASE("a withdrawal gives its public reason in words") {
    auto report = sample_report(sample_credential());
    set_outcome(report, "status", domain::CheckOutcome::fail);
    for (auto& check : report.checks) {
        if (check.id != "status") continue;
        check.code = "status.revoked";
        check.evidence["reason"] = "issued-in-error";
    }

    CHECK(has(html_of_report(report), "The issuer has withdrawn it: <bdi dir=\"auto\">issued in error</bdi>"));
    CHECK(has(html_of_report(report, "ar"), "صدرت عن طريق الخطأ"));
}

TEST_CASE("the recipient is a question of its own") {
    auto report = sample_report(sample_credential());
    ReportFacts const facts{.report = report, .own_base = "", .recipient_asked = true};

    report.recipient_match = false;
    auto const no = html_of_report(report, "en", facts);
    report.recipient_match = true;
    auto const yes = html_of_report(report, "en", facts);
    report.recipient_match = std::nullopt;
    auto const unknown = html_of_report(report, "en", facts);

    CHECK(has(no, "No: the badge was not issued to the address"));
    CHECK(has(no, "Genuine and in force"));
    CHECK(has(yes, "Yes: the badge was issued to the address"));
    CHECK(has(unknown, "names nobody that could be compared"));
}

TEST_CASE("one changed letter leaves a JWS whose payload differs in one place") {
    auto const jws = sample_credential().document;

    auto const changed = with_one_letter_changed(jws);

    REQUIRE(changed.size() == jws.size());
    auto const payload = [](std::string const& text) {
        auto const first = text.find('.'), second = text.find('.', first + 1);
        return *base64url_decode(text.substr(first + 1, second - first - 1));
    };
    auto const before = payload(jws), after = payload(changed);
    int differences = 0;
    for (std::size_t i = 0; i < before.size(); ++i)
        differences += before[i] != after[i] ? 1 : 0;
    CHECK(differences == 1);
    CHECK(Json::accept(after.begin(), after.end()));
    CHECK(with_one_letter_changed("no jws").empty());
}

TEST_CASE("one changed letter leaves JSON that differs in one place") {
    std::string const json = R"({"credentialSubject":{"achievement":{"description":"A"}},"description":"B"})";

    CHECK(with_one_letter_changed(json) ==
          R"({"credentialSubject":{"achievement":{"description":"X"}},"description":"B"})");
    CHECK(with_one_letter_changed("{}").empty());
}

TEST_CASE("a report about a hostile document escapes everything it shows") {
    auto report = sample_report(sample_credential());
    report.credential["achievement"]["name"] = "<script>alert(1)</script>";
    report.credential["issuer"] = {{"id", "https://evil.example/\"><b>"}, {"name", "Dur\u202etarr"}};
    report.kind = "<i>";
    report.warnings = {{"text.direction", "/issuer/name", ""}, {"text.mixed-name", "/issuer/name", ""}};
    report.checks[0].detail = "<u>";

    auto const html = html_of_report(report);

    CHECK_FALSE(has(html, "<script>alert"));
    CHECK_FALSE(has(html, "<i>"));
    CHECK_FALSE(has(html, "<u>"));
    CHECK(has(html, "⟦U+202E⟧"));
    CHECK(has(html, "marks that turn the direction"));
    CHECK(has(html, "It may imitate somebody else"));
}

TEST_CASE("a report with nothing readable still renders") {
    domain::Report report;
    report.headline_code = "invalid";

    auto const html = html_of_report(report);

    CHECK(has(html, "Do not rely on this"));
    CHECK_FALSE(has(html, "What the badge says"));
}

/// As the verifier writes it of a badge that its issuer shows (Open Badges 2).
domain::Report hosted_report() {
    domain::Report report;
    report.verdict = domain::Verdict::valid;
    report.headline_code = "valid";
    report.kind = "Open Badges 2.0 assertion (hosted)";
    report.credential = Json{
        {"id", "https://badges.school.example/1"},
        {"name", "Robots"},
        {"issuer",
         {{"id", "http://badges.school.example/issuer"}, {"host", "badges.school.example"}, {"name", "Robot School"}}},
        {"recipient", Json::object()},
        {"achievement", {{"name", "Robots"}, {"description", "Builds robots."}}},
        {"validFrom", "2026-01-31T10:00:00Z"}};
    for (auto const* id : {"proof", "issuer-binding"})
        report.checks.push_back({id, domain::CheckOutcome::pass, "", "", "", {{"rule", "hosted"}}});
    report.checks[0].code = "proof.hosted";
    report.checks[1].code = "issuer-binding.in-scope";
    return report;
}

TEST_CASE("a badge that its issuer shows says what, by which host and how that is known") {
    auto const html = html_of_report(hosted_report());
    keep_for_eyes("verify-hosted-en", html);
    keep_for_eyes("verify-hosted-ar", html_of_report(hosted_report(), "ar"));

    CHECK(has(html, "Genuine and in force"));
    CHECK(has(html, "<span class=\"domain ltr\">badges.school.example</span>"));
    CHECK(has(html, "Robot School"));
    CHECK(has(html, "Builds robots."));
    CHECK(has(html, "31 January 2026"));
    CHECK(has(html, "The issuer shows it"));
    CHECK(has(html, "The badge stands at its own address, word for word."));
    CHECK(has(html, "What the badge says"));
    CHECK_FALSE(has(html, "Signature"));
    CHECK(has(html_of_report(hosted_report(), "ar"), "تعرضها الجهة المانحة"));
}

TEST_CASE("a description is shown as nobody's award") {
    auto report = hosted_report();
    report.headline_code = "description";
    report.credential.erase("validFrom");

    auto const html = html_of_report(report);

    CHECK(has(html, "A description, not an award"));
    CHECK_FALSE(has(html, "Genuine"));
    CHECK_FALSE(has(html, "What the badge says"));
    CHECK_FALSE(has(html, "no expiry"));
    CHECK(has(html_of_report(report, "ar"), "وصف، وليس منحًا"));
}

TEST_CASE("a presentation shows who shows it, as far as that is known, and each badge in it") {
    domain::Report report;
    report.verdict = domain::Verdict::invalid;
    report.headline_code = "not-all";
    report.kind = "VerifiablePresentation (VCDM 2.0, no proof)";
    report.credential = {{"credentials", 2}, {"holder", {{"id", "did:web:people.example:amal"}}}};
    report.checks = {{"holder-binding", domain::CheckOutcome::absent, "holder-binding.unsigned", "", "", {}}};
    report.nested = {sample_report(sample_credential()), hosted_report()};
    report.nested.back().headline_code = "invalid";

    auto const html = html_of_report(report);

    CHECK(has(html, "Not everything shown can be relied on"));
    CHECK(has(html, "Says that it is shown by"));
    CHECK(has(html, "people.example"));
    CHECK(has(html, "What it holds"));
    CHECK(has(html, "Robot"));
    CHECK(has(html, "Do not rely on this"));
    CHECK(has(html, "What the badge says"));
    CHECK_FALSE(has(html, "It may imitate somebody else"));
    report.nested.front().warnings = {{"text.mixed-name", "/issuer/name", ""}};
    CHECK(has(html_of_report(report), "It may imitate somebody else"));
    set_outcome(report, "holder-binding", domain::CheckOutcome::pass);
    CHECK(has(html_of_report(report), ">Shown by<"));
    CHECK(has(html_of_report(report, "ar"), "المحتويات"));
}

}  // namespace
}  // namespace itqan::web
