#pragma once
// The VC-API over an installation, without a socket, and the documents that its tests send.

#include <map>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "crypto/data_integrity.hpp"
#include "service/api/routes.hpp"
#include "service/http/router.hpp"
#include "tests/service/starter_house.hpp"

namespace itqan::tests {

struct Replied {
    int status = 0;
    std::string media_type;
    Json body;  ///< Null when it is no JSON.

    std::string code() const { return body.is_object() ? text_member(body, "code") : std::string(); }
    /// The pointers of the errors, separated by blanks.
    std::string pointers() const;
    /// Whether `checks` names it. False when there are none.
    bool passed(std::string_view check) const;
};

class VcApiHouse {
  public:
    explicit VcApiHouse(domain::VcApiSettings const& settings = {true, true, schemas::canon_limits::production});

    Replied send(std::string const& method, std::string const& path, std::string const& body,
                 std::string const& token = "");
    Replied post(std::string const& path, Json const& body) { return send("POST", "/vc-api/" + path, body.dump()); }
    Replied issue(std::string const& profile, Json const& credential, Json const& options = Json::object()) {
        return post("issuers/" + profile + "/credentials/issue", {{"credential", credential}, {"options", options}});
    }
    Replied verify(Json const& credential, Json const& options = {{"checks", {"proof"}}}) {
        return post("credentials/verify", {{"verifiableCredential", credential}, {"options", options}});
    }
    Replied verify_presentation(Json const& presentation, Json const& options = Json::object()) {
        return post("presentations/verify", {{"verifiablePresentation", presentation}, {"options", options}});
    }

    /// The credential that a profile signs; throws where it refuses.
    Json issued(std::string const& profile, Json const& credential, Json const& options = Json::object());
    std::string did(std::string const& profile);
    std::string token(Role role, std::string const& body = "");

    StarterHouse house;

  private:
    auth::Guard guard_{house.database(), house.clock, house.addresses.base()};
    http::RateLimits rates_;
    api::ApiContext context_;
    http::Router router_;
};

/// One house for the tests that change nothing in it.
VcApiHouse& common_house();

Json credential_2();  ///< VCDM 2.0, the least there is, without an issuer.
Json credential_1();  ///< VCDM 1.1.

/// The same document signed by a key that is not the house's.
Json signed_by_stranger(Json document, crypto::ProofOptions options, crypto::KeyType type);

}  // namespace itqan::tests
