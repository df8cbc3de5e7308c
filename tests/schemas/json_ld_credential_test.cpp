// What others signed: the canonical N-Quads that W3C publishes beside signed credentials, and documents in the wild.
#include <doctest/doctest.h>

#include <functional>
#include <sstream>

#include "schemas/json_ld_policy.hpp"
#include "schemas/rdf_canon.hpp"
#include "tests/schemas/json_ld_cases.hpp"
#include "tests/support/evp_canon_hash.hpp"
#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::schemas;

namespace {

Json vector_file(std::string const& path) {
    return Json::parse(tests::read_file(*tests::shared_dir() / "vectors" / path));
}

DocumentTable published_contexts() {
    DocumentTable table;
    auto const add = [&table](std::string url, std::string const& path) {
        table.add(std::move(url), vector_file(path));
    };
    add("https://www.w3.org/ns/credentials/v2", "contexts-w3c/credentials-v2.jsonld");
    add("https://www.w3.org/ns/credentials/examples/v2", "contexts-w3c/credentials-examples-v2.jsonld");
    add("https://w3id.org/citizenship/v4rc1", "contexts-w3c/citizenship-v4rc1.jsonld");
    add("https://w3id.org/security/data-integrity/v2", "validator/contexts/data-integrity-v1.jsonld");
    add("https://w3id.org/security/suites/ed25519-2020/v1", "vc-di-eddsa/contexts/lds-ed25519-2020-v1.json");
    add("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", "validator/contexts/ob-v3p0-3.0.3.json");
    return table;
}

/// The file up to its last line, which some end with a line feed and some do not.
std::string lines_of(std::string const& path) {
    auto text = tests::read_file(*tests::shared_dir() / "vectors" / path);
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    return text + "\n";
}

/// Every document that differs in one leaf, in one name or in one member more.
void for_each_mutant(Json& document, Json& place, std::function<void(std::string const&)> const& visit) {
    auto const original = place;
    if (place.is_string()) {
        place = original.get<std::string>() + "x";
        visit("longer text");
        place = original.get<std::string>().substr(1);
        visit("shorter text");
    } else if (place.is_array()) {
        for (std::size_t i = 0; i < original.size(); ++i) {
            for_each_mutant(document, place[i], visit);
            place.erase(i);
            visit("without an element");
            place = original;
        }
    } else if (place.is_object()) {
        for (auto const& [name, value] : original.items()) {
            CAPTURE(name);
            for_each_mutant(document, place[name], visit);
            place.erase(name);
            visit("without a member");
            place[name + "x"] = value;
            visit("with a renamed member");
            place = original;
        }
        for (std::string const name : {"unknown", "name", "@unknown", "@index"}) {
            if (original.contains(name)) continue;
            place[name] = "added";
            visit("with a member more");
            place = original;
        }
    }
    place = original;
}

/// The canonical form, or the code of what refuses the document.
std::string signed_form(JsonLdProcessor const& processor, Json const& document) {
    auto const dataset = processor.to_rdf(document, signing_options());
    if (!dataset) return dataset.error().code;
    tests::EvpCanonHash hash;
    return (*canonicalise(*dataset, hash)).nquads;
}

}  // namespace

TEST_SUITE("json_ld_credential") {
    TEST_CASE("credentials and proofs have the canonical form that W3C signed") {
        NEEDS_SHARED();
        auto const table = published_contexts();
        JsonLdProcessor const processor(table);
        struct Signed {
            std::string folder, document, canonical_document, proof, canonical_proof;
            char const* hash = "SHA256";
        };
        std::string const eddsa = "vc-di-eddsa/TestVectors/";
        std::string const ecdsa = "vc-di-ecdsa/TestVectors/";
        std::vector<Signed> const all{
            {eddsa + "eddsa-rdfc-2022/", eddsa + "unsigned.json", "canonDocDataInt.txt", "proofConfigDataInt.json",
             "proofCanonDataInt.txt"},
            {eddsa + "eddsa-rdfc-2022/employ/", eddsa + "employmentAuth.json", "canonDocDataInt.txt",
             "proofConfigDataInt.json", "proofCanonDataInt.txt"},
            {ecdsa + "ecdsa-rdfc-2019-p256/", ecdsa + "unsigned.json", "canonDocECDSAP256.txt",
             "proofConfigECDSAP256.json", "proofCanonECDSAP256.txt"},
            {ecdsa + "ecdsa-rdfc-2019-p256/employ/", eddsa + "employmentAuth.json", "canonDocECDSAP256.txt",
             "proofConfigECDSAP256.json", "proofCanonECDSAP256.txt"},
            {ecdsa + "ecdsa-rdfc-2019-p384/", ecdsa + "unsigned.json", "canonDocECDSAP384.txt",
             "proofConfigECDSAP384.json", "proofCanonECDSAP384.txt", "SHA384"},
            {ecdsa + "ecdsa-rdfc-2019-p384/employ/", eddsa + "employmentAuth.json", "canonDocECDSAP384.txt",
             "proofConfigECDSAP384.json", "proofCanonECDSAP384.txt", "SHA384"}};

        for (auto const& vector : all) {
            CAPTURE(vector.folder);
            for (auto const& [document, expected] : {std::pair(vector.document, vector.canonical_document),
                                                     std::pair(vector.folder + vector.proof, vector.canonical_proof)}) {
                CAPTURE(document);
                auto const dataset = processor.to_rdf(vector_file(document), signing_options());
                REQUIRE_MESSAGE(dataset, dataset.error().detail);
                tests::EvpCanonHash hash(vector.hash);
                auto const canonical = canonicalise(*dataset, hash);
                REQUIRE(canonical);
                CHECK(canonical->nquads == lines_of(vector.folder + expected));
            }
        }
    }

    TEST_CASE("no change of a signed document leaves what is signed as it was") {
        NEEDS_SHARED();
        auto const table = published_contexts();
        JsonLdProcessor const processor(table);
        auto const cases = vector_file("attacks/jsonld-attacks/cases.json");
        int mutants = 0;

        for (auto document : {cases.at(0).at("document"), vector_file("vc-di-eddsa/TestVectors/unsigned.json"),
                              vector_file("vc-di-eddsa/TestVectors/employmentAuth.json")}) {
            auto const original = signed_form(processor, document);
            REQUIRE(original.ends_with(".\n"));
            for_each_mutant(document, document, [&](std::string const& change) {
                ++mutants;
                CAPTURE(change);
                CHECK(signed_form(processor, document) != original);
            });
            CHECK(signed_form(processor, document) == original);
        }

        CHECK(mutants > 250);
    }

    TEST_CASE("what a suite's reference server issues is no loss and hides nothing") {
        NEEDS_SHARED();
        auto const table = published_contexts();
        JsonLdProcessor const processor(table);
        auto const wire = tests::read_file(*tests::shared_dir() / "vectors/w3c-wire/vcdm.jsonl");
        std::istringstream lines(wire);
        int accepted = 0;
        std::map<std::string, int> refused;

        for (std::string line; std::getline(lines, line);) {
            auto const entry = Json::parse(line);
            if (entry.at("expect") != "2xx" || entry.at("endpoint") != "/credentials/issue") continue;
            auto const& credential = entry.at("body").at("credential");
            auto const policy = check_linked_document(credential);
            auto const dataset = processor.to_rdf(credential, signing_options());
            auto const* error = !policy ? &policy.error() : !dataset ? &dataset.error() : nullptr;
            if (error == nullptr) {
                ++accepted;
            } else {
                ++refused[error->code + " at " + error->violations.at(0).pointer];
            }
        }

        std::map<std::string, int> const expected{{"json-ld-inline-context at /@context", 11}};
        CHECK(refused == expected);
        CHECK(accepted == 39);
    }
}
