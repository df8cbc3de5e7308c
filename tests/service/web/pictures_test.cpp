#include <doctest/doctest.h>
#include <png.h>
#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <tuple>
#include <vector>

#include <jpeglib.h>
#include <nlohmann/json.hpp>

#include "crypto/bake.hpp"
#include "service/scan/qr_reader.hpp"
#include "service/web/pictures/badge_design.hpp"
#include "service/web/pictures/drawn_pictures.hpp"
#include "service/web/pictures/raster.hpp"
#include "service/web/pictures/share_card.hpp"
#include "tests/service/web/sample_badge.hpp"

namespace itqan::tests {
namespace {

class StandingClock final : public Clock {
  public:
    Instant wall() const override { return now; }
    Instant domain() const override { return now; }

    Instant now = noon_of("2026-11-25");
};

struct Picture {
    int width = 0, height = 0;
    std::vector<std::uint32_t> pixels;  ///< 0xAABBGGRR
    std::uint32_t at(double x, double y) const {
        return pixels.at(static_cast<std::size_t>(std::lround(y)) * static_cast<std::size_t>(width) +
                         static_cast<std::size_t>(std::lround(x)));
    }
};

Picture open(Bytes const& png) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    REQUIRE(png_image_begin_read_from_memory(&image, png.data(), png.size()) != 0);
    image.format = PNG_FORMAT_RGBA;
    Picture picture{static_cast<int>(image.width), static_cast<int>(image.height), {}};
    picture.pixels.resize(std::size_t{image.width} * image.height);
    REQUIRE(png_image_finish_read(&image, nullptr, picture.pixels.data(), 0, nullptr) != 0);
    return picture;
}

/// 0xAABBGGRR of "#rrggbb", opaque.
std::uint32_t pixel_of(std::string_view colour) {
    auto const part = [&](std::size_t at) {
        return static_cast<std::uint32_t>(std::stoul(std::string(colour.substr(at, 2)), nullptr, 16));
    };
    return 0xFF000000U | part(5) << 16 | part(3) << 8 | part(1);
}

bool close_to(std::uint32_t pixel, std::uint32_t other) {
    for (int shift = 0; shift < 32; shift += 8)
        if (std::abs(static_cast<int>(pixel >> shift & 0xFF) - static_cast<int>(other >> shift & 0xFF)) > 6)
            return false;
    return true;
}

bool shows(Picture const& picture, std::string_view colour) {
    return std::count_if(picture.pixels.begin(), picture.pixels.end(),
                         [&](auto pixel) { return close_to(pixel, pixel_of(colour)); }) > 200;
}

domain::Programme programme_of(std::vector<domain::Achievement> achievements) {
    auto programme = sample_programme();
    programme.framework.domains = {{"DH1", {"One", "واحد"}}, {"DH2", {"Two", "اثنان"}}};
    for (auto const* const code : {"DH1", "DH2"}) {
        domain::Competency competency;
        competency.code = std::string(code) + ".1";
        competency.domain = code;
        programme.framework.competencies.push_back(competency);
    }
    programme.framework.levels = {{3, {"Practitioner", "متمكّن"}, {}}};
    for (auto& achievement : achievements) {
        achievement.issuer_id = "durrat";
        if (achievement.name.en.empty()) achievement.name = {"The same name", "الاسم نفسه"};
    }
    programme.achievements = std::move(achievements);
    programme.index();
    return programme;
}

domain::Achievement achievement(std::string id, std::string type = "Certificate", int level = 3,
                                std::string competency = "DH1.1") {
    domain::Achievement made;
    made.id = std::move(id);
    made.type = std::move(type);
    made.alignment = {{std::move(competency), level}};
    return made;
}

struct Studio {
    StandingClock clock;
    domain::Programme programme = programme_of({achievement("ach-05")});
    std::unique_ptr<web::Pictures> pictures = web::make_pictures(clock);

    domain::Achievement const& first() const { return programme.achievements.front(); }
};

bool is_svg(std::string const& text) {
    return static_cast<bool>(crypto::bake_svg(text, "a.b.c"));
}

}  // namespace

TEST_CASE("a design is well-formed SVG with no text that a viewer's fonts could spoil") {
    Studio studio;

    for (auto const* const language : {"en", "ar"}) {
        auto const svg = studio.pictures->badge_svg(studio.programme, studio.first(), language, 2026);

        CHECK(is_svg(svg));
        CHECK(svg.find("<text") == std::string::npos);
        CHECK(svg.find("<title>" + studio.first().name.in(language) + "</title>") != std::string::npos);
        CHECK(svg.size() < 150'000);
    }
}

TEST_CASE("a name that looks like markup stays a name") {
    Studio studio;
    auto achievement = studio.first();
    achievement.name.en = "<script>\"&'";

    auto const svg = studio.pictures->badge_svg(studio.programme, achievement, "en", 2026);

    CHECK(is_svg(svg));
    CHECK(svg.find("<script") == std::string::npos);
}

TEST_CASE("achievements of one name, level and type have pictures of their own") {
    std::vector<domain::Achievement> many;
    for (int i = 1; i <= 16; ++i)
        many.push_back(achievement("ach-" + std::to_string(i)));
    auto const programme = programme_of(many);
    web::TextOutliner const outliner;

    std::set<std::string> pictures;
    for (auto const& each : programme.achievements)
        pictures.insert(web::badge_design(programme, each, "en", 2026, outliner));

    CHECK(pictures.size() == many.size());
}

TEST_CASE("domain, type, level, language, year and issuer each change the picture") {
    auto programme = programme_of({achievement("a"), achievement("a", "Badge"), achievement("a", "MicroCredential"),
                                   achievement("a", "Certificate", 4), achievement("a", "Certificate", 3, "DH2.1")});
    web::TextOutliner const outliner;
    auto const& first = programme.achievements.front();

    std::set<std::string> pictures;
    for (auto const& each : programme.achievements)
        pictures.insert(web::badge_design(programme, each, "en", 2026, outliner));
    pictures.insert(web::badge_design(programme, first, "ar", 2026, outliner));
    pictures.insert(web::badge_design(programme, first, "en", 2027, outliner));
    programme.issuers.front().name.en = "Another Academy";
    pictures.insert(web::badge_design(programme, first, "en", 2026, outliner));

    CHECK(pictures.size() == 8);
}

TEST_CASE("the outer ring is lit as far as the level goes") {
    web::TextOutliner const outliner;
    for (int level = 1; level <= 5; ++level) {
        auto const programme = programme_of({achievement("a", "Badge", level)});
        auto const& palette = web::palette_of(programme, programme.achievements.front());

        auto const picture = open(web::render_png(
            web::badge_design(programme, programme.achievements.front(), "en", 2026, outliner), 600, 600));

        for (int part = 0; part < 5; ++part) {
            double const angle = 2 * 3.14159265 * (part + 0.5) / 5;
            auto const pixel = picture.at(300 + 226.5 * std::sin(angle), 300 - 226.5 * std::cos(angle));
            CHECK(close_to(pixel, pixel_of(palette.colour)) == (part < level));
        }
    }
}

TEST_CASE("a picture is 600 by 600, small, transparent outside its outline, and the same from another start") {
    Studio studio, other;

    auto const png = studio.pictures->badge_png(studio.programme, studio.first(), "ar", 2026);

    auto const picture = open(*png);
    CHECK(picture.width == 600);
    CHECK(picture.height == 600);
    CHECK(picture.at(2, 2) == 0);
    CHECK(png->size() < 120'000);
    CHECK(*png == *other.pictures->badge_png(other.programme, other.first(), "ar", 2026));
    CHECK(png == studio.pictures->badge_png(studio.programme, studio.first(), "ar", 2026));
}

TEST_CASE("a baked picture keeps its pixels and gives the credential back") {
    Studio studio;
    auto const credential = sample_credential("ar");

    auto const baked = studio.pictures->baked_png(studio.programme, credential);
    auto const svg = studio.pictures->baked_svg(studio.programme, credential);

    auto plain = studio.first();
    plain.name.ar = "مشغّل منظومة الدواء المغلقة";
    CHECK(open(*baked).pixels == open(*studio.pictures->badge_png(studio.programme, plain, "ar", 2026)).pixels);
    auto const from_png = crypto::extract_png(*baked);
    REQUIRE(from_png);
    CHECK(from_png->credential == credential.document);
    auto const from_svg = crypto::extract_svg(svg);
    REQUIRE(from_svg);
    CHECK(from_svg->credential == credential.document);
}

TEST_CASE("a later edition is another picture, with its own credential") {
    Studio studio;
    auto credential = sample_credential();
    auto const first = studio.pictures->baked_png(studio.programme, credential);

    credential.row.edition = 2;
    credential.document += "x";

    CHECK(crypto::extract_png(*studio.pictures->baked_png(studio.programme, credential))->credential ==
          credential.document);
    CHECK(crypto::extract_png(*first)->credential != credential.document);
}

TEST_CASE("a credential whose achievement is gone is still drawn from what was signed") {
    Studio studio;
    auto credential = sample_credential();
    credential.row.achievement_id = "gone";

    CHECK(open(*studio.pictures->baked_png(studio.programme, credential)).width == 600);
    CHECK(open(*studio.pictures->share_card(studio.programme, credential)).width == 1200);
}

TEST_CASE("a code is read back to its address") {
    Studio studio;
    auto const address = sample_credential().share_url;

    auto const svg = studio.pictures->qr_svg(address);

    CHECK(is_svg(svg));
    auto const read = scan::read_qr(as_text(web::render_png(svg, 400, 400)));
    REQUIRE(read);
    CHECK(*read == address);
}

/// A scan for every coefficient, and one more for its last bit.
std::vector<jpeg_scan_info> many_scans() {
    std::vector<jpeg_scan_info> scans{{1, {0}, 0, 0, 0, 0}};
    for (int const last_bit : {1, 0})
        for (int coefficient = 1; coefficient < 64; ++coefficient)
            scans.push_back({1, {0}, coefficient, coefficient, last_bit == 1 ? 0 : 1, last_bit});
    return scans;
}

/// A grey photograph of a table with the picture lying on it.
std::string photograph(Picture const& of, int width, int height, std::vector<jpeg_scan_info> const& scans = {}) {
    std::vector<unsigned char> grey(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 120);
    for (int y = 0; y < of.height; ++y)
        for (int x = 0; x < of.width; ++x)
            grey[static_cast<std::size_t>(y + height / 3) * static_cast<std::size_t>(width) +
                 static_cast<std::size_t>(x + width / 3)] = static_cast<unsigned char>(of.at(x, y) & 0xFFU);
    jpeg_compress_struct encoder{};
    jpeg_error_mgr errors{};
    encoder.err = jpeg_std_error(&errors);
    jpeg_create_compress(&encoder);
    unsigned char* made = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&encoder, &made, &size);
    encoder.image_width = static_cast<JDIMENSION>(width);
    encoder.image_height = static_cast<JDIMENSION>(height);
    encoder.input_components = 1;
    encoder.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&encoder);
    if (!scans.empty()) {
        encoder.scan_info = scans.data();
        encoder.num_scans = static_cast<int>(scans.size());
    }
    jpeg_start_compress(&encoder, TRUE);
    while (encoder.next_scanline < encoder.image_height) {
        auto* line = grey.data() + std::size_t{encoder.next_scanline} * encoder.image_width;
        jpeg_write_scanlines(&encoder, &line, 1);
    }
    jpeg_finish_compress(&encoder);
    jpeg_destroy_compress(&encoder);
    std::string jpeg(reinterpret_cast<char const*>(made), size);
    std::free(made);
    return jpeg;
}

/// The picture as a camera sees it that is turned by `angle`, nearer at one edge by `lean`, and noisy.
Picture seen_askew(Picture const& of, double angle, double lean, int noise) {
    int const side = of.width * 3 / 2;
    Picture seen{side, side, {}};
    std::uint32_t chance = 12345;
    for (int y = 0; y < side; ++y) {
        for (int x = 0; x < side; ++x) {
            double const u = x - side / 2.0, v = y - side / 2.0;
            double const near = 1 + lean * v / side;
            double const from_x = (u * std::cos(angle) + v * std::sin(angle)) / near + of.width / 2.0;
            double const from_y = (v * std::cos(angle) - u * std::sin(angle)) / near + of.height / 2.0;
            bool const is_inside = from_x >= 0 && from_y >= 0 && from_x <= of.width - 1 && from_y <= of.height - 1;
            auto const value = is_inside ? static_cast<int>(of.at(from_x, from_y) & 0xFFU) : 200;
            chance = chance * 1664525U + 1013904223U;
            auto const stain = static_cast<int>(chance >> 16U) % (2 * noise + 1) - noise;
            auto const grey = static_cast<std::uint32_t>(std::clamp(40 + value * 3 / 4 + stain, 0, 255));
            seen.pixels.push_back(0xFF000000U | grey << 16U | grey << 8U | grey);
        }
    }
    return seen;
}

TEST_CASE("a code is read when the photograph is turned, leaning and noisy") {
    std::string const address = "https://badges.example/c/k3v9q2x7m4t8w6zb";
    auto const code = open(web::render_png(Studio().pictures->qr_svg(address), 360, 360));
    for (auto const& [angle, lean, noise] : std::vector<std::tuple<double, double, int>>{
             {0.2, 0.0, 0}, {0.8, 0.0, 20}, {1.6, 0.15, 20}, {3.1, 0.3, 10}, {0.1, 0.4, 40}}) {
        CAPTURE(angle);
        auto const read = scan::read_qr(photograph(seen_askew(code, angle, lean, noise), 1600, 1600));
        REQUIRE(read);
        CHECK(*read == address);
    }
}

TEST_CASE("of several codes the only link is read, and several links are none") {
    auto const beside = [](std::string const& left, std::string const& right) {
        auto const one = open(web::render_png(Studio().pictures->qr_svg(left), 300, 300));
        auto const other = open(web::render_png(Studio().pictures->qr_svg(right), 300, 300));
        Picture both{600, 300, {}};
        for (int y = 0; y < 300; ++y)
            for (int x = 0; x < 600; ++x)
                both.pixels.push_back(x < 300 ? one.at(x, y) : other.at(x - 300, y));
        return scan::read_qr(photograph(both, 1200, 900));
    };

    auto const one_link = beside("https://badges.example/c/k3v9", "WIFI:S:guests;;");
    auto const two_links = beside("https://badges.example/c/k3v9", "https://badges.example/c/k3v8");

    REQUIRE(one_link);
    CHECK(*one_link == "https://badges.example/c/k3v9");
    REQUIRE_FALSE(two_links);
    CHECK(two_links.error().code == "many-codes");
}

TEST_CASE("a code that fills little of a large photograph is read") {
    std::string const address = "https://badges.example/c/k3v9";
    auto const code = open(web::render_png(Studio().pictures->qr_svg(address), 74, 74));

    auto const twelve_megapixels = scan::read_qr(photograph(code, 4000, 3000));
    auto const forty_eight =
        scan::read_qr(photograph(open(web::render_png(Studio().pictures->qr_svg(address), 300, 300)), 8000, 6000));
    auto const fifty_one = scan::read_qr(photograph(code, 8500, 6000));

    REQUIRE(twelve_megapixels);
    CHECK(*twelve_megapixels == address);
    REQUIRE(forty_eight);
    CHECK(*forty_eight == address);
    REQUIRE_FALSE(fifty_one);
    CHECK(fifty_one.error().code == "picture-too-large");
}

TEST_CASE("a picture in more scans than any camera writes is not decoded to its end") {
    std::string const address = "https://badges.example/c/k3v9";
    auto const code = open(web::render_png(Studio().pictures->qr_svg(address), 222, 222));
    auto const scans = many_scans();
    REQUIRE(scans.size() == 127);

    auto const few = scan::read_qr(photograph(code, 800, 800, {scans.begin(), scans.begin() + 64}));
    auto const many = scan::read_qr(photograph(code, 800, 800, scans));

    REQUIRE(few);
    CHECK(*few == address);
    REQUIRE_FALSE(many);
    CHECK(many.error().code == "picture-unreadable");
}

TEST_CASE("a damaged photograph is given up") {
    auto const code = open(web::render_png(Studio().pictures->qr_svg("https://badges.example/c/k3v9"), 222, 222));
    auto photo = photograph(code, 800, 800);
    for (std::size_t at = photo.size() / 2; at + 2 < photo.size(); at += 7)
        photo[at] = '\x55';

    auto const read = scan::read_qr(photo);

    CHECK((!read || !*read));
}

TEST_CASE("a code keeps four modules quiet around it") {
    // Twenty-nine bytes at M need version 3: 29 modules, 37 with the quiet zone, ten pixels each here.
    auto const picture = open(web::render_png(Studio().pictures->qr_svg("https://badges.example/c/k3v9"), 370, 370));

    bool quiet = true;
    for (int along = 0; along < 370; ++along)
        for (int const edge : {0, 39, 330, 369})
            quiet = quiet && picture.at(along, edge) == 0xFFFFFFFFU && picture.at(edge, along) == 0xFFFFFFFFU;
    CHECK(quiet);
    CHECK(picture.at(45, 45) == 0xFF000000U);
}

TEST_CASE("a share card is 1200 by 627 and its code leads to the badge's page") {
    Studio studio;
    for (auto const* const language : {"en", "ar"}) {
        auto const credential = sample_credential(language);

        auto const card = studio.pictures->share_card(studio.programme, credential);

        auto const picture = open(*card);
        CHECK(picture.width == 1200);
        CHECK(picture.height == 627);
        CHECK(card->size() < 200'000);
        auto const read = scan::read_qr(as_text(*card));
        REQUIRE(read);
        CHECK(*read == credential.share_url);
    }
}

TEST_CASE("a share card has the learner's name only on a public page that shows it") {
    Studio studio;
    web::TextOutliner const outliner;
    auto const card = [&](std::string const& visibility, bool show_name, std::string const& name) {
        auto credential = sample_credential();
        credential.row.visibility = visibility;
        credential.row.show_name = show_name;
        credential.credential["credentialSubject"]["identifier"][0]["identityHash"] = name;
        return web::share_card_svg(studio.programme, studio.first(), credential, studio.clock.now, outliner);
    };

    CHECK(bool(card("link", true, "Jassim") == card("link", true, "Reem")));
    CHECK(bool(card("public", false, "Jassim") == card("public", false, "Reem")));
    CHECK(bool(card("public", true, "Jassim") != card("public", true, "Reem")));
}

TEST_CASE("a share card says what is withdrawn, on hold or expired") {
    Studio studio;
    auto credential = sample_credential();
    auto const card = [&] { return open(*studio.pictures->share_card(studio.programme, credential)); };
    constexpr std::string_view good = "#1b6b43", warn = "#855800", bad = "#a3271f";

    auto const active = card();
    credential.row.status = "suspended";
    auto const suspended = card();
    credential.row.status = "revoked";
    auto const revoked = card();
    credential.row.status = "active";
    studio.clock.now = noon_of("2027-08-12");
    auto const expired = card();

    CHECK(shows(active, good));
    CHECK_FALSE(shows(active, bad));
    CHECK(shows(suspended, warn));
    CHECK(shows(revoked, bad));
    CHECK(shows(expired, bad));
    CHECK(revoked.pixels != expired.pixels);
}

TEST_CASE("many threads with small stacks get the same pictures") {
    Studio studio;
    struct Work {
        Studio& studio;
        std::shared_ptr<Bytes const> png, card;
        std::string svg;
    };
    std::vector<Work> work(8, Work{studio, nullptr, nullptr, {}});
    std::vector<pthread_t> threads(work.size());
    pthread_attr_t small{};
    REQUIRE(pthread_attr_init(&small) == 0);
    REQUIRE(pthread_attr_setstacksize(&small, 512 * 1024) == 0);

    for (std::size_t i = 0; i < work.size(); ++i) {
        auto const draw = [](void* argument) -> void* {
            auto& mine = *static_cast<Work*>(argument);
            auto const credential = sample_credential("ar");
            mine.png = mine.studio.pictures->baked_png(mine.studio.programme, credential);
            mine.card = mine.studio.pictures->share_card(mine.studio.programme, credential);
            mine.svg = mine.studio.pictures->baked_svg(mine.studio.programme, credential);
            return nullptr;
        };
        REQUIRE(pthread_create(&threads[i], &small, draw, &work[i]) == 0);
    }
    for (auto const thread : threads)
        pthread_join(thread, nullptr);
    pthread_attr_destroy(&small);

    for (auto const& each : work) {
        CHECK(*each.png == *work.front().png);
        CHECK(*each.card == *work.front().card);
        CHECK(bool(each.svg == work.front().svg));
    }
}

TEST_CASE("a picture that was drawn before comes at once") {
    Studio studio;
    auto const credential = sample_credential();
    auto const ask = [&] { return studio.pictures->baked_png(studio.programme, credential); };
    ask();

    auto const start = std::chrono::steady_clock::now();
    for (int i = 0; i < 100; ++i)
        ask();
    auto const each = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count() / 100;

    CHECK(each < 1.0);
}

}  // namespace itqan::tests
