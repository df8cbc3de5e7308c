#include "service/web/badge_page.hpp"

#include <algorithm>

#include "schemas/open_badge.hpp"
#include "schemas/text_safety.hpp"
#include "service/web/form.hpp"
#include "service/web/linkedin.hpp"

namespace itqan::web {
namespace {

bool is_suspicious(schemas::Credential const& credential) {
    auto const& achievement = credential.subject.achievement;
    auto const bad = [](std::string_view text) {
        auto const flags = schemas::examine_text(text);
        return flags.override_marks || flags.unbalanced_embedding;
    };
    return bad(achievement.name) || bad(achievement.description) || bad(achievement.criteria.narrative.value_or("")) ||
           bad(credential.issuer.name.value_or("")) ||
           std::any_of(credential.evidence.begin(), credential.evidence.end(),
                       [&](auto const& e) { return bad(e.name.value_or("")) || bad(e.narrative.value_or("")); });
}

std::optional<std::string> recipient_name(schemas::Credential const& credential) {
    for (auto const& identifier : credential.subject.identifier)
        if (identifier.identity_type == "name" && !identifier.hashed) return identifier.identity_hash;
    return std::nullopt;
}

/// What every part of the page needs.
struct Drawing {
    BadgePage const& facts;
    Locale const& locale;
    schemas::Credential const& credential;
    std::string language;  ///< Of the signed text.
    std::string state;
    std::string issuer_name;
    View view = {};
};

void draw_status(Drawing& d) {
    auto const& row = d.facts.credential.row;
    auto const tone = tone_of(d.state);
    std::string day;
    if (d.state == "expired" && d.credential.valid_until) day = d.locale.day(d.credential.valid_until->day());
    if (d.state == "not-yet-valid") day = d.locale.day(d.credential.valid_from.day());
    View verdict;
    verdict.set("tone", tone.name).set("icon", tone.icon);
    verdict.set("headline", d.locale.markup("status." + d.state, {{"issuer", d.issuer_name}, {"day", day}}));
    verdict.set("checked", d.locale.text("badge.checked", {{"moment", d.locale.moment(d.facts.now)}}));
    // Nobody but the link's holder sees it before the claim: its address could not be checked.
    if (row.claim_state != "offered")
        verdict.set("again_url", Url::of("/verify?url=" + encode_query_value(d.facts.credential.url)));
    d.view.set("verdict", std::move(verdict));
    if (row.status != "active") {
        auto const code = row.status == "suspended" ? std::string("under-review") : row.reason.value_or("");
        if (d.locale.has("reason." + code))
            d.view.set("reason", d.locale.text("reason.label", {{"reason", d.locale.text("reason." + code)}}));
    }
    d.view.set("hidden", d.facts.by_holder && row.visibility == "hidden")
        .set("suspicious", is_suspicious(d.credential));
}

void draw_facts(Drawing& d) {
    auto const& achievement = d.credential.subject.achievement;
    auto const type = type_in_words(d.locale, achievement.achievement_type);
    auto const level = signed_level(d.credential.subject);
    if (level.level > 0) {
        auto const& meaning = level.description.empty() ? level.name : level.description;
        d.view.set("kind",
                   d.locale.markup("badge.kind",
                                   {{"type", type}, {"level", std::to_string(level.level)}, {"meaning", meaning}}));
    } else {
        d.view.set("kind", type);
    }
    d.view.set("name", foreign(achievement.name, d.language));
    if (auto const name = recipient_name(d.credential)) d.view.set("recipient", foreign(*name));
    d.view.set("issuer", foreign(d.issuer_name, d.language));
    d.view.set("issuer_host", schemas::make_visible(host_of(d.credential.issuer.id)));
    auto const* const issuer = d.facts.programme.issuer(d.facts.credential.row.issuer_id);
    d.view.set("issuer_url", Url::of("/issuers/" + (issuer != nullptr ? issuer->slug : std::string())));
    d.view.set("issued_day", d.locale.day(d.credential.awarded_date.value_or(d.credential.valid_from).day()));
    d.view.set("valid_until", d.credential.valid_until ? d.locale.day(d.credential.valid_until->day())
                                                       : d.locale.text("badge.no_expiry"));
    if (auto const limit = domain::limit_in_words(d.facts.credential.row); limit && d.credential.valid_until)
        d.view.set("valid_until_reason",
                   d.locale.markup("badge.limited_by_evidence", {{"what", limit->in(d.locale.language())}}));
    d.view.set("signed_language",
               d.locale.text("badge.signed_in", {{"language", d.locale.text("language." + d.language)}}));
}

/// The signed text first; the page's own language as a translation that nobody signed (decision 8).
void draw_text(Drawing& d) {
    auto const& achievement = d.credential.subject.achievement;
    d.view.set("description", foreign(achievement.description, d.language));
    auto const narrative = achievement.criteria.narrative.value_or("");
    d.view.set("has_criteria", !narrative.empty()).set("criteria", markdown(narrative));
    d.view.set("signed_lang", d.language).set("signed_dir", d.language == "ar" ? "rtl" : "ltr");
    auto const* const here = d.facts.programme.achievement(d.facts.credential.row.achievement_id);
    if (here == nullptr || d.language == d.locale.language()) return;
    // A newer version says something else: its words are no translation of what was signed.
    if (here->version != d.facts.credential.row.achievement_version) return;
    if (here->name.in(d.locale.language()) != achievement.name)
        d.view.set("translated_name", here->name.in(d.locale.language()));
    if (here->description.in(d.locale.language()) != achievement.description)
        d.view.set("translated_description", here->description.in(d.locale.language()));
}

void draw_skills(Drawing& d) {
    std::vector<View> skills;
    for (auto const& alignment : d.credential.subject.achievement.alignment) {
        if (alignment.target_type && *alignment.target_type != "CFItem") continue;
        View skill;
        // Apart from the name: a Latin code at its start would turn an Arabic name round.
        if (alignment.target_code) skill.set("skill_code", foreign(*alignment.target_code, ""));
        skill.set("skill", foreign(alignment.target_name, d.language));
        auto const level = signed_level_of(d.credential.subject, alignment);
        if (level.level > 0)
            skill.set("skill_level", d.locale.markup("badge.skill_level",
                                                     {{"level", std::to_string(level.level)}, {"name", level.name}}));
        if (alignment.target_description) skill.set("skill_text", foreign(*alignment.target_description, d.language));
        skills.push_back(std::move(skill));
    }
    d.view.set_list("skills", std::move(skills));
}

void draw_evidence(Drawing& d) {
    std::vector<View> evidence;
    for (auto const& item : d.credential.evidence) {
        View one;
        one.set("evidence_name", foreign(item.name.value_or(item.genre.value_or("–")), d.language));
        auto const& text = item.narrative ? item.narrative : item.description;
        if (text) one.set("evidence_text", foreign(*text, d.language));
        evidence.push_back(std::move(one));
    }
    d.view.set_list("evidence", std::move(evidence));
}

void draw_actions(Drawing& d) {
    auto const& view = d.facts.credential;
    auto const path = "/credentials/" + view.row.id;
    d.view.set("picture_url", Url::of(path + ".png"));
    d.view.set("picture_alt",
               schemas::make_visible(d.locale.text(
                   "badge.picture", {{"badge", d.credential.subject.achievement.name}, {"issuer", d.issuer_name}})));
    d.view.set("png_url", Url::of(path + ".png")).set("svg_url", Url::of(path + ".svg"));
    d.view.set("pdf_url", Url::of(path + ".pdf"));
    d.view.set("json_url", Url::of(path + ".json")).set("jwt_url", Url::of(path + ".jwt"));
    d.view.set("qr_url", Url::of("/c/" + view.row.share_code + "/qr.svg"));
    d.view.set("share_text", view.share_url);
    d.view.set("again_url", Url::of("/verify?url=" + encode_query_value(view.url)));
    auto const* const issuer = d.facts.programme.issuer(view.row.issuer_id);
    LinkedInEntry entry;
    entry.name = d.credential.subject.achievement.name;
    if (issuer != nullptr) entry.organization_id = issuer->linkedin_organization_id;
    entry.organization_name = d.issuer_name;
    entry.issued = d.credential.awarded_date.value_or(d.credential.valid_from).day();
    if (d.credential.valid_until) entry.expires = d.credential.valid_until->day();
    entry.page = view.share_url;
    entry.certificate_id = view.row.share_code;
    d.view.set("linkedin_url", linkedin_profile_address(entry));
    d.view.set("linkedin_share_url", linkedin_post_address(view.share_url));
    d.view.set("is_usable", view.row.status == "active");
}

/// Raster picture of 1200x627, no learner's name (pages.md 3). Hidden badges have none.
std::vector<std::pair<std::string, std::string>> open_graph(Drawing const& d) {
    auto const& view = d.facts.credential;
    if (view.row.visibility != "link" && view.row.visibility != "public") return {};
    auto const& achievement = d.credential.subject.achievement;
    auto const title = d.locale.text("badge.page_title", {{"badge", achievement.name}, {"issuer", d.issuer_name}});
    auto const picture = view.url + "/card.png";
    return {{"og:type", "website"},
            {"og:url", view.share_url},
            {"og:title", title},
            {"og:description", d.locale.text("badge.og_description", {{"description", achievement.description}})},
            {"og:image", picture},
            {"og:image:secure_url", picture},
            {"og:image:type", "image/png"},
            {"og:image:width", "1200"},
            {"og:image:height", "627"},
            {"og:image:alt", d.locale.text("badge.picture", {{"badge", achievement.name}, {"issuer", d.issuer_name}})},
            {"og:site_name", d.locale.text("product")},
            {"og:locale", d.language == "ar" ? "ar_AR" : "en_GB"},
            {"twitter:card", "summary_large_image"}};
}

void draw_contents(Drawing& d) {
    draw_status(d);
    draw_facts(d);
    draw_text(d);
    draw_skills(d);
    draw_evidence(d);
}

Drawing drawing_of(BadgePage const& facts, Locale const& locale, schemas::Credential const& credential) {
    return {.facts = facts,
            .locale = locale,
            .credential = credential,
            .language = credential.subject.achievement.in_language == "ar" ? "ar" : "en",
            .state = badge_state(facts.credential.row, facts.report, facts.now),
            .issuer_name = credential.issuer.name.value_or(host_of(credential.issuer.id))};
}

}  // namespace

std::string row_state(storage::CredentialRow const& row, Instant now) {
    if (row.status == "revoked" || row.status == "suspended") return row.status;
    if (row.valid_until && now > Instant::end_of(*row.valid_until)) return "expired";
    return "valid";
}

std::string badge_state(storage::CredentialRow const& row, domain::Report const* report, Instant now) {
    auto const recorded = row_state(row, now);
    if (recorded != "valid") return recorded;
    return report == nullptr ? "unchecked" : report->headline_code;
}

Tone tone_of(std::string_view state) {
    if (state == "valid") return {"good", "✓"};
    if (state == "invalid" || state == "revoked" || state == "not-all") return {"bad", "✕"};
    return {"warn", "!"};
}

Result<View> badge_view(BadgePage const& facts, Locale const& locale) {
    auto const credential = schemas::read_credential(facts.credential.credential);
    if (!credential) return credential.error();
    auto d = drawing_of(facts, locale, *credential);
    draw_contents(d);
    return std::move(d.view);
}

Result<Page> badge_page(BadgePage const& facts, Locale const& locale) {
    auto const credential = schemas::read_credential(facts.credential.credential);
    if (!credential) return credential.error();
    auto const& achievement = credential->subject.achievement;
    auto d = drawing_of(facts, locale, *credential);
    draw_contents(d);
    draw_actions(d);

    Page page;
    page.name = "badge";
    page.title = locale.text("badge.page_title", {{"badge", achievement.name}, {"issuer", d.issuer_name}});
    page.content = std::move(d.view);
    page.indexable = facts.credential.row.visibility == "public";
    page.open_graph = open_graph(d);
    page.scripts = {"page.js"};
    page.canonical = facts.credential.share_url;
    return page;
}

}  // namespace itqan::web
