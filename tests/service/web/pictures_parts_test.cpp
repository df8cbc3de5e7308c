#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "service/web/pictures/palette.hpp"
#include "service/web/pictures/picture_cache.hpp"
#include "service/web/pictures/text_outline.hpp"

namespace itqan::tests {
namespace {

struct Spot {
    double x = 0, y = 0;
};
/// Every point that path data names.
std::vector<Spot> spots_of(std::string const& path) {
    std::vector<double> numbers;
    char const* at = path.c_str();
    while (*at != '\0') {
        char* end = nullptr;
        double const value = std::strtod(at, &end);
        if (end == at) {
            ++at;
        } else {
            numbers.push_back(value);
            at = end;
        }
    }
    std::vector<Spot> spots;
    for (std::size_t i = 0; i + 1 < numbers.size(); i += 2)
        spots.push_back({numbers[i], numbers[i + 1]});
    return spots;
}

double furthest(std::vector<Spot> const& spots) {
    double distance = 0;
    for (auto const& spot : spots)
        distance = std::max(distance, std::hypot(spot.x, spot.y));
    return distance;
}

}  // namespace

TEST_CASE("Arabic is joined and runs from right to left") {
    web::TextOutliner const outliner;
    web::TextStyle const style{.size = 40};

    auto const joined = outliner.outline("سسس", "ar", style);
    auto const parted = outliner.outline("س\u200Cس\u200Cس", "ar", style);
    auto const spots = spots_of(outliner.outline("اااا ـــــــــ", "ar", style).path);

    CHECK(joined.width < 0.9 * parted.width);
    auto const tallest =
        std::min_element(spots.begin(), spots.end(), [](auto const& a, auto const& b) { return a.y < b.y; });
    auto const leftmost =
        std::min_element(spots.begin(), spots.end(), [](auto const& a, auto const& b) { return a.x < b.x; });
    auto const rightmost =
        std::max_element(spots.begin(), spots.end(), [](auto const& a, auto const& b) { return a.x < b.x; });
    CHECK(tallest->x > (leftmost->x + rightmost->x) / 2);
}

TEST_CASE("Latin and Arabic letters, digits and accents all have outlines in either language") {
    web::TextOutliner const outliner;
    for (auto const* const language : {"en", "ar"}) {
        for (std::string const letter : {"a", "ش", "7", "é", "ß", "ؤ", "–", "·"}) {
            CAPTURE(letter);
            CHECK(spots_of(outliner.outline(letter, language, {.face = web::Face::serif}).path).size() >= 4);
            CHECK(bool(outliner.outline(letter, language, {}).path != outliner.outline("\uFFFD", language, {}).path));
        }
    }
}

TEST_CASE("letters that no font has lose their accents, and marks that turn text are left out") {
    web::TextOutliner const outliner;
    auto const path = [&](std::string_view text) { return outliner.outline(text, "en", {}).path; };

    CHECK(bool(path("\uFF21\uFF22") == path("AB")));
    CHECK(bool(path("\u1E69o") != path("\uFFFDo")));
    CHECK(bool(path("\u4E00") == path("\uFFFD")));
    CHECK(bool(path("a\u202Eb\u200Bc\u2066d") == path("abcd")));
    CHECK(bool(path("one\ntwo\tthree") == path("one two three")));
    CHECK(bool(path("\xFF\xFE") == path("\uFFFD\uFFFD")));
}

TEST_CASE("long names shrink and stay inside the medallion") {
    web::TextOutliner const outliner;
    web::TextStyle const style{.face = web::Face::serif, .size = 34, .minimum = 11, .centred = true};
    std::string endless;
    for (int i = 0; i < 60; ++i)
        endless += "qualification ";

    for (std::string const title :
         {"Go", "Interoperability in Practice",
          "Donaudampfschifffahrtsgesellschaftskapitänsanwärterprüfungsvorbereitung",
          "Advanced Certificate in the Safe Prescribing and Administration of High-Risk Medicines in Paediatric Care",
          endless.c_str()}) {
        CAPTURE(title);
        auto const words = outliner.inside_circle(title, "en", style, 110, 62);

        CHECK(furthest(spots_of(words.path)) < 111.5);
        CHECK(words.cut == (title == endless));
    }
    auto const arabic = outliner.inside_circle(
        "الشهادة المتقدمة في الوصف الآمن للأدوية عالية الخطورة وإعطائها في رعاية الأطفال", "ar", style, 110, 62);
    CHECK(furthest(spots_of(arabic.path)) < 111.5);
    CHECK_FALSE(arabic.cut);
    CHECK(arabic.size < outliner.inside_circle("شهادة", "ar", style, 110, 62).size);
}

TEST_CASE("a second outliner draws what the first drew, even after it is gone") {
    auto first = std::make_unique<web::TextOutliner>();
    auto const arabic = first->outline("شارة", "ar", {}).path;
    auto const latin = first->outline("k3v9", "en", {.bold = true}).path;
    first.reset();
    std::FILE* const other = std::fopen("/dev/null", "r");  // takes a file number that the fonts might have had

    web::TextOutliner const second;

    CHECK(bool(second.outline("k3v9", "en", {.bold = true}).path == latin));
    CHECK(bool(second.outline("شارة", "ar", {}).path == arabic));
    std::fclose(other);
}

TEST_CASE("lines wrap at the width given and a whole block keeps to its height") {
    web::TextOutliner const outliner;
    std::string words;
    for (int i = 0; i < 12; ++i)
        words += "several words ";

    auto const block = outliner.outline(words, "en", {.size = 54, .minimum = 10, .width = 300, .height = 120});

    CHECK(block.lines > 1);
    CHECK(block.height <= 120);
    CHECK(block.size < 54);
    for (auto const& spot : spots_of(block.path)) {
        CHECK(spot.x > -4);
        CHECK(spot.x < 304);
        CHECK(spot.y < 124);
    }
}

TEST_CASE("lettering bends around its circle without losing a letter") {
    web::TextOutliner const outliner;
    web::TextStyle const style{.size = 20, .minimum = 8, .width = 700};
    std::string const name = "Nakhla Digital Health Workforce Collaborative";

    auto const bent = spots_of(outliner.along_circle(name, "en", style, 250, web::TextOutliner::Side::head).path);
    auto const straight = spots_of(outliner.outline(name, "en", style).path);
    auto const below = spots_of(outliner.along_circle("2026", "en", style, 250, web::TextOutliner::Side::foot).path);

    CHECK(bent.size() == straight.size());
    for (auto const& spot : bent) {
        CHECK(std::hypot(spot.x, spot.y) > 240);
        CHECK(std::hypot(spot.x, spot.y) < 272);
        CHECK(spot.y < 0);
    }
    for (auto const& spot : below) {
        CHECK(spot.y > 200);
        CHECK(std::hypot(spot.x, spot.y) < 252);
    }
}

TEST_CASE("few colours stay as they are and many become 256 that are near") {
    std::vector<std::uint32_t> few{1, 2, 3, 2, 0xFFFFFFFFU}, many;
    for (std::uint32_t i = 0; i < 4096; ++i)
        many.push_back(0xFF000000U | (i % 64 * 4) << 8 | i / 64 * 4);

    auto const kept = web::index_colours(few);
    auto const reduced = web::index_colours(many);

    for (std::size_t i = 0; i < few.size(); ++i)
        CHECK(kept.colours.at(kept.pixels.at(i)) == few[i]);
    CHECK(reduced.colours.size() == 256);
    int furthest_off = 0;
    for (std::size_t i = 0; i < many.size(); ++i)
        for (int shift = 0; shift < 32; shift += 8)
            furthest_off = std::max(
                furthest_off, std::abs(static_cast<int>(many[i] >> shift & 0xFF) -
                                       static_cast<int>(reduced.colours.at(reduced.pixels.at(i)) >> shift & 0xFF)));
    CHECK(furthest_off <= 16);
}

TEST_CASE("the cache drops what was not asked for longest") {
    web::PictureCache cache(250);
    auto const picture = [] { return std::make_shared<Bytes const>(100); };

    cache.keep("one", picture());
    cache.keep("two", picture());
    CHECK(cache.find("one"));
    cache.keep("three", picture());

    CHECK(cache.find("one"));
    CHECK_FALSE(cache.find("two"));
    CHECK(cache.find("three"));
}

}  // namespace itqan::tests
