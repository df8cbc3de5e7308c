#include "service/web/routes.hpp"

#include <nlohmann/json.hpp>

#include "schemas/text.hpp"
#include "schemas/text_safety.hpp"
#include "service/domain/receipts.hpp"
#include "service/web/badge_page.hpp"
#include "service/web/form.hpp"
#include "service/web/language.hpp"

namespace itqan::web {
namespace {

std::string word(Json const& object, char const* name) {
    return schemas::make_visible(text_member(object, name));
}

std::string moment_of(Json const& object, char const* name, Locale const& locale) {
    auto const instant = Instant::parse(text_member(object, name));
    return instant ? locale.moment(*instant) : "–";
}

Tone tone_of_judgement(domain::Verdict verdict) {
    if (verdict == domain::Verdict::valid) return {"good", "✓"};
    return verdict == domain::Verdict::invalid ? Tone{"bad", "✕"} : Tone{"warn", "?"};
}

Tone tone_of_outcome(std::string_view outcome) {
    if (outcome == "pass") return {"ok", "✓"};
    if (outcome == "fail") return {"no", "✕"};
    if (outcome == "warn") return {"wait", "!"};
    return outcome == "unchecked" ? Tone{"wait", "?"} : Tone{"na", "–"};
}

View check_view(Json const& check, Locale const& locale) {
    auto const outcome = word(check, "outcome");
    auto const tone = tone_of_outcome(outcome);
    return View()
        .set("check_tone", tone.name)
        .set("check_icon", tone.icon)
        .set("check_title", locale.text_or("check." + word(check, "id") + "." + outcome, word(check, "id")))
        .set("check_word", locale.text_or("outcome." + outcome, outcome))
        .set("check_code", word(check, "code"));
}

View document_view(Json const& document, Locale const& locale) {
    View view;
    auto const address = word(document, "address");
    if (address.empty())
        view.set("withheld", locale.markup("receipt.withheld", {{"origin", word(document, "origin")}}));
    else
        view.set("address", address);
    bool const is_read = !word(document, "sha256").empty();
    view.set("read", locale.text(is_read ? "receipt.read" : "receipt.not_reached",
                                 {{"moment", moment_of(document, "fetchedAt", locale)}}));
    if (is_read) view.set("sha256", word(document, "sha256"));
    if (auto const version = word(document, "version"); !version.empty())
        view.set("version", locale.markup("receipt.of", {{"version", version}}));
    return view;
}

View attests_view(Json const& receipt, std::string const& signed_text, Locale const& locale,
                  Locale const& other_locale) {
    View view;
    auto const headline = "verify.headline." + word(receipt, "headlineCode");
    // Days are in the badge, which a receipt does not repeat.
    auto const words = "batch.outcome." + word(receipt, "verdict");
    bool const has_day = headline == "verify.headline.expired" || headline == "verify.headline.not-yet-valid";
    view.set("found", locale.has(headline) && !has_day ? locale.text(headline)
                                                       : locale.text_or(words, word(receipt, "verdict")));
    view.set("by", schemas::make_visible(host_of(text_member(receipt, "issuer"))))
        .set("moment", moment_of(receipt, "checkedAt", locale));
    view.set("kind", word(receipt, "kind")).set("software", word(receipt, "software"));
    view.set("hash", word(receipt.at("credential"), "sha256")).set("key", word(receipt, "issuerKey"));
    std::vector<View> checks, documents;
    for (auto const& check : receipt.at("checks"))
        checks.push_back(check_view(check, locale));
    for (auto const& document : receipt.at("documents"))
        documents.push_back(document_view(document, locale));
    view.set("checks", std::move(checks)).set_list("documents", std::move(documents));
    view.set("signed", signed_text);
    view.set("other_url", Url::of("/verify/receipt?lang=" + other_locale.language()));
    view.set("other_language", other_locale.language()).set("other_language_name", other_locale.text("language.name"));
    return view;
}

Page receipt_form(Visitor const& visitor) {
    Page page;
    page.name = "receipt";
    page.title = visitor.locale->text("receipt.title");
    page.section = "verify";
    return page;
}

http::Response refuse(WebContext const& context, Visitor const& visitor, int status, std::string_view key) {
    auto page = receipt_form(visitor);
    page.status = status;
    page.content.set("error", visitor.locale->text(key));
    return show(context, visitor, page);
}

/// Verifies once more: what the receipt states is what is so at its own moment.
Answer make(WebContext const& context, Visitor const& visitor, Form const& form, FetchedDocuments const* fetched) {
    auto& services = context.services;
    auto const typed = trimmed(form.value("recipient"));
    auto const recipient = typed.empty() ? std::nullopt : std::optional<std::string>(typed);
    auto const now = services.clock.wall();
    auto const answer =
        services.documents.verify(std::string(trimmed(form.value("text"))), recipient, now, fetched, true);
    if (!answer) return refuse(context, visitor, 422, "receipt.none");
    if (!answer->report) return http::awaiting(answer->needs);
    auto const receipt = services.database.read([&](storage::Session& session) {
        return domain::issue_receipt(services.keys, session, *answer->report, recipient,
                                     services.addresses.installation_did(), now);
    });
    if (!receipt) return refuse(context, visitor, 503, "receipt.unavailable");
    return receipt_page(context, visitor, canonical_json(*receipt));
}

/// From our own pages only: a receipt carries our signature.
Answer post_receipt(WebContext const& context, Visitor const& visitor, http::Request const& request) {
    if (auto const same = context.guard.require_same_origin(request); !same) return same.error();
    auto const form = Form::read(request);
    if (!form) return form.error();
    std::string const receipt(trimmed(form->value("receipt")));
    return receipt.empty() ? make(context, visitor, *form, request.fetched.get())
                           : receipt_page(context, visitor, receipt);
}

/// The same text as a file: what the page was shown from, and only while it is a receipt.
Answer post_file(WebContext const& context, http::Request const& request) {
    if (auto const same = context.guard.require_same_origin(request); !same) return same.error();
    auto const form = Form::read(request);
    if (!form) return form.error();
    std::string const text(trimmed(form->value("receipt")));
    if (!domain::is_receipt(text))
        return Error{Fault::unprocessable, "no-receipt", "This is no receipt of a verification.", {}};
    auto answer = respond(200, "application/json", text);
    answer.headers.add("content-disposition", "attachment; filename=\"receipt.json\"");
    answer.headers.add("cache-control", "no-store");
    return answer;
}

}  // namespace

Answer receipt_page(WebContext const& context, Visitor const& visitor, std::string const& text) {
    auto& services = context.services;
    domain::Documents documents;
    if (auto const issuer = domain::receipt_issuer(text); !issuer.empty())
        documents[issuer] = services.documents.get(issuer);
    auto const judgement = domain::judge_receipt(text, documents, services.clock.wall());
    if (!judgement) return refuse(context, visitor, 422, "receipt.none");
    auto const& locale = *visitor.locale;
    auto const tone = tone_of_judgement(judgement->verdict);
    View view;
    view.set("tone", tone.name).set("icon", tone.icon);
    view.set("judgement_words", locale.text("receipt." + judgement->code));
    if (judgement->verdict != domain::Verdict::invalid)
        view.set("attests", attests_view(judgement->receipt, text, locale,
                                         context.locales.in(other_language(visitor.language()))));
    auto page = receipt_form(visitor);
    page.content.set("judgement", std::move(view));
    return show(context, visitor, page);
}

std::vector<http::Route> receipt_routes(WebContext const& context) {
    return {page_route(context, "/verify/receipt",
                       [&context](auto const& v, auto const&) { return show(context, v, receipt_form(v)); }),
            file_route(context, "/verify/receipt",
                       [&context](auto const& v, auto const& r) { return post_receipt(context, v, r); }),
            file_route(context, "/verify/receipt/file",
                       [&context](auto const&, auto const& r) { return post_file(context, r); })};
}

}  // namespace itqan::web
