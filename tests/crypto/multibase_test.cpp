#include "crypto/multibase.hpp"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include "crypto/random.hpp"
#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::crypto;

TEST_CASE("base58btc gives the texts of its draft") {
    // draft-msporny-base58 section 5.
    CHECK(base58btc_encode(as_bytes("Hello World!")) == "2NEpo7TZRRrLZSi2U");
    CHECK(base58btc_encode(as_bytes("The quick brown fox jumps over the lazy dog.")) ==
          "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z");
    CHECK(base58btc_encode(*hex_decode("0000287fb4cd")) == "11233QC4");
    CHECK(base58btc_encode({}).empty());
}

TEST_CASE("base58btc reads back every length with leading zeros") {
    for (std::size_t length = 0; length < 70; ++length) {
        auto bytes = random_bytes(length);
        for (std::size_t i = 0; i < length / 8; ++i)
            bytes[i] = 0;

        auto const back = base58btc_decode(base58btc_encode(bytes));

        REQUIRE(back);
        CHECK(*back == bytes);
    }
}

TEST_CASE("base58btc refuses letters outside its alphabet and texts that cost too much") {
    for (auto const* text : {"0", "O", "I", "l", "a b", "a\n", "\xc3\xa9", "+"})
        CHECK_FALSE(base58btc_decode(text));
    CHECK(base58btc_decode(std::string(256, 'z')));
    CHECK_FALSE(base58btc_decode(std::string(257, 'z')));
}

TEST_CASE("the Multikeys of the W3C suites become keys and the same text again") {
    auto const shared = tests::shared_dir();
    if (!shared) {
        MESSAGE("shared vectors are not here");
        return;
    }
    struct Case {
        char const* file;
        KeyType type;
    };
    for (auto const& [file, type] : {Case{"vc-di-eddsa/TestVectors/keyPair.json", KeyType::ed25519},
                                     Case{"vc-di-ecdsa/TestVectors/p256KeyPair.json", KeyType::p256},
                                     Case{"vc-di-ecdsa/TestVectors/p384KeyPair.json", KeyType::p384}}) {
        auto const pair = parse_json(tests::read_file(*shared / "vectors" / file));
        REQUIRE(pair);
        auto const text = pair->at("publicKeyMultibase").get<std::string>();

        auto const key = PublicKey::from_multikey(text);

        REQUIRE(key);
        CHECK(key->type() == type);
        CHECK(key->multikey() == text);
        CHECK(*PublicKey::from_jwk(key->to_jwk()) == *key);
    }
}

TEST_CASE("every curve has a Multikey that reads back and RSA has none") {
    for (auto const type : {KeyType::ed25519, KeyType::p256, KeyType::p384, KeyType::p521}) {
        auto const key = PrivateKey::generate(type);

        auto const back = PublicKey::from_multikey(key.public_key().multikey());

        REQUIRE(back);
        CHECK(*back == key.public_key());
    }
    CHECK_THROWS_AS(PrivateKey::generate(KeyType::rsa).public_key().multikey(), std::logic_error);
}

TEST_CASE("a Multikey with another prefix, length or alphabet is refused") {
    std::string const good = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
    REQUIRE(decode_multikey(good));

    CHECK_FALSE(decode_multikey(""));
    CHECK_FALSE(decode_multikey("z"));
    CHECK_FALSE(decode_multikey(good.substr(1)));
    CHECK_FALSE(decode_multikey("u" + good.substr(1)));
    CHECK_FALSE(decode_multikey(good + "1"));
    CHECK_FALSE(decode_multikey(good.substr(0, good.size() - 1)));
    CHECK_FALSE(decode_multikey("zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"));  // secp256k1.
    CHECK_FALSE(PublicKey::from_multikey(encode_multikey(KeyType::p256, Bytes(33, 0xff))));
}
