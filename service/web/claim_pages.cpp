#include <algorithm>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "schemas/open_badge.hpp"
#include "schemas/text_safety.hpp"
#include "service/http/problem.hpp"
#include "service/web/badge_page.hpp"
#include "service/web/choices.hpp"
#include "service/web/form.hpp"
#include "service/web/routes.hpp"
#include "storage/people.hpp"

namespace itqan::web {
namespace {

struct Claiming {
    WebContext const& context;
    Visitor const& visitor;
    std::string token;
    std::string address() const { return "/claim/" + token; }
};

Answer message(Claiming const& c, std::string_view key, int status = 200, std::string_view link = "") {
    auto const& locale = *c.visitor.locale;
    Page page;
    page.name = "message";
    page.title = locale.text(key);
    page.status = status;
    page.content.set("heading", page.title).set("message", locale.text(std::string(key) + "_text"));
    if (!link.empty())
        page.content.set("links",
                         std::vector<View>{View().set("link_url", Url::of(link)).set("link", locale.text("nav.my"))});
    return show(c.context, c.visitor, page);
}

Answer expired(Claiming const& c) {
    Page page;
    page.name = "claim-expired";
    page.title = c.visitor.locale->text("claim.expired");
    page.status = 410;
    page.content.set("claim_url", Url::of(c.address()));
    return show(c.context, c.visitor, page);
}

std::vector<domain::CredentialView> offered(Claiming const& c, domain::Claims::Offer const& offer) {
    std::vector<domain::CredentialView> views;
    for (auto const& id : offer.credential_ids) {
        auto view = c.context.services.claims.view(id, nullptr, c.token);
        if (view) views.push_back(std::move(*view));
    }
    return views;
}

/// The badge as its page will show it, status first: nobody decides about what they have not read.
View offer_view(Claiming const& c, domain::Programme const& programme, domain::CredentialView const& view) {
    auto const& locale = *c.visitor.locale;
    auto const& services = c.context.services;
    auto const now = services.clock.wall();
    auto const report = services.documents.verify(view.document, std::nullopt, now);
    auto said = badge_view({.credential = view,
                            .programme = programme,
                            .addresses = services.addresses,
                            .report = report ? &*report : nullptr,
                            .now = now},
                           locale);
    if (!said) throw std::runtime_error("credential " + view.row.id + " holds a document that cannot be shown");
    auto one = std::move(*said);
    one.set("offer_id", view.row.id);
    auto const from = locale.day(view.row.awarded_at.day());
    one.set("offer_validity",
            view.row.valid_until
                ? locale.text("my.dates", {{"from", from}, {"until", locale.day(*view.row.valid_until)}})
                : locale.text("my.dates_open", {{"from", from}}));
    auto const* const issuer = programme.issuer(view.row.issuer_id);
    auto const uuid =
        services.addresses.achievement_uuid(issuer != nullptr ? issuer->slug : std::string(), view.row.achievement_id,
                                            view.row.achievement_version, view.row.language);
    one.set("offer_picture_url", Url::of("/achievements/" + uuid + "/picture.png"));
    return one;
}

std::string learner_name(Claiming const& c, std::string_view learner_id) {
    auto const row = c.context.services.database.read(
        [&](storage::Session& session) { return storage::learner(session, learner_id); });
    if (!row) return {};
    bool const arabic = c.visitor.language() == "ar" && row->name_ar;
    return arabic ? *row->name_ar : row->name.value_or("");
}

/// Nothing is left to decide: to the badge, when there is one that may be seen.
Answer nothing_to_decide(Claiming const& c, std::vector<domain::CredentialView> const& views) {
    std::vector<domain::CredentialView const*> claimed;
    bool was_decided = false, is_on_hold = false;
    for (auto const& view : views) {
        if (view.row.claim_state == "claimed") claimed.push_back(&view);
        was_decided = was_decided || view.row.claim_state != "offered";
        is_on_hold = is_on_hold || view.row.status == "suspended";
    }
    if (claimed.size() == 1 && claimed[0]->row.visibility != "hidden")
        return see_other("/c/" + claimed[0]->row.share_code);
    if (!was_decided) return message(c, is_on_hold ? "claim.on_hold" : "claim.withdrawn", 200, "/my");
    return message(c, "claim.used", 200, "/my");
}

/// A form that comes back: what was typed, and what is wrong with it.
struct Refused {
    std::optional<domain::Choices> choices = {};
    std::vector<std::string> chosen = {};  ///< Credential ids.
    struct Problem {
        Html words;
        std::string credential_id = {};  ///< Whose problem it is; "": the form's.
    };
    std::vector<Problem> problems = {};
    bool some_done = false;  ///< Other badges of the same form went through.
    int status = 422;
};

/// A problem names its badge when the link offers several.
std::vector<View> problem_views(Refused const& refused, std::vector<domain::CredentialView> const& views) {
    std::vector<View> problems;
    for (auto const& problem : refused.problems) {
        View one;
        one.set("problem", problem.words);
        auto const found = std::find_if(views.begin(), views.end(),
                                        [&](auto const& view) { return view.row.id == problem.credential_id; });
        if (views.size() > 1 && found != views.end())
            if (auto const credential = schemas::read_credential(found->credential))
                one.set("problem_badge", foreign(credential->subject.achievement.name, found->row.language));
        problems.push_back(std::move(one));
    }
    return problems;
}

Answer offer_page(Claiming const& c, Refused const& refused) {
    auto const offer = c.context.services.claims.open(c.token);
    if (!offer) {
        if (offer.error().code == "link-expired") return expired(c);
        return offer.error();
    }
    auto const views = offered(c, *offer);
    std::vector<domain::CredentialView const*> open;
    for (auto const& view : views)
        if (view.row.claim_state == "offered" && view.row.status == "active") open.push_back(&view);
    bool const is_refused = !refused.problems.empty();
    if (open.empty() && !is_refused) return nothing_to_decide(c, views);

    auto const programme = programme_of(c.context);
    auto const& locale = *c.visitor.locale;
    std::vector<View> offers;
    for (auto const* const view : open) {
        auto one = offer_view(c, *programme, *view);
        auto const& chosen = refused.chosen;
        one.set("included", !is_refused || std::find(chosen.begin(), chosen.end(), view->row.id) != chosen.end());
        offers.push_back(std::move(one));
    }
    auto const count = static_cast<std::int64_t>(offers.size());
    Page page;
    page.name = "claim";
    page.title = open.empty() ? locale.text("error.conflict") : locale.plural("claim.title", count);
    page.status = is_refused ? refused.status : 200;
    page.content.set("claim_title", page.title).set("claim_button", locale.plural("claim.button", count));
    page.content.set("claim_url", Url::of(c.address())).set("one", count == 1);
    page.content.set("has_problems", is_refused).set("problems", problem_views(refused, views));
    page.content.set("some_done", refused.some_done);
    page.content.set("learner_name", learner_name(c, offer->learner_id));
    page.content.set_list("offers", std::move(offers));
    draw_choices(page.content,
                 refused.choices.value_or(domain::Choices{"link", false, open.empty() ? "en" : open[0]->row.language}));
    return show(c.context, c.visitor, page);
}

std::string session_for(Claiming const& c, std::string const& learner_id) {
    Actor learner{.role = Role::learner, .id = "learner:" + learner_id, .learner_id = learner_id};
    return c.context.guard.open_session(learner, std::nullopt);
}

/// Claiming opens the learner's session (decision 3) and leads to the badge.
Answer claimed(Claiming const& c, std::string const& learner_id, std::vector<storage::CredentialRow> const& rows) {
    auto const cookie = session_for(c, learner_id);
    if (rows.size() == 1) return see_other("/c/" + rows[0].share_code, {cookie});
    return see_other("/my?done=claimed", {cookie});
}

Result<storage::CredentialRow> act(Claiming const& c, std::string_view action, std::string const& id,
                                   std::optional<domain::Choices> const& choices) {
    auto& claims = c.context.services.claims;
    if (action == "claim" && choices) return claims.claim(c.token, id, *choices);
    if (action == "decline") return claims.decline(c.token, id);
    if (action == "dispute") return claims.dispute(c.token, id);
    return Error{Fault::unprocessable, "invalid-choice", "Use a button of the form.", {}};
}

/// A second click, or a second badge after a first that went through: what is done stays done.
bool is_done_before(Error const& error) {
    return error.code == "already-claimed" || error.code == "already-declined";
}

Answer decide(Claiming const& c, Form const& form) {
    auto& claims = c.context.services.claims;
    auto const& locale = *c.visitor.locale;
    auto const action = form.value("action");
    if (action == "resend") {
        if (auto const sent = claims.resend(c.token); !sent) return sent.error();
        return message(c, "claim.resent");
    }
    auto const read = read_choices(form);
    Refused refused{.choices = read ? std::optional(*read) : std::nullopt, .chosen = form.values("credential")};
    if (!read && action == "claim") refused.problems.push_back({error_words(locale, read.error())});
    if (refused.chosen.empty())
        refused.problems.push_back({Html::trusted(schemas::escape_html(locale.text("claim.none_chosen")))});
    if (!refused.problems.empty()) return offer_page(c, refused);
    auto const offer = claims.open(c.token);
    if (!offer) return offer.error().code == "link-expired" ? expired(c) : Answer(offer.error());
    std::vector<storage::CredentialRow> rows;
    for (auto const& id : refused.chosen) {
        auto row = act(c, action, id, refused.choices);
        if (row) {
            rows.push_back(std::move(*row));
        } else if (row.error().fault == Fault::conflict || row.error().fault == Fault::unavailable) {
            if (is_done_before(row.error())) continue;
            refused.problems.push_back({error_words(locale, row.error()), id});
            refused.status = http::status_of(row.error().fault);
        } else {
            return row.error();
        }
    }
    if (!refused.problems.empty()) {
        refused.some_done = !rows.empty();
        auto page = offer_page(c, refused);
        if (page && action == "claim" && !rows.empty())
            page->headers.add("set-cookie", session_for(c, offer->learner_id));
        return page;
    }
    if (rows.empty()) return see_other(c.address());
    if (action == "claim") return claimed(c, offer->learner_id, rows);
    return message(c, action == "decline" ? "claim.declined" : "claim.disputed");
}

}  // namespace

std::vector<http::Route> claim_routes(WebContext const& context) {
    auto const get = [&context](Visitor const& visitor, http::Request const& request) -> Answer {
        return offer_page({context, visitor, path_value(request, "token")}, {});
    };
    auto const post = [&context](Visitor const& visitor, http::Request const& request) -> Answer {
        if (auto const same = context.guard.require_same_origin(request); !same) return same.error();
        auto const form = Form::read(request);
        if (!form) return form.error();
        return decide({context, visitor, path_value(request, "token")}, *form);
    };
    return {page_route(context, "/claim/{token}", get), form_route(context, "/claim/{token}", post)};
}

}  // namespace itqan::web
