// Was it issued to the person who is asked about: a subject id, a plain identity or a salted hash of one.

#include <algorithm>

#include "crypto/digest.hpp"
#include "schemas/identifier.hpp"
#include "schemas/text.hpp"
#include "service/domain/verification_case.hpp"

namespace itqan::domain {
namespace {

bool is_hash_of(std::string const& asked, schemas::IdentityObject const& identity) {
    auto const dollar = identity.identity_hash.find('$');
    if (dollar == std::string::npos) return false;
    auto const algorithm = identity.identity_hash.substr(0, dollar);
    auto const stored = ascii_lower(std::string_view(identity.identity_hash).substr(dollar + 1));
    auto const text = asked + identity.salt.value_or("");
    if (algorithm == "sha256") return crypto::sha256_hex(text) == stored;
    return algorithm == "md5" && !stored.empty() && crypto::md5_hex(text) == stored;
}

/// A random name of the subject says nothing to somebody who knows a person.
bool names_somebody(std::string const& subject_id) {
    return !subject_id.starts_with("urn:uuid:");
}

}  // namespace

bool is_identity_of(std::string const& asked, schemas::IdentityObject const& identity) {
    auto const lower = schemas::normalize_email(asked);
    // The specification is silent on letter case: as typed first, then in lower case.
    if (identity.hashed) return is_hash_of(asked, identity) || is_hash_of(lower, identity);
    return identity.identity_hash == asked || schemas::normalize_email(identity.identity_hash) == lower;
}

Check check_recipient(Case& c) {
    auto const& asked = *c.question.recipient;
    bool match = false, comparable = false;
    if (c.readable) {
        auto const& subject = c.readable->subject;
        if (subject.id) {
            comparable = names_somebody(*subject.id) || asked.starts_with("urn:uuid:");
            match = *subject.id == asked || *subject.id == "mailto:" + asked ||
                    *subject.id == "mailto:" + schemas::normalize_email(asked);
        }
        for (auto const& identity : subject.identifier) {
            if (identity.identity_type == "name") continue;
            comparable = true;
            match = match || is_identity_of(asked, identity);
        }
    }
    if (match)
        return make_check("recipient", CheckOutcome::pass, "recipient.match", "Issued to the person you asked about.");
    if (!comparable)
        return make_check("recipient", CheckOutcome::unchecked, "recipient.nobody",
                          "The badge names nobody that could be compared.");
    return make_check("recipient", CheckOutcome::fail, "recipient.other", "Not issued to the person you asked about.");
}

}  // namespace itqan::domain
