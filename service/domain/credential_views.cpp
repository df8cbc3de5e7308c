#include <nlohmann/json.hpp>

#include "crypto/digest.hpp"
#include "service/domain/claims.hpp"
#include "service/domain/signing.hpp"
#include "storage/access.hpp"
#include "storage/outbox.hpp"

// Who may read a credential, and the reading of it.

namespace itqan::domain {
namespace {

bool holds_link(storage::Session& session, storage::CredentialRow const& row, std::string_view claim_token,
                Instant now) {
    if (claim_token.empty()) return false;
    auto const link = storage::mail_link(session, crypto::sha256_hex(claim_token));
    if (!link || link->purpose != "claim" || link->learner_id != row.learner_id || now >= link->expires_at ||
        !link->mail_id)
        return false;
    auto const mail = storage::outbox_row(session, *link->mail_id);
    if (!mail) return false;
    for (auto const& id : Json::parse(mail->data).value("credentialIds", std::vector<std::string>{}))
        if (id == row.id) return true;
    return false;
}

/// Strangers see what was claimed and not hidden; a withdrawn page stays, with its reason (pages.md 1.9).
bool may_see(storage::Session& session, storage::CredentialRow const& row, Actor const* viewer,
             std::string_view claim_token, Instant now) {
    if (viewer != nullptr && viewer->learner_id == row.learner_id) return true;
    if (viewer != nullptr && issuer_may_read(row) && viewer->acts_for_issuer(row.issuer_id)) return true;
    if (row.visibility == "link" || row.visibility == "public") return true;
    return row.visibility == "offered" && holds_link(session, row, claim_token, now);
}

CredentialView read(storage::Session& session, Addresses const& addresses, storage::CredentialRow row) {
    CredentialView view;
    view.url = addresses.credential(row.id);
    view.share_url = addresses.share(row.share_code);
    view.erased = row.erased_at.has_value();
    if (!view.erased) {
        auto document = storage::first_document(session, row.id, row.edition);
        if (!document) throw std::runtime_error("credential " + row.id + " has no document");
        view.credential = read_signed(*document);
        view.form = form_of(*document);
        view.document = std::move(document->body);
    }
    view.row = std::move(row);
    return view;
}

}  // namespace

bool issuer_may_read(storage::CredentialRow const& row) {
    return row.visibility != "hidden" || row.claim_state == "disputed";
}

Result<CredentialView> Claims::view(std::string_view credential_id, Actor const* viewer, std::string_view claim_token) {
    return database_.read([&](storage::Session& session) -> Result<CredentialView> {
        auto row = storage::credential(session, credential_id);
        if (!row) return no_such_credential();
        if (!row->erased_at && !may_see(session, *row, viewer, claim_token, clock_.wall())) return no_such_credential();
        return read(session, addresses_, std::move(*row));
    });
}

Result<CredentialView> Claims::view_by_share_code(std::string_view code, Actor const* viewer) {
    return database_.read([&](storage::Session& session) -> Result<CredentialView> {
        auto row = storage::credential_by_share_code(session, code);
        if (!row) return no_such_credential();
        if (!row->erased_at && !may_see(session, *row, viewer, {}, clock_.wall())) return no_such_credential();
        return read(session, addresses_, std::move(*row));
    });
}

std::vector<CredentialView> Claims::of_learner(std::string_view learner_id) {
    return database_.read([&](storage::Session& session) {
        std::vector<CredentialView> views;
        for (auto& row : storage::credentials_of(session, learner_id))
            views.push_back(read(session, addresses_, std::move(row)));
        return views;
    });
}

}  // namespace itqan::domain
