// What several proofs of one document share, and what several documents may cost together.

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "crypto/did.hpp"
#include "schemas/rdf_nquads.hpp"
#include "tests/crypto/integrity_support.hpp"

using namespace itqan;
using namespace itqan::crypto;
using tests::fault_code;
using tests::instant;
using tests::small_contexts;

namespace {

/// Counts how often the document is asked for, by the member that proofs have not.
class CountingCanonicalizer final : public Canonicalizer {
  public:
    Result<std::string> canonical_nquads(Json const& document, HashAlgorithm hash) const override {
        if (document.contains("name")) ++documents;
        if (refuses && document.contains("name")) return Error{Fault::too_large, "rdf-work-limit", "Too much."};
        return small_contexts().canonicalizer.canonical_nquads(document, hash);
    }
    Result<std::vector<std::string>> named_nquads(Json const& document, NameNode const& name) const override {
        return small_contexts().canonicalizer.named_nquads(document, name);
    }
    Result<GroupedQuads> group_nquads(Json const& document, NameNode const& name,
                                      std::vector<std::vector<std::string>> const& groups) const override {
        return small_contexts().canonicalizer.group_nquads(document, name, groups);
    }

    bool refuses = false;
    mutable int documents = 0;
};

Json signable_person() {
    auto document = tests::person();
    document["@context"].push_back(tests::proofs_url);
    return document;
}

Json with_proof_of(Json document, char const* suite, KeyType type, ProofOptions options = {}) {
    LocalSigner const signer(PrivateKey::generate(type), "key");
    options.cryptosuite = suite;
    options.verification_method = resolve_did_key(did_key(signer.public_key()))->verification_method;
    auto made = add_proof(std::move(document), options, signer, small_contexts().canonicalizer);
    REQUIRE_MESSAGE(made, made.error().detail);
    return std::move(*made);
}

std::vector<ProofReport> reports_on(Json const& document, Canonicalizer const& canonicalizer) {
    auto reports = judge_proofs(document, {instant("2026-11-27T12:00:00Z")}, {}, canonicalizer);
    REQUIRE(reports);
    return std::move(*reports);
}

int count_verified(std::vector<ProofReport> const& reports) {
    return static_cast<int>(
        std::count_if(reports.begin(), reports.end(), [](ProofReport const& each) { return each.verified(); }));
}

/// As many nodes that only their neighbours tell apart.
schemas::Dataset equal_ring(std::size_t count) {
    schemas::Dataset data;
    auto const link = data.iri("a:p");
    std::vector<schemas::TermId> nodes;
    for (std::size_t i = 0; i < count; ++i)
        nodes.push_back(data.new_blank_node());
    for (std::size_t i = 0; i < count; ++i)
        data.add({nodes[i], link, nodes[(i + 1) % count]});
    return data;
}

class BudgetHash final : public schemas::CanonHash {
  public:
    std::size_t size() const override { return 32; }
    void hash(std::string_view text, std::uint8_t* digest) override {
        auto const made = sha256(as_bytes(text));
        std::copy(made.begin(), made.end(), digest);
    }
};

}  // namespace

TEST_CASE("sixteen proofs canonicalise their document once per hash algorithm") {
    auto document = signable_person();
    for (int i = 0; i < 15; ++i)
        document = with_proof_of(std::move(document), "eddsa-rdfc-2022", KeyType::ed25519);
    document = with_proof_of(std::move(document), "ecdsa-rdfc-2019", KeyType::p384);
    CountingCanonicalizer const counting;

    auto const reports = reports_on(document, counting);

    CHECK(count_verified(reports) == 16);
    CHECK(counting.documents == 2);
    CHECK(reports.at(14).hashes.document_hash == reports.front().hashes.document_hash);
    CHECK(reports.at(15).hashes.document_hash != reports.front().hashes.document_hash);
    CHECK_FALSE(reports.front().hashes.canonical_document.empty());
    CHECK(reports.at(14).hashes.canonical_document.empty());
}

TEST_CASE("a proof that builds on another signs a document of its own") {
    ProofOptions first, second;
    first.id = "urn:proof:1";
    second.previous_proof = {"urn:proof:1"};
    auto document = with_proof_of(signable_person(), "eddsa-rdfc-2022", KeyType::ed25519, first);
    document = with_proof_of(std::move(document), "eddsa-rdfc-2022", KeyType::ed25519, second);
    document = with_proof_of(std::move(document), "eddsa-rdfc-2022", KeyType::ed25519);
    CountingCanonicalizer const counting;

    auto const reports = reports_on(document, counting);

    CHECK(count_verified(reports) == 3);
    CHECK(counting.documents == 2);
    CHECK(reports.at(1).hashes.document_hash != reports.at(0).hashes.document_hash);
    CHECK(reports.at(2).hashes.document_hash == reports.at(0).hashes.document_hash);

    document["name"] = "Nobody";
    CHECK(count_verified(reports_on(document, counting)) == 0);
}

TEST_CASE("proofs over JSON share what they sign where its contexts are the same") {
    auto document = signable_person();
    for (int i = 0; i < 2; ++i)
        document = with_proof_of(std::move(document), "eddsa-jcs-2022", KeyType::ed25519);
    document["@context"].push_back({{"other", "urn:other"}});
    for (int i = 0; i < 2; ++i)
        document = with_proof_of(std::move(document), "eddsa-jcs-2022", KeyType::ed25519);

    auto const reports = reports_on(document, tests::NoRdf());

    CHECK(count_verified(reports) == 4);
    CHECK(reports.at(1).hashes.document_hash == reports.at(0).hashes.document_hash);
    CHECK(reports.at(2).hashes.document_hash != reports.at(0).hashes.document_hash);
    CHECK(reports.at(3).hashes.document_hash == reports.at(2).hashes.document_hash);

    document["name"] = "Nobody";
    CHECK(count_verified(reports_on(document, tests::NoRdf())) == 0);
}

TEST_CASE("what is refused for one proof is refused for all at once") {
    auto document = signable_person();
    for (int i = 0; i < 3; ++i)
        document = with_proof_of(std::move(document), "eddsa-rdfc-2022", KeyType::ed25519);
    CountingCanonicalizer counting;
    counting.refuses = true;

    auto const reports = reports_on(document, counting);

    CHECK(counting.documents == 1);
    for (auto const& report : reports) {
        REQUIRE(report.fault);
        CHECK(report.fault->code == "rdf-work-limit");
    }
}

TEST_CASE("datasets draw on one budget, whether they are canonicalised or refused") {
    BudgetHash hash;
    auto const dataset = equal_ring(30);
    schemas::CanonBudget budget(1'000'000);
    REQUIRE(schemas::canonicalise(dataset, hash, {}, &budget));
    auto const one = 1'000'000 - budget.left();
    REQUIRE(one > 0);

    schemas::CanonBudget twice(2 * one), less(one - 1);
    CHECK(fault_code(schemas::canonicalise(dataset, hash, {}, &twice)) == "");
    CHECK(twice.left() == one);
    CHECK(fault_code(schemas::canonicalise(dataset, hash, {}, &twice)) == "");
    CHECK(twice.left() == 0);
    CHECK(fault_code(schemas::canonicalise(dataset, hash, {}, &twice)) == "rdf-work-limit");

    schemas::CanonBudget tangled(1'000'000);
    CHECK(fault_code(schemas::canonicalise(dataset, hash, {.work = 1'000}, &tangled)) == "rdf-work-limit");
    CHECK(tangled.left() < 1'000'000 - 1'000);
    CHECK(fault_code(schemas::canonicalise(equal_ring(1'000), hash, {}, &less)) == "rdf-work-limit");
    CHECK(less.left() == 0);
}

TEST_CASE("documents draw on one budget for JSON-LD and RDF") {
    auto const& small = small_contexts();
    auto const cost_of = [&](Json const& document) {
        schemas::CanonBudget budget(100'000'000);
        RdfCanonicalizer const canonicalizer(small.processor, {}, &budget);
        REQUIRE(canonicalizer.canonical_nquads(document, HashAlgorithm::sha256));
        return 100'000'000 - budget.left();
    };
    auto with_terms = signable_person();
    auto terms = Json::object();
    for (int i = 0; i < 500; ++i)
        terms["t" + std::to_string(i)] = "urn:t" + std::to_string(i);
    with_terms["@context"].push_back(terms);
    auto const plain = cost_of(signable_person());
    REQUIRE(plain > 0);
    CHECK(cost_of(with_terms) > plain + 500);

    schemas::CanonBudget budget(2 * plain + plain / 2);
    RdfCanonicalizer const canonicalizer(small.processor, {}, &budget);
    CHECK(fault_code(canonicalizer.canonical_nquads(signable_person(), HashAlgorithm::sha256)) == "");
    CHECK(fault_code(canonicalizer.named_nquads(signable_person(),
                                                [](std::size_t i) { return "n" + std::to_string(i); })) == "");
    auto const third = canonicalizer.canonical_nquads(signable_person(), HashAlgorithm::sha256);
    REQUIRE_FALSE(third);
    CHECK(third.error().fault == Fault::too_large);
    CHECK(fault_code(canonicalizer.canonical_nquads(signable_person(), HashAlgorithm::sha256)) == "rdf-work-limit");
}
