#pragma once
// The VC-API over this installation: its profiles' keys, its own issuers and its status lists behind the pure parts
// (vc_api_issue.hpp, vc_api_verify.hpp). It knows no HTTP; who may ask is the edge's decision.

#include "service/domain/services.hpp"
#include "service/domain/vc_api_issue.hpp"
#include "service/domain/vc_api_verify.hpp"

namespace itqan::domain {

struct VcApiSettings {
    bool enabled = false;
    bool open = false;  ///< Issuing, deriving and proving need no token (demo and conformance).
    schemas::CanonLimits limits = schemas::canon_limits::production;
};

class VcApi {
  public:
    /// Makes the keys of the profiles that never had one.
    VcApi(Services& services, VcApiSettings const& settings);

    /// Whether strangers may issue.
    bool is_open() const { return is_open_; }

    /// {"issuers": [{"profile", "id": did:key, "verificationMethod", "endpoint", "cryptosuite"?, "keyType"}]}, without
    /// profiles whose key was revoked. Error: unavailable "sealed-key".
    Result<Json> issuers();

    // Bodies and answers of the routes. Errors: not_found for a profile that is none, unavailable "no-active-key",
    // and those of the pure parts, which are malformed whatever they were: the VC-API knows no other refusal.
    Result<Json> issue(std::string_view profile, Json const& body, Instant now);
    Result<Json> derive(Json const& body);
    Result<Json> prove(Json const& body, Instant now);  ///< With the key of options.profile, else eddsa-rdfc-2022.
    Result<Json> verify_credential(Json const& body, Instant now);
    Result<Json> verify_presentation(Json const& body, Instant now);

  private:
    Result<IssuerKeys::DidKey> key_of(VcApiProfile const& profile);
    Json status_entry(VcApiProfile const& profile);
    VcApiSources sources(Instant now);
    Result<crypto::PublicKey> own_key(std::string const& method, Instant now);
    Result<std::optional<VcApiSources::ListedStatus>> own_status(VcApiSources::StatusEntry const& entry);
    std::string list_issuer(storage::Session& session, std::string const& issuer_id);
    std::string own_state(std::string const& credential_id);

    Services& services_;
    bool is_open_;
    VcApiLinkedData linked_data_;
};

/// The error as the VC-API answers it: 400 for whatever is wrong with what was sent.
Error as_bad_request(Error error);

}  // namespace itqan::domain
