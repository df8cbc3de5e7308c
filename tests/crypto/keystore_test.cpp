#include "crypto/keystore.hpp"

#include <fstream>

#include <sys/stat.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include "crypto/random.hpp"

using namespace itqan;
using namespace itqan::crypto;

namespace {

class Folder {
  public:
    Folder() : path_(std::filesystem::temp_directory_path() / ("itqan-" + random_code())) {
        std::filesystem::create_directory(path_);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    std::filesystem::path operator/(char const* name) const { return path_ / name; }
    std::ptrdiff_t files() const {
        return std::distance(std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator());
    }

  private:
    std::filesystem::path path_;
};

KeyEncryptionKey fresh_kek() {
    return KeyEncryptionKey::from_bytes(SecretBytes(random_bytes(32)));
}

bool same(ByteView left, ByteView right) {
    return Bytes(left.begin(), left.end()) == Bytes(right.begin(), right.end());
}

}  // namespace

TEST_CASE("what is sealed opens with the same key and context only") {
    auto const kek = fresh_kek();
    auto const sealed = seal(kek, as_bytes("secret"), "row 1");

    auto const opened = open(kek, sealed, "row 1");

    REQUIRE(opened);
    CHECK(as_text(opened->view()) == "secret");
    CHECK_FALSE(open(kek, sealed, "row 2"));
    CHECK_FALSE(open(fresh_kek(), sealed, "row 1"));
    CHECK(seal(kek, as_bytes("secret"), "row 1") != sealed);
}

TEST_CASE("no bit of sealed bytes may change") {
    auto const kek = fresh_kek();
    auto const sealed = seal(kek, as_bytes("secret"), "row");

    for (std::size_t i = 0; i < sealed.size(); ++i) {
        auto changed = sealed;
        changed[i] = static_cast<std::uint8_t>(changed[i] ^ 1U);
        CHECK_FALSE(open(kek, changed, "row"));
    }
    for (std::size_t length = 0; length < sealed.size(); ++length) {
        CHECK_FALSE(open(kek, ByteView(sealed).first(length), "row"));
    }
}

TEST_CASE("a sealed key opens as the key of its row and of no other row") {
    auto const kek = fresh_kek();
    for (auto const type : {KeyType::ed25519, KeyType::p256, KeyType::rsa}) {
        auto const key = PrivateKey::generate(type);
        auto const sealed = seal_key(kek, key, "key-1", "issuer-1", "assertion");

        auto const opened = open_key(kek, sealed);

        REQUIRE(opened);
        CHECK(opened->public_key() == key.public_key());
        CHECK(key.public_key().verify(as_bytes("m"), opened->sign(as_bytes("m"))));
        for (auto const member : {&SealedKey::id, &SealedKey::issuer, &SealedKey::purpose, &SealedKey::public_jwk}) {
            auto other = sealed;
            other.*member += "x";
            CHECK_FALSE(open_key(kek, other));
        }
        auto other_type = sealed;
        other_type.type = KeyType::p521;
        CHECK_FALSE(open_key(kek, other_type));
    }
}

TEST_CASE("the key-encryption key file is made once, private, and read again") {
    Folder const folder;

    auto const made = KeyEncryptionKey::load_or_create(folder / "kek");
    auto const read = KeyEncryptionKey::load_or_create(folder / "kek");

    REQUIRE(made);
    REQUIRE(read);
    CHECK(same(made->view(), read->view()));
    struct stat facts {};
    REQUIRE(stat((folder / "kek").c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777) == 0600);
    CHECK(facts.st_size == 32);
    CHECK(folder.files() == 1);
}

TEST_CASE("a key-encryption key file that others may read is refused") {
    Folder const folder;
    REQUIRE(KeyEncryptionKey::load_or_create(folder / "kek"));
    for (mode_t const mode : {0640U, 0604U, 0620U, 0601U}) {
        REQUIRE(chmod((folder / "kek").c_str(), mode) == 0);

        auto const read = KeyEncryptionKey::load_or_create(folder / "kek");

        REQUIRE_FALSE(read);
        CHECK(read.error().code == "kek-mode");
    }
}

TEST_CASE("a provided key-encryption key is never made and may be lent to a group, if it is not ours") {
    Folder const folder;
    auto const file = folder / "kek";

    auto const missing = KeyEncryptionKey::load_provided(file);

    REQUIRE_FALSE(missing);
    CHECK(missing.error().code == "kek-file");
    CHECK(folder.files() == 0);
    REQUIRE(KeyEncryptionKey::load_or_create(file));
    CHECK(KeyEncryptionKey::load_provided(file));
    REQUIRE(chmod(file.c_str(), 0440) == 0);
    CHECK_FALSE(KeyEncryptionKey::load_provided(file));
    if (geteuid() != 0) {
        MESSAGE("not run: only root can give a file away");
        return;
    }
    REQUIRE(chown(file.c_str(), 65534, 65534) == 0);
    CHECK(KeyEncryptionKey::load_provided(file));
    CHECK_FALSE(KeyEncryptionKey::load_or_create(file));
    for (mode_t const mode : {0444U, 0460U, 0450U}) {
        REQUIRE(chmod(file.c_str(), mode) == 0);
        CHECK_FALSE(KeyEncryptionKey::load_provided(file));
    }
}

TEST_CASE("a key-encryption key file of another size or in no folder is refused") {
    Folder const folder;
    {
        std::ofstream(folder / "kek") << "short";
        REQUIRE(chmod((folder / "kek").c_str(), 0600) == 0);
    }

    auto const read = KeyEncryptionKey::load_or_create(folder / "kek");
    auto const nowhere = KeyEncryptionKey::load_or_create(folder / "missing" / "kek");

    REQUIRE_FALSE(read);
    CHECK(read.error().code == "kek-size");
    REQUIRE_FALSE(nowhere);
    CHECK(nowhere.error().code == "kek-file");
    CHECK_THROWS_AS(KeyEncryptionKey::from_bytes(SecretBytes(31)), std::invalid_argument);
}

TEST_CASE("a passphrase gives the Argon2id key of its salt") {
    auto const passphrase = SecretBytes::copy_of("correct horse battery staple");
    auto const salt = to_bytes("sixteen bytes ok");

    auto const kek = KeyEncryptionKey::from_passphrase(passphrase, salt);

    CHECK(same(kek.view(), KeyEncryptionKey::from_passphrase(passphrase, salt).view()));
    CHECK_FALSE(same(kek.view(), KeyEncryptionKey::from_passphrase(passphrase, to_bytes("sixteen bytes no")).view()));
    CHECK_THROWS_AS(KeyEncryptionKey::from_passphrase(passphrase, to_bytes("short")), std::invalid_argument);
}

TEST_CASE("keys move forward only and revocation is for ever") {
    using enum KeyState;

    CHECK(may_become(next, active));
    CHECK(may_become(active, retired));
    for (auto const state : {next, active, retired}) {
        CHECK(may_become(state, revoked));
        CHECK_FALSE(may_become(revoked, state));
        CHECK_FALSE(may_become(state, state));
        CHECK(is_listed(state));
        CHECK(read_key_state(key_state_name(state)) == state);
    }
    CHECK_FALSE(may_become(retired, active));
    CHECK_FALSE(may_become(active, next));
    CHECK_FALSE(may_become(next, retired));
    CHECK_FALSE(may_become(revoked, revoked));
    CHECK_FALSE(is_listed(revoked));
    CHECK_FALSE(read_key_state("lost"));
}
