#pragma once
// Receipts: what this installation states about one verification, signed by itself (decision 5) and kept by whoever
// asked. They hold the hash of the credential and no data of people beyond it. Made and judged without a network; a
// receipt is a statement about the past and says nothing about today.

#include <optional>
#include <string>

#include "service/domain/issuer_keys.hpp"
#include "service/domain/verification.hpp"

namespace itqan::domain {

/// Longer texts are no receipts.
inline constexpr std::size_t largest_receipt = 256 * 1024;

/// What the receipt says, unsigned: verdict, checks by id, outcome and code, the credential's SHA-256 (of a JSON
/// document's RFC 8785 form, of a token's text), and each document it was judged from by address, SHA-256 and time. An
/// address that names the credential, its holder or `recipient` is cut to its origin. The report must hold its
/// documents (Question::keep_documents). `did` is the installation's.
Json receipt_statement(Report const& report, std::optional<std::string> const& recipient, std::string_view did);

/// The statement with an eddsa-jcs-2022 proof by the installation's key. Errors: those of IssuerKeys::installation.
Result<Json> issue_receipt(IssuerKeys& keys, storage::Session& session, Report const& report,
                           std::optional<std::string> const& recipient, std::string_view did, Instant now);

/// Whether the text says that it is a receipt; what it is worth judge_receipt tells.
bool is_receipt(std::string_view text);

/// valid: genuine, by a key that its issuer lists. invalid: changed, or its key does not count. unchecked: intact, but
/// whose key it is could not be asked.
struct ReceiptJudgement {
    Verdict verdict = Verdict::unchecked;
    std::string code;    ///< "genuine", "self-asserted", "shape", "future", "changed", "key-revoked", "key-not-listed",
                         ///< "issuer-document": the words are receipt.<code> of the locales.
    std::string detail;  ///< English.
    std::string issuer, method;  ///< As it claims; the DID and the key's DID URL.
    Json receipt;                ///< As sent; null where it cannot be read.
};

/// The DID whose document judge_receipt wants to see; "" when it names none that could list keys.
std::string receipt_issuer(std::string_view text);

/// `documents` may hold the issuer's DID document (did:web). Without it only the signature itself is judged, by the
/// key that the receipt carries. Error: unprocessable "no-receipt"; too_large "input-too-large".
Result<ReceiptJudgement> judge_receipt(std::string_view text, Documents const& documents, Instant now);

/// {verdict, code, detail, issuer, verificationMethod, attests: the receipt without its proof}
Json receipt_judgement_json(ReceiptJudgement const& judgement);

/// The hash that a receipt on this credential holds: {form: "json" or "text", sha256}.
Json credential_hash(std::string const& text);

}  // namespace itqan::domain
