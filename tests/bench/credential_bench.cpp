// What one credential costs in process: CPU microseconds for each operation, every document another one, contexts
// known.
//   credential_bench [FILE] [SECONDS]     measures with an unsigned credential (JSON); without one, with one of ours
//   credential_bench sign FILE OUT        signs a credential with a new did:key and eddsa-rdfc-2022
//   credential_bench check FILE           verifies a signed one: 0 when it is good

#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "crypto/data_integrity.hpp"
#include "crypto/did.hpp"
#include "crypto/digest.hpp"
#include "crypto/rdf_canonicalizer.hpp"
#include "schemas/json_ld_policy.hpp"
#include "schemas/open_badge.hpp"
#include "schemas/published_contexts.hpp"
#include "tests/schemas/badge_samples.hpp"
#include "tests/support/evp_canon_hash.hpp"
#include "tests/support/shared.hpp"

using namespace itqan;

namespace {

double cpu_microseconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

void require(bool holds, std::string const& what) {
    if (!holds) throw std::runtime_error(what);
}

template <typename T>
T take(Result<T> result) {
    require(static_cast<bool>(result), result ? "" : result.error().code + ": " + result.error().detail);
    return std::move(*result);
}

/// Replaces the eight zeros of an id, which stand for its number, or adds the number.
void number(Json& id, std::string const& digits) {
    auto text = id.get<std::string>();
    auto const zeros = text.rfind("00000000");
    id = zeros == std::string::npos ? text + digits : text.replace(zeros, digits.size(), digits);
}

class Bench {
  public:
    explicit Bench(Json credential) : credential_(std::move(credential)) {
        auto& issuer = credential_.at("issuer");
        auto const did = crypto::did_key(signer_.public_key());
        (issuer.is_object() ? issuer.at("id") : issuer) = did;
        options_.verification_method = take(crypto::resolve_did_key(did)).verification_method;
        options_.created = now_;
    }

    Json signed_credential(std::size_t i) const { return sign(unsigned_credential(i)); }

    void check(std::string const& text) const {
        auto const document = take(parse_json(text, json_limits::credential));
        auto const form = schemas::check_linked_document(document, schemas::SameId::consistent);
        require(static_cast<bool>(form), form ? "" : form.error().detail);
        auto const verdict = crypto::verify_proofs(document, {now_}, {}, canonicalizer_);
        require(static_cast<bool>(verdict), verdict ? "" : verdict.error().code + ": " + verdict.error().detail);
    }

    void measure(double seconds) const {
        auto const unsigned_text = [this](std::size_t i) { return canonical_json(unsigned_credential(i)); };
        auto const document = [this](std::size_t i) { return unsigned_credential(i); };
        auto const dataset = [this](std::size_t i) { return to_rdf(unsigned_credential(i)); };
        auto const say = [](char const* name, double cost) { std::printf("%-24s %10.1f\n", name, cost); };

        say("verify", cost(
                          seconds, [this](std::size_t i) { return signed_credential(i).dump(); },
                          [this](std::string const& text) { check(text); }));
        say("issue", cost(seconds, document, [this](Json& each) { canonical_json(sign(std::move(each))); }));
        say("canonical-hash", cost(seconds, document, [this](Json const& each) {
                crypto::sha256(as_bytes(take(canonicalizer_.canonical_nquads(each, crypto::HashAlgorithm::sha256))));
            }));
        say("to-rdf", cost(seconds, document, [this](Json const& each) { to_rdf(each); }));
        say("expand-and-to-rdf", cost(seconds, document, [this](Json const& each) { to_rdf(each, true); }));

        say("  parse", cost(seconds, unsigned_text,
                            [](std::string const& text) { take(parse_json(text, json_limits::credential)); }));
        say("  write", cost(seconds, document, [](Json const& each) { canonical_json(each); }));
        tests::EvpCanonHash hash;
        say("  canonicalise",
            cost(seconds, dataset, [&hash](schemas::Dataset const& each) { take(schemas::canonicalise(each, hash)); }));
        Bytes const hashes(64, 1);
        auto const signature = signer_.sign(hashes);
        auto const nothing = [](std::size_t) { return 0; };
        say("  ed25519-sign", cost(seconds, nothing, [&](int) { signer_.sign(hashes); }));
        say("  ed25519-verify", cost(seconds, nothing, [&](int) {
                require(signer_.public_key().verify(hashes, signature), "the signature is not good");
            }));
    }

  private:
    /// Of one operation; what it works on is made outside of the time taken.
    template <typename Prepare, typename Work>
    static double cost(double seconds, Prepare prepare, Work work) {
        constexpr std::size_t batch = 32;
        double spent = 0;
        std::size_t made = 0;
        for (bool warm = false; !warm || spent < seconds * 1e6;) {
            std::vector<decltype(prepare(made))> inputs;
            for (std::size_t i = 0; i < batch; ++i)
                inputs.push_back(prepare(made++));
            auto const before = cpu_microseconds();
            for (auto& input : inputs)
                work(input);
            if (warm) spent += cpu_microseconds() - before;
            warm = true;
        }
        return spent / static_cast<double>(made - batch);
    }

    Json unsigned_credential(std::size_t i) const {
        std::array<char, 9> hex{};
        std::snprintf(hex.data(), hex.size(), "%08zx", i & 0xffffffffU);
        auto document = credential_;
        number(document.at("id"), hex.data());
        if (auto& subject = document.at("credentialSubject"); subject.contains("id"))
            number(subject.at("id"), hex.data());
        if (document.contains("evidence")) {
            for (auto& each : document.at("evidence"))
                if (each.contains("id")) number(each.at("id"), hex.data());
        }
        if (document.contains("credentialStatus")) {
            auto& status = document.at("credentialStatus");
            status["statusListIndex"] = std::to_string(94'000 + i % 6'000);
            status["id"] = text_member(status, "statusListCredential") + "#" + text_member(status, "statusListIndex");
        }
        return document;
    }

    Json sign(Json document) const {
        return take(crypto::add_proof(std::move(document), options_, signer_, canonicalizer_));
    }

    schemas::Dataset to_rdf(Json const& document, bool expand_first = false) const {
        auto options = schemas::signing_options();
        options.expand_first = expand_first;
        return take(processor_.to_rdf(document, options));
    }

    Json credential_;
    schemas::JsonLdProcessor processor_{schemas::published_contexts()};
    crypto::RdfCanonicalizer canonicalizer_{processor_};
    crypto::LocalSigner signer_{crypto::PrivateKey::generate(crypto::KeyType::ed25519), "bench"};
    crypto::ProofOptions options_;
    Instant now_ = SystemClock().wall();
};

Json read(std::string const& file) {
    return take(parse_json(tests::read_file(file), json_limits::credential));
}

void run(std::vector<std::string> const& words) {
    auto const own = [] { return schemas::to_json(tests::full_credential()); };
    if (words.size() == 3 && words[0] == "sign") {
        std::ofstream out(words[2]);
        require(static_cast<bool>(out << Bench(read(words[1])).signed_credential(0).dump() << '\n'),
                "cannot write " + words[2]);
    } else if (words.size() == 2 && words[0] == "check") {
        Bench(own()).check(tests::read_file(words[1]));
        std::cout << "verified\n";
    } else {
        Bench(words.empty() ? own() : read(words[0])).measure(words.size() > 1 ? std::stod(words[1]) : 1);
    }
}

}  // namespace

int main(int count, char** words) try {
    run({words + 1, words + count});
    return 0;
} catch (std::exception const& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
}
