#pragma once
// What issuing and verifying over the VC-API share: the members of requests, the contexts, JSON-LD and RDF behind them,
// and errors that point into the body of the request.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "crypto/rdf_canonicalizer.hpp"
#include "schemas/json_ld_policy.hpp"
#include "service/domain/linked_data.hpp"

namespace itqan::domain {

/// The processor of this process with limits of its own. Thread-safe.
class VcApiLinkedData {
  public:
    explicit VcApiLinkedData(schemas::CanonLimits const& limits)
        : limits_(limits), canonicalizer_(linked_data_processor(), limits) {}

    /// Whether nothing of a document gets lost or changes its meaning on the way to RDF, whatever the suite signs:
    /// check_linked_document with plain contexts that are written out allowed, then JSON-LD in safe mode, without a
    /// base. Several objects may say different things under one id as long as they do not contradict each other. What
    /// proofs say is their suites' business. Errors: those of the two.
    ///
    /// What we sign leaves a trace in RDF down to its empty lists (JsonLdOptions::exact), so that nothing can be added
    /// or taken away unnoticed.
    Result<void> check_to_sign(Json const& document) const;
    /// What others signed may hold members without a trace: they say nothing. `share`: it may cost the n-th part of
    /// what one document may.
    Result<void> check_to_verify(Json const& document, std::size_t share) const;

    crypto::Canonicalizer const& canonicalizer() const { return canonicalizer_; }

    /// What one document may cost.
    schemas::CanonLimits const& limits() const { return limits_; }

  private:
    Result<void> check(Json const& document, schemas::JsonLdOptions const& options) const;

    schemas::CanonLimits limits_;
    crypto::RdfCanonicalizer canonicalizer_;
};

/// The members that a request of this kind has: {"credential": {...}, "options": {...}?}. Options that are absent or
/// null are {}. Pointers of errors are into the body. Error: malformed "invalid-body".
struct VcApiRequest {
    Json document;
    Json options;
};
Result<VcApiRequest> read_vc_api_request(Json const& body, char const* member);

/// options.<member> as texts: a text, or a list of them. Nothing when it is absent or null. Error: malformed
/// "invalid-body".
Result<std::optional<std::vector<std::string>>> text_option(Json const& options, char const* member);
/// options.challenge, which is one text, also in a list.
Result<std::optional<std::string>> challenge_option(Json const& options);

/// The error as one of the request's member at `pointer`: every pointer behind it, and one at least.
Error error_at(std::string const& pointer, Error error);

/// The same for a list of violations; nothing when it is empty.
std::optional<Error> violations_at(std::string const& pointer, char const* code, char const* detail,
                                   std::vector<Violation> violations);

/// The id of an issuer or holder: the value itself or its member `id`; "" when there is none.
std::string id_of(Json const& document, char const* member);

/// Whether `type` is the name or holds it.
bool is_of_type(Json const& document, std::string_view type);

}  // namespace itqan::domain
