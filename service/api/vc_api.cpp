// The VC-API (https://w3c-ccg.github.io/vc-api/): the W3C's suites and other people's software issue and verify over
// it.

#include "service/api/context.hpp"
#include "service/api/endpoint.hpp"

namespace itqan::api {
namespace {

Reply replied(int status, Result<Json> const& answer) {
    if (!answer) return answer.error();
    return json_reply(status, *answer);
}

Reply list_issuers(Call const& call) {
    return replied(200, call.context.vc_api->issuers());
}

Reply issue(Call const& call) {
    return replied(201, call.context.vc_api->issue(call.path("profile"), call.body, call.now));
}

Reply derive(Call const& call) {
    return replied(201, call.context.vc_api->derive(call.body));
}

Reply prove(Call const& call) {
    return replied(201, call.context.vc_api->prove(call.body, call.now));
}

Reply verify_credential(Call const& call) {
    return replied(200, call.context.vc_api->verify_credential(call.body, call.now));
}

Reply verify_presentation(Call const& call) {
    return replied(200, call.context.vc_api->verify_presentation(call.body, call.now));
}

Endpoint posted(std::string path, std::string summary, std::string request, int status, std::string answer,
                std::function<Reply(Call const&)> handle) {
    return {.verb = Verb::post,
            .path = std::move(path),
            .tag = "vc-api",
            .summary = std::move(summary),
            .payload = Payload::signed_document,
            .request = std::move(request),
            .status = status,
            .answer = std::move(answer),
            .is_vc_api = true,
            .handle = std::move(handle)};
}

/// The profiles' keys are the installation's: no issuer of the programme signs with what it shares with others.
Endpoint for_administrators(Endpoint endpoint, std::string description) {
    endpoint.roles = {Role::admin};
    endpoint.description = std::move(description);
    return endpoint;
}

}  // namespace

std::vector<Endpoint> vc_api_endpoints() {
    return {
        {.path = "/vc-api/issuers",
         .tag = "vc-api",
         .summary = "The issuing profiles with their did:keys",
         .description = "The addresses below /vc-api exist where the configuration says [vc_api] enabled = true.",
         .answer = "VcApiIssuers",
         .is_vc_api = true,
         .handle = list_issuers},
        for_administrators(
            posted("/vc-api/issuers/{profile}/credentials/issue", "Sign a credential with the key of a profile",
                   "VcApiIssue", 201, "VcApiCredential", issue),
            "The issuer is the profile's did:key, filled in where it is absent. What is wrong with the "
            "credential is 400. For administrators, since all issuers share these keys; an installation that is "
            "open to strangers asks no token."),
        for_administrators(
            posted("/vc-api/credentials/derive", "Show a part of a credential with a base proof", "VcApiDerive", 201,
                   "VcApiCredential", derive),
            "ecdsa-sd-2023: what its issuer made mandatory and what the pointers name. For administrators."),
        for_administrators(
            posted("/vc-api/presentations/prove", "Sign a presentation with the key of a profile", "VcApiProve", 201,
                   "VcApiPresentation", prove),
            "An embedded proof, purpose authentication, with challenge and domain. A holder that is named must "
            "be the profile's did:key. For administrators."),
        posted("/vc-api/credentials/verify", "Verify a credential of anybody", "VcApiVerifyCredential", 200,
               "VcApiVerified", verify_credential),
        posted("/vc-api/presentations/verify", "Verify a presentation and the credentials in it",
               "VcApiVerifyPresentation", 200, "VcApiVerified", verify_presentation),
    };
}

}  // namespace itqan::api
