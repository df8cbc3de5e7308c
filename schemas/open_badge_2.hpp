#pragma once
// Open Badges 2.0 and 2.1 documents: recognised, brought to one spelling, judged by the structural rules of the
// specification (sections 3 and 4). Nothing is expanded as linked data: the members are read by their names, and an
// inline context may not give these names another meaning. OB 1.x is recognised only.

#include <optional>
#include <string>
#include <vector>

#include "schemas/clock.hpp"
#include "schemas/json.hpp"

namespace itqan::schemas {

enum class OpenBadge2Class { assertion, endorsement, badge_class, profile, key, revocation_list, alignment, other };

/// By `type`, of a document in one spelling.
OpenBadge2Class open_badge_2_class(Json const& document);

/// Whether `@context` is that of Open Badges 2, names it in a list, or writes its vocabulary out.
bool has_open_badge_2_context(Json const& document);
/// Open Badges 1.1 by its context, 1.0 and older by their members.
bool is_open_badge_1(Json const& document);

/// A document in the names of the published context: "@id" as id, "obi:badge" and whole addresses as badge, `verify` as
/// verification, "obi:Assertion" as Assertion.
struct PlainOpenBadge2 {
    Json document;
    std::vector<Violation> twice = {};  ///< Members that are there under two names, of which one was dropped.
};
PlainOpenBadge2 plain_open_badge_2(Json const& document);

/// Every broken rule of one document in one spelling, without those written inside it that are classes of their own
/// (badge, issuer). Pointers begin with `prefix`.
std::vector<Violation> validate_open_badge_2(Json const& document, OpenBadge2Class as, std::string const& prefix = "");

/// What the contexts of a document are worth.
struct OpenBadge2Contexts {
    enum class Worth { published, missing, unknown, redefined } worth = Worth::missing;
    std::string context = {};  ///< The unknown one, or the term that means something else.
    bool published = false;    ///< The published context, or one written out that says the same, is among them.
};
OpenBadge2Contexts judge_open_badge_2_contexts(Json const& document);

/// ISO 8601 as issuers write it: RFC 3339, without seconds, a day alone (its start), or seconds since 1970.
std::optional<Instant> open_badge_2_instant(Json const& value);

/// Extension nodes (section 5) anywhere in the document. The two published schemas that verifiers are tested with are
/// compiled in; no other is known and none is fetched.
struct OpenBadge2Extensions {
    std::vector<Violation> broken = {};
    std::string unknown = {};  ///< Type of the first without a known schema.
};
OpenBadge2Extensions judge_open_badge_2_extensions(Json const& document, std::string const& prefix = "");

}  // namespace itqan::schemas
