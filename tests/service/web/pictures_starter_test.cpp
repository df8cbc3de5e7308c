#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "crypto/bake_pdf.hpp"
#include "service/web/pictures/drawn_pictures.hpp"
#include "tests/service/starter_house.hpp"

namespace itqan::tests {
namespace {

/// Writes it for the eyes, when ITQAN_PICTURES names a folder.
void keep(std::string const& name, std::string_view bytes) {
    auto const* const folder = std::getenv("ITQAN_PICTURES");
    if (folder == nullptr) return;
    std::filesystem::create_directories(folder);
    std::ofstream(std::string(folder) + "/" + name, std::ios::binary) << bytes;
}

domain::CredentialView credential_of(domain::Achievement const& achievement, std::string const& language,
                                     std::string const& status, Instant now) {
    domain::CredentialView view;
    view.row.id = achievement.id + language + status;
    view.row.achievement_id = achievement.id;
    view.row.issuer_id = achievement.issuer_id;
    view.row.language = language;
    view.row.status = status;
    view.row.visibility = "public";
    view.row.show_name = true;
    view.row.share_code = "k3v9q2x7m4t8w6zb";
    view.row.awarded_at = now;
    view.row.valid_until = Day::parse("2027-08-11");
    view.share_url = "https://badges.example/c/" + view.row.share_code;
    Json const name{{"identityType", "name"},
                    {"hashed", false},
                    {"identityHash", language == "ar" ? "جاسم اللولو" : "Jassim Al Lulu"}};
    view.credential["credentialSubject"]["identifier"] = Json::array({name});
    view.credential["credentialSubject"]["achievement"] = {{"name", achievement.name.in(language)},
                                                           {"achievementType", achievement.type}};
    view.document = "a.b.c";
    return view;
}

}  // namespace

TEST_CASE("every achievement of the starter has pictures of its own in both languages") {
    StarterHouse house;
    auto const programme =
        house.database().read([&](storage::Session& session) { return house.programmes.current(session); });
    auto const pictures = web::make_pictures(house.clock);

    std::set<Bytes> different;
    for (auto const& each : programme->achievements) {
        for (std::string const language : {"en", "ar"}) {
            CAPTURE(each.id);
            auto const png = pictures->badge_png(*programme, each, language, 2026);
            CHECK(png->size() < 120'000);
            different.insert(*png);
            keep(each.id + "-" + language + ".png", as_text(*png));
            keep(each.id + "-" + language + ".svg", pictures->badge_svg(*programme, each, language, 2026));
        }
    }

    CHECK(different.size() == 2 * programme->achievements.size());
}

TEST_CASE("every achievement of the starter has share cards in both languages and every state") {
    StarterHouse house;
    auto const programme =
        house.database().read([&](storage::Session& session) { return house.programmes.current(session); });
    auto const pictures = web::make_pictures(house.clock);
    char const* const states[] = {"active", "revoked", "suspended"};

    std::set<Bytes> different;
    std::size_t count = 0;
    for (auto const& each : programme->achievements) {
        for (std::string const language : {"en", "ar"}) {
            std::string const state = states[count++ % 3];
            auto const card = pictures->share_card(*programme, credential_of(each, language, state, house.clock.now));
            CHECK(card->size() < 200'000);
            different.insert(*card);
            keep("card-" + each.id + "-" + language + "-" + state + ".png", as_text(*card));
        }
    }

    CHECK(different.size() == count);
}

TEST_CASE("every achievement of the starter has a certificate in both languages and every state") {
    StarterHouse house;
    auto const programme =
        house.database().read([&](storage::Session& session) { return house.programmes.current(session); });
    auto const pictures = web::make_pictures(house.clock);
    char const* const states[] = {"active", "revoked", "suspended"};

    std::size_t count = 0;
    for (auto const& each : programme->achievements) {
        for (std::string const language : {"en", "ar"}) {
            std::string const state = states[count++ / 2 % 3];
            auto view = credential_of(each, language, state, house.clock.now);
            view.document = "eyJhbGciOiJFZERTQSJ9.e30.c2ln";
            view.credential["issuer"]["id"] = "did:web:badges.example:issuers:" + each.issuer_id;
            auto const pdf = pictures->certificate(*programme, view);
            CHECK(pdf->size() < 250'000);
            CHECK(crypto::extract_pdf(*pdf)->credential == view.document);
            keep("certificate-" + each.id + "-" + language + "-" + state + ".pdf", as_text(*pdf));
        }
    }
}

}  // namespace itqan::tests
