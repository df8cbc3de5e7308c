#include <nlohmann/json.hpp>

#include "service/web/badge_page.hpp"
#include "service/web/form.hpp"
#include "service/web/routes.hpp"
#include "storage/people.hpp"

// What an issuer does in a browser: find its credentials, withdraw, put on hold, reinstate, award by hand.

namespace itqan::web {
namespace {

constexpr int page_size = 50;

std::string learner_name(storage::Session& session, std::string const& id, std::string_view language) {
    auto const learner = storage::learner(session, id);
    if (!learner || learner->erased_at) return id;
    return language == "ar" && learner->name_ar ? *learner->name_ar : learner->name.value_or(id);
}

std::string badge_name(domain::Programme const& programme, std::string const& id, std::string_view language) {
    auto const* const achievement = programme.achievement(id);
    return achievement != nullptr ? achievement->name.in(language) : id;
}

View row_view(WebContext const& context, storage::Session& session, domain::Programme const& programme,
              Visitor const& visitor, storage::CredentialRow const& row) {
    auto const state = row_state(row, context.services.clock.wall());
    auto const tone = tone_of(state);
    View one;
    one.set("row_url", Url::of("/staff/credentials/" + row.id))
        .set("row_badge", badge_name(programme, row.achievement_id, visitor.language()));
    one.set("row_learner", learner_name(session, row.learner_id, visitor.language()))
        .set("row_learner_id", row.learner_id);
    one.set("row_issued", visitor.locale->day(row.awarded_at.day()));
    one.set("row_until",
            row.valid_until ? visitor.locale->day(*row.valid_until) : visitor.locale->text("badge.no_expiry"));
    one.set("row_state", visitor.locale->text("state." + state)).set("row_tone", tone.name).set("row_icon", tone.icon);
    one.set("row_claim", visitor.locale->text_or("claim_state." + row.claim_state, row.claim_state));
    return one;
}

storage::CredentialFilter filter_of(Actor const& actor, http::Request const& request) {
    storage::CredentialFilter filter;
    if (!actor.acts_for_all()) filter.issuer_id = actor.issuer_id.value_or("");
    auto const optional = [&](char const* name) {
        return query_of(request, name).empty() ? std::nullopt : std::optional(query_of(request, name));
    };
    filter.learner_id = optional("learner");
    filter.achievement_id = optional("achievement");
    filter.status = optional("status");
    filter.after_id = query_of(request, "after");
    filter.limit = page_size + 1;
    return filter;
}

/// The form for an award by hand as it was sent, and what is wrong with it.
struct TypedAward {
    std::string achievement, learner, awarded, narrative;
    Error error = {};  ///< Code "": nothing was sent.
    bool is_refused() const { return !error.code.empty(); }
};

std::string award_field_of(std::string_view pointer) {
    if (pointer == "/achievementId") return "achievement";
    if (pointer == "/learnerId") return "learner";
    if (pointer == "/awardedDate") return "awarded";
    if (pointer == "/narrative") return "narrative";
    return {};
}

void draw_award(View& view, Locale const& locale, TypedAward const& typed) {
    view.set("award_learner_typed", typed.learner)
        .set("awarded_typed", typed.awarded)
        .set("narrative_typed", typed.narrative);
    if (!typed.is_refused()) return;
    view.set("problem", error_words(locale, typed.error));
    for (auto const& violation : typed.error.violations) {
        auto const field = award_field_of(violation.pointer);
        if (!field.empty()) view.set("wrong_" + field, error_words(locale, typed.error.code, violation.detail));
    }
}

void draw_choices_of_programme(View& view, domain::Programme const& programme, Actor const& actor,
                               Visitor const& visitor, std::string const& chosen, std::string const& to_award) {
    std::vector<View> achievements;
    for (auto const& achievement : programme.achievements) {
        if (!actor.acts_for_issuer(achievement.issuer_id)) continue;
        View one;
        one.set("achievement_id", achievement.id)
            .set("achievement_name", achievement.name.in(visitor.language()))
            .set("chosen", achievement.id == chosen)
            .set("award_chosen", achievement.id == to_award);
        achievements.push_back(std::move(one));
    }
    view.set("achievements", std::move(achievements));
}

Answer list_page(WebContext const& context, Visitor const& visitor, Actor const& actor, http::Request const& request,
                 TypedAward const& typed) {
    Page page;
    page.name = "credentials";
    page.title = visitor.locale->text("issuer_staff.title");
    page.section = "staff";
    if (typed.is_refused()) page.status = typed.error.fault == Fault::conflict ? 409 : 422;
    auto filter = filter_of(actor, request);
    auto& view = page.content;
    context.services.database.read([&](storage::Session& session) {
        auto const programme = context.services.programmes.current(session);
        auto rows = storage::list_credentials(session, filter);
        if (rows.size() > page_size) {
            rows.resize(page_size);
            view.set("next_url", Url::of("/staff/credentials?after=" + rows.back().id +
                                         "&learner=" + encode_query_value(query_of(request, "learner")) +
                                         "&achievement=" + encode_query_value(query_of(request, "achievement")) +
                                         "&status=" + encode_query_value(query_of(request, "status"))));
        }
        std::vector<View> list;
        list.reserve(rows.size());
        for (auto const& row : rows)
            list.push_back(row_view(context, session, *programme, visitor, row));
        view.set_list("rows", std::move(list));
        draw_choices_of_programme(view, *programme, actor, visitor, query_of(request, "achievement"),
                                  typed.achievement);
    });
    view.set("learner_typed", query_of(request, "learner"));
    for (auto const* const status : {"active", "suspended", "revoked"})
        view.set(std::string("is_") + status, query_of(request, "status") == status);
    draw_award(view, *visitor.locale, typed);
    return show(context, visitor, page);
}

Answer detail_page(WebContext const& context, Visitor const& visitor, Actor const& actor, std::string const& id,
                   Error const* error) {
    Page page;
    page.name = "staff-credential";
    page.section = "staff";
    page.status = error != nullptr ? (error->fault == Fault::conflict ? 409 : 422) : 200;
    auto& view = page.content;
    auto const shown = context.services.database.read([&](storage::Session& session) -> Result<void> {
        auto const row = storage::credential(session, id);
        if (!row || !actor.acts_for_issuer(row->issuer_id))
            return Error{Fault::not_found, "not-found", "There is no such credential, or it is not yours.", {}};
        auto const programme = context.services.programmes.current(session);
        auto const one = row_view(context, session, *programme, visitor, *row);
        page.title = badge_name(*programme, row->achievement_id, visitor.language());
        view.set("row", one).set("heading", page.title);
        auto const base = "/staff/credentials/" + row->id;
        view.set("revoke_url", Url::of(base + "/revoke"))
            .set("suspend_url", Url::of(base + "/suspend"))
            .set("reinstate_url", Url::of(base + "/reinstate"));
        view.set("check_url", Url::of(base + "/check"));
        if (row->visibility == "link" || row->visibility == "public")
            view.set("page_url", Url::of("/c/" + row->share_code));
        view.set("can_revoke", row->status != "revoked" && !row->erased_at)
            .set("can_suspend", row->status == "active" && !row->erased_at);
        view.set("can_reinstate", row->status == "suspended" && !row->erased_at);
        if (row->reason) view.set("reason", visitor.locale->text_or("reason." + *row->reason, *row->reason));
        if (auto const note = storage::latest_note(session, "credential", row->id)) view.set("note", *note);
        return {};
    });
    if (!shown) return shown.error();
    std::vector<View> reasons;
    for (auto const& reason : domain::revocation_reasons())
        reasons.push_back(
            View().set("reason_code", reason).set("reason_words", visitor.locale->text_or("reason." + reason, reason)));
    view.set("reasons", std::move(reasons));
    if (error != nullptr) view.set("problem", error_words(*visitor.locale, *error));
    return show(context, visitor, page);
}

/// Runs an act for whoever may, and shows the credential again.
template <typename Act>
Answer change(WebContext const& context, Visitor const& visitor, http::Request const& request, Act const& act) {
    auto const caller = context.guard.require(request, {Role::issuer, Role::admin});
    if (!caller) return caller.error();
    auto const form = Form::read(request);
    if (!form) return form.error();
    auto const id = path_value(request, "id");
    auto const note = form->value("note").empty() ? std::nullopt : std::optional(std::string(form->value("note")));
    Result<storage::CredentialRow> const row = act(caller->actor, id, *form, note);
    if (!row) {
        if (row.error().fault == Fault::not_found) return row.error();
        return detail_page(context, visitor, caller->actor, id, &row.error());
    }
    return see_other("/staff/credentials/" + id);
}

Result<domain::HandAward> read_award(TypedAward const& typed) {
    domain::HandAward wanted;
    wanted.achievement_id = typed.achievement;
    wanted.learner_id = typed.learner;
    wanted.awarded_on = Day::parse(typed.awarded);
    if (!typed.awarded.empty() && !wanted.awarded_on)
        return Error{Fault::unprocessable,
                     "invalid-day",
                     "The day of the award is no day.",
                     {{"/awardedDate", "must be a day such as 2026-11-25"}}};
    if (typed.narrative.empty()) return wanted;
    wanted.narrative = typed.narrative;
    std::erase(*wanted.narrative, '\r');  // maxlength counts a line end as one character, the form sends two.
    return wanted;
}

Answer award(WebContext const& context, Visitor const& visitor, http::Request const& request) {
    auto const caller = context.guard.require(request, {Role::issuer, Role::admin});
    if (!caller) return caller.error();
    auto const form = Form::read(request);
    if (!form) return form.error();
    auto const value = [&](char const* name) { return std::string(form->value(name)); };
    TypedAward typed{value("achievement"), value("learner"), value("awarded"), value("narrative")};
    auto const wanted = read_award(typed);
    Result<storage::CredentialRow> const row =
        wanted ? context.services.issuance.award(caller->actor, *programme_of(context), *wanted) : wanted.error();
    if (row) return see_other("/staff/credentials/" + row->id);
    typed.error = row.error();
    return list_page(context, visitor, caller->actor, request, typed);
}

/// The verifier's own word, as an employer would get it.
Answer check(WebContext const& context, Visitor const& visitor, http::Request const& request) {
    auto const caller = context.guard.require(request, {Role::issuer, Role::admin});
    if (!caller) return visitor.caller ? Answer(caller.error()) : see_other("/signin");
    auto const id = path_value(request, "id");
    auto const document = context.services.database.read([&](storage::Session& session) {
        auto const row = storage::credential(session, id);
        bool const is_own = row && caller->actor.acts_for_issuer(row->issuer_id);
        return is_own ? storage::first_document(session, id, row->edition) : std::nullopt;
    });
    if (!document) return Error{Fault::not_found, "not-found", "There is no such credential, or it is not yours.", {}};
    return verified_page(context, visitor, document->body);
}

Answer guarded(WebContext const& context, Visitor const& visitor, http::Request const& request, bool one) {
    auto const caller = context.guard.require(request, {Role::issuer, Role::admin});
    if (!caller) return visitor.caller ? Answer(caller.error()) : see_other("/signin");
    if (one) return detail_page(context, visitor, caller->actor, path_value(request, "id"), nullptr);
    return list_page(context, visitor, caller->actor, request, {});
}

}  // namespace

std::vector<http::Route> issuer_staff_routes(WebContext const& context) {
    auto& claims = context.services.claims;
    auto const act = [&context](std::string const& name, auto run) {
        return form_route(context, "/staff/credentials/{id}/" + name,
                          [&context, run](auto const& v, auto const& r) { return change(context, v, r, run); });
    };
    return {
        page_route(context, "/staff/credentials",
                   [&context](auto const& v, auto const& r) { return guarded(context, v, r, false); }),
        page_route(context, "/staff/credentials/{id}",
                   [&context](auto const& v, auto const& r) { return guarded(context, v, r, true); }),
        page_route(context, "/staff/credentials/{id}/check",
                   [&context](auto const& v, auto const& r) { return check(context, v, r); }),
        form_route(context, "/staff/award", [&context](auto const& v, auto const& r) { return award(context, v, r); }),
        act("revoke", [&claims](Actor const& actor, std::string const& id, Form const& form,
                                auto const& note) { return claims.revoke(actor, id, form.value("reason"), note); }),
        act("suspend", [&claims](Actor const& actor, std::string const& id, Form const&,
                                 auto const& note) { return claims.suspend(actor, id, note); }),
        act("reinstate", [&claims](Actor const& actor, std::string const& id, Form const&, auto const& note) {
            return claims.reinstate(actor, id, note);
        })};
}

}  // namespace itqan::web
