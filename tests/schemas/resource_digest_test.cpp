#include "schemas/resource_digest.hpp"

#include <doctest/doctest.h>
#include <openssl/evp.h>

#include <nlohmann/json.hpp>

#include "schemas/base58.hpp"
#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::schemas;

namespace {

constexpr char const* context_url = "https://www.w3.org/ns/credentials/v2";
constexpr char const* v2_sha256 = "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734";

Bytes digest_of(char const* algorithm, std::string const& text) {
    Bytes digest(EVP_MAX_MD_SIZE);
    std::size_t length = 0;
    REQUIRE(EVP_Q_digest(nullptr, algorithm, nullptr, text.data(), text.size(), digest.data(), &length) == 1);
    digest.resize(length);
    return digest;
}

Bytes joined(std::initializer_list<std::uint8_t> header, Bytes const& rest) {
    Bytes out(header);
    out.insert(out.end(), rest.begin(), rest.end());
    return out;
}

std::string judged(Json const& resources) {
    std::string out;
    for (auto const& violation : check_related_resources({{"relatedResource", resources}}))
        out += (out.empty() ? "" : ", ") + violation.pointer;
    return out;
}

Json resource(char const* member, Json digest) {
    return {{"id", context_url}, {member, std::move(digest)}};
}

}  // namespace

TEST_SUITE("resource digest") {
    TEST_CASE("digestSRI is read in base64 and nothing else") {
        auto const sha256 = digest_of("SHA256", "a");
        auto const sha384 = digest_of("SHA384", "a");
        auto const sha512 = digest_of("SHA512", "a");
        auto const text = "sha256-" + base64_encode(sha256);

        auto const three =
            read_digest_sri(text + "  sha384-" + base64_encode(sha384) + " sha512-" + base64_encode(sha512));

        REQUIRE(three.size() == 3);
        CHECK(three[0] == ResourceDigest{DigestAlgorithm::sha256, sha256});
        CHECK(three[1] == ResourceDigest{DigestAlgorithm::sha384, sha384});
        CHECK(three[2] == ResourceDigest{DigestAlgorithm::sha512, sha512});
        for (auto const& bad :
             {std::string(), std::string(" "), std::string("sha256-"), "sha1-" + base64_encode(sha256),
              "sha384-" + base64_encode(sha256), "sha256-" + base64url_encode(sha256), base64_encode(sha256),
              text + " sha256-x", text + "?ct=text/html"}) {
            CAPTURE(bad);
            CHECK(read_digest_sri(bad).empty());
        }
    }

    TEST_CASE("digestMultibase is a multihash or a bare SHA-256") {
        auto const sha256 = digest_of("SHA256", "a");
        auto const sha384 = digest_of("SHA384", "a");
        ResourceDigest const short_digest{DigestAlgorithm::sha256, sha256};

        CHECK(read_digest_multibase("u" + base64url_encode(sha256)) == short_digest);
        CHECK(read_digest_multibase("z" + base58btc_encode(sha256)) == short_digest);
        CHECK(read_digest_multibase("u" + base64url_encode(joined({0x12, 32}, sha256))) == short_digest);
        CHECK(read_digest_multibase("z" + base58btc_encode(joined({0x12, 32}, sha256))) == short_digest);
        CHECK(read_digest_multibase("u" + base64url_encode(joined({0x20, 48}, sha384))) ==
              ResourceDigest{DigestAlgorithm::sha384, sha384});
        for (auto const& bad :
             {std::string(), std::string("u"), base64url_encode(sha256), "m" + base64_encode(sha256),
              "u" + base64url_encode(sha384), "u" + base64url_encode(joined({0x20, 32}, sha256)),
              "u" + base64url_encode(joined({0x12, 31}, sha256)), "u" + base64_encode(sha256),
              "u" + base64url_encode(Bytes(31, 1)), std::string("z0OIl"), "z" + std::string(10'000, '2')}) {
            CAPTURE(bad.substr(0, 80));
            CHECK_FALSE(read_digest_multibase(bad));
        }
    }

    TEST_CASE("the digest of a known context has to be that of a published edition") {
        auto const final_edition = *hex_decode(v2_sha256);
        auto const other = digest_of("SHA256", "other");
        auto const sri = [](Bytes const& digest) { return "sha256-" + base64_encode(digest); };
        auto const multibase = [](Bytes const& digest) { return "u" + base64url_encode(digest); };

        CHECK(judged(resource("digestSRI", sri(final_edition))) == "");
        CHECK(judged(resource("digestMultibase", multibase(final_edition))) == "");
        CHECK(judged(resource("digestMultibase", "z" + base58btc_encode(joined({0x12, 32}, final_edition)))) == "");
        CHECK(judged(resource("digestMultibase", Json::array({multibase(other), multibase(final_edition)}))) == "");
        CHECK(judged(resource("digestSRI", sri(other) + " " + sri(final_edition))) == "");

        CHECK(judged(resource("digestSRI", sri(other))) == "/relatedResource/digestSRI");
        CHECK(judged(Json::array({resource("digestMultibase", multibase(other))})) ==
              "/relatedResource/0/digestMultibase");
        auto both = resource("digestSRI", sri(final_edition));
        both["digestMultibase"] = multibase(other);
        CHECK(judged(both) == "/relatedResource/digestMultibase");
    }

    TEST_CASE("a weaker digest does not stand in for a stronger one that is wrong") {
        auto const good = "sha256-" + base64_encode(*hex_decode(v2_sha256));
        auto const wrong = "sha384-" + base64_encode(digest_of("SHA384", "other"));

        CHECK(judged(resource("digestSRI", good + " " + wrong)) == "/relatedResource/digestSRI");
    }

    TEST_CASE("what is not known or malformed is not judged here") {
        auto const text = "u" + base64url_encode(digest_of("SHA256", "a"));

        CHECK(judged({{"id", "https://a.example"}, {"digestMultibase", text}}) == "");
        CHECK(judged(resource("digestMultibase", "x")) == "");
        CHECK(judged({"x", 7, nullptr, Json::object()}) == "");
        CHECK(check_related_resources(Json::array()).empty());
        CHECK(check_related_resources(Json::object()).empty());
    }

    TEST_CASE("the published files have the digests that are known of them") {
        NEEDS_SHARED();
        auto const folder = *tests::shared_dir() / "vectors/contexts-w3c";
        constexpr char const* files[][2] = {
            {"https://www.w3.org/2018/credentials/v1", "credentials-v1.jsonld"},
            {context_url, "credentials-v2.jsonld"},
            {context_url, "credentials-v2-2024-07-20.jsonld"},
            {"https://www.w3.org/ns/credentials/examples/v2", "credentials-examples-v2.jsonld"},
            {"https://www.w3.org/ns/credentials/undefined-terms/v2", "credentials-undefined-terms-v2.jsonld"}};
        for (auto const& [url, file] : files) {
            CAPTURE(file);
            auto const text = tests::read_file(folder / file);
            constexpr char const* names[][2] = {{"SHA256", "sha256-"}, {"SHA384", "sha384-"}, {"SHA512", "sha512-"}};
            for (auto const& [algorithm, prefix] : names) {
                Json const good{{"id", url}, {"digestSRI", prefix + base64_encode(digest_of(algorithm, text))}};
                Json const bad{{"id", url}, {"digestSRI", prefix + base64_encode(digest_of(algorithm, text + " "))}};
                CHECK(judged(good) == "");
                CHECK(judged(bad) == "/relatedResource/digestSRI");
            }
        }
    }
}
