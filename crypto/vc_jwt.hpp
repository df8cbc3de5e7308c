#pragma once
// Credentials as VC-JWT (Open Badges 3.0 section 8.2): the credential itself is the payload, beside registered claims
// that repeat it. Reading checks the form; whose key signed and what time it is are the verifier's business.

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "crypto/jws.hpp"
#include "schemas/canonical_part.hpp"
#include "schemas/result.hpp"

namespace itqan::crypto {

/// Header {alg, kid, typ: "JWT"}; payload = the credential plus iss = issuer.id, jti = id, sub = credentialSubject.id,
/// nbf = validFrom and, when there is validUntil, exp. Throws std::invalid_argument when one of these is missing or the
/// credential already has a registered claim.
std::string issue_vc_jwt(Signer const& signer, std::string_view kid, Json const& credential);
/// The same for a credential with a large part that was written earlier.
std::string issue_vc_jwt(Signer const& signer, std::string_view kid, Json const& credential, CanonicalPart const& part);

struct VcJwt {
    CompactJws jws;
    Json payload;
    /// The payload without its registered claims (iss, sub, aud, exp, nbf, iat, jti). When `wrapped` (VCDM 1.1), the
    /// object in `vc` with id, issuer, subject id and dates filled in from the claims where it lacks them.
    Json credential;
    bool wrapped = false;
};

/// Errors: those of parse_compact_jws and parse_json; malformed "vc-jwt" when the payload is no JSON object.
Result<VcJwt> read_vc_jwt(std::string_view text, JwsRules const& rules = {},
                          JsonLimits const& limits = json_limits::credential);

/// One registered claim that does not say what the credential says.
struct ClaimFault {
    enum class Kind { missing, contradiction };
    Kind kind;
    Violation violation;  ///< The pointer is into the payload: "/iss".
};

/// Compares claims and credential: iss = issuer id, jti = id, sub = subject id, nbf = validFrom (or issuanceDate) in
/// whole seconds, exp = validUntil (or expirationDate) or neither; a `vc` member only with a VCDM 1.1 context and
/// nothing of a credential beside it. Empty when they agree. A contradiction refuses the token; a missing claim alone
/// is a warning.
std::vector<ClaimFault> check_vc_jwt_claims(VcJwt const& token);

}  // namespace itqan::crypto
