#include "service/jobs/mail_text.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/support/shared.hpp"

namespace itqan::jobs {
namespace {

MailFacts claim_facts() {
    MailFacts facts;
    facts.learner = {"Reem Al Sahli", "ريم السهلي"};
    facts.issuer = {"Nakhla", "نخلة"};
    facts.badges = {{{"Cyber Safe", "أمان سيبراني"},
                     domain::Text{"23 October 2027", "23 أكتوبر 2027"},
                     domain::Text{"Cyber Hygiene, score 80 or more", "السلامة السيبرانية"}}};
    facts.link = "https://badges.example/claim/abc";
    facts.link_until = {"22 February 2027", "22 فبراير 2027"};
    facts.controller = "Nakhla Collaborative";
    facts.contact = "privacy@nakhla.example";
    facts.privacy_url = "https://badges.example/privacy";
    return facts;
}

bool has(std::string const& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST_CASE("a claim mail says everything in plain text in both languages") {
    auto const mail = write_mail(claim_facts());

    CHECK(mail.subject == "You earned a badge: Cyber Safe | شارة جديدة: أمان سيبراني");
    for (auto const part : {"Hello Reem Al Sahli,", "ريم السهلي", "Nakhla has awarded you this badge:",
                            "- Cyber Safe (valid until 23 October 2027)", "23 أكتوبر 2027",
                            "https://badges.example/claim/abc", "works until 22 February 2027", "Nakhla Collaborative",
                            "privacy@nakhla.example", "https://badges.example/privacy", "kept as long as",
                            "the evidence for: Cyber Hygiene, score 80 or more. Renewed", "السلامة السيبرانية",
                            "Shows training and assessment. Not a licence to practise and not a clinical privilege."}) {
        CAPTURE(std::string(part));
        CAPTURE(mail.text);
        CHECK(has(mail.text, part));
    }
    CHECK_FALSE(has(mail.text, "{{"));
    CHECK_FALSE(has(mail.html, "{{"));
}

TEST_CASE("the learner's language comes first and the other below") {
    auto facts = claim_facts();
    facts.first_language = "ar";

    auto const mail = write_mail(facts);

    CHECK(mail.subject.starts_with("شارة جديدة"));
    CHECK(mail.text.find("تحية طيبة") < mail.text.find("Hello"));
    CHECK(has(mail.html, "<html lang=\"ar\" dir=\"rtl\">"));
    CHECK(has(mail.html, "<div lang=\"en\" dir=\"ltr\""));
}

TEST_CASE("several badges are counted in the forms of each language") {
    auto facts = claim_facts();
    facts.badges.push_back({{"Second", "ثانية"}, std::nullopt, std::nullopt});

    auto const two = write_mail(facts);
    facts.badges.push_back(facts.badges.back());
    auto const three = write_mail(facts);

    CHECK(two.subject == "You earned 2 badges | شارتان جديدتان");
    CHECK(has(two.text, "- Second (no expiry date)"));
    CHECK(three.subject == "You earned 3 badges | 3 شارات جديدة");
}

TEST_CASE("badges of several issuers name theirs") {
    auto facts = claim_facts();
    facts.issuer = {"The programme", "البرنامج"};
    facts.badges[0].issuer = domain::Text{"Nakhla", "نخلة"};

    auto const mail = write_mail(facts);

    CHECK(has(mail.text, "The programme has awarded you this badge:"));
    CHECK(has(mail.text, "- Cyber Safe – Nakhla (valid until"));
    CHECK(has(mail.html, "<bdi>Nakhla</bdi>"));
}

TEST_CASE("plural categories follow CLDR") {
    CHECK(plural_category("en", 1) == "one");
    CHECK(plural_category("en", 0) == "other");
    CHECK(plural_category("ar", 0) == "zero");
    CHECK(plural_category("ar", 2) == "two");
    CHECK(plural_category("ar", 103) == "few");
    CHECK(plural_category("ar", 11) == "many");
    CHECK(plural_category("ar", 199) == "many");
    CHECK(plural_category("ar", 100) == "other");
}

TEST_CASE("names are text in HTML and never templates or markup") {
    auto facts = claim_facts();
    facts.learner.en = "<img src=x onerror=alert(1)> & {{link}}";
    facts.badges[0].name.en = "\"><script>alert(1)</script>";

    auto const mail = write_mail(facts);

    CHECK_FALSE(has(mail.html, "<img"));
    CHECK_FALSE(has(mail.html, "<script"));
    CHECK(has(mail.html, "&lt;img src=x onerror=alert(1)&gt; &amp; {{link}}"));
    CHECK(has(mail.text, "Hello <img src=x onerror=alert(1)> & {{link}},"));
}

TEST_CASE("a sign-in mail holds its link, how long it works and nothing about badges") {
    auto facts = claim_facts();
    facts.kind = MailKind::sign_in;
    facts.badges.clear();
    facts.learner = {};
    facts.link = "https://badges.example/my/link/abc";

    auto const mail = write_mail(facts);

    CHECK(mail.subject == "Your link to your badges | رابط الدخول إلى الشارات");
    CHECK(has(mail.text, "https://badges.example/my/link/abc"));
    CHECK(has(mail.text, "within 15 minutes"));
    CHECK(has(mail.text, "Hello,"));
    CHECK_FALSE(has(mail.text, "Cyber Safe"));
}

TEST_CASE("both locales hold the same sentences apart from plural forms") {
    auto const folder = tests::source_dir() / "service/jobs/locales";
    auto const english = nlohmann::json::parse(tests::read_file(folder / "en.json"));
    auto const arabic = nlohmann::json::parse(tests::read_file(folder / "ar.json"));

    for (auto const& [key, text] : english.items()) {
        CAPTURE(key);
        CHECK(arabic.contains(key));
        CHECK_FALSE(text.get<std::string>().empty());
    }
}

}  // namespace
}  // namespace itqan::jobs
