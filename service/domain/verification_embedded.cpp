// Embedded Data Integrity proofs: what each is worth, what several together are, and whether the terms of the document
// are such that its JSON says what was signed.

#include <algorithm>

#include "schemas/json_ld_policy.hpp"
#include "schemas/published_contexts.hpp"
#include "service/domain/linked_data.hpp"
#include "service/domain/request_canonicalizer.hpp"
#include "service/domain/verification_case.hpp"

namespace itqan::domain {
namespace {

using Facts = std::map<std::string, std::string>;

bool is_unknown_suite(crypto::ProofReport const& report) {
    return report.fault && (report.fault->code == "unknown-cryptosuite" ||
                            (report.fault->code == "unknown-proof-type" && !report.type.empty()));
}

/// Whether what was signed is RDF rather than the JSON itself.
bool is_over_rdf(crypto::ProofReport const& report) {
    return !is_unknown_suite(report) && report.cryptosuite.find("-jcs-") == std::string::npos;
}

/// Endorsements are documents of their own, with contexts and proofs, inside the badge (Open Badges 3.0 section 6).
void set_endorsements_aside(Json& value, std::vector<Json>& aside) {
    if (value.is_object() && value.contains("endorsement")) {
        auto& endorsements = value.at("endorsement");
        if (endorsements.is_array())
            aside.insert(aside.end(), endorsements.begin(), endorsements.end());
        else
            aside.push_back(endorsements);
        value.erase("endorsement");
    }
    if (value.is_structured())
        for (auto& inner : value)
            set_endorsements_aside(inner, aside);
}

Result<void> check_documents(Json const& whole) {
    auto judged = schemas::check_linked_document(whole, schemas::SameId::consistent);
    if (judged) return judged;
    auto document = whole;
    std::vector<Json> endorsements;
    set_endorsements_aside(document, endorsements);
    if (endorsements.empty()) return judged;
    if (auto rest = schemas::check_linked_document(document, schemas::SameId::consistent); !rest) return rest;
    for (auto const& endorsement : endorsements)
        if (auto one = check_documents(endorsement); !one) return one;
    return {};
}

std::string unknown_context_of(Json const& document) {
    auto const found = document.find("@context");
    if (found == document.end()) return {};
    for (auto const& context : found->is_array() ? *found : Json::array({*found}))
        if (context.is_string() && !schemas::published_contexts().find(context.get_ref<std::string const&>()))
            return context.get<std::string>();
    return {};
}

/// What safe mode or the policy for linked documents refuses.
std::optional<Error> term_fault_of(Json const& whole, EmbeddedProofs const& embedded) {
    if (auto const judged = check_documents(whole); !judged) return judged.error();
    auto const covers = [](crypto::ProofReport const& report) { return report.verified() && is_over_rdf(report); };
    bool const is_read = std::any_of(embedded.reports.begin(), embedded.reports.end(), covers);
    if (is_read || !embedded.unknown_context.empty()) return std::nullopt;
    auto document = whole;
    document.erase("proof");
    schemas::Dataset statements;
    auto const read = linked_data_processor().to_rdf(document, schemas::signing_options(), statements);
    return read ? std::nullopt : std::optional(read.error());
}

ProofKey key_of(Case const& c, crypto::ProofReport const& report) {
    auto const known = c.method_keys.find(report.verification_method);
    return known == c.method_keys.end() ? ProofKey{} : known->second;
}

/// The proof that binds the document to its issuer, as far as there is one.
crypto::ProofReport const& binding_proof(Case const& c, std::vector<crypto::ProofReport> const& reports) {
    auto const good = [](crypto::ProofReport const& report) { return report.verified(); };
    auto const listed = [&](crypto::ProofReport const& report) {
        return report.verified() && c.issuer && c.issuer->keys.find(*report.key) != nullptr;
    };
    if (auto const own = std::find_if(reports.begin(), reports.end(), listed); own != reports.end()) return *own;
    if (auto const any = std::find_if(reports.begin(), reports.end(), good); any != reports.end()) return *any;
    return reports.front();
}

struct Words {
    std::string_view fault;
    char const* code;
};
constexpr Words proof_words[] = {
    {"proof-signature", "proof.bad-signature"},   {"sd-signature-count", "proof.bad-signature"},
    {"proof-expired", "proof.expired"},           {"proof-purpose", "proof.purpose"},
    {"missing-purpose", "proof.purpose"},         {"proof-key-type", "proof.unsupported-key"},
    {"unsupported-key", "proof.unsupported-key"}, {"invalid-did", "proof.invalid-key"},
    {"invalid-key", "proof.invalid-key"},         {"private-key-exposed", "proof.private-key-exposed"},
    {"missing-method", "proof.no-key-named"},     {"proof-method", "proof.no-key-named"},
    {"base-proof", "proof.base-proof"},           {"context-mismatch", "proof.contexts"},
    {"unexpected-context", "proof.contexts"},     {"missing-context", "proof.contexts"},
    {"unknown-previous-proof", "proof.chain"},    {"duplicate-proof-id", "proof.chain"},
    {"sd-previous-proof", "proof.chain"}};

constexpr Words term_words[] = {{"json-ld-undefined-term", "contexts.undefined-term"},
                                {"json-ld-undefined-type", "contexts.undefined-term"},
                                {"json-ld-relative-iri", "contexts.relative-address"},
                                {"json-ld-relative-type", "contexts.relative-address"},
                                {"json-ld-invalid-iri", "contexts.relative-address"},
                                {"json-ld-inline-context", "contexts.inline"},
                                {"json-ld-embedded-context", "contexts.embedded"},
                                {"json-ld-keyword", "contexts.keyword"},
                                {"json-ld-keyword-alias", "contexts.keyword"},
                                {"json-ld-nested-proof", "contexts.nested-proof"},
                                {"json-ld-id-twice", "contexts.id-twice"}};

template <std::size_t count>
char const* word_for(Words const (&words)[count], std::string_view fault, char const* otherwise) {
    auto const* const found =
        std::find_if(std::begin(words), std::end(words), [&](Words const& each) { return each.fault == fault; });
    return found == std::end(words) ? otherwise : found->code;
}

/// The errors of section 9.6 of JSON-LD 1.1 have blanks in their codes.
bool is_of_linked_data(std::string_view fault) {
    return fault.starts_with("json-ld-") || fault.find(' ') != std::string_view::npos;
}

Check embedded_check(CheckOutcome outcome, std::string code, std::string detail) {
    return make_check("proof", outcome, std::move(code), std::move(detail));
}

Check judge_one(Case const& c, crypto::ProofReport const& report, bool one_is_good) {
    if (report.verified())
        return embedded_check(CheckOutcome::pass, "proof.good", "The signature fits the text, letter by letter.");
    auto const& fault = *report.fault;
    if (is_unknown_suite(report))
        return embedded_check(one_is_good ? CheckOutcome::warn : CheckOutcome::unchecked, "proof.unknown-suite",
                              fault.detail);
    if (fault.code == "unknown-verification-method") {
        auto const key = key_of(c, report);
        auto const outcome = key.fault == "proof.unreachable" ? CheckOutcome::unchecked : CheckOutcome::fail;
        return embedded_check(outcome, key.fault, key.detail);
    }
    if (fault.fault == Fault::too_large)  // What is larger than we read may still be right.
        return embedded_check(CheckOutcome::unchecked, "proof.too-large", fault.detail);
    if (fault.code == "loading remote context failed")
        return embedded_check(CheckOutcome::unchecked, "proof.unknown-context",
                              "What was signed depends on terms that are not known here.");
    if (is_of_linked_data(fault.code)) return embedded_check(CheckOutcome::fail, "proof.lost-terms", fault.detail);
    return embedded_check(CheckOutcome::fail, word_for(proof_words, fault.code, "proof.malformed"), fault.detail);
}

Facts facts_of(crypto::ProofReport const& report) {
    Facts facts;
    auto const put = [&facts](char const* name, std::string value) {
        if (!value.empty()) facts[name] = std::move(value);
    };
    put("cryptosuite", report.cryptosuite.empty() ? report.type : report.cryptosuite);
    put("verificationMethod", report.verification_method);
    put("proofHash", hex_encode(report.hashes.proof_hash));
    put("documentHash", hex_encode(report.hashes.document_hash));
    if (report.created) put("created", report.created->text());
    if (report.key) put("thumbprint", report.key->thumbprint());
    if (report.fault) put("fault", report.fault->code);
    return facts;
}

int severity(CheckOutcome outcome) {
    if (outcome == CheckOutcome::fail) return 3;
    if (outcome == CheckOutcome::unchecked) return 2;
    return outcome == CheckOutcome::warn ? 1 : 0;
}

}  // namespace

std::vector<Json const*> embedded_proofs_of(FoundCredential const& found) {
    std::vector<Json const*> proofs;
    if (found.is_jws || !found.document.is_object()) return proofs;
    auto const proof = found.document.find("proof");
    if (proof == found.document.end() || proof->is_null()) return proofs;
    if (!proof->is_array()) return {&*proof};
    for (auto const& each : *proof)
        proofs.push_back(&each);
    return proofs;
}

void judge_embedded_proofs(Case& c) {
    if (embedded_proofs_of(c.found).empty()) return;
    auto& document = c.found.document;
    auto& embedded = c.embedded.emplace();
    embedded.unknown_context = unknown_context_of(document);
    auto const find_key = [&c](std::string const& method, std::string const&) -> Result<crypto::PublicKey> {
        auto const known = c.method_keys.find(method);
        if (known != c.method_keys.end() && known->second.key) return *known->second.key;
        return Error{Fault::not_found, "unknown-verification-method", "No key is known for " + method + ".", {}};
    };
    auto reports =
        crypto::judge_proofs_in_place(document, {c.now, std::string(c.relationship())}, find_key, *c.canonicalizer);
    if (reports) {
        embedded.reports = std::move(*reports);
        auto const& binding = binding_proof(c, embedded.reports);
        c.proof_key = key_of(c, binding);
        if (binding.key) c.proof_key.key = binding.key;
    } else {
        embedded.refused = reports.error();
    }
    if (std::any_of(embedded.reports.begin(), embedded.reports.end(), is_over_rdf))
        embedded.term_fault = term_fault_of(document, embedded);
}

std::optional<GoodProofs> good_proofs(Json const& document, crypto::AssertionKeys const& listed, Instant now) {
    if (!check_documents(document)) return std::nullopt;
    auto const find_key = [&listed](std::string const& method, std::string const&) -> Result<crypto::PublicKey> {
        if (auto const* const found = listed.find(std::string_view(method))) return found->key;
        return Error{Fault::not_found, "unknown-verification-method", "The issuer lists no " + method + ".", {}};
    };
    RequestCanonicalizer const canonicalizer(inner_limits, inner_work / 4);  // It says little and is one of many.
    auto const reports = crypto::judge_proofs(document, {now}, find_key, canonicalizer);
    if (!reports) return std::nullopt;
    GoodProofs good;
    for (auto const& report : *reports) {
        if (!report.verified() || listed.find(*report.key) == nullptr) return std::nullopt;
        good.by.push_back({report.verification_method, *report.key});
        if (report.expires && (!good.until || *report.expires < *good.until)) good.until = report.expires;
    }
    return good;
}

Check check_embedded_proofs(Case& c) {
    auto const& embedded = *c.embedded;
    if (embedded.refused) {
        bool const is_large = embedded.refused->fault == Fault::too_large;
        return embedded_check(is_large ? CheckOutcome::unchecked : CheckOutcome::fail,
                              is_large ? "proof.too-large" : "proof.malformed", embedded.refused->detail);
    }
    bool const one_is_good = std::any_of(embedded.reports.begin(), embedded.reports.end(),
                                         [](crypto::ProofReport const& report) { return report.verified(); });
    std::optional<Check> worst;
    Facts facts;
    bool const several = embedded.reports.size() > 1;
    for (auto const& report : embedded.reports) {
        auto check = judge_one(c, report, one_is_good);
        for (auto& [name, value] : facts_of(report))
            facts[several ? report.pointer + " " + name : name] = std::move(value);
        if (!worst || severity(check.outcome) > severity(worst->outcome)) worst = std::move(check);
    }
    worst->evidence = std::move(facts);
    c.proof_passed = worst->outcome == CheckOutcome::pass || worst->outcome == CheckOutcome::warn;
    return *std::move(worst);
}

std::optional<Check> check_embedded_terms(Case const& c) {
    if (!c.embedded) return std::nullopt;
    auto const check = [](CheckOutcome outcome, char const* code, std::string detail, Facts facts) {
        return make_check("contexts", outcome, code, std::move(detail), std::move(facts));
    };
    if (auto const& fault = c.embedded->term_fault) {
        Facts facts{{"fault", fault->code}};
        if (!fault->violations.empty()) facts["pointer"] = fault->violations.front().pointer;
        if (fault->fault == Fault::too_large)
            return check(CheckOutcome::unchecked, "contexts.too-large", fault->detail, std::move(facts));
        return check(CheckOutcome::fail, word_for(term_words, fault->code, "contexts.lost"), fault->detail,
                     std::move(facts));
    }
    if (auto const& url = c.embedded->unknown_context; !url.empty())
        return check(CheckOutcome::unchecked, "contexts.unknown", "Terms of " + url + " are not known here.",
                     {{"context", url}});
    return std::nullopt;
}

}  // namespace itqan::domain
