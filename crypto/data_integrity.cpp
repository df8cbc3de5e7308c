#include "crypto/data_integrity.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "crypto/did.hpp"
#include "crypto/suites/ecdsa_sd_2023.hpp"
#include "crypto/suites/suite.hpp"
#include "schemas/iri.hpp"

namespace itqan::crypto {
namespace {

constexpr std::string_view integrity_context = "https://w3id.org/security/data-integrity/v2";

/// One proof while it is judged: first the members by themselves, then against what is expected, then the signature.
class ProofJudge {
  public:
    ProofJudge(Json const& proof, ProofReport& report) : proof_(proof), report_(report) {}

    bool read();
    bool expect(ProofRules const& rules);
    Suite const* suite();
    std::optional<PublicKey> find_key(FindKey const& find);

    bool fail(Fault fault, char const* code, std::string detail, std::string const& member = "") {
        report_.fault = Error{fault, code, detail, {{report_.pointer + member, std::move(detail)}}};
        return false;
    }

  private:
    bool malformed(char const* member, std::string const& what) {
        return fail(Fault::malformed, "malformed-proof", std::string(member) + " must be " + what + ".",
                    std::string("/") + member);
    }
    bool read_text(char const* name, std::string& value, char const* missing = nullptr);
    bool read_date(char const* name, std::optional<Instant>& value);
    bool check_texts(char const* name, bool list_allowed);

    Json const& proof_;
    ProofReport& report_;
};

/// xsd:dateTimeStamp, or xsd:dateTime without a zone, which counts as UTC (VC Data Integrity 1.0 section 2.1).
std::optional<Instant> read_instant(std::string const& text) {
    if (text.find('T') != 10) return std::nullopt;
    auto const instant = Instant::parse(text);
    return instant ? instant : Instant::parse(text + "Z");
}

/// One text is a set of one.
std::vector<std::string> text_set(Json const& value) {
    auto texts = value.is_array() ? value.get<std::vector<std::string>>() : std::vector{value.get<std::string>()};
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    return texts;
}

Json text_or_list(std::vector<std::string> const& texts) {
    return texts.size() == 1 ? Json(texts.front()) : Json(texts);
}

bool ProofJudge::read_text(char const* name, std::string& value, char const* missing) {
    auto const member = proof_.find(name);
    if (member == proof_.end()) {
        return missing == nullptr || fail(Fault::malformed, missing, std::string("The proof has no ") + name + ".");
    }
    if (!member->is_string() || member->get_ref<std::string const&>().empty()) return malformed(name, "a text");
    value = member->get<std::string>();
    return true;
}

bool ProofJudge::read_date(char const* name, std::optional<Instant>& value) {
    std::string text;
    if (!read_text(name, text)) return false;
    if (!text.empty() && !(value = read_instant(text))) return malformed(name, "an XML Schema date and time");
    return true;
}

/// Empty lists are refused: they would leave no trace in RDF.
bool ProofJudge::check_texts(char const* name, bool list_allowed) {
    auto const is_text = [](Json const& value) {
        return value.is_string() && !value.get_ref<std::string const&>().empty();
    };
    auto const member = proof_.find(name);
    if (member == proof_.end() || is_text(*member)) return true;
    if (!list_allowed) return malformed(name, "a text");
    bool const good = member->is_array() && !member->empty() && std::all_of(member->begin(), member->end(), is_text);
    return good || malformed(name, "a text or a list of texts");
}

bool ProofJudge::read() {
    if (!proof_.is_object()) return fail(Fault::malformed, "malformed-proof", "A proof must be an object.");
    bool const texts = read_text("type", report_.type, "unknown-proof-type") && read_text("id", report_.id) &&
                       read_text("cryptosuite", report_.cryptosuite) &&
                       read_text("verificationMethod", report_.verification_method, "missing-method") &&
                       read_text("proofPurpose", report_.purpose, "missing-purpose");
    if (!texts || !read_date("created", report_.created) || !read_date("expires", report_.expires)) return false;
    if (!check_texts("domain", true) || !check_texts("previousProof", true) || !check_texts("challenge", false) ||
        !check_texts("nonce", false)) {
        return false;
    }
    if (auto const previous = proof_.find("previousProof"); previous != proof_.end() && previous->is_array()) {
        if (text_set(*previous).size() != previous->size()) return malformed("previousProof", "a list without repeats");
    }
    if (!report_.id.empty() && !schemas::is_absolute_iri(report_.id)) return malformed("id", "a URL");
    if (!schemas::is_absolute_iri(report_.verification_method)) {
        return fail(Fault::malformed, "proof-method", "verificationMethod must be a URL.", "/verificationMethod");
    }
    return true;
}

bool ProofJudge::expect(ProofRules const& rules) {
    auto const unexpected = [this](char const* code, char const* member, std::string detail) {
        return fail(Fault::unprocessable, code, std::move(detail), std::string("/") + member);
    };
    if (report_.purpose != rules.purpose) {
        return unexpected("proof-purpose", "proofPurpose", "The proof's purpose must be " + rules.purpose + ".");
    }
    if (report_.expires && *report_.expires <= rules.now) {
        return unexpected("proof-expired", "expires", "The proof expired at " + report_.expires->text() + ".");
    }
    auto const domain = proof_.find("domain");
    bool const same_domain =
        rules.domain.empty() || (domain != proof_.end() && text_set(*domain) == text_set(rules.domain));
    if (!same_domain) return unexpected("proof-domain", "domain", "The proof was made for another domain.");
    bool const same_challenge = !rules.challenge || text_member(proof_, "challenge") == *rules.challenge;
    return same_challenge || unexpected("proof-challenge", "challenge", "The proof answers another challenge.");
}

Suite const* ProofJudge::suite() {
    if (auto const* suite = find_suite(report_.type, report_.cryptosuite)) return suite;
    if (report_.type != "DataIntegrityProof") {
        fail(Fault::malformed, "unknown-proof-type", "No proofs of type " + report_.type + " are read here.", "/type");
    } else if (report_.cryptosuite.empty()) {
        fail(Fault::malformed, "missing-cryptosuite", "A DataIntegrityProof names its cryptosuite.");
    } else {
        fail(Fault::unprocessable, "unknown-cryptosuite", "No cryptosuite " + report_.cryptosuite + " is known here.",
             "/cryptosuite");
    }
    return nullptr;
}

std::optional<PublicKey> ProofJudge::find_key(FindKey const& find) {
    auto const& method = report_.verification_method;
    auto const key_of = [](Result<DidKey> did) { return did ? Result<PublicKey>(did->key) : did.error(); };
    auto const unknown = Error{Fault::not_found, "unknown-verification-method", "No key is known for " + method + "."};
    auto key = method.starts_with("did:key:")   ? key_of(resolve_did_key(method))
               : method.starts_with("did:jwk:") ? key_of(resolve_did_jwk(method))
               : find                           ? find(method, report_.purpose)
                                                : unknown;
    if (key) return std::move(*key);
    report_.fault = key.error();
    if (report_.fault->violations.empty()) {
        report_.fault->violations.push_back({report_.pointer + "/verificationMethod", report_.fault->detail});
    }
    return std::nullopt;
}

/// The proofs of a document, always as a list.
Json proof_list(Json const& document) {
    auto const proof = document.find("proof");
    if (proof == document.end() || proof->is_null()) return Json::array();
    return proof->is_array() ? *proof : Json::array({*proof});
}

/// Section 4.5: sets the proofs that `proof` builds on into the document, in the order it names them. The name of the
/// one that is missing otherwise.
std::optional<std::string> put_previous(Json& document, Json const& proof, Json const& all) {
    auto const previous = proof.find("previousProof");
    document.erase("proof");
    if (previous == proof.end()) return std::nullopt;
    auto matching = Json::array();
    for (auto const& id : previous->is_array() ? *previous : Json::array({*previous})) {
        auto const found = std::find_if(all.begin(), all.end(), [&](Json const& each) {
            return each.is_object() && each.contains("id") && each["id"] == id;
        });
        if (found == all.end()) return id.get<std::string>();
        matching.push_back(*found);
    }
    document["proof"] = std::move(matching);
    return std::nullopt;
}

void unknown_previous(ProofJudge& judge, std::string const& id) {
    judge.fail(Fault::unprocessable, "unknown-previous-proof", "The document has no proof " + id + ".",
               "/previousProof");
}

/// False, with the fault in its report, when another proof has the same id: previousProof would be ambiguous.
bool check_unique(ProofJudge& judge, ProofReport const& report, Json const& all) {
    auto const same = std::count_if(all.begin(), all.end(), [&](Json const& each) {
        return each.is_object() && text_member(each, "id") == report.id;
    });
    return report.id.empty() || same < 2 ||
           judge.fail(Fault::malformed, "duplicate-proof-id", "Two proofs have this id.", "/id");
}

/// Puts the proofs back when it goes, whatever was set in their place.
class ProofsTakenOut {
  public:
    explicit ProofsTakenOut(Json& document)
        : members_(document.get_ref<Json::object_t&>()), proofs_(members_.extract("proof")) {}
    ~ProofsTakenOut() {
        members_.erase("proof");
        members_.insert(std::move(proofs_));
    }
    ProofsTakenOut(ProofsTakenOut const&) = delete;
    ProofsTakenOut& operator=(ProofsTakenOut const&) = delete;

    bool is_list() const { return proofs_.mapped().is_array(); }

  private:
    Json::object_t& members_;
    Json::object_t::node_type proofs_;
};

void judge_proof(Json& document, Json const& proof, Json const& all, ProofRules const& rules, FindKey const& find_key,
                 Canonicalizer const& canonicalizer, KnownHashes* known, ProofReport& report) {
    ProofJudge judge(proof, report);
    if (!judge.read()) return;
    auto const* suite = judge.suite();
    if (suite == nullptr || !check_unique(judge, report, all) || !judge.expect(rules)) return;
    auto options = proof;
    options.erase("proofValue");
    auto const value = proof.find("proofValue");
    if (value == proof.end() || !value->is_string()) {
        judge.fail(Fault::malformed, "missing-value", "The proof has no proofValue that is a text.", "/proofValue");
        return;
    }
    report.key = judge.find_key(find_key);
    if (!report.key) return;
    if (auto const missing = put_previous(document, proof, all)) return unknown_previous(judge, *missing);
    if (proof.contains("previousProof")) known = nullptr;  // It signs another document.
    auto const verified = suite->verify(*suite, {document, options, report.pointer, canonicalizer, known},
                                        value->get_ref<std::string const&>(), *report.key, report.hashes);
    if (!verified) report.fault = verified.error();
}

/// Section 2.4.1. Documents of JSON without a context stay so.
void ensure_context(Json& document) {
    static constexpr std::array<std::string_view, 3> known{"https://www.w3.org/ns/credentials/v2", integrity_context,
                                                           "https://w3id.org/security/data-integrity/v1"};
    auto const found = document.find("@context");
    if (found == document.end()) return;
    auto context = found->is_array() ? *found : Json::array({*found});
    bool const knows = std::any_of(context.begin(), context.end(), [](Json const& each) {
        return each.is_string() &&
               std::find(known.begin(), known.end(), each.get_ref<std::string const&>()) != known.end();
    });
    if (knows) return;
    context.push_back(integrity_context);
    *found = std::move(context);
}

Json proof_of(ProofOptions const& options, Json const& document, bool embeds_context) {
    Json proof{{"type", "DataIntegrityProof"},
               {"cryptosuite", options.cryptosuite},
               {"verificationMethod", options.verification_method},
               {"proofPurpose", options.purpose}};
    if (options.id) proof["id"] = *options.id;
    if (options.created) proof["created"] = options.created->text();
    if (options.expires) proof["expires"] = options.expires->text();
    if (!options.domain.empty()) proof["domain"] = text_or_list(options.domain);
    if (options.challenge) proof["challenge"] = *options.challenge;
    if (options.nonce) proof["nonce"] = *options.nonce;
    if (!options.previous_proof.empty()) proof["previousProof"] = text_or_list(options.previous_proof);
    if (embeds_context && document.contains("@context")) proof["@context"] = document["@context"];
    return proof;
}

}  // namespace

Bytes ProofHashes::combined() const {
    auto both = proof_hash;
    both.insert(both.end(), document_hash.begin(), document_hash.end());
    return both;
}

Result<Json> add_proof(Json document, ProofOptions const& options, Signer const& signer,
                       Canonicalizer const& canonicalizer) {
    if (!document.is_object())
        return Error{Fault::malformed, "malformed-document", "Only a JSON object can be signed."};
    auto const* suite = find_suite("DataIntegrityProof", options.cryptosuite);
    if (suite == nullptr || !suite->signs) {
        return Error{Fault::unprocessable, "unknown-cryptosuite",
                     "Nothing is signed with " + options.cryptosuite + "."};
    }
    auto all = proof_list(document);
    if (all.size() >= most_proofs) return Error{Fault::too_large, "proof-limit", "A document has at most 16 proofs."};
    ensure_context(document);
    auto proof = proof_of(options, document, suite->embeds_context);
    ProofReport report{all.empty() ? "/proof" : "/proof/" + std::to_string(all.size())};
    ProofJudge judge(proof, report);
    all.push_back(proof);
    if (!judge.read() || !check_unique(judge, report, all)) return *report.fault;
    if (auto const missing = put_previous(document, proof, all)) {
        unknown_previous(judge, *missing);
        return *report.fault;
    }
    ProofInput const input{document, proof, report.pointer, canonicalizer};
    auto value = suite == &ecdsa_sd_2023 ? sign_base(input, options.mandatory_pointers, signer, SdSecrets::generate())
                                         : sign_hashes(*suite, input, signer);
    if (!value) return value.error();
    all.back()["proofValue"] = std::move(*value);
    document["proof"] = all.size() == 1 ? std::move(all.front()) : std::move(all);
    return document;
}

Result<std::vector<ProofReport>> judge_proofs(Json const& document, ProofRules const& rules, FindKey const& find_key,
                                              Canonicalizer const& canonicalizer) {
    auto copy = document;
    return judge_proofs_in_place(copy, rules, find_key, canonicalizer);
}

Result<std::vector<ProofReport>> judge_proofs_in_place(Json& document, ProofRules const& rules, FindKey const& find_key,
                                                       Canonicalizer const& canonicalizer) {
    if (!document.is_object()) {
        return Error{Fault::malformed, "malformed-document", "A signed document must be a JSON object."};
    }
    auto const all = proof_list(document);
    if (all.empty())
        return Error{Fault::malformed, "missing-proof", "The document has no proof.", {{"/proof", "Is missing."}}};
    if (all.size() > most_proofs) return Error{Fault::too_large, "proof-limit", "A document has at most 16 proofs."};

    ProofsTakenOut const taken_out(document);
    KnownHashes known;
    std::vector<ProofReport> reports;
    reports.reserve(all.size());
    for (std::size_t index = 0; index < all.size(); ++index) {
        reports.push_back({"/proof" + (taken_out.is_list() ? "/" + std::to_string(index) : "")});
        judge_proof(document, all[index], all, rules, find_key, canonicalizer, all.size() > 1 ? &known : nullptr,
                    reports.back());
    }
    return reports;
}

Result<void> verify_proofs(Json const& document, ProofRules const& rules, FindKey const& find_key,
                           Canonicalizer const& canonicalizer) {
    auto const reports = judge_proofs(document, rules, find_key, canonicalizer);
    if (!reports) return reports.error();
    for (auto const& report : *reports) {
        if (report.fault) return *report.fault;
    }
    return {};
}

}  // namespace itqan::crypto
