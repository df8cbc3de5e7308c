#include "crypto/digest.hpp"

#include <stdexcept>
#include <type_traits>

#include <doctest/doctest.h>

#include "crypto/secret_bytes.hpp"

using namespace itqan;
using namespace itqan::crypto;

TEST_CASE("SHA-256 gives the published digests") {
    CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-4.
    CHECK(sha256_hex("a@example.comKosher") == "b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399");
}

TEST_CASE("SHA-384 gives the published digest") {
    CHECK(hex_encode(sha384(as_bytes("abc"))) ==
          "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
    CHECK(hash_with(HashAlgorithm::sha384, as_bytes("abc")) == sha384(as_bytes("abc")));
    CHECK(hash_with(HashAlgorithm::sha256, as_bytes("abc")) == sha256(as_bytes("abc")));
}

TEST_CASE("HMAC-SHA-256 gives the published codes") {  // RFC 4231, test cases 1 and 2.
    CHECK(hex_encode(hmac_sha256(Bytes(20, 0x0b), as_bytes("Hi There"))) ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(hex_encode(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("constant-time comparison agrees with equality") {
    CHECK(equal_constant_time(as_bytes("abc"), as_bytes("abc")));
    CHECK_FALSE(equal_constant_time(as_bytes("abc"), as_bytes("abd")));
    CHECK_FALSE(equal_constant_time(as_bytes("abc"), as_bytes("abcd")));
    CHECK(equal_constant_time(as_bytes(""), as_bytes("")));
}

TEST_CASE("a UUID of version 5 is the published one for its name") {
    std::string const dns = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";

    CHECK(uuid_v5(dns, "www.example.com") == "2ed6657d-e927-568b-95e1-2665a8aea6a2");  // RFC 9562 appendix A.4.
    CHECK(uuid_v5(dns, "www.example.org") != uuid_v5(dns, "www.example.com"));
    CHECK_THROWS_AS(uuid_v5("not-a-uuid", "name"), std::invalid_argument);
}

TEST_CASE("secret bytes move and leave nothing behind") {
    auto secret = SecretBytes::copy_of("passphrase");

    auto moved = std::move(secret);

    CHECK(as_text(moved.view()) == "passphrase");
    CHECK(secret.empty());
    static_assert(!std::is_copy_constructible_v<SecretBytes> && !std::is_copy_assignable_v<SecretBytes>);
}
