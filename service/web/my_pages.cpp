#include <nlohmann/json.hpp>

#include "schemas/identifier.hpp"
#include "schemas/open_badge.hpp"
#include "service/http/problem.hpp"
#include "service/web/badge_page.hpp"
#include "service/web/choices.hpp"
#include "service/web/form.hpp"
#include "service/web/routes.hpp"
#include "storage/people.hpp"

namespace itqan::web {
namespace {

bool is_learner(Visitor const& visitor) {
    return visitor.caller && visitor.caller->actor.learner_id && !visitor.caller->actor.learner_id->empty();
}

Answer sign_in_page(WebContext const& context, Visitor const& visitor, std::string_view typed, std::string_view wrong) {
    Page page;
    page.name = "my-sign-in";
    page.title = visitor.locale->text("my.sign_in");
    page.section = "my";
    page.status = wrong.empty() ? 200 : 422;
    page.content.set("typed", typed).set("wrong", wrong);
    return show(context, visitor, page);
}

std::string state_of(storage::CredentialRow const& row, Instant now) {
    if (row.claim_state == "declined") return "declined";
    auto const recorded = row_state(row, now);
    return recorded == "valid" && row.claim_state == "offered" ? "offered" : recorded;
}

/// A form of /my that comes back: whose it was, what was chosen, and what is wrong with it.
struct RefusedChange {
    std::string credential_id;
    std::optional<domain::Choices> choices;
    Error error;
};

View badge_view(WebContext const& context, Visitor const& visitor, domain::CredentialView const& credential,
                std::string const& learner_name, RefusedChange const* refused) {
    auto const& locale = *visitor.locale;
    auto const& row = credential.row;
    auto const state = state_of(row, context.services.clock.wall());
    auto const tone = tone_of(state == "offered" ? "warning" : state == "declined" ? "revoked" : state);
    View view;
    if (auto const signed_text = schemas::read_credential(credential.credential)) {
        view.set("badge_name", foreign(signed_text->subject.achievement.name, row.language));
        view.set("badge_issuer", foreign(signed_text->issuer.name.value_or(""), row.language));
    }
    auto const path = "/credentials/" + row.id;
    view.set("badge_url", Url::of("/c/" + row.share_code)).set("badge_picture_url", Url::of(path + ".png"));
    view.set("png_url", Url::of(path + ".png"))
        .set("svg_url", Url::of(path + ".svg"))
        .set("pdf_url", Url::of(path + ".pdf"))
        .set("json_url", Url::of(path + ".json"))
        .set("jwt_url", Url::of(path + ".jwt"));
    view.set("state", locale.text("state." + state)).set("state_tone", tone.name).set("state_icon", tone.icon);
    if (row.claim_state == "claimed") view.set("visibility_word", locale.text_or("visibility." + row.visibility, ""));
    auto const from = locale.day(row.awarded_at.day());
    view.set("badge_dates", row.valid_until
                                ? locale.text("my.dates", {{"from", from}, {"until", locale.day(*row.valid_until)}})
                                : locale.text("my.dates_open", {{"from", from}}));
    bool const usable = row.status == "active" && row.claim_state != "declined" && row.claim_state != "disputed";
    view.set("can_download", usable && row.claim_state == "claimed").set("can_choose", usable);
    view.set("choose_url", Url::of("/my/badges/" + row.id));
    view.set("choose_title", locale.text(state == "offered" ? "my.claim" : "my.choose"));
    view.set("choose_button", state == "offered" ? locale.plural("claim.button", 1) : locale.text("my.save"));
    view.set("learner_name", learner_name);
    bool const comes_back = refused != nullptr && refused->credential_id == row.id && refused->choices;
    view.set("open", state == "offered" || comes_back);
    draw_choices(view, comes_back ? *refused->choices : choices_of(row));
    return view;
}

Answer home(WebContext const& context, Visitor const& visitor, std::string_view done, RefusedChange const* refused) {
    auto const& locale = *visitor.locale;
    auto const& learner_id = *visitor.caller->actor.learner_id;
    auto const learner = context.services.database.read(
        [&](storage::Session& session) { return storage::learner(session, learner_id); });
    std::string name;
    if (learner) name = visitor.language() == "ar" && learner->name_ar ? *learner->name_ar : learner->name.value_or("");
    std::vector<View> waiting, badges, past;
    for (auto const& credential : context.services.claims.of_learner(learner_id)) {
        if (credential.erased) continue;
        auto const state = state_of(credential.row, context.services.clock.wall());
        auto& group = state == "offered" ? waiting : state == "valid" || state == "suspended" ? badges : past;
        group.push_back(badge_view(context, visitor, credential, name, refused));
    }
    Page page;
    page.name = "my";
    page.title = locale.text("my.title");
    page.section = "my";
    if (refused != nullptr) page.status = http::status_of(refused->error.fault);
    auto& view = page.content;
    if (!name.empty()) view.set("person", foreign(name));
    if (auto const key = "my." + std::string(done); !done.empty() && locale.has(key))
        view.set("notice", locale.text(key));
    if (refused != nullptr) view.set("problem", error_words(locale, refused->error));
    view.set("count", locale.plural("my.count", static_cast<std::int64_t>(badges.size())));
    view.set("empty", waiting.empty() && badges.empty() && past.empty());
    view.set_list("waiting", std::move(waiting))
        .set_list("badges", std::move(badges))
        .set_list("past", std::move(past));
    return show(context, visitor, page);
}

Answer get_my(WebContext const& context, Visitor const& visitor, http::Request const& request) {
    if (!is_learner(visitor)) return sign_in_page(context, visitor, "", "");
    return home(context, visitor, query_of(request, "done"), nullptr);
}

/// The same answer for known and unknown addresses: who has badges here is nobody else's business.
Answer ask_link(WebContext const& context, Visitor const& visitor, http::Request const& request) {
    if (auto const same = context.guard.require_same_origin(request); !same) return same.error();
    auto const form = Form::read(request);
    if (!form) return form.error();
    auto const email = schemas::normalize_email(form->value("email"));
    if (!schemas::is_email(email))
        return sign_in_page(context, visitor, form->value("email"), visitor.locale->text("my.email_wrong"));
    context.services.claims.request_sign_in(email);
    Page page;
    page.name = "message";
    page.title = visitor.locale->text("my.sent");
    page.section = "my";
    page.content.set("heading", page.title).set("message", visitor.locale->text("my.sent_text"));
    return show(context, visitor, page);
}

/// Mail programs open links to look at them; only the button uses the link up.
Answer link_page(WebContext const& context, Visitor const& visitor, http::Request const& request) {
    Page page;
    page.name = "my-link";
    page.title = visitor.locale->text("my.link_title");
    page.section = "my";
    page.content.set("link_url", Url::of("/my/link/" + path_value(request, "token")));
    return show(context, visitor, page);
}

Answer use_link(WebContext const& context, http::Request const& request) {
    if (auto const same = context.guard.require_same_origin(request); !same) return same.error();
    auto const learner_id = context.services.claims.consume_sign_in(path_value(request, "token"));
    if (!learner_id) return learner_id.error();
    Actor const learner{.role = Role::learner, .id = "learner:" + *learner_id, .learner_id = *learner_id};
    return see_other("/my", {context.guard.open_session(learner, std::nullopt)});
}

Answer change_badge(WebContext const& context, Visitor const& visitor, http::Request const& request) {
    auto const caller = context.guard.require(request, {Role::learner, Role::mentor});
    if (!caller) return caller.error();
    auto const form = Form::read(request);
    if (!form) return form.error();
    auto& claims = context.services.claims;
    auto const id = path_value(request, "id");
    auto const action = form->value("action");
    auto const before = claims.view(id, &caller->actor);
    std::string done = "saved";
    std::optional<domain::Choices> choices;
    Result<storage::CredentialRow> row = Error{Fault::unprocessable, "invalid-choice", "Use a button of the form.", {}};
    if (action == "decline") {
        row = claims.decline(caller->actor, id);
        done = "declined";
    } else if (action == "dispute") {
        row = claims.dispute(caller->actor, id);
        done = "disputed";
    } else if (action == "choose") {
        auto read = read_choices(*form);
        if (read) choices = std::move(*read);
        row = choices ? claims.choose(caller->actor, id, *choices) : read.error();
        if (before && before->row.claim_state == "offered") done = "claimed";
    }
    if (!row && row.error().fault == Fault::not_found) return row.error();
    if (!row) {
        RefusedChange const refused{id, choices, row.error()};
        return home(context, visitor, "", &refused);
    }
    return see_other("/my?done=" + done);
}

Answer sign_out(WebContext const& context, http::Request const& request) {
    if (auto const same = context.guard.require_same_origin(request); !same) return same.error();
    return see_other("/", {context.guard.close_session(request)});
}

}  // namespace

std::vector<http::Route> my_routes(WebContext const& context) {
    return {page_route(context, "/my", [&context](auto const& v, auto const& r) { return get_my(context, v, r); }),
            form_route(
                context, "/my", [&context](auto const& v, auto const& r) { return ask_link(context, v, r); },
                http::RateLimits::Work::sign_in),
            page_route(context, "/my/link/{token}",
                       [&context](auto const& v, auto const& r) { return link_page(context, v, r); }),
            form_route(context, "/my/link/{token}",
                       [&context](auto const&, auto const& r) { return use_link(context, r); }),
            form_route(context, "/my/badges/{id}",
                       [&context](auto const& v, auto const& r) { return change_badge(context, v, r); }),
            form_route(context, "/signout", [&context](auto const&, auto const& r) { return sign_out(context, r); })};
}

}  // namespace itqan::web
