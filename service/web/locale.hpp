#pragma once
// The words of the pages in one language: texts with named arguments, CLDR plurals, numbers and dates with Latin
// digits. It chooses no language; language.hpp does.

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schemas/clock.hpp"
#include "service/web/view.hpp"

namespace itqan::web {

/// {"issuer", "Durrat Academy"}: fills "{issuer}" in a text.
using Arguments = std::vector<std::pair<std::string_view, std::string>>;

class Locale {
  public:
    /// Reads every embedded file locales/*en.json (or ar). Throws std::runtime_error for a file that is not a flat
    /// object of texts and plurals, or a key that stands in two files.
    explicit Locale(std::string language);

    std::string const& language() const { return language_; }  ///< "en", "ar".
    std::string_view direction() const { return language_ == "ar" ? "rtl" : "ltr"; }

    /// Throws std::logic_error for an unknown key (a test reads every key that templates use).
    std::string text(std::string_view key, Arguments const& arguments = {}) const;
    /// The same as markup: every argument stands in <bdi dir="auto">, so that foreign names keep their direction.
    Html markup(std::string_view key, Arguments const& arguments = {}) const;
    /// The form for n; "{n}" is filled with the number.
    std::string plural(std::string_view key, std::int64_t n, Arguments const& arguments = {}) const;
    bool has(std::string_view key) const;
    /// The text, or `fallback` for keys that come from data ("check.code.x").
    std::string text_or(std::string_view key, std::string_view fallback) const;

    std::string number(std::int64_t n) const;   ///< "1,250" in both languages.
    std::string day(Day day) const;             ///< "1 November 2026" / "1 نوفمبر 2026".
    std::string month(Day day) const;           ///< "November 2026".
    std::string moment(Instant instant) const;  ///< "24 November 2026, 14:05 UTC".

    /// Every key, for tests: plural keys with their categories.
    std::map<std::string, std::vector<std::string>> keys() const;

  private:
    struct Message {
        std::string text;
        std::map<std::string, std::string> forms;  ///< By CLDR category; empty for a plain text.
    };
    Message const& find(std::string_view key) const;

    std::string language_;
    std::map<std::string, Message, std::less<>> messages_;
};

/// CLDR cardinal category of n: en one/other; ar zero/one/two/few/many/other.
std::string_view plural_category(std::string_view language, std::int64_t n);

/// The other of the two interface languages.
std::string_view other_language(std::string_view language);

/// Both locales, read once at start.
class Locales {
  public:
    Locales() : en_("en"), ar_("ar") {}
    Locale const& in(std::string_view language) const { return language == "ar" ? ar_ : en_; }

  private:
    Locale en_, ar_;
};

}  // namespace itqan::web
