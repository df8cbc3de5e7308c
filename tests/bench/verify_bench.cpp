// What verifying one badge costs inside the process, in microseconds of CPU: its documents known, and kept with what
// was read of them or not. verify_bench [NAME] runs one of the cases alone, for a profiler.

#include <ctime>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "crypto/data_integrity.hpp"
#include "crypto/did.hpp"
#include "crypto/rdf_canonicalizer.hpp"
#include "crypto/signer.hpp"
#include "crypto/status_list.hpp"
#include "crypto/vc_jwt.hpp"
#include "schemas/published_contexts.hpp"
#include "schemas/status_list_credential.hpp"
#include "service/domain/verification.hpp"
#include "tests/schemas/badge_samples.hpp"

namespace {

using namespace itqan;

enum class Form { embedded, token };

struct House {
    explicit House(Json badge) : unsigned_badge(std::move(badge)) {
        unsigned_badge["issuer"]["id"] = did;
        unsigned_badge["credentialStatus"]["statusListCredential"] = list_address;
        unsigned_badge["credentialStatus"]["statusListIndex"] = "94567";
        know(did, crypto::did_document(did, {}, {{"1", signer.public_key(), "https://badges.example/keys/1"}}));
        crypto::StatusList bits;
        for (std::uint64_t position = 0; position < 131'072; position += 100)
            if (position != 94'567) bits.set(position);
        schemas::StatusListFields fields;
        fields.id = list_address;
        fields.issuer = did;
        fields.valid_from = now;
        fields.encoded_list = bits.encode();
        know(list_address, embed(schemas::to_json(fields)));
    }

    void know(std::string const& address, Json const& document) { documents[address].body = document.dump(); }

    Json embed(Json document) const {
        crypto::ProofOptions options;
        options.verification_method = did + "#1";
        options.created = now;
        return *crypto::add_proof(std::move(document), options, signer, canonicalizer);
    }

    std::string text(Form form) const {
        return form == Form::embedded ? embed(unsigned_badge).dump()
                                      : crypto::issue_vc_jwt(signer, did + "#1", unsigned_badge);
    }

    Json unsigned_badge;
    std::string const did = "did:web:badges.example:issuers:nakhla";
    std::string const list_address = "https://badges.example/status/1";
    Instant const now = *Instant::parse("2026-12-01T12:00:00Z");
    schemas::JsonLdProcessor processor{schemas::published_contexts()};
    crypto::RdfCanonicalizer canonicalizer{processor};
    crypto::LocalSigner signer{crypto::PrivateKey::generate(crypto::KeyType::ed25519), "1"};
    domain::Documents documents;
};

double cpu_microseconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

/// The median of seven rounds.
void measure(char const* name, std::function<void()> const& work) {
    constexpr int repeats = 500;
    std::vector<double> rounds;
    for (int round = 0; round < 7; ++round) {
        auto const before = cpu_microseconds();
        for (int i = 0; i < repeats; ++i)
            work();
        rounds.push_back((cpu_microseconds() - before) / repeats);
    }
    std::sort(rounds.begin(), rounds.end());
    std::printf("%-20s %8.1f us\n", name, rounds[rounds.size() / 2]);
}

std::function<void()> verification(House& house, Form form) {
    return [&house, question = domain::Question{house.text(form), std::nullopt, {}, ""}] {
        auto const answer = domain::verify(question, house.documents, house.now);
        if (!answer || !answer->report || answer->report->verdict != domain::Verdict::valid)
            throw std::runtime_error("the badge is not valid");
        if (domain::report_to_json(*answer->report).dump().empty()) throw std::runtime_error("no report");
    };
}

void run(std::string const& wanted, Json const& badge) {
    House house(badge), kept(badge);
    for (auto& [address, document] : kept.documents)
        document.reading = domain::new_reading();
    Bytes const message(64, 1);
    auto const signature = house.signer.sign(message);
    struct Case {
        char const* name;
        std::function<void()> work;
    };
    Case const cases[] = {{"signature alone",
                           [&] {
                               if (!house.signer.public_key().verify(message, signature))
                                   throw std::runtime_error("the signature is not good");
                           }},
                          {"embedded, kept", verification(kept, Form::embedded)},
                          {"embedded, read anew", verification(house, Form::embedded)},
                          {"token, kept", verification(kept, Form::token)}};
    for (auto const& [name, work] : cases)
        if (wanted.empty() || wanted == name) measure(name, work);
}

}  // namespace

int main(int count, char** words) try {
    run(count > 1 ? words[1] : "",
        count > 2 ? Json::parse(std::ifstream(words[2])) : schemas::to_json(tests::full_credential()));
    return 0;
} catch (std::exception const& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
}
