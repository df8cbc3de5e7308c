#include "service/web/locale.hpp"

#include <stdexcept>

#include <nlohmann/json.hpp>

#include "schemas/json.hpp"
#include "schemas/text_safety.hpp"
#include "service/domain/rule_words.hpp"
#include "web_files.embedded.hpp"

namespace itqan::web {
namespace {

constexpr JsonLimits locale_limits{1024 * 1024, 50'000};

/// Replaces "{name}" by what `value` gives; a placeholder without an argument stays, so that a test sees it.
template <typename Value>
std::string fill(std::string_view text, Arguments const& arguments, Value const& value) {
    std::string filled;
    while (!text.empty()) {
        auto const open = text.find('{');
        filled.append(text.substr(0, open));
        if (open == std::string_view::npos) break;
        auto const close = text.find('}', open);
        auto const name = text.substr(open + 1, close == std::string_view::npos ? close : close - open - 1);
        bool found = false;
        for (auto const& [argument, content] : arguments) {
            if (argument != name) continue;
            filled += value(content);
            found = true;
        }
        if (!found) filled.append(text.substr(open, close == std::string_view::npos ? close : close - open + 1));
        text = close == std::string_view::npos ? std::string_view{} : text.substr(close + 1);
    }
    return filled;
}

std::string two_digits(std::int64_t n) {
    return (n < 10 ? "0" : "") + std::to_string(n);
}

}  // namespace

Locale::Locale(std::string language) : language_(std::move(language)) {
    auto const ending = language_ + ".json";
    for (auto const path : web_files_paths()) {
        if (!path.starts_with("locales/") || !path.ends_with(ending)) continue;
        auto const fail = [&](std::string const& what) { throw std::runtime_error(std::string(path) + ": " + what); };
        auto const document = parse_json(web_files(path), locale_limits);
        if (!document) fail(document.error().detail);
        if (!document->is_object()) fail("must be an object of texts");
        for (auto const& [key, value] : document->items()) {
            Message message;
            if (value.is_string()) {
                message.text = value.get<std::string>();
            } else if (value.is_object()) {
                for (auto const& [category, form] : value.items()) {
                    if (!form.is_string()) fail("plural form is not a text: " + key);
                    message.forms[category] = form.get<std::string>();
                }
                if (!message.forms.contains("other")) fail("plural without the form 'other': " + key);
            } else {
                fail("neither a text nor a plural: " + key);
            }
            if (!messages_.emplace(key, std::move(message)).second) fail("key stands in two files: " + key);
        }
    }
}

Locale::Message const& Locale::find(std::string_view key) const {
    auto const found = messages_.find(key);
    if (found == messages_.end())
        throw std::logic_error("no text '" + std::string(key) + "' in the " + language_ + " locale");
    return found->second;
}

std::string Locale::text(std::string_view key, Arguments const& arguments) const {
    return fill(find(key).text, arguments, [](std::string const& argument) { return argument; });
}

Html Locale::markup(std::string_view key, Arguments const& arguments) const {
    auto const escaped = schemas::escape_html(find(key).text);
    return Html::trusted(fill(escaped, arguments, [](std::string const& argument) {
        return "<bdi dir=\"auto\">" + schemas::escape_html(schemas::make_visible(argument)) + "</bdi>";
    }));
}

std::string Locale::plural(std::string_view key, std::int64_t n, Arguments const& arguments) const {
    auto const& forms = find(key).forms;
    // "=2" is for that very number, as in ICU's message format; else the category decides.
    auto const exact = forms.find("=" + std::to_string(n));
    auto const form = exact != forms.end() ? exact : forms.find(std::string(plural_category(language_, n)));
    if (forms.empty()) throw std::logic_error("'" + std::string(key) + "' is no plural");
    auto all = arguments;
    all.emplace_back("n", number(n));
    return fill(form == forms.end() ? forms.at("other") : form->second, all,
                [](std::string const& argument) { return argument; });
}

bool Locale::has(std::string_view key) const {
    return messages_.contains(key);
}

std::string Locale::text_or(std::string_view key, std::string_view fallback) const {
    auto const found = messages_.find(key);
    return found == messages_.end() ? std::string(fallback) : found->second.text;
}

std::string Locale::number(std::int64_t n) const {
    auto digits = std::to_string(n < 0 ? -n : n);
    for (auto i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3)
        digits.insert(static_cast<std::size_t>(i), ",");
    return (n < 0 ? "-" : "") + digits;
}

std::string Locale::day(Day day) const {
    return domain::day_in_words(day, language_);
}
std::string Locale::month(Day day) const {
    return domain::month_in_words(day, language_);
}

std::string Locale::moment(Instant instant) const {
    auto const minutes = (instant.seconds() - Instant::start_of(instant.day()).seconds()) / 60;
    return text("moment",
                {{"day", day(instant.day())}, {"time", two_digits(minutes / 60) + ":" + two_digits(minutes % 60)}});
}

std::map<std::string, std::vector<std::string>> Locale::keys() const {
    std::map<std::string, std::vector<std::string>> keys;
    for (auto const& [key, message] : messages_) {
        auto& categories = keys[key];
        for (auto const& [category, form] : message.forms)
            categories.push_back(category);
    }
    return keys;
}

std::string_view plural_category(std::string_view language, std::int64_t n) {
    // Unicode CLDR 42, cardinal rules of en and ar for integers.
    if (language != "ar") return n == 1 ? "one" : "other";
    if (n == 0) return "zero";
    if (n == 1) return "one";
    if (n == 2) return "two";
    auto const last_two = n % 100;
    if (last_two >= 3 && last_two <= 10) return "few";
    if (last_two >= 11) return "many";
    return "other";
}

std::string_view other_language(std::string_view language) {
    return language == "ar" ? "en" : "ar";
}

}  // namespace itqan::web
