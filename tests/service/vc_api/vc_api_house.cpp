#include "tests/service/vc_api/vc_api_house.hpp"

#include <algorithm>

#include "crypto/did.hpp"
#include "service/auth/tokens.hpp"

namespace itqan::tests {
namespace {

http::RateSettings unlimited() {
    http::RateSettings settings;
    settings.is_exempt = [](std::string_view) { return true; };
    return settings;
}

domain::VcApiLinkedData const& strangers_linked_data() {
    static domain::VcApiLinkedData const linked_data(schemas::canon_limits::production);
    return linked_data;
}

}  // namespace

std::string Replied::pointers() const {
    std::string all;
    if (!body.is_object() || !body.contains("errors")) return all;
    for (auto const& error : body.at("errors"))
        all += (all.empty() ? "" : " ") + error.at("pointer").get<std::string>();
    return all;
}

bool Replied::passed(std::string_view check) const {
    if (!body.is_object() || !body.contains("checks")) return false;
    auto const& checks = body.at("checks");
    return std::find(checks.begin(), checks.end(), check) != checks.end();
}

VcApiHouse::VcApiHouse(domain::VcApiSettings const& settings)
    : rates_(unlimited()), context_(house.services, guard_, rates_, settings), router_(api::api_routes(context_)) {}

Replied VcApiHouse::send(std::string const& method, std::string const& path, std::string const& body,
                         std::string const& token) {
    http::Request request;
    request.method = method;
    request.path = path;
    request.client = "192.0.2.1";
    request.body = body;
    request.headers.add("host", "badges.example");
    if (!token.empty()) request.headers.add("authorization", "Bearer " + token);
    if (!body.empty()) request.headers.add("content-type", "application/json");
    auto const response = router_.handle(request);
    Replied replied{response.status, std::string(response.headers.get("content-type")),
                    Json::parse(response.body, nullptr, false)};
    if (replied.body.is_discarded()) replied.body = nullptr;
    return replied;
}

Json VcApiHouse::issued(std::string const& profile, Json const& credential, Json const& options) {
    auto const replied = issue(profile, credential, options);
    if (replied.status != 201) throw std::runtime_error("not issued: " + replied.body.dump());
    return replied.body.at("verifiableCredential");
}

std::string VcApiHouse::did(std::string const& profile) {
    auto const listed = send("GET", "/vc-api/issuers", "").body;
    for (auto const& issuer : listed.at("issuers"))
        if (issuer.at("profile") == profile) return issuer.at("id");
    throw std::runtime_error("no profile " + profile);
}

std::string VcApiHouse::token(Role role, std::string const& body) {
    auth::NewToken wanted;
    wanted.role = role;
    if (role == Role::issuer) wanted.issuer_id = body;
    if (role == Role::provider) wanted.provider_id = body;
    wanted.expires_at = Instant{house.clock.now.milliseconds + 3'600'000};
    return house.database()
        .write([&](storage::Session& s) { return auth::create_token(s, wanted, Actor{}, house.clock.now); })
        .secret;
}

VcApiHouse& common_house() {
    static VcApiHouse house;
    return house;
}

Json credential_2() {
    return {{"@context", {"https://www.w3.org/ns/credentials/v2"}},
            {"type", {"VerifiableCredential"}},
            {"credentialSubject", {{"id", "did:example:subject"}}}};
}

Json credential_1() {
    return {{"@context", {"https://www.w3.org/2018/credentials/v1", {{"name", "https://schema.org/name"}}}},
            {"id", "urn:uuid:0b6a1a3f-8f1d-4f5c-9a71-1a3a3b1c2d3e"},
            {"type", {"VerifiableCredential"}},
            {"issuanceDate", "2026-01-01T00:00:00Z"},
            {"credentialSubject", {{"id", "did:example:subject"}, {"name", "Layla"}}}};
}

Json signed_by_stranger(Json document, crypto::ProofOptions options, crypto::KeyType type) {
    crypto::LocalSigner const signer(crypto::PrivateKey::generate(type), "stranger");
    auto const did = crypto::did_key(signer.public_key());
    if (options.verification_method.empty()) options.verification_method = did + "#" + did.substr(8);
    if (document.contains("credentialSubject") && !document.contains("issuer")) document["issuer"] = did;
    auto proven = crypto::add_proof(std::move(document), options, signer, strangers_linked_data().canonicalizer());
    if (!proven) throw std::runtime_error(proven.error().code + ": " + proven.error().detail);
    return *std::move(proven);
}

}  // namespace itqan::tests
