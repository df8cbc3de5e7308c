#pragma once
// Open Badges 2.0 and 2.1: an award is a graph of documents (assertion -> badge class -> issuer, key, revocation list),
// each hosted by somebody. The graph is followed by fixed steps, so it has no loops and at most a dozen documents; what
// is judged is what stands at the addresses, never the copy that was sent. Read by verification_open_badge_2_graph.cpp,
// judged by the other files of this name with the check ids of all credentials.

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "schemas/open_badge_2.hpp"
#include "service/domain/verification_case.hpp"

namespace itqan::domain {

/// One document of the graph.
struct OpenBadge2Part {
    enum class Reach {
        missing,      ///< Nothing names it.
        awaited,      ///< It still has to be fetched.
        no_address,   ///< What names it is no web address.
        unreachable,  ///< `detail` says why.
        gone,         ///< The server answered that it was there and is no more (410).
        broken,       ///< Something else stands there.
        elsewhere,    ///< It is of another host by its own word, or by a redirect.
        read
    };

    Reach reach = Reach::missing;
    std::string reference = {};  ///< As written in what names it.
    std::string asked_as = {};   ///< The https address that was asked for; "" of a document inside another.
    std::string landed = {};     ///< The address on the same host that redirects led to; "" when there were none.
    std::string host = {};       ///< Of `asked_as`, or of the document around it.
    std::string detail = {};
    bool moved = false;  ///< It gives another address of the same host as its own.
    Json document = {};  ///< In one spelling; null unless read.
    std::vector<Violation> twice = {};

    bool is_read() const { return reach == Reach::read; }
};

struct OpenBadge2 {
    enum class Rule { none, hosted, signed_text };

    Rule rule = Rule::none;
    bool is_endorsement = false;
    bool is_reference = false;  ///< Only its address was given (an endorsement of another badge).
    Json sent = {};             ///< What was sent, in one spelling.
    OpenBadge2Part award = {}, badge = {}, issuer = {}, key = {};
    std::string issuer_id = {};  ///< The address that was asked for where there is one, else what the profile says.
    std::vector<InnerCredential> endorsements = {};
    bool has_too_many_endorsements = false;

    /// What is judged and shown: the hosted copy, the signed text, or for want of these what was sent.
    Json const& said() const { return award.is_read() ? award.document : sent; }
};

/// The kind of an Open Badges 2 or 1.x document; nothing for others. An award without a context that is known is one by
/// its form, so that the check of contexts can say what is wrong.
std::optional<CredentialKind> open_badge_2_kind_of(Json const& document);

/// Follows the graph as far as the documents go; may leave needs. Fills `Case::open_badge_2`.
void look_up_open_badge_2(Case& verified);
/// A document of the graph at `reference`.
OpenBadge2Part fetch_open_badge_2(Case& verified, std::string const& reference,
                                  std::initializer_list<schemas::OpenBadge2Class> wanted);

/// The check of this id for an Open Badges 2 award or a description; nothing where the common rule holds.
std::optional<Check> check_open_badge_2(std::string_view id, Case& verified);

Check check_open_badge_2_format(Case& verified);
Check check_open_badge_2_schema(Case& verified);
Check check_open_badge_2_contexts(Case& verified);
Check check_open_badge_2_proof(Case& verified);
Check check_open_badge_2_binding(Case& verified);
Check check_open_badge_2_validity(Case& verified);
Check check_open_badge_2_status(Case& verified);
Check check_open_badge_2_endorsements(Case& verified);
Check check_open_badge_2_recipient(Case& verified);

/// "Open Badges 2.0 assertion (hosted)".
std::string open_badge_2_in_words(Case const& verified);
/// What it says, for display (api.md).
Json said_by_open_badge_2(Case const& verified);
std::optional<Instant> open_badge_2_end(Case const& verified);
std::optional<Instant> open_badge_2_start(Case const& verified);

}  // namespace itqan::domain
