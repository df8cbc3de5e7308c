#include "service/web/pictures/certificate.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "service/web/pictures/drawn_pictures.hpp"
#include "service/web/pictures/pdf_page.hpp"
#include "tests/service/web/sample_badge.hpp"

namespace itqan::tests {
namespace {

class NovemberClock final : public Clock {
  public:
    Instant wall() const override { return now; }
    Instant domain() const override { return now; }

    Instant now = noon_of("2026-11-25");
};

std::string pdf_of(domain::CredentialView const& credential) {
    NovemberClock const clock;
    auto const pictures = web::make_pictures(clock);
    return std::string(as_text(*pictures->certificate(sample_programme(), credential)));
}

}  // namespace

TEST_CASE("a certificate is one page that carries the credential and the same each time") {
    for (auto const* const language : {"en", "ar"}) {
        auto const credential = sample_credential(language);

        auto const pdf = pdf_of(credential);

        auto const badge = crypto::extract_pdf(as_bytes(pdf));
        REQUIRE(badge);
        CHECK(badge->credential == credential.document);
        CHECK(pdf == pdf_of(credential));
        CHECK(pdf.find("/Count 1") != std::string::npos);
        CHECK(pdf.find("/Image") == std::string::npos);
        CHECK(pdf.find("/Font") == std::string::npos);
        CHECK(pdf.find("/Lang (" + std::string(language) + ")") != std::string::npos);
        CHECK(pdf.find("/URI (" + credential.share_url + ")") != std::string::npos);
        CHECK(pdf.size() < 200'000);
    }
}

TEST_CASE("a certificate says what the badge says, and the name only where the page shows it") {
    web::TextOutliner const outliner;
    auto const programme = sample_programme();
    auto credential = sample_credential();
    auto const text = [&] {
        return web::draw_certificate(programme, programme.achievements.front(), credential, noon_of("2026-11-25"),
                                     outliner)
            .words.text;
    };
    auto const says = [&](std::string_view what) { return text().find(what) != std::string::npos; };

    CHECK(says("Durrat Digital Health Academy\nbadges.example\n"));
    CHECK(says("Awarded on 1 November 2026"));
    CHECK(says("Valid until 11 August 2027"));
    CHECK(says(credential.share_url));
    CHECK_FALSE(says("Jassim"));
    credential.row.visibility = "public";
    CHECK(says("Awarded to\nJassim Al Lulu"));
    credential.row.show_name = false;
    CHECK_FALSE(says("Jassim"));
    credential.row.status = "revoked";
    CHECK(says("Withdrawn by the issuer"));
    CHECK_FALSE(says("Valid until"));
}

}  // namespace itqan::tests
