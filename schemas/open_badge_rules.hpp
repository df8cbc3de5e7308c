#pragma once
// The structural rules of Open Badges 3.0 (VCDM 2.0 and 1.1 forms), by JSON Pointer. Proofs, status, dates against a
// clock and the reach of JSON-LD contexts are judged elsewhere.

#include <vector>

#include "schemas/json.hpp"

namespace itqan::schemas {

/// Which readings a document is given. `published` is for what others made: single values may stand for lists, a
/// number for statusListIndex, and older Open Badges contexts are allowed. `own` is what we sign: VCDM 2.0 only, arrays
/// always arrays, the 3.0.3 context.
enum class OpenBadgeProfile { published, own };

/// Every broken rule with the pointer of the offending member (the parent's pointer + "/name" when it is missing);
/// empty when the document is a well-formed badge. The order is that of the document's rules and stable.
std::vector<Violation> validate_open_badge(Json const& document,
                                           OpenBadgeProfile profile = OpenBadgeProfile::published);

/// The same for an EndorsementCredential by itself, as others publish it.
std::vector<Violation> validate_endorsement(Json const& document);

/// The same for a ClrCredential (Comprehensive Learner Record 2.0), without what stands in `verifiableCredential`: the
/// credentials in a record are documents of their own.
std::vector<Violation> validate_learner_record(Json const& document);

}  // namespace itqan::schemas
