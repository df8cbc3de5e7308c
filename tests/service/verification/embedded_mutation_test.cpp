// Whatever is changed in a badge under an embedded proof, the report no longer says that it can be relied on.

#include <doctest/doctest.h>

#include "crypto/selective_disclosure.hpp"
#include "tests/service/verification/verification_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

Json changed(Json const& leaf) {
    if (leaf.is_string()) return leaf.get<std::string>() + "x";
    if (leaf.is_number()) return leaf.get<double>() + 1;
    if (leaf.is_boolean()) return !leaf.get<bool>();
    return "x";
}

/// Members that say something, nothing, or something out of sight.
std::vector<std::pair<std::string, Json>> new_members() {
    return {{"mutation", "x"},
            {"mutation", nullptr},
            {"https://mutation.example/", "x"},
            {"description", nullptr},
            {"name", "Mallory"},
            {"tag", Json::array()},
            {"@type", "urn:a:b"},
            {"@context", Json::object()},
            {"@included", {{"name", "x"}}},
            {"proof", {{"type", "DataIntegrityProof"}}}};
}

/// Every document that differs in one leaf (changed, removed), one name, or one member too many.
template <typename Visit>
void each_mutant(Json& whole, Json& place, Visit const& visit) {
    if (place.is_object()) {
        for (auto const& [name, value] : new_members()) {
            if (place.contains(name)) continue;
            place[name] = value;
            visit(whole, name);
            place.erase(name);
        }
        auto const names = [&place] {
            std::vector<std::string> all;
            for (auto const& [name, value] : place.items())
                all.push_back(name);
            return all;
        }();
        for (auto const& name : names) {
            auto const value = place.at(name);
            place.erase(name);
            visit(whole, name);
            place[name + "x"] = value;
            visit(whole, name);
            place.erase(name + "x");
            place[name] = value;
            each_mutant(whole, place[name], visit);
        }
    } else if (place.is_array()) {
        for (std::size_t i = 0; i < place.size(); ++i) {
            auto const element = place[i];
            place.erase(place.begin() + static_cast<std::ptrdiff_t>(i));
            visit(whole, "an element");
            place.insert(place.begin() + static_cast<std::ptrdiff_t>(i), element);
            each_mutant(whole, place[i], visit);
        }
    } else {
        auto const leaf = place;
        place = changed(leaf);
        visit(whole, leaf.dump());
        place = leaf;
    }
}

/// As we issue them: nothing is said twice. A creator that repeats the issuer's name could lose it, and the statements
/// that were signed would be the same.
Json badge_of(TestIssuer const& issuer) {
    auto badge = issuer.badge();
    badge["credentialSubject"]["achievement"].erase("creator");
    return badge;
}

/// How many there were. Each must be refused, or at least not be said to be good.
int refuses_all_mutants(Verifier& verifier, Json document) {
    auto const genuine = verifier.verify(document.dump());
    REQUIRE_MESSAGE((genuine.verdict == Verdict::valid || genuine.verdict == Verdict::warning), summary(genuine));
    int count = 0;
    auto const refuse = [&](Json const& mutant, std::string const& what) {
        ++count;
        auto const report = verifier.try_verify(mutant.dump());
        bool const refused = !report || report->verdict == Verdict::invalid || report->verdict == Verdict::unchecked;
        CHECK_MESSAGE(refused, what, " in ", mutant.dump());
    };
    each_mutant(document, document, refuse);
    return count;
}

}  // namespace

TEST_CASE("no mutant of a badge of ours under an embedded proof can be relied on") {
    struct Suite {
        char const* name;
        crypto::KeyType key;
    };
    for (auto const& [suite, key] :
         {Suite{"eddsa-rdfc-2022", crypto::KeyType::ed25519}, Suite{"eddsa-jcs-2022", crypto::KeyType::ed25519},
          Suite{"ecdsa-rdfc-2019", crypto::KeyType::p256}, Suite{"ecdsa-jcs-2019", crypto::KeyType::p256}}) {
        CAPTURE(suite);
        TestIssuer const issuer("nakhla", key);
        Verifier verifier;
        verifier.knows(issuer);

        CHECK(refuses_all_mutants(verifier, embed(badge_of(issuer), issuer, issuer.did() + "#1", suite)) > 600);
    }
}

TEST_CASE("no mutant of a badge that its holder shows in part can be relied on") {
    TestIssuer const issuer("nakhla", crypto::KeyType::p256);
    Verifier verifier;
    verifier.knows(issuer);
    auto const badge = badge_of(issuer);
    std::vector<std::string> shown;
    for (auto const& [name, value] : badge.items())
        if (name != "@context" && name != "evidence") shown.push_back("/" + name);
    auto const base = embed(badge, issuer, issuer.did() + "#1", "ecdsa-sd-2023", {"/issuer"});
    auto const derived = crypto::derive_proof(base, shown, canonicalizer());
    REQUIRE_MESSAGE(derived, derived.error().detail);

    CHECK(refuses_all_mutants(verifier, *derived) > 600);
}

TEST_CASE("no mutant of a published sample under an embedded proof can be relied on") {
    NEEDS_SHARED();
    for (auto const* file : {"simple.json", "simple_v1.json", "simple-eddsa-2022.json", "sd/derivedcredential.json"}) {
        CAPTURE(file);
        auto const document = Json::parse(sample("validator/ob30/" + std::string(file)));
        Verifier verifier;
        trust_method_of(verifier, document);

        CHECK(refuses_all_mutants(verifier, document) > 100);
    }
}
