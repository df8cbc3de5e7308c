#pragma once
// What the edge fetched of other hosts for one question, as the domain is given it (decision 21): a value, so that
// neither layer knows the other.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "schemas/clock.hpp"

namespace itqan {

/// A document, or in `failure` why there is none: which address, and what went wrong.
struct Fetched {
    std::string body, media_type, failure;
    bool own_fault = false;          ///< The failure is ours (no place, the end): nothing is said about the address.
    bool gone = false;               ///< The server answered 410; `failure` says so, `body` may say more.
    std::string landed = {};         ///< The address at the end of redirects; "" when there were none.
    std::optional<Instant> at = {};  ///< When it came.
    /// By which exceptions of the installation it came (decision 22): "proxy", "allow HOST:PORT", "allow_private HOST".
    std::set<std::string> exceptions = {};
    /// What was read of the body, kept with it by the cache. The domain makes it and alone knows what it is.
    std::shared_ptr<void> reading = {};
};

/// What a question still needs of other hosts.
struct DocumentNeeds {
    std::vector<std::string> addresses;  ///< https URLs and DIDs.
    bool is_link = false;                ///< The one address is what was asked about: it may lead on, and is not kept.
    /// Those of `addresses` that may lead on to others, and say so in Fetched::landed: hosted documents of Open
    /// Badges 2.
    std::set<std::string, std::less<>> may_move = {};
    /// Those of `addresses` that are a person's own documents, as newer editions of a badge: they are not kept.
    std::set<std::string, std::less<>> personal = {};
    std::string client = {};  ///< For whom, as limits tell people apart; the edge fills it in.
};

struct FetchedDocuments {
    std::map<std::string, Fetched, std::less<>> by_address;  ///< By https URL or DID.
    int rounds = 0;                                          ///< How often was fetched for this question.
    /// What these documents take of the room for all questions; given back with the last copy.
    std::vector<std::shared_ptr<void const>> room = {};
};

}  // namespace itqan
