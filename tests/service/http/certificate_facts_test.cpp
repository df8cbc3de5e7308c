#include "service/http/certificate_facts.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "certificate_folder.hpp"

using namespace itqan;
using namespace itqan::http;
using namespace itqan::tests;

TEST_CASE("a certificate tells its names and its end") {
    CertificateFolder const folder;
    auto const made = folder.make({"badge.test"});

    auto const facts = read_certificate_facts(made.certificate);

    REQUIRE(facts);
    auto const now = SystemClock().wall();
    CHECK(facts->not_before <= now);
    auto const days = (facts->not_after.milliseconds - now.milliseconds) / 86'400'000;
    CHECK(days > 300);
    CHECK(days < 400);
    CHECK(covers(*facts, "badge.test"));
    CHECK(covers(*facts, "BADGE.test"));
    CHECK(covers(*facts, "127.0.0.1"));
    CHECK_FALSE(covers(*facts, "other.test"));
}

TEST_CASE("a name with a star covers one label") {
    CertificateFacts const facts{{}, {}, {"*.example.org"}};
    CHECK(covers(facts, "badges.example.org"));
    CHECK_FALSE(covers(facts, "a.badges.example.org"));
    CHECK_FALSE(covers(facts, "example.org"));
    CHECK_FALSE(covers(facts, ".example.org"));
}

TEST_CASE("the chain of a certificate ends at a root of its own or is incomplete") {
    CertificateFolder const folder;
    auto const made = folder.make({"badge.test"});
    CHECK(*chain_end(made.certificate) == ChainEnd::own_root);

    // The server's certificate without its authority's.
    std::ifstream whole(made.certificate);
    auto const alone = folder.path() / "alone.pem";
    std::ofstream out(alone);
    for (std::string line; std::getline(whole, line);) {
        out << line << '\n';
        if (line.starts_with("-----END")) break;
    }
    out.close();
    CHECK(*chain_end(alone) == ChainEnd::incomplete);
}

TEST_CASE("a key that is another certificate's is told apart from one that cannot be read") {
    CertificateFolder const folder, other;
    auto const made = folder.make({"badge.test"});
    auto const foreign = other.make({"badge.test"});

    CHECK(check_key_fits(made.certificate, made.key));
    CHECK(check_key_fits(made.certificate, foreign.key).error().code == "key-mismatch");
    CHECK(check_key_fits(made.certificate, made.certificate).error().code == "key-file");
    CHECK(check_key_fits(made.certificate, folder.path() / "none").error().code == "key-file");
    CHECK(read_certificate_facts(made.key).error().code == "certificate-file");
}
