#include "service/domain/receipts.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "crypto/data_integrity.hpp"
#include "crypto/did.hpp"
#include "crypto/digest.hpp"
#include "schemas/text.hpp"
#include "service/domain/clock_leeway.hpp"
#include "service/domain/linked_data.hpp"
#include "service/domain/verification_case.hpp"

namespace itqan::domain {
namespace {

constexpr char receipt_type[] = "VerificationReceipt";
constexpr char suite[] = "eddsa-jcs-2022";
constexpr std::size_t shortest_name = 4;  ///< Shorter ones are found in every address.
constexpr JsonLimits receipt_limits{largest_receipt, 20'000};

/// What tells whom a credential is about, in lower case: ids, the last part of an id, names and addresses.
class PersonalWords {
  public:
    void add(std::string_view word) {
        if (word.size() >= shortest_name) words_.push_back(ascii_lower(word));
    }
    void add_id(std::string const& id) {
        add(id);
        if (auto const end = id.find_last_of("/:"); end != std::string::npos) add(std::string_view(id).substr(end + 1));
    }
    void add_of(Report const& report) {
        add_id(text_at(report.credential, "id"));
        if (report.credential.is_object() && report.credential.contains("recipient")) {
            add_id(text_at(report.credential.at("recipient"), "id"));
            add(text_at(report.credential.at("recipient"), "name"));
        }
        for (auto const* const inner : {&report.endorsements, &report.nested})
            for (auto const& each : *inner)
                add_of(each);
    }
    bool are_in(std::string_view address) const {
        auto const lower = ascii_lower(address);
        return std::any_of(words_.begin(), words_.end(),
                           [&](std::string const& word) { return lower.find(word) != std::string::npos; });
    }

  private:
    std::vector<std::string> words_;
};

/// "https://HOST" of an https address.
std::string origin_of(std::string_view address) {
    constexpr std::string_view scheme = "https://";
    if (!address.starts_with(scheme)) return {};
    return std::string(address.substr(0, address.find_first_of("/?#", scheme.size())));
}

/// When a list or a registry says that it was made.
std::string version_of(Document const& document) {
    auto const list = (document.reading ? document.reading : new_reading())->status(document.body);
    if (!list) return {};
    for (auto const* const name : {"validFrom", "issuanceDate", "updated"})
        if (auto text = text_at(list->credential, name); !text.empty() && text.size() <= 64) return text;
    auto const meta = list->credential.is_object() ? list->credential.value("meta", Json()) : Json();
    for (auto const* const name : {"updated", "created"})
        if (auto text = text_at(meta, name); !text.empty() && text.size() <= 64) return text;
    return {};
}

Json document_json(std::string const& address, Document const& document, PersonalWords const& words, Instant now) {
    Json json = Json::object();
    auto const plain = address.substr(0, address.find_first_of("?#"));
    if (words.are_in(plain)) {
        json["origin"] = origin_of(plain);
        json["withheld"] = "names the credential or its holder";
    } else {
        json["address"] = plain;
        if (plain.size() != address.size()) json["cut"] = true;
    }
    json["own"] = document.own;
    json["fetchedAt"] = document.fetched_at.value_or(now).text();
    json["reached"] = document.failure.empty();
    if (!document.failure.empty()) return json;
    json["sha256"] = crypto::sha256_hex(document.body);
    json["mediaType"] = document.media_type;
    if (auto const version = version_of(document); !version.empty()) json["version"] = version;
    return json;
}

Json checks_json(Report const& report) {
    auto checks = Json::array();
    for (auto const& check : report.checks)
        checks.push_back({{"id", check.id}, {"outcome", check_outcome_name(check.outcome)}, {"code", check.code}});
    return checks;
}

Json inner_json(std::vector<Report> const& reports) {
    auto all = Json::array();
    for (auto const& report : reports)
        all.push_back({{"verdict", verdict_name(report.verdict)},
                       {"credential", credential_hash(report.document)},
                       {"checks", checks_json(report)}});
    return all;
}

ReceiptJudgement judged(Verdict verdict, std::string code, std::string detail) {
    ReceiptJudgement judgement;
    judgement.verdict = verdict;
    judgement.code = std::move(code);
    judgement.detail = std::move(detail);
    return judgement;
}

/// What pages and commands read of it; everything else is signed and shown to nobody.
bool has_shape(Json const& receipt) {
    auto const is_word = [](Json const& object, char const* name) {
        auto const text = text_at(object, name);
        return !text.empty() && text.size() <= 256;
    };
    auto const has_checks = [&](Json const& object) {
        if (!object.is_object() || !object.contains("checks") || !object.at("checks").is_array()) return false;
        auto const& checks = object.at("checks");
        return std::all_of(checks.begin(), checks.end(), [&](Json const& check) {
            return is_word(check, "id") && is_word(check, "outcome") && is_word(check, "code");
        });
    };
    for (auto const* const name : {"verdict", "headlineCode", "kind", "issuer", "issuerKey", "software"})
        if (!is_word(receipt, name)) return false;
    for (auto const* const name : {"documents", "endorsements", "nested"}) {
        if (!receipt.contains(name) || !receipt.at(name).is_array()) return false;
        for (auto const& each : receipt.at(name))
            if (!each.is_object()) return false;
    }
    return receipt.value("version", Json()) == 1 && has_checks(receipt) && receipt.contains("credential") &&
           is_word(receipt.at("credential"), "sha256") && Instant::parse(text_at(receipt, "checkedAt")) &&
           receipt.contains("proof") && receipt.at("proof").is_object();
}

/// The keys that the issuer's own document lists; null when there is no document.
Result<std::optional<crypto::AssertionKeys>> listed_keys(std::string const& issuer, Documents const& documents,
                                                         Instant now) {
    auto const found = documents.find(issuer);
    if (found == documents.end() || !found->second.failure.empty()) return std::optional<crypto::AssertionKeys>();
    auto const json = parse_json(found->second.body, json_limits::credential);
    if (!json) return json.error();
    auto keys = crypto::read_assertion_keys(*json, issuer, now);
    if (!keys) return keys.error();
    return std::optional(std::move(*keys));
}

bool is_revoked(crypto::AssertionKeys const& keys, std::string const& method) {
    return std::any_of(keys.refused.begin(), keys.refused.end(),
                       [&](auto const& each) { return each.id == method && each.reason == "revoked"; });
}

/// The signature alone, by the key that the receipt carries.
bool is_intact(Json const& receipt, crypto::PublicKey const& key, std::string const& method, Instant now) {
    auto const& proof = receipt.at("proof");
    if (text_at(proof, "cryptosuite") != suite) return false;
    crypto::ProofRules rules;
    rules.now = now;
    auto const find = [&](std::string const& asked, std::string const&) -> Result<crypto::PublicKey> {
        if (asked == method) return key;
        return Error{Fault::not_found, "unknown-verification-method", "This is not the receipt's key.", {}};
    };
    return static_cast<bool>(crypto::verify_proofs(receipt, rules, find, linked_data_canonicalizer()));
}

ReceiptJudgement judge(Json const& receipt, Documents const& documents, Instant now) {
    auto const issuer = text_at(receipt, "issuer");
    auto const method = text_at(receipt.at("proof"), "verificationMethod");
    auto const key = crypto::PublicKey::from_multikey(text_at(receipt, "issuerKey"));
    bool const is_named = crypto::did_web_url(issuer) && method.starts_with(issuer + "#");
    if (!is_named || !key || key->type() != crypto::KeyType::ed25519 || !is_intact(receipt, *key, method, now))
        return judged(Verdict::invalid, "changed", "The signature does not fit: the receipt was changed or forged.");
    if (is_to_come(*Instant::parse(text_at(receipt, "checkedAt")), now))
        return judged(Verdict::invalid, "future", "The receipt tells of a verification that is still to come.");
    auto const listed = listed_keys(issuer, documents, now);
    if (!listed)
        return judged(
            Verdict::unchecked, "issuer-document",
            "The receipt is intact, but the document of " + issuer + " cannot be read: " + listed.error().detail);
    if (!*listed)
        return judged(Verdict::unchecked, "self-asserted",
                      "The receipt is intact. Whether its key is that of " + issuer +
                          " is its own word: the document of that name was not at hand.");
    if (is_revoked(**listed, method))
        return judged(Verdict::invalid, "key-revoked", issuer + " has revoked the key of this receipt.");
    auto const* const entry = (*listed)->find(std::string_view(method));
    if (entry == nullptr || !(entry->key == *key))
        return judged(Verdict::invalid, "key-not-listed", issuer + " does not list the key of this receipt.");
    return judged(Verdict::valid, "genuine", "Signed by " + issuer + " and unchanged since.");
}

}  // namespace

Json credential_hash(std::string const& text) {
    auto const json = text.starts_with('{') ? parse_json(text, json_limits::credential) : Result<Json>(Json());
    bool const is_json = json && json->is_object();
    return {{"form", is_json ? "json" : "text"},
            {"sha256", crypto::sha256_hex(is_json ? canonical_json(*json) : text)}};
}

Json receipt_statement(Report const& report, std::optional<std::string> const& recipient, std::string_view did) {
    PersonalWords words;
    words.add_of(report);
    if (recipient) words.add_id(*recipient);
    auto documents = Json::array();
    if (report.documents)
        for (auto const& [address, document] : *report.documents)
            documents.push_back(document_json(address, document, words, report.checked_at));
    return {{"type", receipt_type},
            {"version", 1},
            {"issuer", did},
            {"software", "itqan " ITQAN_VERSION},
            {"checkedAt", report.checked_at.text()},
            {"verdict", verdict_name(report.verdict)},
            {"headlineCode", report.headline_code},
            {"kind", report.kind.substr(0, 256)},
            {"credential", credential_hash(report.document)},
            {"checks", checks_json(report)},
            {"endorsements", inner_json(report.endorsements)},
            {"nested", inner_json(report.nested)},
            {"documents", std::move(documents)}};
}

Result<Json> issue_receipt(IssuerKeys& keys, storage::Session& session, Report const& report,
                           std::optional<std::string> const& recipient, std::string_view did, Instant now) {
    auto const key = keys.installation(session);
    if (!key) return key.error();
    auto statement = receipt_statement(report, recipient, did);
    statement["issuerKey"] = key->signer->public_key().multikey();
    crypto::ProofOptions options;
    options.cryptosuite = suite;
    options.verification_method = key->method;
    options.created = now.whole_seconds();
    return crypto::add_proof(std::move(statement), options, *key->signer, linked_data_canonicalizer());
}

bool is_receipt(std::string_view text) {
    if (text.size() > largest_receipt || !text.starts_with('{') || text.find(receipt_type) == std::string_view::npos)
        return false;
    auto const json = parse_json(text, receipt_limits);
    return json && text_at(*json, "type") == receipt_type;
}

std::string receipt_issuer(std::string_view text) {
    auto const json = parse_json(text, receipt_limits);
    auto issuer = json ? text_at(*json, "issuer") : std::string();
    return crypto::did_web_url(issuer) ? issuer : std::string();
}

Result<ReceiptJudgement> judge_receipt(std::string_view text, Documents const& documents, Instant now) {
    if (text.size() > largest_receipt)
        return Error{Fault::too_large, "input-too-large", "A receipt has at most 256 KiB.", {}};
    auto json = parse_json(text, receipt_limits);
    if (!json || text_at(*json, "type") != receipt_type)
        return Error{Fault::unprocessable,
                     "no-receipt",
                     "This is no receipt of a verification. Send the whole file as it was given out.",
                     {}};
    auto judgement = has_shape(*json)
                         ? judge(*json, documents, now)
                         : judged(Verdict::invalid, "shape", "The receipt lacks a part that every receipt has.");
    judgement.issuer = text_at(*json, "issuer");
    if (json->contains("proof")) judgement.method = text_at(json->at("proof"), "verificationMethod");
    judgement.receipt = std::move(*json);
    return judgement;
}

Json receipt_judgement_json(ReceiptJudgement const& judgement) {
    auto attests = judgement.receipt;
    if (attests.is_object()) attests.erase("proof");
    return {{"verdict", verdict_name(judgement.verdict)},
            {"code", judgement.code},
            {"detail", judgement.detail},
            {"issuer", judgement.issuer},
            {"verificationMethod", judgement.method},
            {"attests", std::move(attests)}};
}

}  // namespace itqan::domain
