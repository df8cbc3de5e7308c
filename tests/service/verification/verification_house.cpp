#include "tests/service/verification/verification_house.hpp"

#include <doctest/doctest.h>

#include "crypto/data_integrity.hpp"
#include "crypto/jws.hpp"
#include "crypto/rdf_canonicalizer.hpp"
#include "crypto/vc_jwt.hpp"
#include "schemas/published_contexts.hpp"
#include "schemas/status_list_credential.hpp"
#include "tests/schemas/badge_samples.hpp"

namespace itqan::tests {

TestIssuer::TestIssuer(std::string slug, crypto::KeyType type)
    : slug_(std::move(slug)), signer_(crypto::PrivateKey::generate(type), "1") {}

Json TestIssuer::badge() const {
    auto credential = full_credential();
    credential.issuer.id = did();
    credential.status.front().id = list_address() + "#94567";
    credential.status.front().list_credential = list_address();
    return schemas::to_json(credential);
}

std::string TestIssuer::sign(Json const& credential) const {
    return crypto::issue_vc_jwt(signer_, kid(), credential);
}

std::string TestIssuer::sign_raw(std::string const& header, std::string const& payload) const {
    auto const input = base64url_encode(as_bytes(header)) + "." + base64url_encode(as_bytes(payload));
    return input + "." + base64url_encode(signer_.sign(as_bytes(input)));
}

Json TestIssuer::did_document() const {
    return crypto::did_document(did(), {}, {{"1", signer_.public_key(), kid(), revoked, std::nullopt}});
}

std::string TestIssuer::status_list(std::initializer_list<std::uint64_t> set, std::string const& purpose) const {
    crypto::StatusList bits;
    for (auto const position : set)
        bits.set(position);
    return status_list_of(bits.encode(), purpose);
}

std::string TestIssuer::status_list_of(std::string const& encoded, std::string const& purpose) const {
    schemas::StatusListFields fields;
    fields.id = list_address();
    fields.issuer = did();
    fields.valid_from = at("2026-11-01T00:00:00Z");
    fields.purpose = purpose;
    fields.encoded_list = encoded;
    return sign(schemas::to_json(fields));
}

void Verifier::knows(TestIssuer const& issuer) {
    knows(issuer.did(), issuer.did_document().dump());
    knows(issuer.list_address(), issuer.status_list());
}

void Verifier::knows(std::string const& address, std::string body) {
    domain::Document document;
    document.body = std::move(body);
    documents.insert_or_assign(address, document);
}

Result<domain::Report> Verifier::try_verify(std::string const& input) {
    domain::Question question{input, recipient, trusted_issuers, own_base};
    question.listed_issuers = listed_issuers;
    question.registries = registries;
    auto known = documents;
    asked.clear();
    for (int round = 0; round <= 6; ++round) {
        auto verification = domain::verify(question, known, now);
        if (!verification) return verification.error();
        if (verification->report) return std::move(*verification->report);
        REQUIRE_FALSE(verification->needs.empty());
        for (auto const& address : verification->needs) {
            if (known.contains(address)) continue;
            asked.push_back(address);
            if (edge)
                known[address] = edge(address);
            else
                known[address].failure = "nobody answers";
        }
    }
    FAIL("six rounds were not enough");
    return Error{Fault::unavailable, "rounds", "", {}};
}

domain::Report Verifier::verify(std::string const& input) {
    auto report = try_verify(input);
    REQUIRE_MESSAGE(report, report.error().code);
    return std::move(*report);
}

crypto::Canonicalizer const& canonicalizer() {
    static schemas::JsonLdProcessor const processor(schemas::published_contexts());
    static crypto::RdfCanonicalizer const made(processor);
    return made;
}

Json embed(Json document, TestIssuer const& signer, std::string const& method, std::string const& suite,
           std::vector<std::string> mandatory) {
    crypto::ProofOptions options;
    options.cryptosuite = suite;
    options.verification_method = method;
    options.created = at("2026-11-01T12:00:00Z");
    options.mandatory_pointers = std::move(mandatory);
    auto made = crypto::add_proof(std::move(document), options, signer.signer(), canonicalizer());
    REQUIRE_MESSAGE(made, made.error().detail);
    return std::move(*made);
}

std::string sample(std::string const& file) {
    return read_file(*shared_dir() / "vectors" / file);
}

void trust_method_of(Verifier& verifier, Json const& document) {
    auto const& issuer = document.at("issuer");
    auto const id = issuer.is_string() ? issuer.get<std::string>() : issuer.at("id").get<std::string>();
    auto const& proof = document.at("proof");
    auto const method = (proof.is_array() ? proof.front() : proof).at("verificationMethod").get<std::string>();
    REQUIRE(method.starts_with(id + "#"));
    verifier.knows(id,
                   Json{{"id", id},
                        {"verificationMethod", Json::array({{{"id", method},
                                                             {"type", "Multikey"},
                                                             {"controller", id},
                                                             {"publicKeyMultibase", method.substr(id.size() + 1)}}})},
                        {"assertionMethod", Json::array({method})}}
                       .dump());
}

domain::Check const& check_of(domain::Report const& report, std::string_view id) {
    for (auto const& check : report.checks)
        if (check.id == id) return check;
    throw std::runtime_error("the report has no check " + std::string(id));
}

std::string code_of(domain::Report const& report, std::string_view id) {
    return check_of(report, id).code;
}

std::string outcome_of(domain::Report const& report, std::string_view id) {
    return std::string(domain::check_outcome_name(check_of(report, id).outcome));
}

std::string findings(domain::Report const& report) {
    std::string codes;
    for (auto const& check : report.checks) {
        if (check.outcome == domain::CheckOutcome::pass || check.outcome == domain::CheckOutcome::absent) continue;
        codes += (codes.empty() ? "" : " ") + check.code;
    }
    return codes;
}

std::string summary(domain::Report const& report) {
    std::string text(domain::verdict_name(report.verdict));
    for (auto const& check : report.checks)
        if (check.outcome != domain::CheckOutcome::pass && check.outcome != domain::CheckOutcome::absent)
            text += "; " + check.code + " (" + std::string(domain::check_outcome_name(check.outcome)) +
                    "): " + check.detail;
    return text;
}

}  // namespace itqan::tests
