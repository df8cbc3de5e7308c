#include "service/web/report_view.hpp"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "schemas/bytes.hpp"
#include "schemas/text_safety.hpp"
#include "service/web/badge_page.hpp"
#include "service/web/levels_today_view.hpp"
#include "service/web/role_view.hpp"
#include "service/web/text.hpp"

namespace itqan::web {
namespace {

using domain::CheckOutcome;

/// A text member of an object; "" when it is something else.
std::string text_at(Json const& object, char const* member) {
    if (!object.is_object()) return {};
    auto const found = object.find(member);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// A member that is a text, or an object with this text inside.
std::string text_or_inner(Json const& object, char const* member, char const* inner) {
    if (!object.is_object() || !object.contains(member)) return {};
    auto const& value = object.at(member);
    return value.is_string() ? value.get<std::string>() : text_at(value, inner);
}

std::optional<Day> day_at(Json const& object, char const* member) {
    auto const text = text_at(object, member);
    if (auto const instant = Instant::parse(text)) return instant->day();
    return Day::parse(text);
}

Tone check_tone(CheckOutcome outcome) {
    switch (outcome) {
        case CheckOutcome::pass:
            return {"ok", "✓"};
        case CheckOutcome::fail:
            return {"no", "✕"};
        case CheckOutcome::warn:
            return {"wait", "!"};
        case CheckOutcome::unchecked:
            return {"wait", "?"};
        case CheckOutcome::absent:
            return {"na", "–"};
    }
    return {"na", "–"};
}

/// Of a badge or an issuer (Open Badges 2): nobody vouches for it and it is awarded to nobody.
bool is_description(domain::Report const& report) {
    return report.headline_code == "description";
}

/// The proof and the key decide whether the words below are the issuer's or anybody's.
bool is_proven(domain::Report const& report) {
    if (is_description(report)) return false;
    return std::none_of(report.checks.begin(), report.checks.end(), [](domain::Check const& check) {
        bool const decides = check.id == "format" || check.id == "proof" || check.id == "issuer-binding";
        return decides && (check.outcome == CheckOutcome::fail || check.outcome == CheckOutcome::unchecked);
    });
}

std::string level_in_words(Json const& said, Locale const& locale) {
    if (!said.is_object() || !said.contains("level")) return {};
    auto const& level = said.at("level");
    if (level.is_string()) return level.get<std::string>();
    if (level.is_number_integer()) return locale.number(level.get<std::int64_t>());
    auto const number = level.is_object() && level.contains("level") && level.at("level").is_number_integer()
                            ? std::to_string(level.at("level").get<int>())
                            : text_at(level, "level");
    auto const meaning = text_at(level, "description").empty() ? text_at(level, "name") : text_at(level, "description");
    if (number.empty() || meaning.empty()) return meaning;
    return locale.text("badge.level_words", {{"level", number}, {"meaning", meaning}});
}

View said_view(ReportFacts const& facts, Locale const& locale) {
    auto const& said = facts.report.credential;
    auto const language = said.contains("achievement") ? text_at(said.at("achievement"), "inLanguage") : std::string();
    auto name = text_or_inner(said, "achievement", "name");
    if (name.empty()) name = text_at(said, "name");
    auto const issuer_id = text_or_inner(said, "issuer", "id");
    auto const issuer_name = said.contains("issuer") ? text_at(said.at("issuer"), "name") : std::string();
    auto const recipient = text_or_inner(said, "recipient", "name");
    View view;
    view.set("trusted", is_proven(facts.report));
    view.set("said_name", foreign(name.empty() ? "–" : name, language));
    if (!recipient.empty()) view.set("said_recipient", foreign(recipient));
    // Of Open Badges 2 the host that shows the issuer counts, not the address that it says it has.
    auto const host = said.contains("issuer") ? text_at(said.at("issuer"), "host") : std::string();
    auto const shown_host = host.empty() ? host_of(issuer_id) : host;
    view.set("said_host", schemas::make_visible(shown_host.empty() ? "–" : shown_host));
    if (!issuer_name.empty()) view.set("said_issuer", locale.markup("verify.called", {{"name", issuer_name}}));
    if (auto const from = day_at(said, "awardedDate") ? day_at(said, "awardedDate") : day_at(said, "validFrom"))
        view.set("said_from", locale.day(*from));
    auto const until = day_at(said, "validUntil");
    if (!is_description(facts.report))
        view.set("said_until", until ? locale.day(*until) : locale.text("badge.no_expiry"));
    if (auto const level = level_in_words(said, locale); !level.empty())
        view.set("said_level", foreign(level, language));
    auto description = text_or_inner(said, "achievement", "description");
    if (description.empty()) description = text_at(said, "description");
    if (!description.empty()) view.set("said_description", foreign(description, language));
    auto const id = text_at(said, "id");
    if (!facts.own_base.empty() && id.starts_with(facts.own_base + "/credentials/") && is_proven(facts.report))
        view.set("said_page_url", Url::read(id.substr(facts.own_base.size())));
    return view;
}

/// Who presents, as far as the presentation says: the host of a did:web, or the whole id.
std::string holder_of(domain::Report const& report) {
    auto const id = text_or_inner(report.credential, "holder", "id");
    auto const host = host_of(id);
    return schemas::make_visible(host.empty() ? id : host);
}

bool is_shown_by_holder(domain::Report const& report) {
    return std::any_of(report.checks.begin(), report.checks.end(), [](domain::Check const& check) {
        return check.id == "holder-binding" && check.outcome == CheckOutcome::pass;
    });
}

/// Each kind of warning once, in words.
std::vector<View> warning_views(std::vector<domain::TextWarning> const& warnings, Locale const& locale) {
    std::vector<View> views;
    std::set<std::string, std::less<>> said;
    for (auto const& warning : warnings)
        if (said.insert(warning.code).second)
            views.push_back(View().set("warning", locale.text_or("warning." + warning.code, warning.detail)));
    return views;
}

Html headline(domain::Report const& report, Locale const& locale) {
    auto const key = "verify.headline." + report.headline_code;
    std::string day;
    if (report.headline_code == "expired") {
        if (auto const until = day_at(report.credential, "validUntil")) day = locale.day(*until);
    } else if (report.headline_code == "not-yet-valid") {
        if (auto const from = day_at(report.credential, "validFrom")) day = locale.day(*from);
    }
    if (!locale.has(key)) return foreign(report.headline, "en");
    return locale.markup(key, {{"day", day}});
}

View check_view(domain::Check const& check, Locale const& locale) {
    auto const tone = check_tone(check.outcome);
    auto const outcome = std::string(domain::check_outcome_name(check.outcome));
    View view;
    view.set("check_id", check.id).set("check_tone", tone.name).set("check_icon", tone.icon);
    auto const rule = check.evidence.find("rule");
    bool const is_hosted = rule != check.evidence.end() && rule->second == "hosted";
    view.set("check_title",
             locale.text_or("check." + check.id + (is_hosted ? ".hosted." : ".") + outcome, check.title));
    view.set("check_word", locale.text_or("outcome." + outcome, outcome));
    // Our own words for the reason where we have them; else the verifier's, which are English.
    auto const code = "reason.code." + check.code;
    if (locale.has(code)) {
        Arguments arguments;
        bool says_why = false;
        for (auto const& [name, value] : check.evidence) {
            bool const is_public_reason = name == "reason" && locale.has("reason." + value);
            arguments.emplace_back(name, is_public_reason ? locale.text("reason." + value) : value);
            says_why = says_why || (is_public_reason && locale.has(code + ".why"));
        }
        view.set("check_detail", locale.markup(says_why ? code + ".why" : code, arguments));
    } else if (!check.detail.empty()) {
        view.set("check_detail", foreign(check.detail, "en"));
    }
    return view;
}

/// A credential inside, in short: what, whose, what it is worth and every check.
View inner_view(ReportFacts const& outer, domain::Report const& report, Locale const& locale) {
    auto const& said = report.credential;
    auto const tone = tone_of(report.headline_code);
    auto name = text_or_inner(said, "achievement", "name");
    if (name.empty()) name = text_at(said, "name");
    auto const issuer_id = text_or_inner(said, "issuer", "id");
    auto const host = host_of(issuer_id);
    View view;
    view.set("inner_tone", tone.name).set("inner_icon", tone.icon).set("inner_headline", headline(report, locale));
    view.set("inner_name", foreign(name.empty() ? "–" : name));
    if (auto const comment = text_at(said, "comment"); !comment.empty()) view.set("inner_comment", foreign(comment));
    if (!issuer_id.empty()) view.set("inner_host", schemas::make_visible(host.empty() ? issuer_id : host));
    view.set_list("warnings", warning_views(report.warnings, locale));
    if (said.is_object() && said.contains("achievement")) {
        ReportFacts const facts{.report = report, .own_base = outer.own_base};
        view.set("says", said_view(facts, locale));
    }
    std::vector<View> checks;
    for (auto const& check : report.checks)
        checks.push_back(check_view(check, locale));
    view.set("checks", std::move(checks));
    return view;
}

std::vector<View> inner_views(ReportFacts const& outer, std::vector<domain::Report> const& reports,
                              Locale const& locale) {
    std::vector<View> views;
    views.reserve(reports.size());
    for (auto const& report : reports)
        views.push_back(inner_view(outer, report, locale));
    return views;
}

/// One letter of the first description is another; "" when there is none.
std::string changed_json(std::string text) {
    constexpr std::string_view mark = "\"description\":\"";
    auto const at = text.find(mark);
    if (at == std::string::npos || at + mark.size() >= text.size()) return {};
    auto& letter = text[at + mark.size()];
    if (static_cast<unsigned char>(letter) >= 0x80) {
        // An Arabic letter is two bytes of UTF-8; another low bit in the second is another letter.
        text[at + mark.size() + 1] = static_cast<char>(text[at + mark.size() + 1] ^ 1);
    } else {
        letter = letter == 'X' ? 'Y' : 'X';
    }
    return text;
}

}  // namespace

View report_view(ReportFacts const& facts, Locale const& locale) {
    auto const& report = facts.report;
    auto const tone = tone_of(report.headline_code);
    View view;
    view.set("tone", tone.name).set("icon", tone.icon).set("headline", headline(report, locale));
    view.set("checked", locale.text("verify.checked", {{"moment", locale.moment(report.checked_at)}}));
    view.set_list("warnings", warning_views(report.warnings, locale));
    if (facts.recipient_asked) {
        auto const match = report.recipient_match;
        auto const key = !match ? "verify.match.unknown" : *match ? "verify.match.yes" : "verify.match.no";
        view.set("recipient_answer", locale.text(key)).set("recipient_tone", match && *match ? "good" : "warn");
    }
    // A presentation says nothing of its own; what it shows does.
    if (report.credential.is_object() && report.credential.contains("credentials")) {
        if (auto const holder = holder_of(report); !holder.empty())
            view.set("shown_by", View().set("shown_by", holder).set("shown", is_shown_by_holder(report)));
    } else if (report.credential.is_object()) {
        view.set("says", said_view(facts, locale));
    }
    view.set_list("inside", inner_views(facts, report.nested, locale));
    view.set_list("endorsed", inner_views(facts, report.endorsements, locale));
    if (facts.today)
        if (auto today = levels_today_view(*facts.today, locale)) view.set("today", std::move(*today));
    view.set_list("roles", role_views(facts.roles, locale));
    std::vector<View> checks, details, meanings;
    for (auto const& check : report.checks) {
        checks.push_back(check_view(check, locale));
        meanings.push_back(
            View().set("meaning_of", check.id).set("meaning", locale.text_or("check." + check.id + ".meaning", "")));
        for (auto const& [name, value] : check.evidence)
            details.push_back(View().set("fact_name", check.id + "." + name).set("fact", schemas::make_visible(value)));
    }
    std::vector<View> exceptions;
    for (auto const& exception : report.exceptions)
        exceptions.push_back(View().set("exception", schemas::make_visible(exception)));
    view.set_list("exceptions", std::move(exceptions));
    view.set("checks", std::move(checks)).set("facts", std::move(details)).set("meanings", std::move(meanings));
    view.set("report_kind", schemas::make_visible(report.kind)).set("document", schemas::make_visible(report.document));
    // Only what is a signed text again may be sent again as it is; pictures are chosen anew.
    view.set("again", report.document).set("again_recipient", facts.recipient);
    if (facts.demo) view.set("tamper", with_one_letter_changed(report.document));
    return view;
}

std::string with_one_letter_changed(std::string_view document) {
    if (document.starts_with('{')) return changed_json(std::string(document));
    auto const first = document.find('.');
    auto const second = first == std::string_view::npos ? first : document.find('.', first + 1);
    if (second == std::string_view::npos || document.find('.', second + 1) != std::string_view::npos) return {};
    auto const payload = base64url_decode(document.substr(first + 1, second - first - 1));
    auto const text = payload ? changed_json(std::string(as_text(*payload))) : std::string();
    if (text.empty()) return {};
    return std::string(document.substr(0, first + 1)) + base64url_encode(as_bytes(text)) +
           std::string(document.substr(second));
}

}  // namespace itqan::web
