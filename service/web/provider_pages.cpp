#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

#include "crypto/random.hpp"
#include "service/web/form.hpp"
#include "service/web/routes.hpp"
#include "storage/evidence.hpp"
#include "storage/people.hpp"

// What a training provider does in a browser: post one completion, see its own, take one back.

namespace itqan::web {
namespace {

constexpr int rows_shown = 15;

struct Typed {
    std::string learner, name, activity, score, grade, hours, completed, reference;
};

Typed typed_in(Form const& form) {
    auto const value = [&](char const* name) { return std::string(form.value(name)); };
    return {value("learner"), value("name"),  value("activity"),  value("score"),
            value("grade"),   value("hours"), value("completed"), value("reference")};
}

/// In the demo the form is filled in with what the first step needs.
Typed proposal(WebContext const& context) {
    Typed typed;
    // Sent twice by a nervous finger, the form is one completion.
    typed.reference = "web-" + crypto::random_code();
    typed.completed = context.services.clock.domain().day().text();
    if (context.services.settings.demo) {
        typed.learner = "lrn-015";
        typed.activity = "act-102";
        typed.score = "86";
    }
    return typed;
}

std::optional<double> number_of(std::string const& text) {
    double number = 0;
    auto const* const end = text.data() + text.size();
    auto const [stop, failure] = std::from_chars(text.data(), end, number);
    if (failure != std::errc{} || stop != end) return std::nullopt;
    return number;
}

/// The body that the API takes; fields that are no numbers go as they are and are refused there, with their name.
Json body_of(Typed const& typed) {
    Json body{{"externalId", typed.reference.empty() ? "web-" + crypto::random_uuid_v4() : typed.reference},
              {"activityId", typed.activity}};
    if (typed.learner.find('@') != std::string::npos) {
        body["learner"] = Json{{"email", typed.learner}};
        if (!typed.name.empty()) body["learner"]["name"] = typed.name;
    } else {
        body["learnerId"] = typed.learner;
    }
    auto const day = Day::parse(typed.completed);
    body["completedAt"] = day ? Instant::start_of(*day).text() : typed.completed;
    for (auto const& [member, text] : {std::pair("score", typed.score), std::pair("hours", typed.hours)}) {
        if (text.empty()) continue;
        auto const number = number_of(text);
        body[member] = number ? Json(*number) : Json(text);
    }
    if (!typed.grade.empty()) body["grade"] = typed.grade;
    return body;
}

std::string field_of(std::string_view pointer) {
    if (pointer.starts_with("/learner")) return "learner";
    if (pointer == "/activityId") return "activity";
    if (pointer == "/completedAt" || pointer == "/startedAt") return "completed";
    if (pointer == "/externalId") return "reference";
    return pointer.empty() ? std::string() : std::string(pointer.substr(1));
}

void draw_form(View& view, domain::Programme const& programme, Actor const& actor, Visitor const& visitor,
               Typed const& typed, Error const* error) {
    auto const& locale = *visitor.locale;
    view.set("learner_typed", typed.learner)
        .set("name_typed", typed.name)
        .set("score_typed", typed.score)
        .set("grade_typed", typed.grade);
    view.set("hours_typed", typed.hours)
        .set("completed_typed", typed.completed)
        .set("reference_typed", typed.reference);
    std::vector<View> activities;
    for (auto const& activity : programme.activities) {
        if (!actor.acts_for_provider(activity.provider_id)) continue;
        View one;
        one.set("activity_id", activity.id)
            .set("activity_title", activity.title.in(visitor.language()))
            .set("chosen", activity.id == typed.activity);
        activities.push_back(std::move(one));
    }
    view.set("activities", std::move(activities));
    if (error == nullptr) return;
    view.set("problem", error_words(locale, *error));
    for (auto const& violation : error->violations) {
        auto const field = field_of(violation.pointer);
        if (!field.empty()) view.set("wrong_" + field, error_words(locale, error->code, violation.detail));
    }
}

void draw_rows(View& view, WebContext const& context, domain::Programme const& programme, Actor const& actor,
               Visitor const& visitor) {
    storage::EvidencePage wanted;
    if (!actor.acts_for_all()) wanted.source = actor.provider_id.value_or("");
    wanted.limit = rows_shown;
    // The newest matter: a page that starts with the oldest would never show what was just posted.
    auto const rows = context.services.database.read(
        [&](storage::Session& session) { return storage::newest_completions(session, wanted); });
    std::vector<View> list;
    for (auto const& row : rows) {
        auto const body = Json::parse(row.body);
        auto const* const activity = programme.activity(body.value("activityId", ""));
        View one;
        one.set("row_learner", row.learner_id)
            .set("row_activity",
                 activity != nullptr ? activity->title.in(visitor.language()) : body.value("activityId", ""));
        one.set("row_day", visitor.locale->day(row.occurred_on));
        one.set("row_score", body.contains("score") ? body.at("score").dump() : std::string("–"));
        one.set("row_status", visitor.locale->text_or("evidence." + row.status, row.status));
        bool const counts = row.status == "verified" || row.status == "pending";
        if (counts) one.set("retract_url", Url::of("/staff/completions/" + row.id + "/retract"));
        list.push_back(std::move(one));
    }
    view.set_list("rows", std::move(list));
}

Answer completions_page(WebContext const& context, Visitor const& visitor, Actor const& actor, Typed const& typed,
                        Error const* error) {
    auto const programme = programme_of(context);
    Page page;
    page.name = "provider";
    page.title = visitor.locale->text("provider.title");
    page.section = "staff";
    page.status = error != nullptr ? 422 : 200;
    auto const* const provider = actor.provider_id ? programme->provider(*actor.provider_id) : nullptr;
    if (provider != nullptr) page.content.set("provider_name", provider->name.in(visitor.language()));
    draw_form(page.content, *programme, actor, visitor, typed, error);
    draw_rows(page.content, context, *programme, actor, visitor);
    return show(context, visitor, page);
}

/// "Reem" in the demo, whose people are invented; elsewhere the id that the provider itself sent.
std::string first_name(WebContext const& context, Visitor const& visitor, std::string const& learner_id) {
    if (!context.services.settings.demo) return learner_id;
    auto const learner = context.services.database.read(
        [&](storage::Session& session) { return storage::learner(session, learner_id); });
    if (!learner) return learner_id;
    auto const name =
        visitor.language() == "ar" && learner->name_ar ? *learner->name_ar : learner->name.value_or(learner_id);
    return name.substr(0, name.find(' '));
}

Answer posted_page(WebContext const& context, Visitor const& visitor, domain::Answer const& answer) {
    auto const& locale = *visitor.locale;
    auto const programme = programme_of(context);
    auto const body = Json::parse(answer.body);
    auto const& credentials = body.at("credentials");
    auto const count = static_cast<std::int64_t>(credentials.size());
    Page page;
    page.name = "posted";
    page.section = "staff";
    auto const in_words = locale.text_or("number." + std::to_string(count), locale.number(count));
    page.title =
        count == 0 ? locale.text("provider.recorded")
                   : locale.plural("provider.earned", count,
                                   {{"name", first_name(context, visitor, body.at("learnerId"))}, {"count", in_words}});
    page.content.set("heading", page.title).set("replayed", answer.replayed);
    std::vector<View> badges;
    for (auto const& credential : credentials) {
        auto const* const achievement = programme->achievement(credential.at("achievementId").get<std::string>());
        if (achievement == nullptr) continue;
        auto const* const issuer = programme->issuer(achievement->issuer_id);
        auto const uuid = context.services.addresses.achievement_uuid(issuer->slug, achievement->id,
                                                                      achievement->version, visitor.language());
        View one;
        one.set("badge_name", achievement->name.in(visitor.language()))
            .set("badge_issuer", issuer->name.in(visitor.language()));
        one.set("badge_picture_url", Url::of("/achievements/" + uuid + "/picture.png"))
            .set("badge_url", Url::of("/achievements/" + uuid));
        badges.push_back(std::move(one));
    }
    page.content.set("badges", std::move(badges))
        .set("has_badges", count > 0)
        .set("demo", context.services.settings.demo);
    return show(context, visitor, page);
}

Answer get_completions(WebContext const& context, Visitor const& visitor, http::Request const& request) {
    auto const caller = context.guard.require(request, {Role::provider, Role::admin});
    if (!caller) return visitor.caller ? Answer(caller.error()) : see_other("/signin");
    return completions_page(context, visitor, caller->actor, proposal(context), nullptr);
}

Answer post_completion(WebContext const& context, Visitor const& visitor, http::Request const& request) {
    auto const caller = context.guard.require(request, {Role::provider, Role::admin});
    if (!caller) return caller.error();
    auto const form = Form::read(request);
    if (!form) return form.error();
    auto const typed = typed_in(*form);
    auto const answer = context.services.intake.complete(caller->actor, body_of(typed));
    if (!answer) return completions_page(context, visitor, caller->actor, typed, &answer.error());
    return posted_page(context, visitor, *answer);
}

Answer retract(WebContext const& context, http::Request const& request) {
    auto const caller = context.guard.require(request, {Role::provider, Role::admin});
    if (!caller) return caller.error();
    auto const done = context.services.intake.transition(caller->actor, "completion", path_value(request, "id"),
                                                         "retract", std::nullopt);
    if (!done) return done.error();
    return see_other("/staff/completions");
}

}  // namespace

std::vector<http::Route> provider_routes(WebContext const& context) {
    return {page_route(context, "/staff/completions",
                       [&context](auto const& v, auto const& r) { return get_completions(context, v, r); }),
            form_route(context, "/staff/completions",
                       [&context](auto const& v, auto const& r) { return post_completion(context, v, r); }),
            form_route(context, "/staff/completions/{id}/retract",
                       [&context](auto const&, auto const& r) { return retract(context, r); })};
}

}  // namespace itqan::web
