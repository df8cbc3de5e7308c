#pragma once
// What is the same in every badge of one achievement and language: its Achievement object, the results it attests, its
// issuer. Built once per programme and kept, because issuing reads it thousands of times a second.

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <nlohmann/json.hpp>

#include "schemas/canonical_part.hpp"
#include "schemas/open_badge.hpp"
#include "service/domain/addresses.hpp"
#include "service/domain/evidence.hpp"

namespace itqan::domain {

struct BadgeText {
    Json achievement;                                 ///< credentialSubject.achievement,
    CanonicalPart achievement_part;                   ///< and as it is signed.
    mutable std::atomic<bool> is_proven = false;      ///< A whole document with it was found well-formed.
    std::vector<schemas::AchievementResult> results;  ///< The level attested for each aligned competency.
    schemas::Profile issuer;
    std::string name;
};

class BadgeTexts {
  public:
    explicit BadgeTexts(Addresses const& addresses) : addresses_(addresses) {}

    std::shared_ptr<BadgeText const> of(Programme const& programme, Achievement const& achievement,
                                        std::string_view language);

  private:
    Addresses const& addresses_;
    std::mutex mutex_;
    std::uint64_t generation_ = 0;
    std::map<std::tuple<std::string, int, std::string>, std::shared_ptr<BadgeText const>> texts_;
};

/// The evidence of a badge in words (decision 9): activity, provider and month; no score, no person. `ids` are the
/// records that the evaluation names; those that prove nothing (failed, waiting, excluded) are left out.
std::vector<schemas::Evidence> evidence_in_words(Programme const& programme, Evidence const& evidence,
                                                 std::vector<std::string> const& ids, std::string_view language);

/// Identity of the subject (decision 6): the e-mail address salted and hashed, the name in clear only when wanted.
std::vector<schemas::IdentityObject> identity_of(std::string const& email, std::string const& name_to_show);

}  // namespace itqan::domain
