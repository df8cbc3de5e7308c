#include "crypto/keys.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include "crypto/signer.hpp"

using namespace itqan;
using namespace itqan::crypto;

namespace {

constexpr KeyType all_types[] = {KeyType::ed25519, KeyType::p256, KeyType::p384, KeyType::p521, KeyType::rsa};

Json ed25519_jwk() {  // RFC 8037 appendix A.2.
    return {{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}};
}

Json p256_jwk() {  // RFC 7515 appendix A.3.
    return {{"kty", "EC"},
            {"crv", "P-256"},
            {"x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"},
            {"y", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}};
}

std::string code_of(Json const& jwk) {
    auto const key = PublicKey::from_jwk(jwk);
    return key ? "accepted" : key.error().code;
}

}  // namespace

TEST_CASE("the Ed25519 key of RFC 8037 signs as printed there") {
    // Appendix A.1: d as the seed, wrapped as PKCS #8 (RFC 8410 section 7).
    auto der = *hex_decode("302e020100300506032b657004220420");
    auto const seed = *base64url_decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
    der.insert(der.end(), seed.begin(), seed.end());
    std::string const input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";

    auto const key = PrivateKey::from_pkcs8(SecretBytes(std::move(der)));

    REQUIRE(key);
    CHECK(key->public_key().to_jwk() == ed25519_jwk());
    CHECK(key->public_key().thumbprint() == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");  // A.3.
    auto const signature = key->sign(as_bytes(input));
    CHECK(base64url_encode(signature) ==
          "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");  // A.4.
    CHECK(key->public_key().verify(as_bytes(input), signature));
    CHECK_FALSE(key->public_key().verify(as_bytes(input + "x"), signature));
}

TEST_CASE("an Ed25519 key whose signatures are good for any message is refused") {
    auto const code_of_point = [](std::string const& hex) {
        return code_of({{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", base64url_encode(hex_decode(hex).value())}});
    };
    std::string const zeros(60, '0');
    std::string const ones(60, 'f');
    std::string const order_eight = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc";

    for (auto const& point :
         {"01" + zeros + "00", "01" + zeros + "80", "00" + zeros + "00", "00" + zeros + "80", order_eight + "05",
          order_eight + "85", std::string("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
          "ec" + ones + "7f", "ed" + ones + "7f", "ee" + ones + "ff"}) {
        CAPTURE(point);
        CHECK(code_of_point(point) == "invalid-key");
    }
    CHECK(code_of_point("02" + zeros + "00") == "accepted");
    CHECK(code_of_point(order_eight + "04") == "accepted");
}

TEST_CASE("the RSA thumbprint is that of RFC 7638") {
    // Section 3.1.
    auto const key = PublicKey::from_jwk({{"kty", "RSA"},
                                          {"n",
                                           "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFx"
                                           "uhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3okn"
                                           "jhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_"
                                           "FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qM"
                                           "QvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-"
                                           "G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJz"
                                           "KnqDKgw"},
                                          {"e", "AQAB"},
                                          {"alg", "RS256"},
                                          {"kid", "2011-04-29"}});

    REQUIRE(key);
    CHECK(key->thumbprint() == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    CHECK(key->algorithm() == "RS256");
}

TEST_CASE("the ECDSA signature of RFC 7515 verifies") {
    // Appendix A.3: compact form over a payload that is not a credential.
    auto const key = PublicKey::from_jwk(p256_jwk());
    std::string const input =
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
        "cnVlfQ";
    auto const signature =
        *base64url_decode("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");

    REQUIRE(key);
    CHECK(key->verify(as_bytes(input), signature));
    CHECK_FALSE(key->verify(as_bytes("x" + input), signature));
}

TEST_CASE("every key type signs, verifies, and travels through PKCS 8 and JWK") {
    for (auto const type : all_types) {
        CAPTURE(key_type_name(type));
        auto const key = PrivateKey::generate(type);

        auto const back = PrivateKey::from_pkcs8(key.to_pkcs8());
        auto const public_key = PublicKey::from_jwk(key.public_key().to_jwk());

        REQUIRE(back);
        REQUIRE(public_key);
        CHECK(back->type() == type);
        CHECK(read_key_type(key_type_name(type)) == type);
        CHECK(back->public_key() == key.public_key());
        auto signature = back->sign(as_bytes("message"));
        CHECK(public_key->verify(as_bytes("message"), signature));
        CHECK_FALSE(public_key->verify(as_bytes("other"), signature));
        signature.back() = static_cast<std::uint8_t>(signature.back() ^ 1U);
        CHECK_FALSE(public_key->verify(as_bytes("message"), signature));
        signature.pop_back();
        CHECK_FALSE(public_key->verify(as_bytes("message"), signature));
        CHECK_FALSE(public_key->verify(as_bytes("message"), {}));
    }
}

TEST_CASE("badges are signed with four algorithms and no symmetric one") {
    for (auto const* name : {"EdDSA", "ES256", "ES384", "RS256"})
        CHECK(is_badge_algorithm(name));
    for (auto const* name : {"none", "HS256", "HS384", "HS512", "ES512", "ES256K", "PS256", "RS384", "eddsa", ""}) {
        CHECK_FALSE(is_badge_algorithm(name));
    }
}

TEST_CASE("a JWK with a private member is named as an exposed key") {
    for (auto const* name : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
        auto jwk = ed25519_jwk();
        jwk[name] = "AQ";

        auto const key = PublicKey::from_jwk(jwk);

        REQUIRE_FALSE(key);
        CHECK(key.error().code == "private-key-exposed");
        CHECK(key.error().violations.at(0).pointer == std::string("/") + name);
    }
}

TEST_CASE("a JWK whose numbers do not fit its curve is refused") {
    auto short_x = p256_jwk();
    short_x["x"] = base64url_encode(Bytes(31, 1));
    auto other_curve = p256_jwk();
    other_curve["crv"] = "P-384";
    auto off_curve = p256_jwk();
    off_curve["y"] = base64url_encode(Bytes(32, 1));
    auto padded = p256_jwk();
    padded["x"] = padded["x"].get<std::string>() + "=";
    auto long_ed = ed25519_jwk();
    long_ed["x"] = base64url_encode(Bytes(33, 1));
    auto no_y = p256_jwk();
    no_y.erase("y");

    for (auto const& jwk : {short_x, other_curve, off_curve, padded, long_ed, no_y, Json("text"), Json()}) {
        CHECK(code_of(jwk) == "invalid-key");
    }
}

TEST_CASE("a JWK of another kind or for another use is refused") {
    auto const with = [](Json jwk, char const* name, Json value) {
        jwk[name] = std::move(value);
        return jwk;
    };

    CHECK(code_of({{"kty", "oct"}}) == "unsupported-key");
    CHECK(code_of(with(p256_jwk(), "crv", "secp256k1")) == "unsupported-key");
    CHECK(code_of(with(ed25519_jwk(), "crv", "X25519")) == "unsupported-key");
    CHECK(code_of(with(p256_jwk(), "alg", "ES384")) == "unsupported-key");
    CHECK(code_of(with(p256_jwk(), "use", "enc")) == "unsupported-key");
    CHECK(code_of(with(p256_jwk(), "key_ops", Json::array({"sign"}))) == "unsupported-key");
    CHECK(code_of(with(p256_jwk(), "key_ops", Json::array({"verify"}))) == "accepted");
    CHECK(code_of(with(p256_jwk(), "kid", "any")) == "accepted");
}

TEST_CASE("RSA keys below 2048 bits or with a weak exponent are refused") {
    auto const good = PrivateKey::generate(KeyType::rsa).public_key().to_jwk();
    auto const with_exponent = [&](Bytes const& exponent) {
        auto jwk = good;
        jwk["e"] = base64url_encode(exponent);
        return code_of(jwk);
    };
    auto modulus = *base64url_decode(good["n"].get<std::string>());

    CHECK(code_of(good) == "accepted");
    CHECK(with_exponent({3}) == "accepted");
    CHECK(with_exponent({1}) == "invalid-key");
    CHECK(with_exponent({2}) == "invalid-key");
    CHECK(with_exponent({1, 0, 0}) == "invalid-key");
    CHECK(with_exponent({0, 1, 0, 1}) == "invalid-key");
    CHECK(with_exponent(Bytes(9, 1)) == "invalid-key");
    auto shorter = good;
    modulus.front() = 0x7f;
    shorter["n"] = base64url_encode(modulus);
    CHECK(code_of(shorter) == "invalid-key");
    auto longer = good;
    longer["n"] = base64url_encode(Bytes(1025, 0xff));
    CHECK(code_of(longer) == "invalid-key");
    CHECK_THROWS_AS(PrivateKey::generate(KeyType::rsa, 1024), std::invalid_argument);
}

TEST_CASE("bytes that are not one private key are refused") {
    auto const der = PrivateKey::generate(KeyType::p256).to_pkcs8();
    Bytes longer(der.view().begin(), der.view().end());
    longer.push_back(0);

    CHECK_FALSE(PrivateKey::from_pkcs8(SecretBytes(std::move(longer))));
    CHECK_FALSE(PrivateKey::from_pkcs8(SecretBytes()));
    CHECK_FALSE(PrivateKey::from_pkcs8(SecretBytes::copy_of("not a key")));
    // X25519 (RFC 8410) is no signing key.
    CHECK_FALSE(PrivateKey::from_pkcs8(SecretBytes(*hex_decode(
        "302e020100300506032b656e04220420000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"))));
}

TEST_CASE("one key signs from many threads at once") {
    for (auto const type : all_types) {
        LocalSigner const signer(PrivateKey::generate(type), "key-1");
        std::atomic<int> good{0};
        std::vector<std::thread> threads;

        for (int i = 0; i < 16; ++i) {
            threads.emplace_back([&signer, &good, i] {
                for (int j = 0; j < 4; ++j) {
                    auto const message = std::to_string(i * 100 + j);
                    auto const signature = sign_checked(signer, as_bytes(message));
                    if (signer.public_key().verify(as_bytes(message), signature)) ++good;
                }
            });
        }
        for (auto& thread : threads)
            thread.join();

        CHECK(good == 64);
    }
}

TEST_CASE("a signer whose signatures do not check out is stopped") {
    class Faulty final : public Signer {
      public:
        explicit Faulty(KeyType type) : inner_(PrivateKey::generate(type), "faulty") {}
        std::string const& key_id() const override { return inner_.key_id(); }
        PublicKey const& public_key() const override { return inner_.public_key(); }
        Bytes sign(ByteView message) const override {
            auto signature = inner_.sign(message);
            signature[5] = static_cast<std::uint8_t>(signature[5] ^ ++calls_);
            return signature;
        }

      private:
        LocalSigner inner_;
        mutable unsigned calls_ = 0;
    };

    for (auto const type : {KeyType::ed25519, KeyType::p256, KeyType::rsa}) {
        Faulty const signer(type);
        CHECK_THROWS_AS(sign_checked(signer, as_bytes("message")), std::runtime_error);
    }
}

TEST_CASE("a public key in PEM is read as OpenSSL writes it, wherever its lines end") {
    // `openssl pkey -pubout` of RFC 8037's key; RFC 8410 section 4 for the bytes before it.
    std::string const body = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    std::string const begin = "-----BEGIN PUBLIC KEY-----", end = "-----END PUBLIC KEY-----";
    for (auto const& pem : {begin + "\n" + body + "\n" + end + "\n", begin + body + end,
                            begin + "\r\n" + body.substr(0, 20) + "\r\n" + body.substr(20) + "\r\n" + end}) {
        auto const key = PublicKey::from_pem(pem);
        REQUIRE(key);
        CHECK(key->to_jwk() == ed25519_jwk());
    }
    for (auto const& pem : {std::string(), begin, end, begin + end, body, begin + body.substr(0, 40) + end,
                            begin + body + "AAAA" + end, begin + "MCowBQYDK2VwAyEA" + std::string(9000, 'A') + end,
                            "x" + begin + body + end, begin + body + end + begin + body + end}) {
        CAPTURE(pem.substr(0, 80));
        CHECK(PublicKey::from_pem(pem).error().code == "invalid-key");
    }
    auto const small_order = begin + "MCowBQYDK2VwAyEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" + end;
    CHECK(PublicKey::from_pem(small_order).error().code == "invalid-key");
    CHECK(PublicKey::from_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----").error().code ==
          "private-key-exposed");
    // X25519, which agrees on keys and signs nothing.
    CHECK(PublicKey::from_pem(begin + "MCowBQYDK2VuAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" + end)
              .error()
              .code == "unsupported-key");
}
