#include <algorithm>

#include <nlohmann/json.hpp>

#include "schemas/open_badge.hpp"
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
        page.content.set("links", std::vector<View>{View().set("link_url", Url::of(link)).set("link", locale.text("nav.my"))});
    return show(c.context, c.visitor, std::move(page));
}

Answer expired(Claiming const& c) {
    Page page;
    page.name = "claim-expired";
    page.title = c.visitor.locale->text("claim.expired");
    page.status = 410;
    page.content.set("claim_url", Url::of(c.address()));
    return show(c.context, c.visitor, std::move(page));
}

std::vector<domain::CredentialView> offered(Claiming const& c, domain::Claims::Offer const& offer) {
    std::vector<domain::CredentialView> views;
    for (auto const& id : offer.credential_ids) {
        auto view = c.context.services.claims.view(id, nullptr, c.token);
        if (view) views.push_back(std::move(*view));
    }
    return views;
}

View offer_view(Claiming const& c, domain::Programme const& programme, domain::CredentialView const& view) {
    auto const& locale = *c.visitor.locale;
    View one;
    one.set("offer_id", view.row.id);
    auto const credential = schemas::read_credential(view.credential);
    if (credential) {
        auto const& achievement = credential->subject.achievement;
        one.set("offer_name", foreign(achievement.name, view.row.language));
        one.set("offer_description", foreign(achievement.description, view.row.language));
        one.set("offer_issuer", foreign(credential->issuer.name.value_or(""), view.row.language));
    }
    auto const from = locale.day(view.row.awarded_at.day());
    one.set("offer_validity", view.row.valid_until ? locale.text("my.dates", {{"from", from},
                                                                              {"until", locale.day(*view.row.valid_until)}})
                                                   : locale.text("my.dates_open", {{"from", from}}));
    auto const* const issuer = programme.issuer(view.row.issuer_id);
    auto const uuid = c.context.services.addresses.achievement_uuid(
        issuer != nullptr ? issuer->slug : std::string(), view.row.achievement_id, view.row.achievement_version,
        view.row.language);
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

/// The link was used: to the badge, when there is one that may be seen.
Answer used(Claiming const& c, std::vector<domain::CredentialView> const& views) {
    std::vector<domain::CredentialView const*> claimed;
    for (auto const& view : views)
        if (view.row.claim_state == "claimed") claimed.push_back(&view);
    if (claimed.size() == 1 && claimed[0]->row.visibility != "hidden")
        return see_other("/c/" + claimed[0]->row.share_code);
    return message(c, "claim.used", 200, "/my");
}

Answer offer_page(Claiming const& c, std::optional<domain::Choices> typed, std::string_view problem) {
    auto const offer = c.context.services.claims.open(c.token);
    if (!offer) {
        if (offer.error().code == "link-expired") return expired(c);
        return offer.error();
    }
    auto const views = offered(c, *offer);
    std::vector<domain::CredentialView const*> open;
    for (auto const& view : views)
        if (view.row.claim_state == "offered" && view.row.status == "active") open.push_back(&view);
    if (open.empty()) return used(c, views);

    auto const programme = programme_of(c.context);
    auto const& locale = *c.visitor.locale;
    std::vector<View> offers;
    for (auto const* const view : open) offers.push_back(offer_view(c, *programme, *view));
    auto const count = static_cast<std::int64_t>(offers.size());
    Page page;
    page.name = "claim";
    page.title = locale.plural("claim.title", count);
    page.status = problem.empty() ? 200 : 422;
    page.content.set("claim_title", page.title).set("claim_button", locale.plural("claim.button", count));
    page.content.set("claim_url", Url::of(c.address())).set("one", count == 1).set("problem", problem);
    page.content.set("learner_name", learner_name(c, offer->learner_id)).set("offers", std::move(offers));
    draw_choices(page.content, typed.value_or(domain::Choices{"link", false, open[0]->row.language}));
    return show(c.context, c.visitor, std::move(page));
}

/// Claiming opens the learner's session (decision 3) and leads to the badge.
Answer claimed(Claiming const& c, std::string const& learner_id, std::vector<storage::CredentialRow> const& rows) {
    Actor learner{.role = Role::learner, .id = "learner:" + learner_id, .learner_id = learner_id};
    auto const cookie = c.context.guard.open_session(learner, std::nullopt);
    if (rows.size() == 1) return see_other("/c/" + rows[0].share_code, {cookie});
    return see_other("/my?done=claimed", {cookie});
}

Answer decide(Claiming const& c, Form const& form) {
    auto& claims = c.context.services.claims;
    auto const action = form.value("action");
    if (action == "resend") {
        if (auto const sent = claims.resend(c.token); !sent) return sent.error();
        return message(c, "claim.resent");
    }
    auto const choices = read_choices(form);
    if (!choices && action == "claim") return offer_page(c, std::nullopt, choices.error().detail);
    auto const ids = form.values("credential");
    if (ids.empty()) return offer_page(c, choices ? std::optional(*choices) : std::nullopt,
                                       c.visitor.locale->text("claim.none_chosen"));
    auto const offer = claims.open(c.token);
    if (!offer) return offer.error().code == "link-expired" ? expired(c) : Answer(offer.error());
    std::vector<storage::CredentialRow> rows;
    for (auto const& id : ids) {
        auto row = action == "claim"     ? claims.claim(c.token, id, *choices)
                   : action == "decline" ? claims.decline(c.token, id)
                   : action == "dispute" ? claims.dispute(c.token, id)
                                         : Error{Fault::unprocessable, "invalid-choice", "Use a button of the form.", {}};
        // A second click, or a second badge after a first that went through: what is done stays done.
        if (!row && row.error().fault != Fault::conflict) return row.error();
        if (row) rows.push_back(std::move(*row));
    }
    if (rows.empty()) return see_other(c.address());
    if (action == "claim") return claimed(c, offer->learner_id, rows);
    return message(c, action == "decline" ? "claim.declined" : "claim.disputed");
}

}  // namespace

std::vector<http::Route> claim_routes(WebContext const& context) {
    auto const get = [&context](Visitor const& visitor, http::Request const& request) -> Answer {
        return offer_page({context, visitor, path_value(request, "token")}, std::nullopt, "");
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
