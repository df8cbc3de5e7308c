#pragma once
// A web of Open Badges 2 documents for a test: the published one of the public validator, and a small one of our own.

#include <nlohmann/json.hpp>

#include "tests/service/verification/verification_house.hpp"

namespace itqan::tests {

/// The published assets, each at its https address.
void serve_published_assets(Verifier& verifier);
/// A document at its own id, as https, as an issuer would serve it.
void serve_at_own_id(Verifier& verifier, Json const& document);

/// An award, what was awarded, who awarded it and the key, all at https://badges.example. Change a document, then call
/// serve().
struct OpenBadge2House {
    OpenBadge2House();

    TestIssuer issuer;
    Json assertion, badge, profile, key, revocations;
    Verifier verifier = {};

    void serve();
    /// As the issuer shows it.
    domain::Report verify_hosted();
    /// The assertion as a token under the key.
    std::string signed_assertion() const;
    void make_signed();
};

}  // namespace itqan::tests
