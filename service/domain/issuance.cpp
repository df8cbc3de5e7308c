#include "service/domain/issuance.hpp"

#include <algorithm>
#include <chrono>

#include <nlohmann/json.hpp>

#include "crypto/random.hpp"
#include "schemas/bytes.hpp"
#include "schemas/open_badge_rules.hpp"
#include "schemas/verifiable_credential.hpp"
#include "service/domain/badge_texts.hpp"
#include "service/domain/claim_mail.hpp"
#include "service/domain/evidence_reader.hpp"
#include "service/domain/rule_words.hpp"
#include "service/domain/signing.hpp"
#include "storage/evidence.hpp"
#include "storage/outbox.hpp"

namespace itqan::domain {
namespace {

std::string const& name_in(storage::LearnerRow const& learner, std::string_view language) {
    static std::string const nobody;
    auto const& own = language == "ar" ? learner.name_ar : learner.name;
    auto const& other = language == "ar" ? learner.name : learner.name_ar;
    return own ? *own : other ? *other : nobody;
}

void collect_evidence(Node const& node, std::vector<std::string>& ids) {
    ids.insert(ids.end(), node.evidence.begin(), node.evidence.end());
    for (auto const& child : node.children)
        collect_evidence(child, ids);
}

std::vector<std::string> evidence_ids(Evaluation const* evaluation) {
    std::vector<std::string> ids;
    if (evaluation == nullptr) return ids;
    collect_evidence(evaluation->root, ids);
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

std::string titles_of(Programme const& programme, std::vector<Node const*> const& leaves, std::string_view language) {
    std::string titles;
    for (auto const* const leaf : leaves) {
        auto const title = node_title(programme, *leaf, language);
        if (titles.find(title) != std::string::npos) continue;
        titles += (titles.empty() ? "" : language == "ar" ? "؛ " : "; ") + title;
    }
    return titles;
}

std::string details_of(Programme const& programme, Evaluation const* evaluation, std::vector<std::string> const& ids,
                       Expiry const& expiry, Day today) {
    Json details{{"asOf", today.text()}, {"evidence", ids}};
    if (evaluation == nullptr) return details.dump();
    details["evaluation"] = summary_to_json(evaluation->root);
    if (expiry.limited_by == "evidence")
        if (auto const limits = limiting_leaves(evaluation->root); !limits.empty())
            details["limitedBy"] = {{"en", titles_of(programme, limits, "en")},
                                    {"ar", titles_of(programme, limits, "ar")}};
    return details.dump();
}

schemas::StatusEntry status_entry(Addresses const& addresses, storage::CredentialRow const& row) {
    auto const list = addresses.status_list(row.status_list_id);
    auto const index = std::to_string(row.status_position);
    return {"BitstringStatusListEntry", list + "#" + index, "revocation", index, list};
}

/// The unsigned document of a row's edition, valid from `valid_from`.
Json document_of(Addresses const& addresses, storage::CredentialRow const& row, BadgeText const& text,
                 std::string const& subject_urn, std::vector<schemas::IdentityObject> identity,
                 std::vector<schemas::Evidence> evidence, Instant valid_from) {
    schemas::Credential credential;
    credential.id = addresses.credential(row.id);
    credential.name = text.name;
    credential.issuer = text.issuer;
    credential.valid_from = valid_from;
    if (row.valid_until) credential.valid_until = Instant::end_of(*row.valid_until);
    credential.awarded_date = row.awarded_at;
    credential.subject.id = subject_urn;
    credential.subject.identifier = std::move(identity);
    credential.subject.result = text.results;
    credential.evidence = std::move(evidence);
    credential.status = {status_entry(addresses, row)};
    auto document = schemas::to_json(credential);
    document["credentialSubject"]["achievement"] = text.achievement;
    return document;
}

Result<void> check_form(std::string const& achievement_id, Json const& document) {
    auto violations = schemas::validate_open_badge(document, schemas::OpenBadgeProfile::own);
    add_unreported(violations, schemas::check_verifiable_credential(document));
    if (violations.empty()) return {};
    return Error{Fault::unprocessable, "invalid-credential",
                 "The programme's data for " + achievement_id + " make a badge that breaks Open Badges 3.0.",
                 std::move(violations)};
}

Result<storage::DocumentRow> sign(storage::CredentialRow const& row, ProofForm form, IssuerKeys::Active const& key,
                                  Json document, Instant now, CanonicalPart const* part = nullptr) {
    auto text = sign_document(form, key, std::move(document), now, part);
    if (!text)
        return Error{Fault::unprocessable, "invalid-credential",
                     "The programme's data for " + row.achievement_id +
                         " make a badge that cannot be signed: " + text.error().detail,
                     text.error().violations};
    return storage::DocumentRow{row.id,     row.edition,      std::string(proof_form_name(form)),
                                key.key_id, std::move(*text), now};
}

storage::DocumentRow first_form(storage::Session& session, storage::CredentialRow const& row) {
    auto first = storage::first_document(session, row.id, row.edition);
    if (!first) throw std::runtime_error("credential " + row.id + " has no document");
    return std::move(*first);
}

bool is_revoked(storage::Session& session, std::string const& key_id) {
    auto const key = storage::key(session, key_id);
    return !key || key->state == "revoked";
}

Error unknown_learner(std::string const& id) {
    return {Fault::unprocessable, "unknown-learner", "There is no learner " + id + ".", {{"/learnerId", "is unknown"}}};
}

}  // namespace

Issuance::Issuance(storage::Database& database, ProgrammeStore& programmes, IssuerKeys& keys, StatusLists& status,
                   Addresses const& addresses, Clock const& clock)
    : database_(database),
      programmes_(programmes),
      keys_(keys),
      status_(status),
      addresses_(addresses),
      clock_(clock),
      texts_(std::make_unique<BadgeTexts>(addresses)) {}

Issuance::~Issuance() = default;

/// Several badges of one learner may be prepared before the first is written: they share the id that was given out.
std::string Issuance::subject_of(storage::Session& session, std::string const& issuer_id, std::string const& learner_id,
                                 std::string& new_urn) {
    constexpr std::size_t most_waiting = 10'000;
    if (auto const urn = storage::subject_urn(session, issuer_id, learner_id)) return *urn;
    std::lock_guard const lock(mutex_);
    if (new_subjects_.size() >= most_waiting) new_subjects_.clear();
    auto& urn = new_subjects_[{issuer_id, learner_id}];
    if (urn.empty()) urn = "urn:uuid:" + crypto::random_uuid_v4();
    return new_urn = urn;
}

Result<Prepared> Issuance::prepare(storage::Session& session, Programme const& programme,
                                   storage::LearnerRow const& learner, Achievement const& achievement, int award_no,
                                   Evaluation const* evaluation, Evidence const& evidence, HandAward const* by_hand) {
    auto const* const issuer = programme.issuer(achievement.issuer_id);
    auto const key = keys_.active(session, *issuer, issuer->proof);
    if (!key) return key.error();
    auto const now = clock_.wall();
    auto const today = clock_.domain().day();
    auto const valid_from = std::min(clock_.domain(), now).whole_seconds();
    auto const position = status_.take(issuer->id);

    Prepared prepared;
    auto& row = prepared.row;
    row.id = crypto::random_uuid_v4();
    row.issuer_id = issuer->id;
    row.learner_id = learner.id;
    row.achievement_id = achievement.id;
    row.achievement_version = achievement.version;
    row.award_no = award_no;
    row.origin = by_hand != nullptr ? "hand" : "rule";
    row.status = "active";
    row.claim_state = "offered";
    row.visibility = "offered";
    row.language = first_language(learner);
    row.share_code = crypto::random_code();
    row.awarded_at = by_hand != nullptr && by_hand->awarded_on && *by_hand->awarded_on < valid_from.day()
                         ? Instant::start_of(*by_hand->awarded_on)
                         : valid_from;
    auto const awarded_on = by_hand != nullptr && by_hand->awarded_on ? *by_hand->awarded_on : today;
    auto const expiry =
        expiry_of(achievement, evaluation != nullptr ? evaluation->root.until : std::nullopt, awarded_on);
    row.valid_until = expiry.last_day;
    row.limited_by = expiry.limited_by;
    row.status_list_id = position.list_id;
    row.status_position = position.position;
    auto const ids = evidence_ids(evaluation);
    row.details = details_of(programme, evaluation, ids, expiry, today);
    row.created_at = now;
    row.changed_at = now;

    auto const urn = subject_of(session, issuer->id, learner.id, prepared.new_subject_urn);
    auto words = evidence_in_words(programme, evidence, ids, row.language);
    if (by_hand != nullptr) words.insert(words.end(), by_hand->evidence.begin(), by_hand->evidence.end());
    if (by_hand != nullptr && by_hand->narrative) {
        schemas::Evidence reason;
        reason.name = row.language == "ar" ? "قرار الجهة المانحة" : "Decision of the issuer";
        reason.narrative = *by_hand->narrative;
        words.push_back(std::move(reason));
    }
    auto const text = texts_->of(programme, achievement, row.language);
    auto document = document_of(addresses_, row, *text, urn, identity_of(learner.email.value_or(""), ""),
                                std::move(words), valid_from);
    // The first of a text is checked whole; those after it differ only in what our own types write: ids, instants,
    // hashes and the words of the programme. What people wrote is always checked.
    if (by_hand != nullptr || !text->is_proven) {
        if (auto const good = check_form(row.achievement_id, document); !good) return good.error();
        text->is_proven = true;
    }
    auto const also = by_hand != nullptr && by_hand->also != issuer->proof ? by_hand->also : std::nullopt;
    if (also) {
        auto const second = keys_.active(session, *issuer, *also);
        if (!second) return second.error();
        auto other = sign(row, *also, *second, document, now, &text->achievement_part);
        if (!other) return other.error();
        other->signed_at = Instant{now.milliseconds + 1};  // So that the first stays first.
        prepared.documents.push_back(std::move(*other));
    }
    auto const began = std::chrono::steady_clock::now();
    auto first = sign(row, issuer->proof, *key, std::move(document), now, &text->achievement_part);
    signing_.add_since(began);
    if (!first) return first.error();
    prepared.documents.insert(prepared.documents.begin(), std::move(*first));
    prepared.event_data = Json{
        {"achievementId", row.achievement_id},
        {"version", row.achievement_version},
        {"learnerId", row.learner_id},
        {"awardNo", row.award_no},
        {"origin",
         row.origin}}.dump();
    return prepared;
}

void Issuance::write(storage::Session& session, Prepared const& prepared, Actor const& actor) const {
    auto const& row = prepared.row;
    // Signed with another id than the one that was written meanwhile: the row's key refuses it, the caller prepares
    // again.
    if (!prepared.new_subject_urn.empty() &&
        storage::subject_urn(session, row.issuer_id, row.learner_id) != prepared.new_subject_urn)
        storage::put_subject(session, row.issuer_id, row.learner_id, prepared.new_subject_urn);
    storage::insert_credential(session, row);
    for (auto const& document : prepared.documents)
        storage::insert_document(session, document);
    storage::append_event(session, {0, row.created_at, row.awarded_at, actor.id, "credential.issued", row.id,
                                    row.issuer_id, prepared.event_data});
}

Result<storage::CredentialRow> Issuance::award(Actor const& actor, Programme const& programme, HandAward const& award,
                                               OnWritten const& on_written) {
    auto const* const achievement = programme.achievement(award.achievement_id);
    if (achievement == nullptr)
        return Error{Fault::unprocessable,
                     "unknown-achievement",
                     "There is no achievement " + award.achievement_id + ".",
                     {{"/achievementId", "is unknown"}}};
    if (!actor.acts_for_issuer(achievement->issuer_id))
        return Error{Fault::forbidden,
                     "foreign-achievement",
                     "This achievement belongs to another issuer.",
                     {{"/achievementId", "is another issuer's"}}};
    if (achievement->status != "published")
        return Error{Fault::unprocessable,
                     "not-published",
                     "Only a published achievement can be awarded.",
                     {{"/achievementId", "is " + achievement->status}}};
    if (auto const fine = check_prose(award.narrative, "invalid-narrative", "/narrative"); !fine) return fine.error();
    if (award.awarded_on && *award.awarded_on > clock_.domain().day())
        return Error{Fault::unprocessable,
                     "awarded-in-future",
                     "An award cannot be dated in the future.",
                     {{"/awardedDate", "must be today or earlier"}}};

    if (auto const last =
            expiry_of(*achievement, std::nullopt, award.awarded_on.value_or(clock_.domain().day())).last_day;
        last && *last < clock_.domain().day())
        return Error{Fault::unprocessable,
                     "awarded-too-long-ago",
                     "An award of that day would have run out on " + last->text() + ".",
                     {{"/awardedDate", "must leave a badge that still runs"}}};
    constexpr int most_attempts = 3;
    for (int attempt = 1;; ++attempt) {
        auto const prepared = database_.read(
            [&](storage::Session& session) { return prepare_by_hand(session, programme, *achievement, award); });
        if (!prepared) return prepared.error();
        try {
            return database_.write([&](storage::Session& session) -> Result<storage::CredentialRow> {
                storage::hold_learner(session, award.learner_id);
                auto const learner = storage::learner(session, award.learner_id);
                if (!learner || learner->erased_at) return unknown_learner(award.learner_id);
                write(session, *prepared, actor);
                queue_claim_mail(session, prepared->row.learner_id, prepared->row.issuer_id, {prepared->row.id},
                                 clock_.wall());
                if (on_written) on_written(session, prepared->row);
                return prepared->row;
            });
        } catch (storage::ConstraintError const&) {
            // The same award or another first badge of this learner was written meanwhile: looking again finds it.
            if (attempt == most_attempts) throw;
        }
    }
}

/// The next award of an achievement that is neither running nor on hold.
Result<Prepared> Issuance::prepare_by_hand(storage::Session& session, Programme const& programme,
                                           Achievement const& achievement, HandAward const& award) {
    auto const learner = storage::learner(session, award.learner_id);
    if (!learner || learner->erased_at) return unknown_learner(award.learner_id);
    int award_no = 1;
    for (auto const& row : storage::credentials_of(session, learner->id)) {
        if (row.issuer_id != achievement.issuer_id || row.achievement_id != achievement.id) continue;
        bool const runs = !row.valid_until || *row.valid_until >= clock_.domain().day();
        if (row.status == "suspended" || (row.status == "active" && runs))
            return Error{Fault::conflict,
                         "already-awarded",
                         "The learner holds this achievement already, or it is on hold.",
                         {}};
        award_no = std::max(award_no, row.award_no + 1);
    }
    return prepare(session, programme, *learner, achievement, award_no, nullptr, Evidence{}, &award);
}

Result<Prepared> Issuance::new_edition(storage::Session& session, Programme const& programme,
                                       storage::CredentialRow const& row) {
    auto const learner = storage::learner(session, row.learner_id);
    auto const before = storage::first_document(session, row.id, row.edition);
    auto const urn = storage::subject_urn(session, row.issuer_id, row.learner_id);
    if (!learner || learner->erased_at || !before || !urn)
        return Error{Fault::gone, "credential-erased", "This credential was erased on request.", {}};
    if (auto const good = check_key(session, row); !good) return good.error();
    auto const* const issuer = programme.issuer(row.issuer_id);
    auto const form = issuer != nullptr ? issuer->proof : ProofForm::embedded;
    auto const key = key_of(session, programme, row, form);
    if (!key) return key.error();
    auto const signed_before = read_signed(*before);
    auto const earlier = Instant::parse(signed_before.at("validFrom").get<std::string>()).value();
    auto const now = clock_.wall();
    // Later than the edition before, also within the same second (decision 7).
    auto const valid_from =
        std::max(std::min(clock_.domain(), now).whole_seconds(), Instant{earlier.milliseconds + 1000});

    if (row.valid_until && valid_from >= Instant::end_of(*row.valid_until))
        return Error{
            Fault::conflict, "credential-expired", "This badge has run out: it keeps the text it was signed with.", {}};

    Prepared prepared;
    prepared.row = row;
    prepared.row.edition = row.edition + 1;
    prepared.row.changed_at = now;
    auto const identity =
        identity_of(learner->email.value_or(""), row.show_name ? name_in(*learner, row.language) : "");
    auto const& language_before = signed_before.at("/credentialSubject/achievement/inLanguage"_json_pointer);
    auto const* const achievement = programme.achievement(row.achievement_id);
    Json document;
    if (language_before == row.language) {
        document = signed_before;
        document["validFrom"] = valid_from.text();
        schemas::Credential only_identity;
        only_identity.subject.identifier = identity;
        document["credentialSubject"].erase("identifier");
        auto const subject = schemas::to_json(only_identity).at("credentialSubject");
        if (subject.contains("identifier")) document["credentialSubject"]["identifier"] = subject.at("identifier");
    } else {
        if (achievement == nullptr || achievement->version != row.achievement_version)
            return Error{Fault::conflict,
                         "achievement-changed",
                         "The achievement has a newer version: this badge keeps the language it was signed in.",
                         {}};
        auto const details = Json::parse(row.details);
        auto const ids = details.value("evidence", std::vector<std::string>{});
        auto words = evidence_in_words(programme, load_evidence(session, row.learner_id), ids, row.language);
        auto const text = texts_->of(programme, *achievement, row.language);
        document = document_of(addresses_, prepared.row, *text, *urn, identity, std::move(words), valid_from);
        if (row.origin == "hand" && signed_before.contains("evidence"))
            document["evidence"] = signed_before.at("evidence");
    }
    if (auto const good = check_form(row.achievement_id, document); !good) return good.error();
    auto signed_document = sign(prepared.row, form, *key, std::move(document), now);
    if (!signed_document) return signed_document.error();
    prepared.documents = {std::move(*signed_document)};
    prepared.event_data = Json{{"edition", prepared.row.edition}, {"language", row.language}}.dump();
    return prepared;
}

Result<IssuerKeys::Active> Issuance::key_of(storage::Session& session, Programme const& programme,
                                            storage::CredentialRow const& row, ProofForm form) {
    auto const* const issuer = programme.issuer(row.issuer_id);
    if (issuer == nullptr)
        return Error{Fault::unavailable, "no-active-key", "The issuer of this credential is no longer here.", {}};
    return keys_.active(session, *issuer, form);
}

Result<void> Issuance::check_key(storage::Session& session, storage::CredentialRow const& row) const {
    auto const first = storage::first_document(session, row.id, row.edition);
    if (!first) return Error{Fault::gone, "credential-erased", "This credential was erased on request.", {}};
    if (!is_revoked(session, first->key_id)) return {};
    return Error{Fault::gone, "key-revoked", "The key that this credential was signed with was revoked.", {}};
}

Result<std::optional<storage::DocumentRow>> Issuance::usable(storage::Session& session,
                                                             storage::CredentialRow const& row, ProofForm form) const {
    auto first = first_form(session, row);
    // The first form stands for what was issued, also when it fails now.
    if (first.form == proof_form_name(form)) return std::optional(std::move(first));
    if (auto const good = check_key(session, row); !good) return good.error();
    auto kept = storage::document(session, row.id, row.edition, proof_form_name(form));
    if (kept && is_revoked(session, kept->key_id)) kept.reset();
    return kept;
}

Result<storage::DocumentRow> Issuance::other_form(storage::Session& session, storage::CredentialRow const& row,
                                                  ProofForm form) {
    auto const first = first_form(session, row);
    auto const key = key_of(session, *programmes_.current(session), row, form);
    if (!key) return key.error();
    auto const after_first = std::max(clock_.wall(), Instant{first.signed_at.milliseconds + 1});
    return sign(row, form, *key, read_signed(first), after_first);
}

Result<storage::DocumentRow> Issuance::document(std::string_view credential_id, ProofForm form) {
    Error const erased{Fault::gone, "credential-erased", "This credential was erased on request.", {}};
    using Kept = std::optional<storage::DocumentRow>;
    constexpr int most_attempts = 3;
    for (int attempt = 1; attempt <= most_attempts; ++attempt) {
        bool is_new = false;
        auto document = database_.read([&](storage::Session& session) -> Result<storage::DocumentRow> {
            auto const row = storage::credential(session, credential_id);
            if (!row) return Error{Fault::not_found, "not-found", "There is no such credential here.", {}};
            if (row->erased_at) return erased;
            auto kept = usable(session, *row, form);
            if (!kept) return kept.error();
            if (*kept) return std::move(**kept);
            is_new = true;
            return other_form(session, *row, form);
        });
        if (!document || !is_new) return document;
        // A signature leaves only after its row is durable (decision 14), of two that were made at once one stays, and
        // a key that was revoked meanwhile is seen.
        auto kept = database_.write([&](storage::Session& session) -> Result<Kept> {
            auto const row = storage::credential(session, credential_id);
            if (!row || row->erased_at) return erased;
            storage::hold_learner(session, row->learner_id);
            if (row->edition != document->edition) return Kept();
            auto other = usable(session, *row, form);
            if (!other || *other) return other;
            if (is_revoked(session, document->key_id)) return Kept();
            storage::replace_document(session, *document);
            return Kept(*document);
        });
        if (!kept) return kept.error();
        if (*kept) return std::move(**kept);
    }
    return Error{Fault::conflict, "credential-changed", "The credential is being changed. Ask again.", {}};
}

Result<void> check_prose(std::optional<std::string> const& text, std::string code, std::string pointer) {
    constexpr std::size_t most = 2'000;
    if (!text) return {};
    auto const is_control = [](char c) {
        auto const byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7F;
    };
    auto const starts_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    auto const length = static_cast<std::size_t>(std::count_if(text->begin(), text->end(), starts_character));
    if (length >= 1 && length <= most && is_utf8(*text) && std::none_of(text->begin(), text->end(), is_control))
        return {};
    return Error{Fault::unprocessable,
                 std::move(code),
                 "The text must have 1 to 2000 characters and no control characters.",
                 {{std::move(pointer), "must have 1 to 2000 characters and no control characters"}}};
}

std::string first_language(storage::LearnerRow const& learner) {
    auto const body = Json::parse(learner.body, nullptr, false);
    if (!body.is_object() || !body.contains("languages") || !body.at("languages").is_array()) return "en";
    for (auto const& language : body.at("languages"))
        if (language == "ar" || language == "en") return language.get<std::string>();
    return "en";
}

Evidence load_evidence(storage::Session& session, std::string_view learner_id) {
    Evidence evidence;
    storage::each_evidence_of(session, learner_id, [&](storage::EvidenceRow const& row) {
        add_to(evidence, row.kind, row.id, row.status, row.eligible, row.occurred_on, row.body);
    });
    return evidence;
}

}  // namespace itqan::domain
