#include "service/domain/verification.hpp"

#include <algorithm>

#include "service/domain/request_canonicalizer.hpp"
#include "service/domain/verification_open_badge_2.hpp"

namespace itqan::domain {
namespace {

constexpr std::string_view titles[][2] = {{"format", "Readable Open Badge"},
                                          {"schema", "Complete and well formed"},
                                          {"contexts", "All terms known"},
                                          {"proof", "Signature"},
                                          {"issuer-binding", "Key of the issuer"},
                                          {"holder-binding", "Key of the holder"},
                                          {"validity", "In force"},
                                          {"status", "Not withdrawn"},
                                          {"refresh", "Newest edition"},
                                          {"issuer-trust", "Known issuer"},
                                          {"endorsements", "Endorsements"},
                                          {"nested", "Credentials in it"},
                                          {"recipient", "Right person"}};

Check const* find(std::vector<Check> const& checks, std::string_view id) {
    auto const found = std::find_if(checks.begin(), checks.end(), [&](Check const& check) { return check.id == id; });
    return found == checks.end() ? nullptr : &*found;
}

/// Decision 20.
Verdict verdict_of(std::vector<Check> const& checks) {
    auto const any = [&](CheckOutcome outcome) {
        return std::any_of(checks.begin(), checks.end(), [&](Check const& check) { return check.outcome == outcome; });
    };
    if (any(CheckOutcome::fail)) return Verdict::invalid;
    for (auto const* const id : {"proof", "issuer-binding", "holder-binding", "status"})
        if (auto const* const check = find(checks, id); check != nullptr && check->outcome == CheckOutcome::unchecked)
            return Verdict::unchecked;
    if (any(CheckOutcome::warn) || any(CheckOutcome::unchecked)) return Verdict::warning;
    return Verdict::valid;
}

/// What is wrong decides the headline: a forged text says nothing about dates.
std::string headline_code_of(std::vector<Check> const& checks, Verdict verdict) {
    auto const code_of = [&](std::string_view id) {
        auto const* const check = find(checks, id);
        return check != nullptr && check->outcome == CheckOutcome::fail ? check->code : std::string();
    };
    for (auto const* const id : {"format", "schema", "contexts", "proof", "issuer-binding", "holder-binding"})
        if (!code_of(id).empty()) return "invalid";
    if (auto const nested = code_of("nested"); !nested.empty())
        return nested.ends_with("-shown") ? "not-all" : "invalid";
    // Not genuine in our eyes before its proof and issuer were checked.
    bool const genuine = [&] {
        for (auto const* const id : {"proof", "issuer-binding", "holder-binding"})
            if (auto const* const check = find(checks, id);
                check != nullptr && check->outcome == CheckOutcome::unchecked)
                return false;
        return true;
    }();
    if (verdict == Verdict::invalid && !genuine) return "invalid";
    if (code_of("status") == "status.revoked") return "revoked";
    if (code_of("status") == "status.suspended") return "suspended";
    if (!code_of("status").empty()) return "invalid";
    if (code_of("validity") == "validity.expired") return "expired";
    if (code_of("validity") == "validity.not-yet") return "not-yet-valid";
    if (!code_of("recipient").empty()) return "other-recipient";
    return std::string(verdict_name(verdict));
}

std::string headline_of(std::string const& code, Case const& verified) {
    auto const day = [](std::optional<Instant> const& instant) {
        return instant ? instant->day().text() : std::string("an unknown day");
    };
    auto until = verified.readable ? verified.readable->valid_until : std::nullopt;
    auto from = verified.readable ? std::optional(verified.readable->valid_from) : std::nullopt;
    if (verified.open_badge_2) {
        until = open_badge_2_end(verified);
        from = open_badge_2_start(verified);
    }
    if (code == "valid") return "Genuine and in force";
    if (code == "warning") return "Genuine and in force, with a warning";
    if (code == "expired") return "Genuine, but expired on " + day(until);
    if (code == "not-yet-valid") return "Genuine, but not valid before " + day(from);
    if (code == "revoked") return "Genuine, but withdrawn";
    if (code == "suspended") return "Genuine, but on hold";
    if (code == "not-all") return "Not everything shown can be relied on";
    if (code == "other-recipient") return "Genuine, but not issued to the person you asked about";
    if (code == "unchecked") return "Not everything could be checked";
    if (code == "description") return "A description, not an award";
    return "Do not rely on this";
}

/// "eddsa-rdfc-2022, ecdsa-rdfc-2019"; what anybody may have written, so cut short.
std::string suites_of(Case const& verified) {
    constexpr std::size_t longest = 64;
    std::string names;
    for (auto const& report : verified.embedded ? verified.embedded->reports : std::vector<crypto::ProofReport>()) {
        auto const& name = report.cryptosuite.empty() ? report.type : report.cryptosuite;
        if (name.empty() || names.find(name) != std::string::npos) continue;
        if (names.size() + name.size() > longest) break;
        names += (names.empty() ? "" : ", ") + name;
    }
    if (!names.empty()) return names;
    return verified.found.document.contains("proof") ? "unread proof" : "no proof";
}

std::string kind_in_words(Case const& verified) {
    auto const& document = verified.found.document;
    if (!document.is_object()) return verified.found.is_jws ? "unreadable JWT" : "unreadable document";
    std::string kind = "Verifiable Credential";
    switch (verified.kind) {
        case CredentialKind::badge:
            kind = "OpenBadgeCredential 3.0";
            break;
        case CredentialKind::older_badge:
            return "Open Badges 1";
        case CredentialKind::badge_2:
        case CredentialKind::badge_2_part:
            return open_badge_2_in_words(verified);
        case CredentialKind::endorsement:
            kind = "EndorsementCredential 3.0";
            break;
        case CredentialKind::record:
            kind = "ClrCredential 2.0";
            break;
        case CredentialKind::presentation:
            kind = "VerifiablePresentation";
            break;
        case CredentialKind::other:
            break;
    }
    auto const context = document.value("@context", Json()).dump();
    bool const is_version_1 = context.find(schemas::open_badge_terms::vcdm_1) != std::string::npos;
    auto const proof = verified.found.token ? "VC-JWT " + verified.found.token->jws.algorithm : suites_of(verified);
    return kind + (is_version_1 ? " (VCDM 1.1, " : " (VCDM 2.0, ") + proof + ")";
}

/// What stands in the table, or why it makes no sense to ask: nothing could be read, or it is an older badge.
Check run(CheckRule const& rule, Case& verified) {
    auto const unchecked = [&rule](char const* why, char const* detail) {
        return make_check(rule.id, CheckOutcome::unchecked, std::string(rule.id) + why, detail);
    };
    bool const is_form = rule.id == "format" || rule.id == "proof";
    if (!verified.found.document.is_object() && !is_form)
        return unchecked(".unreadable", "The text could not be read.");
    if (verified.kind == CredentialKind::older_badge && rule.id != "format" && rule.id != "validity")
        return unchecked(".open-badges-1", "Open Badges 1 is too old to be checked.");
    if (verified.open_badge_2)
        if (auto check = check_open_badge_2(rule.id, verified)) return *std::move(check);
    if (verified.kind == CredentialKind::presentation)
        if (auto check = check_presentation(rule.id, verified)) return *std::move(check);
    return rule.run(verified);
}

/// One credential in one round. First what may need further documents: proofs are judged once, in the last round.
struct Judging {
    Judging(Question const& question, Documents const& documents, Instant now, ReadCredential& credential)
        : verified(question, documents, now, credential), status((look_up(), status_of())) {
        if (verified.open_badge_2) credential.issuer_id = verified.open_badge_2->issuer_id;
    }

    /// Also those inside what a presentation shows. `shown` is asked of that, `inner` of all else that is inside.
    void add_inner(Question const& inner, Question const& shown, crypto::Canonicalizer const& canonicalizer) {
        bool const is_shown = verified.kind == CredentialKind::presentation;
        auto const add = [&](std::vector<std::unique_ptr<Judging>>& to, InnerCredential const& one,
                             Question const& asked) {
            if (!one.credential) return;
            to.push_back(std::make_unique<Judging>(asked, verified.documents, verified.now, *one.credential));
            to.back()->verified.canonicalizer = &canonicalizer;
            if (is_shown) to.back()->add_inner(inner, inner, canonicalizer);
        };
        for (auto const& one : verified.credential.endorsements)
            add(endorsements, one, inner);
        for (auto const& one : verified.credential.nested)
            add(nested, one, is_shown ? shown : inner);
        if (verified.open_badge_2)
            for (auto const& one : verified.open_badge_2->endorsements)
                add(endorsements, one, inner);
    }

    /// Only what nobody needs where it was named may be elsewhere.
    Verification needs() const {
        Verification all;
        std::set<std::string, std::less<>> fixed;
        collect(all, fixed);
        for (auto const& address : fixed)
            all.may_move.erase(address);
        return all;
    }

    Report report() {
        for (auto const& inner : endorsements)
            verified.endorsements.push_back(inner->report());
        for (auto const& inner : nested)
            verified.nested.push_back(inner->report());
        if (!is_older()) judge_embedded_proofs(verified);
        Report report;
        report.checks.reserve(check_rules().size());
        for (auto const& rule : check_rules()) {
            if (rule.id == "recipient" && !verified.question.recipient) continue;
            bool const is_shown = verified.kind == CredentialKind::presentation;
            if (is_shown ? !is_for_presentations(rule.id) : rule.id == "holder-binding") continue;
            if (rule.id == "nested" && verified.kind != CredentialKind::record && !is_shown) continue;
            report.checks.push_back(rule.id == "status" ? status : run(rule, verified));
        }
        report.verdict = verdict_of(report.checks);
        if (verified.kind == CredentialKind::presentation)
            report.verdict = verdict_of_presentation(report.verdict, verified.nested);
        report.headline_code = headline_code_of(report.checks, report.verdict);
        if (verified.kind == CredentialKind::badge_2_part && report.headline_code != "invalid")
            report.headline_code = "description";
        report.headline = headline_of(report.headline_code, verified);
        report.checked_at = verified.now;
        report.kind = kind_in_words(verified);
        report.credential = said_by(verified);
        report.warnings = warnings_about(report.credential);
        report.document = verified.found.text;
        report.endorsements = std::move(verified.endorsements);
        report.nested = std::move(verified.nested);
        if (auto const* const recipient = find(report.checks, "recipient");
            recipient != nullptr && recipient->outcome != CheckOutcome::unchecked)
            report.recipient_match = recipient->outcome == CheckOutcome::pass;
        return report;
    }

    Case verified;
    Check status;
    std::vector<std::unique_ptr<Judging>> endorsements = {}, nested = {};

  private:
    /// First of all checks, as it may need documents. A presentation has none.
    Check status_of() {
        if (verified.kind == CredentialKind::presentation)
            return make_check("status", CheckOutcome::absent, "status.none", "");
        return run({"status", check_status}, verified);
    }
    void collect(Verification& all, std::set<std::string, std::less<>>& fixed) const {
        for (auto const& address : verified.needs) {
            if (std::find(all.needs.begin(), all.needs.end(), address) == all.needs.end()) all.needs.push_back(address);
            (verified.may_move.contains(address) ? all.may_move : fixed).insert(address);
            if (verified.personal.contains(address)) all.personal.insert(address);
        }
        for (auto const* const list : {&endorsements, &nested})
            for (auto const& inner : *list)
                inner->collect(all, fixed);
    }
    bool is_older() const { return verified.kind == CredentialKind::older_badge || is_open_badge_2(verified.kind); }
    void look_up() {
        bool const is_shown = verified.kind == CredentialKind::presentation;
        if (is_shown && !verified.found.is_jws && embedded_proofs_of(verified.found).empty()) return;
        if (!is_shown && verified.kind != CredentialKind::older_badge) need_registries(verified);
        if (is_open_badge_2(verified.kind))
            look_up_open_badge_2(verified);
        else if (!is_older())
            resolve_keys(verified);
    }
};

}  // namespace

std::string_view check_outcome_name(CheckOutcome outcome) {
    switch (outcome) {
        case CheckOutcome::pass:
            return "pass";
        case CheckOutcome::warn:
            return "warn";
        case CheckOutcome::fail:
            return "fail";
        case CheckOutcome::unchecked:
            return "unchecked";
        case CheckOutcome::absent:
            return "absent";
    }
    return "unchecked";
}

std::string_view verdict_name(Verdict verdict) {
    switch (verdict) {
        case Verdict::valid:
            return "valid";
        case Verdict::warning:
            return "warning";
        case Verdict::invalid:
            return "invalid";
        case Verdict::unchecked:
            return "unchecked";
    }
    return "unchecked";
}

Check titled_check(std::string_view id, CheckOutcome outcome, std::string code, std::string detail,
                   std::map<std::string, std::string> evidence) {
    std::string title(id);
    for (auto const& [known, words] : titles)
        if (known == id) title = std::string(words);
    return {std::string(id), outcome, std::move(code), std::move(title), std::move(detail), std::move(evidence)};
}

std::string text_at(Json const& object, char const* member) {
    if (!object.is_object()) return {};
    auto const found = object.find(member);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool has_type(Json const& document, std::string_view wanted) {
    if (!document.is_object() || !document.contains("type")) return false;
    auto const& type = document.at("type");
    if (type.is_string()) return type == wanted;
    return type.is_array() && std::find(type.begin(), type.end(), wanted) != type.end();
}

std::string issuer_id_of(Json const& credential) {
    auto const id = text_at(credential, "issuer");
    return id.empty() && credential.is_object() ? text_at(credential.value("issuer", Json()), "id") : id;
}

std::vector<std::string> const& check_ids() {
    static std::vector<std::string> const ids = [] {
        std::vector<std::string> all;
        for (auto const& rule : check_rules())
            all.emplace_back(rule.id);
        return all;
    }();
    return ids;
}

ReadCredential read_found(FoundCredential found) {
    ReadCredential read{std::move(found)};
    auto const& document = read.found.document;
    if (!document.is_object()) return read;
    read.kind = read.found.is_presentation ? CredentialKind::presentation : kind_of(document);
    read.is_reference = read.found.is_address;
    if (is_open_badge_2(read.kind)) {
        read.credential_id = text_at(document, "id");
        return read;
    }
    if (read.kind != CredentialKind::presentation)
        if (auto readable = schemas::read_credential(document)) read.readable = std::move(*readable);
    read.issuer_id = read.kind == CredentialKind::presentation ? holder_id_of(document) : issuer_id_of(document);
    read.credential_id = text_at(document, "id");
    read_inner_credentials(read);
    return read;
}

Inquiry::Inquiry(Question question, std::shared_ptr<ReadCredential> credential)
    : question_(std::move(question)), credential_(std::move(credential)) {
    bool const has_inner = !credential_->endorsements.empty() || !credential_->nested.empty();
    if (!has_inner && !is_open_badge_2(credential_->kind)) return;
    inner_.trusted_issuers = question_.trusted_issuers;
    inner_.own_base = question_.own_base;
    inner_.listed_issuers = question_.listed_issuers;
    inner_.registries = question_.registries;
    inner_.follow_refresh = false;
    shown_ = inner_;
    shown_.recipient = question_.recipient;
}

Result<Inquiry> Inquiry::open(Question question) {
    auto found = find_credential(question.input);
    if (!found) return found.error();
    return Inquiry(std::move(question), std::make_shared<ReadCredential>(read_found(std::move(*found))));
}

bool Inquiry::names(std::string const& credential_id, std::string const& issuer_id) const {
    return credential_->kind != CredentialKind::presentation && !credential_id.empty() &&
           credential_->credential_id == credential_id && credential_->issuer_id == issuer_id;
}

void Inquiry::trust(std::vector<std::string> const& issuers) {
    for (auto* const question : {&question_, &inner_, &shown_})
        question->trusted_issuers = issuers;
}

Verification Inquiry::judge(Documents const& documents, Instant now) {
    RequestCanonicalizer const own(schemas::canon_limits::production, own_work), for_inner(inner_limits, inner_work);
    return judge(documents, now, own, for_inner);
}

Verification Inquiry::judge(Documents const& documents, Instant now, crypto::Canonicalizer const& own,
                            crypto::Canonicalizer const& inner) {
    Judging judging(question_, documents, now, *credential_);
    judging.verified.canonicalizer = &own;
    judging.add_inner(inner_, shown_, inner);
    if (auto needs = judging.needs(); !needs.needs.empty()) return needs;
    auto report = judging.report();
    if (auto needs = judging.needs(); !needs.needs.empty()) return needs;
    report.exceptions = question_.exceptions;
    for (auto const& [address, document] : documents)
        report.exceptions.insert(document.exceptions.begin(), document.exceptions.end());
    if (question_.keep_documents) report.documents = std::make_shared<Documents const>(documents);
    return {std::move(report), {}, {}};
}

Result<Verification> verify(Question const& question, Documents const& documents, Instant now) {
    auto inquiry = Inquiry::open(question);
    if (!inquiry) return inquiry.error();
    return inquiry->judge(documents, now);
}

}  // namespace itqan::domain
