#pragma once
// Issuers that exist only in a test, the documents they would serve, and a verifier that is handed these and no others.

#include <functional>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "crypto/canonicalizer.hpp"
#include "crypto/did.hpp"
#include "crypto/signer.hpp"
#include "crypto/status_list.hpp"
#include "service/domain/verification.hpp"
#include "tests/support/shared.hpp"

namespace itqan::tests {

inline Instant at(std::string_view moment) {
    return *Instant::parse(moment);
}

/// "https://badges.example/issuers/SLUG", with one key, a DID document and a status list.
class TestIssuer {
  public:
    explicit TestIssuer(std::string slug, crypto::KeyType type = crypto::KeyType::ed25519);

    std::string did() const { return "did:web:badges.example:issuers:" + slug_; }
    std::string kid() const { return "https://badges.example/issuers/" + slug_ + "/keys/1"; }
    std::string list_address() const { return "https://badges.example/status/" + slug_; }
    crypto::LocalSigner const& signer() const { return signer_; }

    /// A whole badge of this issuer, valid from 2026-11-01 to 2028-10-31, position 94567 of its list.
    Json badge() const;
    std::string sign(Json const& credential) const;
    /// Header and payload as given, whatever they say.
    std::string sign_raw(std::string const& header, std::string const& payload) const;

    Json did_document() const;
    /// The list with these positions set.
    std::string status_list(std::initializer_list<std::uint64_t> set = {},
                            std::string const& purpose = "revocation") const;
    std::string status_list_of(std::string const& encoded, std::string const& purpose = "revocation") const;

    std::optional<Instant> revoked;  ///< Its key.

  private:
    std::string slug_;
    crypto::LocalSigner signer_;
};

/// Verifies as an edge would, with these documents; what is missing is out of reach. Fails the test after six rounds.
struct Verifier {
    domain::Documents documents = {};
    Instant now = at("2026-12-01T12:00:00Z");
    std::optional<std::string> recipient = {};
    std::vector<std::string> trusted_issuers = {};
    std::string own_base = {};
    std::vector<std::string> listed_issuers = {};
    std::vector<domain::Registry> registries = {};
    /// What an edge would answer for an address that is not among the documents; none: it is out of reach.
    std::function<domain::Document(std::string const& address)> edge = {};
    std::vector<std::string> asked = {};  ///< Addresses that were asked for and are not among the documents.

    /// DID document and an empty status list.
    void knows(TestIssuer const& issuer);
    void knows(std::string const& address, std::string body);

    Result<domain::Report> try_verify(std::string const& input);
    domain::Report verify(std::string const& input);
};

crypto::Canonicalizer const& canonicalizer();
/// The document with one more proof by the issuer's key, as `method` names it. Fails the test where it cannot be made.
Json embed(Json document, TestIssuer const& signer, std::string const& method,
           std::string const& suite = "eddsa-rdfc-2022", std::vector<std::string> mandatory = {});

/// A file of the published corpora, by its name in their manifest.
std::string sample(std::string const& file);
/// The sample's issuer as if it listed the key that stands in the fragment of the sample's verification method.
void trust_method_of(Verifier& verifier, Json const& document);

domain::Check const& check_of(domain::Report const& report, std::string_view id);
std::string code_of(domain::Report const& report, std::string_view id);
std::string outcome_of(domain::Report const& report, std::string_view id);
/// "proof.bad-signature status.revoked" of all that is neither good nor absent, in the order of the report.
std::string findings(domain::Report const& report);
/// "proof: proof.bad-signature ..." of every check that is no pass, for messages.
std::string summary(domain::Report const& report);

}  // namespace itqan::tests
