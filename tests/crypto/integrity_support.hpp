#pragma once
// What the tests of Data Integrity proofs share: private keys as the published vectors write them, the contexts of the
// vectors, and a canonicalizer for tests that need no RDF.

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "crypto/data_integrity.hpp"
#include "crypto/multibase.hpp"
#include "crypto/rdf_canonicalizer.hpp"
#include "schemas/document_loader.hpp"
#include "tests/support/shared.hpp"

namespace itqan::tests {

/// Multikey text of a secret key: z3u2... (Ed25519), z42t... (P-256), z2fa... (P-384).
inline crypto::PrivateKey secret_multikey(std::string const& text) {
    struct Form {
        char const *code, *pkcs8;  ///< Multicodec prefix; what stands before the raw key in PKCS #8.
    };
    auto const bytes = crypto::base58btc_decode(std::string_view(text).substr(1)).value();
    for (auto const& [code, pkcs8] :
         {Form{"8026", "302e020100300506032b657004220420"},
          Form{"8626", "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420"},
          Form{"8726", "304e020100301006072a8648ce3d020106052b81040022043730350201010430"}}) {
        if (hex_encode(ByteView(bytes).first(2)) != code) continue;
        auto der = hex_decode(pkcs8).value();
        der.insert(der.end(), bytes.begin() + 2, bytes.end());
        return std::move(*crypto::PrivateKey::from_pkcs8(crypto::SecretBytes(std::move(der))));
    }
    throw std::runtime_error("no secret key: " + text);
}

inline Json read_json(std::filesystem::path const& path) {
    auto json = parse_json(read_file(path), json_limits::credential);
    if (!json) throw std::runtime_error(path.string() + ": " + json.error().detail);
    return std::move(*json);
}

inline Instant instant(char const* text) {
    return Instant::parse(text).value();
}

/// Where nothing may ask for RDF.
class NoRdf final : public crypto::Canonicalizer {
  public:
    Result<std::string> canonical_nquads(Json const&, crypto::HashAlgorithm) const override {
        throw std::logic_error("a JCS suite asked for RDF");
    }
    Result<std::vector<std::string>> named_nquads(Json const&, crypto::NameNode const&) const override {
        throw std::logic_error("a JCS suite asked for RDF");
    }
    Result<crypto::GroupedQuads> group_nquads(Json const&, crypto::NameNode const&,
                                              std::vector<std::vector<std::string>> const&) const override {
        throw std::logic_error("a JCS suite asked for RDF");
    }
};

/// The contexts that the published vectors name, and a small one of our own for proofs under VC 1.1.
class VectorContexts {
  public:
    VectorContexts() : processor_(load()), canonicalizer_(processor_) {}

    crypto::Canonicalizer const& canonicalizer() const { return canonicalizer_; }
    schemas::JsonLdProcessor const& processor() const { return processor_; }

  private:
    schemas::DocumentTable const& load() {
        auto const vectors = shared_dir().value() / "vectors";
        auto const add = [&](char const* url, char const* file) { table_.add(url, read_json(vectors / file)); };
        add("https://www.w3.org/ns/credentials/v2", "contexts-w3c/credentials-v2.jsonld");
        add("https://www.w3.org/ns/credentials/examples/v2", "contexts-w3c/credentials-examples-v2.jsonld");
        add("https://www.w3.org/2018/credentials/v1", "contexts-w3c/credentials-v1.jsonld");
        add("https://w3id.org/citizenship/v4rc1", "contexts-w3c/citizenship-v4rc1.jsonld");
        add("https://w3id.org/security/suites/ed25519-2020/v1", "vc-di-eddsa/contexts/lds-ed25519-2020-v1.json");
        auto const manifest = read_json(vectors / "manifest.json");
        for (auto const& [url, file] : manifest.at("context_url_map").items()) {
            if (!table_.find(url)) add(url.c_str(), file.get_ref<std::string const&>().c_str());
        }
        return table_;
    }

    schemas::DocumentTable table_;
    schemas::JsonLdProcessor processor_;
    crypto::RdfCanonicalizer canonicalizer_;
};

/// Processed contexts are remembered: one for all tests.
inline VectorContexts const& vector_contexts() {
    static VectorContexts const contexts;
    return contexts;
}

/// Contexts of our own, for tests that do without the published ones.
inline constexpr char people_url[] = "https://context.example/people";
inline constexpr char proofs_url[] = "https://w3id.org/security/data-integrity/v2";

/// What a proof needs to be signed as RDF, in our words.
inline Json proof_terms() {
    std::string const security = "https://w3id.org/security#";
    auto const iri = [&](char const* name) { return Json{{"@id", security + name}, {"@type", "@id"}}; };
    auto const date = [](char const* name) {
        return Json{{"@id", name}, {"@type", "http://www.w3.org/2001/XMLSchema#dateTime"}};
    };
    return {{"id", "@id"},
            {"type", "@type"},
            {"proof", {{"@id", security + "proof"}, {"@type", "@id"}, {"@container", "@graph"}}},
            {"DataIntegrityProof", security + "DataIntegrityProof"},
            {"cryptosuite", {{"@id", security + "cryptosuite"}, {"@type", security + "cryptosuiteString"}}},
            {"created", date("http://purl.org/dc/terms/created")},
            {"expires", date("https://w3id.org/security#expiration")},
            {"domain", security + "domain"},
            {"challenge", security + "challenge"},
            {"nonce", security + "nonce"},
            {"previousProof", iri("previousProof")},
            {"proofValue", {{"@id", security + "proofValue"}, {"@type", security + "multibase"}}},
            {"verificationMethod", iri("verificationMethod")},
            {"proofPurpose", {{"@id", security + "proofPurpose"}, {"@type", "@vocab"}}},
            {"assertionMethod", security + "assertionMethod"}};
}

struct SmallContexts {
    SmallContexts() {
        table.add(people_url, {{"@context",
                                {{"@version", 1.1},
                                 {"id", "@id"},
                                 {"type", "@type"},
                                 {"Person", "urn:people:Person"},
                                 {"name", "urn:people:name"},
                                 {"knows", {{"@id", "urn:people:knows"}, {"@type", "@id"}}},
                                 {"labels", {{"@id", "urn:people:labels"}, {"@container", "@language"}}},
                                 {"data", {{"@id", "urn:people:data"}, {"@type", "@json"}}},
                                 {"steps", {{"@id", "urn:people:steps"}, {"@container", "@list"}}}}}});
        table.add(proofs_url, {{"@context", proof_terms()}});
    }

    schemas::DocumentTable table;
    schemas::JsonLdProcessor processor{table};
    crypto::RdfCanonicalizer canonicalizer{processor};
};

inline SmallContexts const& small_contexts() {
    static SmallContexts const contexts;
    return contexts;
}

inline Json person() {
    return {{"@context", {people_url}},
            {"id", "urn:people:1"},
            {"type", {"Person"}},
            {"name", "ليلى"},
            {"knows", {{"name", "Omar"}}}};
}

/// The code of an error, or "".
template <typename T>
std::string fault_code(Result<T> const& result) {
    return result ? "" : result.error().code;
}

}  // namespace itqan::tests
