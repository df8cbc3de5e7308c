#pragma once
// The words of the mails: subject, plain text and HTML from templates and locales, the learner's language first and the
// other below. It reads no row and sends nothing.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/domain/programme.hpp"

namespace itqan::jobs {

enum class MailKind { claim, sign_in };

struct MailBadge {
    domain::Text name;
    std::optional<domain::Text> until;            ///< Last day in words; none: no expiry.
    std::optional<domain::Text> limited_by = {};  ///< The evidence that `until` comes from, when it runs out first.
    std::optional<domain::Text> issuer = {};      ///< Where the mail's badges have several.
};

struct MailFacts {
    MailKind kind = MailKind::claim;
    std::string first_language = "en";  ///< "en" or "ar".
    domain::Text learner;               ///< Empty: a greeting without a name.
    domain::Text issuer;
    std::vector<MailBadge> badges;  ///< Of a claim mail; at least one.
    std::string link;
    domain::Text link_until;  ///< Day in words, claim mails only.
    std::string controller, contact, privacy_url;
};

struct MailText {
    std::string subject, text, html;
};
MailText write_mail(MailFacts const& facts);

/// The CLDR plural category of a whole number in English or Arabic: zero, one, two, few, many, other.
std::string_view plural_category(std::string_view language, std::size_t count);

}  // namespace itqan::jobs
