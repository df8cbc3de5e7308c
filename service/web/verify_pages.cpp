#include "service/web/form.hpp"
#include "service/web/report_view.hpp"
#include "service/web/routes.hpp"

#include <nlohmann/json.hpp>

#include "schemas/identifier.hpp"
#include "schemas/text.hpp"
#include "service/domain/receipts.hpp"

namespace itqan::web {
namespace {

struct Asked {
    std::string input, typed;
    std::string recipient;
    FetchedDocuments const* fetched = nullptr;
};

/// The page with what was typed still in its fields; a file cannot be kept and is asked for again.
Page verify_page(Visitor const& visitor, Asked const& asked) {
    Page page;
    page.name = "verify";
    page.title = visitor.locale->text("verify.title");
    page.section = "verify";
    page.indexable = true;
    page.takes_camera = true;
    page.scripts = {"verify.js"};
    page.content.set("typed", asked.typed).set("recipient_typed", asked.recipient);
    return page;
}

http::Response refuse(WebContext const& context, Visitor const& visitor, Asked const& asked, std::string_view key,
                      int status, std::string_view detail = {}) {
    auto page = verify_page(visitor, asked);
    page.status = status;
    page.content.set("error", visitor.locale->text(key));
    page.content.set("error_help", visitor.locale->text_or(std::string(key) + "_help", detail));
    return show(context, visitor, page);
}

/// What went wrong is said in English, with the address: it is the other host's business.
http::Response refuse_unreached(WebContext const& context, Visitor const& visitor, Asked const& asked,
                                Error const& error) {
    auto page = verify_page(visitor, asked);
    page.status = 422;
    page.content.set("error", visitor.locale->text("verify.unreached"));
    page.content.set("error_help", visitor.locale->text("verify.unreached_help") + " (" + error.detail + ")");
    return show(context, visitor, page);
}

/// An address of others where there is no way out.
bool is_foreign(domain::Addresses const& addresses, FetchedDocuments const* fetched, std::string const& input) {
    return fetched == nullptr && schemas::is_https_url(input) && addresses.path_of(input).empty();
}

http::Response judge(WebContext const& context, Visitor const& visitor, Asked asked) {
    auto& services = context.services;
    if (asked.input.empty()) return refuse(context, visitor, asked, "verify.empty", 422);
    if (is_foreign(services.addresses, asked.fetched, asked.input))
        return refuse(context, visitor, asked, "verify.foreign", 422);
    auto const recipient = asked.recipient.empty() ? std::nullopt : std::optional<std::string>(asked.recipient);
    auto report = services.documents.verify(asked.input, recipient, services.clock.wall(), asked.fetched);
    if (!report) {
        auto const& error = report.error();
        if (error.code == "many-codes") return refuse(context, visitor, asked, "verify.many_codes", 422);
        if (error.code == "no-link") return refuse(context, visitor, asked, "verify.no_link", 422);
        if (error.code == "no-code") return refuse(context, visitor, asked, "verify.no_code", 422);
        if (error.code == "foreign-address") return refuse(context, visitor, asked, "verify.foreign", 422);
        if (error.code == "not-reached") return refuse_unreached(context, visitor, asked, error);
        bool const is_pdf = asked.input.starts_with("%PDF-");
        if (error.code == "no-credential")
            return refuse(context, visitor, asked, is_pdf ? "verify.none_pdf" : "verify.none", 422);
        return refuse(context, visitor, asked, error.fault == Fault::too_large ? "error.too_large" : "verify.none",
                      error.fault == Fault::too_large ? 413 : 422, error.detail);
    }
    if (!report->report) return http::awaiting(report->needs);
    asked.typed.clear();
    auto page = verify_page(visitor, asked);
    page.indexable = false;
    page.content.set("report", report_view({.report = *report->report,
                                            .own_base = services.addresses.base(),
                                            .recipient_asked = recipient.has_value(),
                                            .recipient = recipient.value_or(""),
                                            .demo = services.settings.demo,
                                            .roles = domain::role_fits(*programme_of(context), *report->report),
                                            .today = domain::levels_today(services, *report->report)},
                                           *visitor.locale));
    return show(context, visitor, page);
}

Answer get_verify(WebContext const& context, Visitor const& visitor, http::Request const& request) {
    Asked asked;
    asked.fetched = request.fetched.get();
    asked.typed = asked.input = trimmed(query_of(request, "url"));
    if (asked.input.empty()) return show(context, visitor, verify_page(visitor, asked));
    if (auto const rate = admit(context, visitor, request, http::RateLimits::Work::verify); !rate) return rate.error();
    return judge(context, visitor, std::move(asked));
}

/// No same-origin rule: verifying changes nothing and anybody may ask.
Answer post_verify(WebContext const& context, Visitor const& visitor, http::Request const& request) {
    auto const form = Form::read(request);
    if (!form) return form.error();
    Asked asked;
    asked.fetched = request.fetched.get();
    asked.typed = trimmed(form->value("text"));
    asked.recipient = trimmed(form->value("recipient"));
    asked.input = form->value("file").empty() ? asked.typed : std::string(form->value("file"));
    if (std::string const text(trimmed(asked.input)); domain::is_receipt(text))
        return receipt_page(context, visitor, text);
    return judge(context, visitor, std::move(asked));
}

}  // namespace

Answer verified_page(WebContext const& context, Visitor const& visitor, std::string const& document) {
    Asked asked;
    asked.input = document;
    return judge(context, visitor, std::move(asked));
}

std::vector<http::Route> verify_routes(WebContext const& context) {
    return {
        page_route(context, "/verify", [&context](auto const& v, auto const& r) { return get_verify(context, v, r); }),
        file_route(context, "/verify",
                   [&context](auto const& v, auto const& r) { return post_verify(context, v, r); })};
}

}  // namespace itqan::web
