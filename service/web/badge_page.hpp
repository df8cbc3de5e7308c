#pragma once
// The public page of one credential, in the order that people know (status first). Pure: from the signed text, its row
// and the verdict to a Page; it reads no database and verifies nothing.

#include <optional>
#include <string>

#include "schemas/open_badge.hpp"
#include "service/domain/claims.hpp"
#include "service/domain/programme.hpp"
#include "service/domain/verification.hpp"
#include "service/web/page.hpp"

namespace itqan::web {

struct BadgePage {
    domain::CredentialView const& credential;
    domain::Programme const& programme;
    domain::Addresses const& addresses;
    domain::Report const* report = nullptr;  ///< The verifier's word on the credential; null: it could not be asked.
    Instant now;
    bool by_holder = false;  ///< The learner looks: hidden badges are shown with a note.
};

/// Error: malformed "credential-shape" when the stored credential cannot be read (a broken invariant of issuance).
Result<Page> badge_page(BadgePage const& facts, Locale const& locale);

/// The verdict and what the signed text says (kind, name, issuer, dates, description, criteria, skills, evidence),
/// without what can be done with a badge: for pages that show one before it is claimed. Error as badge_page().
Result<View> badge_view(BadgePage const& facts, Locale const& locale);

/// What our row says: "valid", "expired", "revoked" or "suspended".
std::string row_state(storage::CredentialRow const& row, Instant now);

/// "valid", "warning", "expired", "not-yet-valid", "revoked", "suspended", "invalid", "unchecked": the row's own state
/// first, then what the verifier found.
std::string badge_state(storage::CredentialRow const& row, domain::Report const* report, Instant now);

/// CSS class and sign of a state; colour never stands alone.
struct Tone {
    std::string_view name, icon;
};
Tone tone_of(std::string_view state);

/// What the signed text says of the highest level: "level 3 of 5, works with indirect supervision".
struct SignedLevel {
    int level = 0;  ///< 0: none.
    std::string name, description;
};
SignedLevel signed_level(schemas::AchievementSubject const& subject);
/// The level reached for one alignment, by the result description that has the same alignment.
SignedLevel signed_level_of(schemas::AchievementSubject const& subject, schemas::Alignment const& alignment);

/// Open Badges' achievementType in words ("ext:..." and unknown ones are "Badge").
std::string type_in_words(Locale const& locale, std::optional<std::string> const& type);

}  // namespace itqan::web
