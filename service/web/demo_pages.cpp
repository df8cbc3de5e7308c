#include "service/web/demo_pages.hpp"

#include <map>

#include <nlohmann/json.hpp>

#include "service/web/form.hpp"
#include "service/web/routes.hpp"
#include "storage/evidence.hpp"

namespace itqan::web {
namespace {

constexpr char star[] = "lrn-015";  ///< Reem, who is one completion short of two badges.
constexpr char last_step_activity[] = "act-102";

struct Persona {
    Actor actor;
    std::string_view home;
};

std::map<std::string, Persona, std::less<>> const& personas() {
    static std::map<std::string, Persona, std::less<>> const all{
        {"provider",
         {{.role = Role::provider, .id = "demo:provider", .provider_id = "prv-qalam"}, "/staff/completions"}},
        {"learner", {{.role = Role::learner, .id = "learner:lrn-015", .learner_id = star}, "/my"}},
        {"issuer",
         {{.role = Role::issuer, .id = "demo:issuer", .issuer_id = "nakhla"}, "/staff/credentials?learner=lrn-015"}},
        {"admin", {{.role = Role::admin, .id = "demo:admin"}, "/staff/credentials"}}};
    return all;
}

/// How far the visitor has come, read from what is there: 1 post, 2 claim, 3 verify, 4 withdraw, 5 all done.
int step_of(WebContext const& context) {
    return context.services.database.read([](storage::Session& session) {
        bool posted = false;
        storage::each_evidence_of(session, star, [&](storage::EvidenceRow const& row) {
            posted = posted || (row.kind == "completion" && row.status == "verified" &&
                                Json::parse(row.body).value("activityId", "") == last_step_activity);
        });
        bool claimed = false;
        for (auto const& row : storage::credentials_of(session, star)) {
            if (row.status == "revoked" && row.claim_state == "claimed") return 5;
            claimed = claimed || row.claim_state == "claimed";
        }
        return claimed ? 3 : posted ? 2 : 1;
    });
}

std::vector<View> steps(Visitor const& visitor, int current) {
    static constexpr char const* names[] = {"provider", "learner", "employer", "issuer"};
    std::vector<View> list;
    for (int step = 1; step <= 4; ++step) {
        auto const key = std::string("demo.step.") + names[step - 1];
        // Verifying leaves no trace, so steps 3 and 4 are both open once a badge is claimed.
        bool const done = step < current;
        bool const now = step == current || (current == 3 && step == 4);
        View one;
        one.set("step_number", std::to_string(step))
            .set("step_title", visitor.locale->text(key))
            .set("step_text", visitor.locale->text(key + "_text"));
        one.set("step_button", visitor.locale->text(key + "_button")).set("step_done", done).set("step_now", now);
        one.set("mark", done ? std::string("✓") : std::to_string(step))
            .set("state", done  ? "done"
                          : now ? "current"
                                : "open");
        if (step == 2)
            one.set("step_url", Url::of("/demo/mail"));
        else if (step == 3)
            one.set("step_url", Url::of("/verify"));
        else
            one.set("persona_url", Url::of(std::string("/demo/as/") + names[step - 1]));
        list.push_back(std::move(one));
    }
    return list;
}

Answer steps_page(WebContext const& context, Visitor const& visitor) {
    Page page;
    page.name = "demo";
    page.title = visitor.locale->text("demo.title");
    page.section = "demo";
    page.content.set("steps", steps(visitor, step_of(context)));
    return show(context, visitor, page);
}

/// Persona buttons are people without a password: a POST of our own page all the same.
Answer become(WebContext const& context, http::Request const& request) {
    if (auto const same = context.guard.require_same_origin(request); !same) return same.error();
    auto const found = personas().find(path_value(request, "persona"));
    if (found == personas().end()) return Error{Fault::not_found, "not-found", "The demo has no such person.", {}};
    return see_other(found->second.home, {context.guard.open_session(found->second.actor, std::nullopt)});
}

Answer mails_page(WebContext const& context, DemoDesk const& desk, Visitor const& visitor) {
    Page page;
    page.name = "demo-mail";
    page.title = visitor.locale->text("demo.mail");
    page.section = "demo";
    std::vector<View> list;
    for (auto const& mail : desk.mails()) {
        View one;
        one.set("mail_subject", foreign(mail.subject))
            .set("mail_to", mail.to)
            .set("mail_date", mail.date)
            .set("mail_url", Url::of("/demo/mail/" + mail.name));
        list.push_back(std::move(one));
    }
    page.content.set_list("mails", std::move(list));
    return show(context, visitor, page);
}

Answer mail_page(WebContext const& context, DemoDesk const& desk, Visitor const& visitor,
                 http::Request const& request) {
    auto const mail = desk.mail(path_value(request, "name"));
    if (!mail) return mail.error();
    Page page;
    page.name = "demo-mail-one";
    page.title = mail->subject;
    page.section = "demo";
    page.content.set("subject", foreign(mail->subject))
        .set("from", mail->from)
        .set("to", mail->to)
        .set("date", mail->date)
        .set("text", mail->text);
    page.content.set("html_url", Url::of("/demo/mail/" + mail->name + "/html"));
    auto const base = context.services.addresses.base();
    std::vector<View> links;
    for (auto at = mail->text.find(base); at != std::string::npos; at = mail->text.find(base, at + 1)) {
        auto const link = mail->text.substr(at, mail->text.find_first_of(" \r\n>", at) - at);
        auto const path = context.services.addresses.path_of(link);
        if (!path.starts_with("/claim/") && !path.starts_with("/my/link/")) continue;
        links.push_back(View()
                            .set("link_url", Url::of(path))
                            .set("link", visitor.locale->text(path.starts_with("/claim/") ? "demo.open_claim"
                                                                                          : "demo.open_sign_in")));
        break;
    }
    page.content.set("links", std::move(links));
    page.frames_own = true;
    return show(context, visitor, page);
}

/// The HTML part in a frame of its own: no script, no form, nothing from elsewhere.
Answer mail_html(DemoDesk const& desk, http::Request const& request) {
    auto mail = desk.mail(path_value(request, "name"));
    if (!mail) return mail.error();
    // A link followed inside the frame would meet frame-ancestors 'none'.
    auto const head = mail->html.find("<head>");
    mail->html.insert(head == std::string::npos ? 0 : head + 6, "<base target=\"_top\">");
    auto answer = respond(200, "text/html; charset=utf-8", mail->html);
    answer.headers.add("content-security-policy",
                       "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'; sandbox "
                       "allow-top-navigation-by-user-activation allow-popups");
    answer.headers.add("x-frame-options", "SAMEORIGIN");
    return answer;
}

Answer reset(WebContext const& context, DemoDesk const& desk, http::Request const& request) {
    if (auto const same = context.guard.require_same_origin(request); !same) return same.error();
    if (auto const done = desk.reset(); !done) return done.error();
    return see_other("/");
}

}  // namespace

View demo_bar(WebContext const& context, Visitor const& visitor) {
    return View().set("steps", steps(visitor, step_of(context)));
}

std::vector<http::Route> demo_routes(WebContext const& context, DemoDesk const& desk) {
    return {page_route(context, "/demo", [&context](auto const& v, auto const&) { return steps_page(context, v); }),
            form_route(context, "/demo/as/{persona}",
                       [&context](auto const&, auto const& r) { return become(context, r); }),
            form_route(context, "/demo/reset",
                       [&context, &desk](auto const&, auto const& r) { return reset(context, desk, r); }),
            page_route(context, "/demo/mail",
                       [&context, &desk](auto const& v, auto const&) { return mails_page(context, desk, v); }),
            page_route(context, "/demo/mail/{name}",
                       [&context, &desk](auto const& v, auto const& r) { return mail_page(context, desk, v, r); }),
            get_route("/demo/mail/{name}/html", [&desk](auto const& r) { return mail_html(desk, r); })};
}

}  // namespace itqan::web
