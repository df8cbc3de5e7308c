#include <doctest/doctest.h>

#include <algorithm>
#include <regex>
#include <set>

#include "sample_badge.hpp"
#include "web_files.embedded.hpp"

namespace itqan::web {
namespace {

using tests::locales;

std::set<std::string> placeholders(std::string const& text) {
    static std::regex const pattern("\\{[a-z_]+\\}");
    std::set<std::string> found;
    for (auto it = std::sregex_iterator(text.begin(), text.end(), pattern); it != std::sregex_iterator(); ++it)
        found.insert(it->str());
    return found;
}

TEST_CASE("both locales say the same things") {
    auto const english = locales().in("en").keys();
    auto const arabic = locales().in("ar").keys();

    for (auto const& [key, forms] : english) {
        REQUIRE_MESSAGE(arabic.contains(key), key);
        CHECK_MESSAGE(forms.empty() == arabic.at(key).empty(), key);
    }
    CHECK(english.size() == arabic.size());
    CHECK(english.size() > 200);
}

TEST_CASE("no text is empty and every text names the same values in both languages") {
    for (auto const& [key, forms] : locales().in("en").keys()) {
        if (!forms.empty()) continue;
        auto const english = locales().in("en").text(key), arabic = locales().in("ar").text(key);
        CHECK_MESSAGE(!english.empty(), key);
        CHECK_MESSAGE(!arabic.empty(), key);
        CHECK_MESSAGE(placeholders(english) == placeholders(arabic), key);
    }
}

TEST_CASE("plurals have every CLDR category of their language") {
    auto const complete = [](Locale const& locale, std::vector<std::string> wanted) {
        std::sort(wanted.begin(), wanted.end());
        for (auto const& [key, forms] : locale.keys())
            if (!forms.empty()) CHECK_MESSAGE(forms == wanted, key);
    };

    complete(locales().in("en"), {"one", "other"});
    complete(locales().in("ar"), {"zero", "one", "two", "few", "many", "other"});
}

TEST_CASE("Arabic numbers choose their plural as CLDR says") {
    CHECK(plural_category("ar", 0) == "zero");
    CHECK(plural_category("ar", 1) == "one");
    CHECK(plural_category("ar", 2) == "two");
    for (auto const n : {3, 10, 103, 110})
        CHECK(plural_category("ar", n) == "few");
    for (auto const n : {11, 26, 99, 111, 199})
        CHECK(plural_category("ar", n) == "many");
    for (auto const n : {100, 101, 102, 200, 1000})
        CHECK(plural_category("ar", n) == "other");
    CHECK(locales().in("ar").plural("my.count", 3) == "3 شارات");
    CHECK(locales().in("ar").plural("my.count", 11) == "11 شارة");
    CHECK(locales().in("en").plural("my.count", 1) == "1 badge");
}

TEST_CASE("numbers and moments use Latin digits in both languages") {
    CHECK(locales().in("en").number(1234567) == "1,234,567");
    CHECK(locales().in("ar").number(999) == "999");
    CHECK(locales().in("en").moment(tests::noon_of("2026-11-24")) == "24 November 2026, 12:00 UTC");
    CHECK(locales().in("ar").moment(tests::noon_of("2026-11-24")) == "24 نوفمبر 2026، 12:00 بالتوقيت العالمي");
}

TEST_CASE("a name inside a sentence is isolated and escaped") {
    auto const markup = locales().in("en").markup("verify.called", {{"name", "<دُرّة>\u202e"}}).markup();

    CHECK(markup == "calls itself “<bdi dir=\"auto\">&lt;دُرّة&gt;⟦U+202E⟧</bdi>”");
}

TEST_CASE("every key that a template names exists") {
    static std::regex const tag("\\{\\{t +([^ }]+) *\\}\\}");
    int seen = 0;
    for (auto const path : web_files_paths()) {
        if (!path.starts_with("templates/")) continue;
        std::string const text(web_files(path));
        for (auto it = std::sregex_iterator(text.begin(), text.end(), tag); it != std::sregex_iterator(); ++it) {
            ++seen;
            CHECK_MESSAGE(locales().in("en").has((*it)[1].str()), (*it)[1].str());
        }
    }
    CHECK(seen > 100);
}

TEST_CASE("every check of the verifier has words for every outcome") {
    for (auto const& check : domain::check_ids())
        for (auto const* outcome : {"pass", "warn", "fail", "unchecked", "absent"})
            CHECK_MESSAGE(locales().in("ar").has("check." + check + "." + outcome), check);
}

}  // namespace
}  // namespace itqan::web
