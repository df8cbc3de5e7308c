#include "service/domain/documents.hpp"

#include <nlohmann/json.hpp>

#include "crypto/did.hpp"
#include "crypto/digest.hpp"
#include "schemas/identifier.hpp"
#include "schemas/must_not_wait.hpp"
#include "service/domain/foreign_documents.hpp"
#include "service/domain/photograph.hpp"
#include "service/domain/verification_case.hpp"
#include "storage/catalog.hpp"

namespace itqan::domain {
namespace {

constexpr std::size_t most_kept = 256;  ///< A status list takes some 20 KiB.

Document failed(std::string why) {
    Document document;
    document.failure = std::move(why);
    return document;
}

Document own(std::string body, std::string media_type) {
    Document document;
    document.body = std::move(body);
    document.media_type = std::move(media_type);
    document.own = true;
    return document;
}

/// "/issuers/nakhla/keys/KEY" split at its slashes, without the first.
std::vector<std::string> parts_of(std::string_view path) {
    std::vector<std::string> parts;
    while (!path.empty()) {
        path.remove_prefix(1);
        auto const slash = path.find('/');
        parts.emplace_back(path.substr(0, slash));
        path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash);
    }
    return parts;
}

/// The form that a badge's file is asked for in: "ID.jwt", "ID.json", "ID.png?proof=jwt". A page has no form.
std::optional<ProofForm> form_at(std::string_view file, std::string_view address) {
    if (file.ends_with(".jwt")) return ProofForm::jwt;
    if (file.ends_with(".json")) return ProofForm::embedded;
    address = address.substr(0, address.find('#'));
    auto const query = address.find('?');
    if (file.find('.') == std::string_view::npos || query == std::string_view::npos) return std::nullopt;
    auto rest = address.substr(query + 1);
    constexpr std::string_view name = "proof=";
    while (!rest.empty()) {
        auto const end = rest.find('&');
        auto const pair = rest.substr(0, end);
        if (pair.starts_with(name)) return read_proof_form(pair.substr(name.size()));
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    }
    return std::nullopt;
}

/// What only this installation knows of a credential: on hold, and why it was withdrawn.
Document state_of_credential(storage::Session& session, std::string const& address, std::string const& part) {
    auto const id = part.substr(0, part.find('#'));
    if (address.find('#') == std::string::npos || !address.ends_with(own_state_address(id)))
        return failed("there is no such document here");
    auto const row = storage::credential(session, id);
    if (!row) return failed("there is no such credential");
    Json state{{"status", row->status}};
    if (row->reason) state["reason"] = *row->reason;
    return own(state.dump(), "application/json");
}

}  // namespace

OwnDocuments::OwnDocuments(storage::Database& database, ProgrammeStore& programmes, IssuerKeys& keys,
                           StatusLists& status, Issuance& issuance, Claims& claims, Addresses const& addresses)
    : database_(database),
      programmes_(programmes),
      keys_(keys),
      status_(status),
      issuance_(issuance),
      claims_(claims),
      addresses_(addresses) {}

void OwnDocuments::know(std::vector<std::string> issuers, std::vector<Registry> registries) {
    listed_issuers_ = std::move(issuers);
    registries_ = std::move(registries);
}

OwnDocuments::Stamp OwnDocuments::stamp_of(storage::Session& session) {
    Stamp stamp;
    storage::each_change_count(session, [&stamp](std::string_view topic, std::int64_t count) {
        if (topic == "programme") stamp.programme = count;
        if (topic == "keys") stamp.keys = count;
        if (topic == "status") stamp.status = count;
    });
    return stamp;
}

std::shared_ptr<OwnDocuments::Issuers const> OwnDocuments::issuers(storage::Session& session, Stamp const& stamp) {
    {
        std::lock_guard const lock(mutex_);
        if (issuers_ && issuers_->change == stamp.programme) return issuers_;
    }
    auto fresh = std::make_shared<Issuers>();
    fresh->change = stamp.programme;
    fresh->programme = programmes_.current(session);
    for (auto const& issuer : fresh->programme->issuers)
        fresh->dids.push_back(addresses_.issuer_did(issuer.slug));
    std::lock_guard const lock(mutex_);
    issuers_ = fresh;
    return fresh;
}

std::optional<Document> OwnDocuments::kept(std::string const& address, Stamp const& stamp) {
    std::lock_guard const lock(mutex_);
    if (stamp_ != stamp) return std::nullopt;
    auto const found = kept_.find(address);
    return found == kept_.end() ? std::nullopt : std::optional(found->second);
}

/// A slow reader may come with an older stamp than the last: what it has is not kept.
Document OwnDocuments::keep(std::string const& address, Stamp const& stamp, Document document) {
    document.reading = new_reading();
    std::lock_guard const lock(mutex_);
    bool const is_newer =
        stamp.programme >= stamp_.programme && stamp.keys >= stamp_.keys && stamp.status >= stamp_.status;
    if (!is_newer) return document;
    if (stamp_ != stamp || kept_.size() >= most_kept) kept_.clear();
    stamp_ = stamp;
    kept_.insert_or_assign(address, document);
    return document;
}

Document OwnDocuments::get(std::string const& address) {
    return database_.read([&](storage::Session& session) {
        auto const stamp = stamp_of(session);
        return answer(session, *issuers(session, stamp), stamp, address);
    });
}

Document OwnDocuments::answer(storage::Session& session, Issuers const& issuers, Stamp const& stamp,
                              std::string const& address) {
    if (auto known = kept(address, stamp)) return *std::move(known);
    auto const& programme = *issuers.programme;
    for (std::size_t i = 0; i < issuers.dids.size(); ++i)
        if (address == issuers.dids[i])
            return keep(address, stamp,
                        own(keys_.did_document(session, programme.issuers[i]).dump(), "application/did+json"));
    if (address == addresses_.installation_did())
        return keep(address, stamp, own(keys_.installation_document(session).dump(), "application/did+json"));
    auto const path = addresses_.path_of(address);
    if (path.empty()) return failed("there is no such document here");
    auto const parts = parts_of(path);
    if (parts.size() == 4 && parts[0] == "issuers" && parts[2] == "keys") {
        auto const* const issuer = programme.issuer_by_slug(parts[1]);
        if (issuer == nullptr) return failed("there is no such key");
        auto jwk = keys_.public_jwk(session, *issuer, parts[3]);
        if (!jwk) return failed(jwk.error().fault == Fault::gone ? "gone" : "there is no such key");
        return own(std::move(*jwk), "application/jwk+json");
    }
    if (parts.size() == 2 && parts[0] == "status") {
        auto const served = status_.serve_either(parts[1], programme);
        if (!served) return failed(served.error().detail);
        bool const is_token = (*served)->form == ProofForm::jwt;
        return keep(address, stamp, own((*served)->text, is_token ? "application/vc+jwt" : "application/vc"));
    }
    if (parts.size() == 2 && parts[0] == "credentials") return state_of_credential(session, address, parts[1]);
    return failed("there is no such document here");
}

/// What stands at an own address of a badge: in the form that its ending or `?proof=` names, else as it was signed
/// first (its page, its pictures, the address people share).
Result<std::string> OwnDocuments::credential_at(std::string const& address) {
    auto const path = addresses_.path_of(address.substr(0, address.find_first_of("?#")));
    if (path.empty())
        return Error{
            Fault::unprocessable,
            "foreign-address",
            "Links to other services are not followed here. Download the badge there and send its file or text.",
            {}};
    auto const parts = parts_of(path);
    std::string const asked = parts.size() == 2 && parts[0] == "credentials" ? parts[1] : "";
    auto const view = [&]() -> Result<CredentialView> {
        if (parts.size() == 2 && parts[0] == "c") return claims_.view_by_share_code(parts[1], nullptr);
        if (parts.size() >= 2 && parts[0] == "credentials")
            return claims_.view(parts[1].substr(0, parts[1].find('.')), nullptr);
        return Error{Fault::unprocessable,
                     "no-credential",
                     "This address is not one of a badge. Send the link of a badge's page, or its picture.",
                     {}};
    }();
    if (view && view->erased)
        return Error{Fault::gone, "credential-erased", "This credential was erased on request.", {}};
    if (view) {
        auto const form = form_at(asked, address);
        if (!form || *form == view->form) return view->document;
        auto document = issuance_.document(view->row.id, *form);
        if (!document) return document.error();
        return std::move(document->body);
    }
    if (view.error().fault != Fault::not_found) return view.error();
    return Error{Fault::unprocessable,
                 "no-credential",
                 "There is no badge at this address, or its holder has hidden it. Ask the holder for its file.",
                 {}};
}

/// Ours to answer and never to be fetched: below the own base, or a did:web that leads there.
bool OwnDocuments::is_own(std::string const& address) const {
    if (!address.starts_with("did:")) return !addresses_.path_of(address).empty();
    auto const url = crypto::did_web_url(address.substr(0, address.find('#')));
    return url && !addresses_.path_of(*url).empty();
}

Result<AskedReport> OwnDocuments::judged(Inquiry& inquiry, Instant now, FetchedDocuments const* fetched) {
    Documents documents;
    AskedReport asked;
    auto verification = inquiry.judge(documents, now);
    while (true) {
        database_.read([&](storage::Session& session) {
            auto const stamp = stamp_of(session);
            auto const here = issuers(session, stamp);
            inquiry.trust(here->dids);
            for (auto const& address : verification.needs) {
                auto document = is_own(address) ? std::optional(answer(session, *here, stamp, address))
                                                : foreign_document(address, verification, fetched, asked.needs);
                if (document) documents.insert_or_assign(address, std::move(*document));
            }
        });
        if (!asked.needs.addresses.empty()) return asked;
        verification = inquiry.judge(documents, now);
        asked.report = std::move(verification.report);
        if (!asked.report) continue;
        verdicts_.at(static_cast<std::size_t>(asked.report->verdict)).add();
        return asked;
    }
}

std::array<std::uint64_t, 4> OwnDocuments::verdicts() const {
    std::array<std::uint64_t, 4> seen{};
    for (std::size_t i = 0; i < seen.size(); ++i)
        seen[i] = verdicts_[i].seen();
    return seen;
}

Result<AskedReport> OwnDocuments::verify(std::string input, std::optional<std::string> const& recipient, Instant now,
                                         FetchedDocuments const* fetched, bool keep_documents) {
    auto const photograph = photograph_in(input);
    auto first = verify_text(std::move(input), recipient, now, fetched, keep_documents);
    if (first || first.error().code != "no-credential" || photograph.empty()) return first;
    auto text = text_of(photograph);
    if (!text) return text.error();
    bool const is_link = schemas::is_https_url(*text);
    auto second = verify_text(std::move(*text), recipient, now, fetched, keep_documents);
    if (!second && second.error().code == "no-credential" && !is_link) return no_link_in_code();
    return second;
}

/// Finding a code takes up to a second, and a question is asked again after each fetch.
Result<std::string> OwnDocuments::text_of(std::string const& photograph) {
    constexpr std::size_t most_kept = 64;
    auto const digest = crypto::sha256_hex(photograph);
    {
        std::lock_guard const lock(codes_mutex_);
        if (auto const found = codes_.find(digest); found != codes_.end()) return found->second;
    }
    long_work_is_due();
    auto text = text_of_photograph(photograph);
    if (!text) return text;
    std::lock_guard const lock(codes_mutex_);
    if (codes_.size() >= most_kept) codes_.clear();
    codes_.insert_or_assign(digest, *text);
    return text;
}

Result<AskedReport> OwnDocuments::verify_text(std::string input, std::optional<std::string> const& recipient,
                                              Instant now, FetchedDocuments const* fetched, bool keep_documents) {
    Question question;
    question.keep_documents = keep_documents;
    question.input = without_blanks_around(std::move(input));
    question.recipient = recipient;
    question.own_base = addresses_.base();
    question.listed_issuers = listed_issuers_;
    question.registries = registries_;
    if (schemas::is_https_url(question.input)) {
        if (fetched != nullptr && addresses_.path_of(question.input).empty()) {
            auto const is_there = follow_link(question, *fetched);
            if (!is_there) return is_there.error();
            if (!*is_there) return AskedReport{{}, {{question.input}, true}};
        } else {
            auto text = credential_at(question.input);
            if (!text) return text.error();
            question.input = std::move(*text);
        }
    }
    auto inquiry = Inquiry::open(std::move(question));
    if (!inquiry) return inquiry.error();
    return judged(*inquiry, now, fetched);
}

Result<Report> OwnDocuments::verify(std::string input, std::optional<std::string> const& recipient, Instant now,
                                    bool keep_documents) {
    auto asked = verify(std::move(input), recipient, now, nullptr, keep_documents);
    if (!asked) return asked.error();
    return std::move(*asked->report);
}

}  // namespace itqan::domain
