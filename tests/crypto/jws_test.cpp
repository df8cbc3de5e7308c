#include "crypto/jws.hpp"

#include <array>

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include "crypto/random.hpp"

using namespace itqan;
using namespace itqan::crypto;

namespace {

std::string token(std::string const& header, std::string const& payload = "{}", std::string const& signature = "sig") {
    return base64url_encode(as_bytes(header)) + "." + base64url_encode(as_bytes(payload)) + "." +
           base64url_encode(as_bytes(signature));
}

std::string code_of(std::string const& text, JwsRules const& rules = {}) {
    auto const jws = parse_compact_jws(text, rules);
    return jws ? "accepted" : jws.error().code;
}

LocalSigner signer_of(KeyType type) {
    return LocalSigner(PrivateKey::generate(type), "key-1");
}

}  // namespace

TEST_CASE("a token signed here parses and verifies with each badge algorithm") {
    for (auto const type : {KeyType::ed25519, KeyType::p256, KeyType::p384, KeyType::rsa}) {
        auto const signer = signer_of(type);

        auto const text = sign_compact(signer, {"https://issuer.example/keys/1"}, R"({"a":"é"})");
        auto const jws = parse_compact_jws(text);

        REQUIRE(jws);
        CHECK(jws->algorithm == signer.algorithm());
        CHECK(jws->kid == "https://issuer.example/keys/1");
        CHECK(jws->type == "JWT");
        CHECK(as_text(jws->payload) == R"({"a":"é"})");
        CHECK(jws->header == R"({"alg":")" + std::string(signer.algorithm()) +
                                 R"(","kid":"https://issuer.example/keys/1","typ":"JWT"})");
        CHECK(verify_jws(*jws, signer.public_key()));
        CHECK_FALSE(verify_jws(*jws, signer_of(type).public_key()));
    }
}

TEST_CASE("tokens are not signed with a P-521 key") {
    CHECK_THROWS_AS(sign_compact(signer_of(KeyType::p521), {}, "{}"), std::invalid_argument);
}

TEST_CASE("the RS256 token of RFC 7515 reads as printed") {
    // Appendix A.2: header without typ, payload with line breaks.
    std::string const text =
        "eyJhbGciOiJSUzI1NiJ9."
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
        "fQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
        "O8W2Fp5jujGbds9uJdbF9CUAr7t"
        "1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--"
        "xi12jzDwu"
        "sC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_"
        "IoypGlUPQGe77Rw";
    auto const key = PublicKey::from_jwk({{"kty", "RSA"},
                                          {"n",
                                           "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-"
                                           "4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMs"
                                           "D1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-"
                                           "bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdV"
                                           "MTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_"
                                           "h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"},
                                          {"e", "AQAB"}});

    auto const jws = parse_compact_jws(text);

    REQUIRE(jws);
    REQUIRE(key);
    CHECK(jws->header == R"({"alg":"RS256"})");
    CHECK(as_text(jws->payload).starts_with("{\"iss\":\"joe\",\r\n"));
    CHECK_FALSE(jws->kid);
    CHECK(verify_jws(*jws, *key));
}

TEST_CASE("only four algorithms exist in a header") {
    for (auto const* algorithm :
         {"none", "HS256", "ES512", "PS256", "RS384", "RS512", "ES256K", "eddsa", "Ed25519", ""}) {
        CHECK(code_of(token(std::string(R"({"alg":")") + algorithm + "\"}")) == "jws-algorithm");
    }
    CHECK(code_of(token("{}")) == "jws-algorithm");
    CHECK(code_of(token(R"({"alg":null})")) == "jws-algorithm");
    CHECK(code_of(token(R"({"alg":["EdDSA"]})")) == "jws-algorithm");
    CHECK(code_of(token(R"({"alg":"EdDSA"})")) == "accepted");
}

TEST_CASE("header members that redirect the check are refused whatever they hold") {
    for (auto const* member : {"crit", "b64", "zip", "jku", "x5u", "x5c"}) {
        CHECK(code_of(token(std::string(R"({"alg":"EdDSA",")") + member + "\":null}")) == "jws-header");
    }
    CHECK(code_of(token(R"({"alg":"EdDSA","x-note":1})")) == "accepted");
    CHECK(code_of(token(R"({"alg":"EdDSA","cty":"JWT"})")) == "jws-header");
    CHECK(code_of(token(R"({"alg":"EdDSA","cty":"vc"})")) == "accepted");
    CHECK(code_of(token(R"({"alg":"EdDSA","kid":5})")) == "jws-header");
    CHECK(code_of(token(R"({"alg":"EdDSA","kid":""})")) == "jws-header");
    CHECK(code_of(token(R"({"alg":"EdDSA","kid":"a b"})")) == "jws-header");
    CHECK(code_of(token(R"({"alg":"EdDSA","kid":"a","kid":"b"})")) == "jws-syntax");
    CHECK(code_of(token("[]")) == "jws-syntax");
}

TEST_CASE("a key in the header must be public and of the header's algorithm") {
    auto jwk = PrivateKey::generate(KeyType::p256).public_key().to_jwk();
    auto const with = [](Json const& key) { return token(Json{{"alg", "ES256"}, {"jwk", key}}.dump()); };

    CHECK(code_of(with(jwk)) == "accepted");
    CHECK(code_of(with(PrivateKey::generate(KeyType::p384).public_key().to_jwk())) == "jws-header");
    jwk["d"] = "AQ";
    CHECK(code_of(with(jwk)) == "private-key-exposed");
    CHECK(code_of(with("text")) == "invalid-key");
}

TEST_CASE("the type of a token is one the caller accepts") {
    auto const typed = [](char const* type) { return token(std::string(R"({"alg":"EdDSA","typ":")") + type + "\"}"); };
    JwsRules strict;
    strict.types = {"vc+jwt"};
    strict.type_required = true;

    for (auto const* type : {"JWT", "jwt", "vc+jwt", "application/vc+jwt", "vc+ld+jwt"})
        CHECK(code_of(typed(type)) == "accepted");
    for (auto const* type : {"at+jwt", "JOSE", "", "text/vc+jwt", "vp+jwt"})
        CHECK(code_of(typed(type)) == "jws-type");
    CHECK(code_of(typed("JWT"), strict) == "jws-type");
    CHECK(code_of(token(R"({"alg":"EdDSA"})"), strict) == "jws-type");
    CHECK(code_of(token(R"({"alg":"EdDSA","typ":1})")) == "jws-header");
}

TEST_CASE("a token has three canonical parts within its limit") {
    auto const good = token(R"({"alg":"EdDSA"})");
    JwsRules small;
    small.limit = good.size() - 1;

    CHECK(code_of(good) == "accepted");
    CHECK(code_of(good, small) == "jws-limit");
    for (auto const& text : {std::string(), std::string("."), std::string(".."), good + ".", good + "=", good + "\n",
                             " " + good, "\xef\xbb\xbf" + good, good.substr(0, good.rfind('.')),
                             good.substr(0, good.rfind('.') + 1), token(R"({"alg":"EdDSA"})", "{}", "")}) {
        CAPTURE(text);
        CHECK(code_of(text) == "jws-syntax");
    }
}

TEST_CASE("whatever the parser accepts encodes back to the same text") {
    static constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n\t";
    auto key = PrivateKey::from_pkcs8(SecretBytes(
        *hex_decode(std::string("302e020100300506032b657004220420") + std::string(64, '7'))));  // RFC 8410 section 7.
    REQUIRE(key);
    auto const public_key = key->public_key();
    LocalSigner const signer(std::move(*key), "key-1");
    auto const original = sign_compact(signer, {"kid"}, R"({"a":[1,2,3]})");
    std::uint32_t state = 20261124;
    auto const next = [&state](std::size_t bound) {  // A fixed sequence under a fixed key: a failure repeats.
        state = state * 1664525U + 1013904223U;
        return (state >> 8U) % bound;
    };
    int accepted = 0, verified = 0;

    for (int round = 0; round < 20000; ++round) {
        auto text = original;
        auto const where = next(text.size());
        switch (next(4)) {
            case 0:
                text[where] = letters[next(letters.size())];
                break;
            case 1:
                text.insert(where, 1, letters[next(letters.size())]);
                break;
            case 2:
                text.erase(where, 1);
                break;
            default:
                text[where] = static_cast<char>(next(256));
                break;
        }
        auto const jws = parse_compact_jws(text);
        if (!jws) continue;
        ++accepted;
        CHECK(base64url_encode(as_bytes(jws->header)) + "." + base64url_encode(jws->payload) + "." +
                  base64url_encode(jws->signature) ==
              text);
        if (!verify_jws(*jws, public_key)) continue;
        ++verified;
        CHECK(text == original);
    }

    CHECK(accepted > 1000);
    CHECK(verified > 0);  // Some mutations change nothing.
}
