#include "service/jobs/mail_text.hpp"

#include <array>
#include <map>
#include <stdexcept>

#include <kainjow/mustache.hpp>
#include <nlohmann/json.hpp>

#include "mail_files.embedded.hpp"
#include "schemas/text_safety.hpp"

namespace itqan::jobs {
namespace {

namespace mustache = kainjow::mustache;
using Words = std::map<std::string, std::string>;
using Values = std::map<std::string, std::string>;

Words load_words(std::string const& language) {
    return nlohmann::json::parse(mail_files("locales/" + language + ".json")).get<Words>();
}

Words const& words_of(std::string_view language) {
    static Words const english = load_words("en");
    static Words const arabic = load_words("ar");
    return language == "ar" ? arabic : english;
}

/// A pattern of ours, read once: most of a mail's cost was reading its patterns. Patterns live as long as the program.
std::string render(std::string_view pattern, mustache::data const& data, bool html) {
    thread_local std::map<std::pair<std::string_view, bool>, mustache::mustache> patterns;
    auto found = patterns.find({pattern, html});
    if (found == patterns.end()) {
        mustache::mustache read(std::string{pattern});
        if (!read.is_valid()) throw std::logic_error("mail template: " + read.error_message());
        read.set_custom_escape([html](std::string const& text) { return html ? schemas::escape_html(text) : text; });
        found = patterns.try_emplace({pattern, html}, std::move(read)).first;
    }
    return found->second.render(data);
}

/// One sentence with its values, still plain text: the template that takes it up escapes it.
std::string say(std::string_view language, std::string const& key, Values const& values = {}) {
    auto const& words = words_of(language);
    auto const found = words.find(key);
    if (found == words.end()) throw std::logic_error("mail locale lacks " + key);
    mustache::data data;
    for (auto const& [name, value] : values)
        data.set(name, value);
    return render(found->second, data, false);
}

/// The sentence for a number: its plural category, or "other" where the language needs no form of its own.
std::string say_number(std::string_view language, std::string const& key, std::size_t count, Values values) {
    values["count"] = std::to_string(count);
    auto const exact = key + "." + std::string(plural_category(language, count));
    return say(language, words_of(language).contains(exact) ? exact : key + ".other", values);
}

std::string subject_in(std::string_view language, MailFacts const& facts) {
    if (facts.kind == MailKind::sign_in) return say(language, "sign-in.subject");
    return say_number(language, "claim.subject", facts.badges.size(),
                      {{"badge", facts.badges.front().name.in(language)}});
}

void fill_claim(mustache::data& section, std::string_view language, MailFacts const& facts) {
    auto const count = facts.badges.size();
    section.set("lead", say_number(language, "claim.lead", count, {{"issuer", facts.issuer.in(language)}}));
    section.set("action", say_number(language, "claim.action", count, {}));
    section.set("link_life", say(language, "claim.link-life", {{"day", facts.link_until.in(language)}}));
    section.set("choice", say(language, "claim.choice"));
    section.set("licence", say(language, "licence"));
    mustache::data badges{mustache::data::type::list};
    for (auto const& badge : facts.badges) {
        mustache::data line;
        line.set("name", badge.name.in(language));
        line.set("has_issuer", badge.issuer.has_value());
        if (badge.issuer) line.set("issuer", badge.issuer->in(language));
        line.set("until", badge.until ? say(language, "claim.until", {{"day", badge.until->in(language)}})
                                      : say(language, "claim.no-end"));
        bool const is_limited = badge.until && badge.limited_by;
        line.set("is_limited", is_limited);
        if (is_limited) line.set("limited", say(language, "claim.limited", {{"what", badge.limited_by->in(language)}}));
        badges.push_back(line);
    }
    section.set("badges", badges);
}

mustache::data section_in(std::string_view language, MailFacts const& facts, bool more) {
    mustache::data section;
    section.set("language", std::string(language));
    section.set("direction", language == "ar" ? "rtl" : "ltr");
    section.set("more", more);
    auto const& learner = facts.learner.in(language);
    section.set("greeting", learner.empty() ? say(language, "greeting.anonymous")
                                            : say(language, "greeting", {{"learner", learner}}));
    section.set("link", facts.link);
    section.set("privacy",
                say(language, "privacy",
                    {{"controller", facts.controller}, {"contact", facts.contact}, {"privacy", facts.privacy_url}}));
    if (facts.kind == MailKind::claim) {
        fill_claim(section, language, facts);
    } else {
        for (auto const key : {"lead", "action", "ignore"})
            section.set(key, say(language, std::string("sign-in.") + key));
    }
    return section;
}

}  // namespace

std::string_view plural_category(std::string_view language, std::size_t count) {
    if (language != "ar") return count == 1 ? "one" : "other";
    if (count <= 2) return std::array<std::string_view, 3>{"zero", "one", "two"}[count];
    auto const hundredth = count % 100;
    if (hundredth >= 3 && hundredth <= 10) return "few";
    return hundredth >= 11 ? "many" : "other";
}

MailText write_mail(MailFacts const& facts) {
    if (facts.kind == MailKind::claim && facts.badges.empty()) throw std::logic_error("a claim mail without a badge");
    std::string const first = facts.first_language == "ar" ? "ar" : "en";
    std::string const second = first == "ar" ? "en" : "ar";

    MailText mail;
    mail.subject = subject_in(first, facts) + " | " + subject_in(second, facts);
    mustache::data sections{mustache::data::type::list};
    sections.push_back(section_in(first, facts, true));
    sections.push_back(section_in(second, facts, false));
    mustache::data page;
    page.set("subject", mail.subject);
    page.set("language", first);
    page.set("direction", first == "ar" ? "rtl" : "ltr");
    page.set("sections", sections);

    std::string const name = facts.kind == MailKind::claim ? "templates/claim" : "templates/sign-in";
    mail.text = render(mail_files(name + ".txt"), page, false);
    mail.html = render(mail_files(name + ".html"), page, true);
    return mail;
}

}  // namespace itqan::jobs
