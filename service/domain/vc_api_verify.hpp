#pragma once
// What the VC-API says about credentials and presentations of anybody. Pure: what only the installation knows (its own
// keys, its own status lists) is asked through VcApiSources; nothing is fetched.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "crypto/data_integrity.hpp"
#include "service/domain/request_canonicalizer.hpp"
#include "service/domain/vc_api_documents.hpp"

namespace itqan::domain {

struct VcApiSources {
    /// The key of a verification method that is neither did:key nor did:jwk: those of our own issuers.
    crypto::FindKey find_key;

    /// Whether the key of a proof is one that this installation revoked. A did:key names its key and cannot say so.
    std::function<bool(crypto::PublicKey const& key)> is_revoked;

    /// What one of our own lists says; nothing for a list of others. Error: unprocessable "status-list" for a list or
    /// position that we do not have.
    struct StatusEntry {
        std::string list, purpose;
        std::uint64_t index = 0;
    };
    struct ListedStatus {
        bool is_set = false;
        std::string issuer;  ///< The DID of the list's issuer; "" where it signs no more.
    };
    std::function<Result<std::optional<ListedStatus>>(StatusEntry const& entry)> own_status;

    /// "active", "suspended" or "revoked" for the id of a credential of our programme, "" for any other.
    std::function<std::string(std::string const& credential_id)> own_state;
};

/// Why it is believed: the checks that passed wherever they were made, in every credential of a presentation too, and
/// what could not be checked or was not asked for, with where. A check with a warning is not one that passed.
struct VcApiVerified {
    std::vector<std::string> checks;
    std::vector<Violation> warnings;
};

/// Body {"verifiableCredential": {...}, "options": {"checks": [...]?, "challenge"?, "domain"?}}. Structure, terms,
/// proofs, status and validity are always judged; "validity" fails only where options.checks is absent or names it,
/// else it is a warning, and likewise "issuer-binding" (the proof's key is the issuer's), which only fails where it is
/// named. Errors point into the body: those of read_vc_api_request, "credential-structure", "related-resource",
/// VcApiLinkedData::check_to_verify, ProofReport, "revoked-key" (ours, by hand), "status-revoked", "status-suspended"
/// (by a list, or a badge of ours that is on hold), "status-list", "too-many-status-entries" (more than 8),
/// "not-yet-valid", "expired", "issuer-binding" and, of envelopes, "envelope-shape", "envelope-type",
/// "envelope-signature", "legacy-claim", "token-claims", "token-time", those of parse_compact_jws.
Result<VcApiVerified> verify_credential(Json const& body, VcApiSources const& sources,
                                        VcApiLinkedData const& linked_data, Instant now);

/// Body {"verifiablePresentation": {...}, "options": {"checks"?, "challenge"?, "domain"?}}: the proofs (purpose
/// authentication), also those of a presentation within a token, and every credential inside. "holder-binding" (the key
/// of a proof or of the token is that of the holder whom the presentation names) only fails where options.checks names
/// it, else it is a warning. Errors: as above, "presentation-structure", "too-many-credentials", "holder-binding".
Result<VcApiVerified> verify_presentation(Json const& body, VcApiSources const& sources,
                                          VcApiLinkedData const& linked_data, Instant now);

}  // namespace itqan::domain
