#include <nlohmann/json.hpp>

#include "service/web/badge_page.hpp"
#include "service/web/language.hpp"
#include "service/web/routes.hpp"

namespace itqan::web {
namespace {

Actor const* actor_of(Visitor const& visitor) {
    return visitor.caller ? &visitor.caller->actor : nullptr;
}

http::Response erased_page(WebContext const& context, Visitor const& visitor) {
    Page page;
    page.name = "message";
    page.title = visitor.locale->text("badge.erased");
    page.status = 410;
    page.content.set("heading", page.title).set("message", visitor.locale->text("badge.erased_text"));
    return show(context, visitor, page);
}

Answer page_of(WebContext const& context, Visitor const& visitor, Result<domain::CredentialView> const& credential) {
    if (!credential) {
        if (credential.error().fault == Fault::gone) return erased_page(context, visitor);
        return credential.error();
    }
    if (credential->erased) return erased_page(context, visitor);
    auto& services = context.services;
    auto const now = services.clock.wall();
    auto const report = services.documents.verify(credential->document, std::nullopt, now);
    auto const programme = programme_of(context);
    auto const* const actor = actor_of(visitor);
    bool const by_holder = actor != nullptr && actor->learner_id == credential->row.learner_id;
    auto page = badge_page({.credential = *credential,
                            .programme = *programme,
                            .addresses = services.addresses,
                            .report = report ? &*report : nullptr,
                            .now = now,
                            .by_holder = by_holder},
                           *visitor.locale);
    if (!page) return page.error();
    return show(context, visitor, *page);
}

http::Response for_programs(http::Response answer) {
    answer.headers.add("access-control-allow-origin", "*");
    answer.headers.add("vary", "Accept, Accept-Language");
    answer.headers.add("x-robots-tag", "noindex");
    answer.headers.add("cache-control", "no-cache");
    return answer;
}

/// Puts the credential's document in this form into the view, made now when nobody asked for it before.
Result<void> use_form(WebContext const& context, domain::CredentialView& credential, domain::ProofForm form) {
    if (credential.erased) return Error{Fault::gone, "credential-erased", "This credential was erased on request.", {}};
    if (credential.form == form) return {};
    auto document = context.services.issuance.document(credential.row.id, form);
    if (!document) return document.error();
    credential.document = std::move(document->body);
    credential.form = form;
    return {};
}

/// What a program gets.
Answer credential_document(WebContext const& context, domain::CredentialView credential, domain::ProofForm form) {
    if (auto const used = use_form(context, credential, form); !used) return used.error();
    auto const* const type = form == domain::ProofForm::jwt ? "application/vc+jwt" : "application/vc";
    return for_programs(respond(200, type, std::move(credential.document)));
}

http::Response picture(std::string_view media_type, std::string bytes, std::string_view file_name,
                       std::string_view disposition = "inline") {
    auto answer = for_programs(respond(200, media_type, std::move(bytes)));
    answer.headers.add("content-disposition",
                       std::string(disposition) + "; filename=\"" + std::string(file_name) + "\"");
    return answer;
}

std::string text_of(std::shared_ptr<Bytes const> const& bytes) {
    return std::string(as_text(*bytes));
}

/// /credentials/{id} with an ending: a file, whatever was asked for. The learner and the issuer see what strangers
/// may not.
Answer credential_file(WebContext const& context, http::Request const& request, domain::CredentialView credential,
                       std::string_view ending) {
    if (ending == ".jwt") return credential_document(context, std::move(credential), domain::ProofForm::jwt);
    if (ending == ".json") return credential_document(context, std::move(credential), domain::ProofForm::embedded);
    auto form = credential.form;
    if (auto const wanted = http::query_value(request, "proof")) {
        auto const read = domain::read_proof_form(*wanted);
        if (!read)
            return Error{Fault::malformed,
                         "invalid-parameter",
                         "proof must be eddsa-rdfc-2022 or jwt.",
                         {{"?proof", "must be eddsa-rdfc-2022 or jwt"}}};
        form = *read;
    }
    if (auto const used = use_form(context, credential, form); !used) return used.error();
    auto const programme = programme_of(context);
    if (ending == ".png")
        return picture("image/png", text_of(context.pictures.baked_png(*programme, credential)), "badge.png");
    if (ending == ".svg")
        return picture("image/svg+xml", context.pictures.baked_svg(*programme, credential), "badge.svg");
    // Saved and not shown: a viewer that prints or saves anew loses the badge, and the page's policy stops some.
    if (ending == ".pdf")
        return picture("application/pdf", text_of(context.pictures.certificate(*programme, credential)), "badge.pdf",
                       "attachment");
    return Error{Fault::not_found, "not-found", "A credential has the endings .jwt, .json, .pdf, .png and .svg.", {}};
}

Answer get_credential(WebContext const& context, http::Request const& request) {
    auto const asked = path_value(request, "id");
    auto const dot = asked.find('.');
    auto const visitor = visit(context, request);
    auto credential = context.services.claims.view(asked.substr(0, dot), actor_of(visitor));
    if (dot != std::string::npos) {
        if (!credential) return credential.error();
        return credential_file(context, request, std::move(*credential), std::string_view(asked).substr(dot));
    }
    auto const accept = request.header("accept");
    if (asks_for(accept, "text/html")) {
        auto page = page_of(context, visitor, credential);
        return page ? page : Answer(show_error(context, visitor, page.error()));
    }
    if (!credential) return credential.error();
    return credential_document(context, std::move(*credential), form_asked_for(accept).value_or(credential->form));
}

Answer get_card(WebContext const& context, http::Request const& request) {
    auto const visitor = visit(context, request);
    auto const credential = context.services.claims.view(path_value(request, "id"), actor_of(visitor));
    if (!credential) return credential.error();
    if (credential->erased)
        return Error{Fault::gone, "credential-erased", "This credential was erased on request.", {}};
    return picture("image/png", text_of(context.pictures.share_card(*programme_of(context), *credential)), "card.png");
}

Answer get_code(WebContext const& context, http::Request const& request) {
    auto const visitor = visit(context, request);
    auto const credential = context.services.claims.view_by_share_code(path_value(request, "code"), actor_of(visitor));
    if (!credential) return credential.error();
    auto answer = respond(200, "image/svg+xml", context.pictures.qr_svg(credential->share_url));
    answer.headers.add("cache-control", "private, max-age=86400");
    return answer;
}

}  // namespace

std::vector<http::Route> badge_routes(WebContext const& context) {
    return {page_route(context, "/c/{code}",
                       [&context](Visitor const& visitor, http::Request const& request) {
                           auto const code = path_value(request, "code");
                           return page_of(context, visitor,
                                          context.services.claims.view_by_share_code(code, actor_of(visitor)));
                       }),
            get_route("/c/{code}/qr.svg", [&context](auto const& r) { return get_code(context, r); }),
            get_route("/credentials/{id}", [&context](auto const& r) { return get_credential(context, r); }),
            get_route("/credentials/{id}/card.png", [&context](auto const& r) { return get_card(context, r); })};
}

}  // namespace itqan::web
