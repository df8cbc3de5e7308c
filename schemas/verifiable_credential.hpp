#pragma once
// The structure of the W3C Verifiable Credentials Data Model, 2.0 and 1.1, by JSON Pointer, whatever the credential
// says. What its terms and types mean is JSON-LD's part (safe mode); proofs, status and dates against a clock are
// judged elsewhere.

#include <optional>
#include <string>
#include <vector>

#include "schemas/json.hpp"

namespace itqan::schemas {

enum class DataModel { v1_1, v2_0 };

/// By the first @context, which both editions fix; nothing where it is neither.
std::optional<DataModel> data_model_of(Json const& document);

/// Every broken rule with the pointer of the offending member (the parent's pointer + "/name" when it is missing), in
/// the order of the rules; empty when the document is a well-formed credential, enveloped or not. Beyond the letter of
/// the data model: times have a zone in 1.1 as well, years have four digits, and there is no hour 24.
std::vector<Violation> check_verifiable_credential(Json const& document);

/// The same for a presentation and each credential in it.
std::vector<Violation> check_verifiable_presentation(Json const& document);

/// A credential or presentation that is a compact token inside a data: URL (VCDM 2.0 sections 4.12.1 and 4.13.1).
struct Envelope {
    std::string media_type;  ///< "application/vc+jwt", in lower case, without parameters.
    std::string content;     ///< What follows the comma, as it is written.
    bool is_base64 = false;  ///< The content is base64 of the token (RFC 2397), as for application/vc+cose.
};

/// Whether a type of the document is EnvelopedVerifiableCredential or EnvelopedVerifiablePresentation.
bool is_enveloped(Json const& document);

/// Error: malformed "envelope-shape" with the violations of check_verifiable_credential or
/// check_verifiable_presentation, whichever its type asks for.
Result<Envelope> read_envelope(Json const& document);

}  // namespace itqan::schemas
