#pragma once
// What the VC-API says about credentials and presentations of anybody. Pure: what only the installation knows (its own
// keys, its own status lists) is asked through VcApiSources; nothing is fetched.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "crypto/data_integrity.hpp"
#include "service/domain/request_canonicalizer.hpp"
#include "service/domain/vc_api_issue.hpp"

namespace itqan::domain {

struct VcApiSources {
    /// The key of a verification method that is neither did:key nor did:jwk: those of our own issuers.
    crypto::FindKey find_key;

    /// Whether the bit of one of our own lists is set; nothing for a list of others. Error: unprocessable "status-list"
    /// for a list or position that we do not have.
    struct StatusEntry {
        std::string list, purpose;
        std::uint64_t index = 0;
    };
    std::function<Result<std::optional<bool>>(StatusEntry const& entry)> own_status;
};

/// Why it is believed: the checks that passed, and what could not be checked or was not asked for.
struct VcApiVerified {
    std::vector<std::string> checks;
    std::vector<Violation> warnings;
};

/// Body {"verifiableCredential": {...}, "options": {"checks": [...]?, "challenge"?, "domain"?}}. Structure, terms,
/// proofs, status and validity are always judged; "validity" fails only where options.checks is absent or names it,
/// else it is a warning, and likewise "issuer-binding" (the proof's key is the issuer's), which only fails where it is
/// named. Errors point into the body: those of read_vc_api_request, "credential-structure", "related-resource",
/// VcApiLinkedData::check, ProofReport, "status-revoked", "status-suspended", "status-list", "not-yet-valid",
/// "expired", "issuer-binding" and, of envelopes, "envelope-shape", "envelope-type", "envelope-signature",
/// "legacy-claim", "token-claims", "token-time", those of parse_compact_jws.
Result<VcApiVerified> verify_credential(Json const& body, VcApiSources const& sources,
                                        VcApiLinkedData const& linked_data, Instant now);

/// Body {"verifiablePresentation": {...}, "options": {"challenge"?, "domain"?}}: the holder's proof (purpose
/// authentication) and every credential inside. Errors: as above, "presentation-structure", "too-many-credentials".
Result<VcApiVerified> verify_presentation(Json const& body, VcApiSources const& sources,
                                          VcApiLinkedData const& linked_data, Instant now);

}  // namespace itqan::domain
