// Leaf mutation: whatever is changed in a signed document, it must stop to verify.

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <set>

#include "crypto/data_integrity.hpp"
#include "crypto/did.hpp"
#include "schemas/published_contexts.hpp"
#include "tests/crypto/integrity_support.hpp"

using namespace itqan;
using namespace itqan::crypto;
using tests::instant;

namespace {

std::vector<Json> other_values(Json const& leaf) {
    if (leaf.is_number()) return {leaf.get<double>() + 1, -leaf.get<double>() - 1, nullptr, "5", true};
    if (leaf.is_boolean()) return {!leaf.get<bool>(), nullptr, "true", 1};
    if (!leaf.is_string()) return {"", 0, false};
    auto const text = leaf.get<std::string>();
    std::vector<Json> others{text + "x", text + " ", " " + text,    "x" + text,    "",
                             nullptr,    0,          Json::array(), Json::object()};
    if (text.empty()) return others;
    for (auto const at : {std::size_t{0}, text.size() / 2, text.size() - 1}) {
        auto changed = text;
        changed[at] = changed[at] == 'a' ? 'b' : 'a';
        others.emplace_back(changed);
        others.emplace_back(text.substr(0, at) + text.substr(at + 1));
    }
    return others;
}

/// Members that were not there, or stand for others, or say nothing.
std::vector<std::pair<std::string, Json>> new_members() {
    return {{"mutation", "x"},
            {"mutation", 5},
            {"mutation", true},
            {"mutation", nullptr},
            {"mutation", Json::array()},
            {"mutation", Json::array({nullptr})},
            {"mutation", Json::object()},
            {"mutation", {{"id", "urn:a:b"}}},
            {"mutation", {{"@value", nullptr}}},
            {"mutation", {{"@set", Json::array()}}},
            {"https://mutation.example/", "x"},
            {"name", "Mallory"},
            {"description", nullptr},
            {"id", "urn:a:b"},
            {"type", "urn:a:b"},
            {"type", Json::array()},
            {"@id", "urn:a:b"},
            {"@type", "urn:a:b"},
            {"@type", Json::array()},
            {"@context", {{"name", "urn:a:b"}}},
            {"@context", Json::object()},
            {"@context", Json::array()},
            {"@language", "en"},
            {"@direction", "rtl"},
            {"@included", {{"name", "x"}}},
            {"@included", Json::array()},
            {"@graph", Json::array()},
            {"@nest", Json::object()},
            {"@nest", {{"name", "Mallory"}}},
            {"@reverse", Json::object()},
            {"@set", Json::array()},
            {"@list", Json::array()},
            {"@value", "x"},
            {"@unknown", "x"}};
}

/// What the names in a document mean somewhere in its contexts: IRIs, and the types that values get with them.
using Meanings = std::map<std::string, std::set<std::pair<std::string, std::string>>>;

void add_meanings(Json const& context, Json const& prefixes, Meanings& meanings) {
    if (context.is_array()) {
        for (auto const& each : context)
            add_meanings(each, prefixes, meanings);
    }
    if (!context.is_object()) return;
    auto known = prefixes;
    known.update(context);
    auto const absolute = [&known](std::string const& name) {
        auto const colon = name.find(':');
        auto const prefix = known.find(name.substr(0, colon));
        if (colon == std::string::npos || prefix == known.end() || !prefix->is_string()) return name;
        return prefix->get<std::string>() + name.substr(colon + 1);
    };
    for (auto const& [term, definition] : context.items()) {
        if (definition.is_string()) meanings[term].emplace(absolute(definition.get<std::string>()), "");
        if (!definition.is_object()) continue;
        if (definition.contains("@id") && definition.at("@id").is_string())
            meanings[term].emplace(absolute(definition.at("@id").get<std::string>()),
                                   absolute(definition.value("@type", "")));
        if (definition.contains("@context")) add_meanings(definition.at("@context"), known, meanings);
    }
}

Meanings meanings_in(Json const& document) {
    Meanings meanings;
    auto const& contexts = document.at("@context");
    for (auto const& context : contexts.is_array() ? contexts : Json::array({contexts})) {
        auto const found = context.is_string() ? schemas::published_contexts().find(context.get<std::string>())
                                               : std::make_shared<Json const>(Json{{"@context", context}});
        if (found) add_meanings(found->at("@context"), Json::object(), meanings);
    }
    return meanings;
}

/// The same member, or type, under what its name means: RDF does not tell them apart, readers of the JSON do.
std::vector<std::pair<std::string, Json>> same_in_rdf(Meanings const& meanings, std::string const& name,
                                                      Json const& value) {
    std::vector<std::pair<std::string, Json>> members;
    auto const found = meanings.find(name);
    if (found == meanings.end()) return members;
    for (auto const& [iri, type] : found->second) {
        members.emplace_back(iri, value);
        if (type == "@id" || type == "@vocab") members.emplace_back(iri, Json{{"@id", value}});
        if (!type.empty() && !type.starts_with('@'))
            members.emplace_back(iri, Json{{"@value", value}, {"@type", type}});
    }
    return members;
}

/// Changes a document in one place after the other and shows each mutant.
class Mutator {
  public:
    using Visit = std::function<void(Json const& mutant, std::string const& what)>;

    Mutator(Json document, Visit visit)
        : document_(std::move(document)), visit_(std::move(visit)), meanings_(meanings_in(document_)) {}

    void run() { walk(document_, ""); }

  private:
    void walk(Json& value, std::string const& where) {
        if (value.is_object()) return change_members(value, where);
        if (value.is_array()) return change_elements(value, where);
        auto const whole = value;
        auto others = other_values(whole);
        if (whole.is_string())
            for (auto const& [iri, same] : same_in_rdf(meanings_, whole.get<std::string>(), nullptr))
                others.emplace_back(iri);
        for (auto const& other : others) {
            value = other;
            visit_(document_, where + " = " + other.dump());
        }
        value = whole;
    }

    void change_members(Json& object, std::string const& where) {
        auto const whole = object;
        for (auto const& [name, added] : new_members()) {
            if (whole.contains(name)) continue;
            object[name] = added;
            visit_(document_, where + " + " + name + " " + added.dump());
            object = whole;
        }
        for (auto const& [name, value] : whole.items()) {
            object.erase(name);
            visit_(document_, where + " - " + name);
            for (auto const& other : {name + "x", "x" + name, "@" + name, name + ":", "urn:a:" + name}) {
                if (whole.contains(other)) continue;
                object[other] = value;
                visit_(document_, where + "/" + name + " -> " + other);
                object.erase(other);
            }
            for (auto const& [iri, same] : same_in_rdf(meanings_, name, value)) {
                object[iri] = same;
                visit_(document_, where + "/" + name + " -> " + iri + " " + same.dump().substr(0, 80));
                object.erase(iri);
            }
            object = whole;
            walk(object[name], where + "/" + name);
        }
    }

    void change_elements(Json& array, std::string const& where) {
        auto const whole = array;
        for (std::size_t i = 0; i < whole.size(); ++i) {
            array.erase(i);
            visit_(document_, where + " - " + std::to_string(i));
            array = whole;
            walk(array[i], where + "/" + std::to_string(i));
        }
        for (Json const& added : {Json("mutation"), Json(5), Json(nullptr), Json{{"id", "urn:a:b"}}}) {
            array.push_back(added);
            visit_(document_, where + " + " + added.dump());
            array = whole;
        }
    }

    Json document_;
    Visit visit_;
    Meanings meanings_;
};

/// What the specifications leave open. A set of proofs is as good without one that no other builds on; a document
/// signed as JSON text may get contexts behind those its proof holds (they change nothing for who reads the JSON).
bool is_free(std::string const& what, bool json_text) {
    return what.starts_with("/proof - ") || (json_text && what.starts_with("/@context + "));
}

struct MutantCount {
    int mutants = 0;
    int survivors = 0;
};

void mutate(Json const& document, bool json_text, MutantCount& count) {
    ProofRules const rules{instant("2026-11-27T12:00:00Z")};
    auto const& canonicalizer = tests::vector_contexts().canonicalizer();
    auto const untouched = verify_proofs(document, rules, {}, canonicalizer);
    REQUIRE_MESSAGE(untouched, tests::fault_code(untouched));
    Mutator mutator(document, [&](Json const& mutant, std::string const& what) {
        if (is_free(what, json_text)) return;
        ++count.mutants;
        if (!verify_proofs(mutant, rules, {}, canonicalizer)) return;
        ++count.survivors;
        MESSAGE("survived: ", what);
    });
    mutator.run();
}

}  // namespace

TEST_CASE("no mutant of a published signed document verifies") {
    NEEDS_SHARED();
    auto const folder = tests::shared_dir().value() / "vectors";
    MutantCount count;
    for (std::string const file : {"vc-di-eddsa/TestVectors/eddsa-rdfc-2022/signedDataInt.json",
                                   "vc-di-eddsa/TestVectors/eddsa-rdfc-2022/employ/signedDataInt.json",
                                   "vc-di-eddsa/TestVectors/eddsa-jcs-2022/signedJCS.json",
                                   "vc-di-eddsa/TestVectors/Ed25519Signature2020/signedEdSig.json",
                                   "vc-di-eddsa/TestVectors/proof-set-chain/signedProofChain2.json",
                                   "vc-di-ecdsa/TestVectors/ecdsa-rdfc-2019-p256/signedECDSAP256.json",
                                   "vc-di-ecdsa/TestVectors/ecdsa-rdfc-2019-p256/employ/signedECDSAP256.json",
                                   "vc-di-ecdsa/TestVectors/ecdsa-rdfc-2019-p384/signedECDSAP384.json",
                                   "vc-di-ecdsa/TestVectors/ecdsa-rdfc-2019-p384/employ/signedECDSAP384.json",
                                   "vc-di-ecdsa/TestVectors/ecdsa-jcs-2019-p256/signedJCSECDSAP256.json",
                                   "vc-di-ecdsa/TestVectors/ecdsa-jcs-2019-p384/signedJCSECDSAP384.json"}) {
        CAPTURE(file);
        mutate(tests::read_json(folder / file), file.find("jcs") != std::string::npos, count);
    }

    CHECK(count.survivors == 0);
    CHECK(count.mutants >= 6'500);
}

TEST_CASE("no mutant of what a holder shows verifies") {
    NEEDS_SHARED();
    auto const folder = tests::shared_dir().value() / "vectors/vc-di-ecdsa/TestVectors/ecdsa-sd-2023";
    MutantCount count;
    for (auto const* walk : {"employ", "prc"})
        mutate(tests::read_json(folder / walk / "derivedRevealDocument.json"), false, count);

    CHECK(count.survivors == 0);
    CHECK(count.mutants >= 900);
}

TEST_CASE("no mutant of an Open Badge verifies, whatever suite signed it") {
    NEEDS_SHARED();
    auto document = tests::read_json(tests::shared_dir().value() / "vectors/validator/ob30/simple.json");
    document.erase("proof");
    document["credentialSubject"]["achievement"]["version"] = "1";
    document["credentialSubject"]["activityStartDate"] = "2026-01-01T00:00:00Z";
    MutantCount count;
    for (auto const& [type, cryptosuite] : {std::pair{KeyType::ed25519, "eddsa-rdfc-2022"},
                                            {KeyType::ed25519, "eddsa-jcs-2022"},
                                            {KeyType::p256, "ecdsa-rdfc-2019"},
                                            {KeyType::p384, "ecdsa-rdfc-2019"},
                                            {KeyType::p256, "ecdsa-jcs-2019"}}) {
        CAPTURE(std::string(cryptosuite));
        LocalSigner const signer(PrivateKey::generate(type), "key");
        ProofOptions options;
        options.cryptosuite = cryptosuite;
        options.verification_method = resolve_did_key(did_key(signer.public_key()))->verification_method;

        auto const made = add_proof(document, options, signer, tests::vector_contexts().canonicalizer());

        REQUIRE_MESSAGE(made, tests::fault_code(made));
        mutate(*made, options.cryptosuite.find("jcs") != std::string::npos, count);
    }

    CHECK(count.survivors == 0);
    CHECK(count.mutants >= 3'500);
}
