#include "crypto/keystore.hpp"

#include <array>
#include <stdexcept>

#include <argon2.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include "crypto/ossl.hpp"
#include "crypto/random.hpp"

namespace itqan::crypto {
namespace {

constexpr std::size_t kek_size = 32;
constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;
constexpr std::uint8_t format = 1;  // AES-256-GCM, nonce of 12 bytes, tag of 16.

class File {
  public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    File(File const&) = delete;
    File& operator=(File const&) = delete;
    ~File() {
        if (descriptor_ >= 0) close(descriptor_);
    }
    int get() const { return descriptor_; }
    explicit operator bool() const { return descriptor_ >= 0; }

  private:
    int descriptor_;
};

Error kek_error(Fault fault, char const* code, std::filesystem::path const& file, char const* detail) {
    return Error{fault, code, "The key-encryption key " + file.string() + " " + detail};
}

/// Writes beside the file and links it into place, so that two processes starting at once end with the same key.
bool create(std::filesystem::path const& file) {
    auto const fresh = SecretBytes(random_bytes(kek_size));
    auto const beside = file.string() + "." + random_code();
    bool written = false;
    {
        File const out(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!out) return false;
        written = ::write(out.get(), fresh.view().data(), kek_size) == static_cast<ssize_t>(kek_size) &&
                  ::fsync(out.get()) == 0;
    }
    bool const linked = written && (::link(beside.c_str(), file.c_str()) == 0 || errno == EEXIST);
    ::unlink(beside.c_str());
    if (!linked) return false;
    auto const folder = file.parent_path();
    File const directory(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return directory && ::fsync(directory.get()) == 0;
}

/// AES-256-GCM over `in`; the tag is written when encrypting and expected when not. False when it does not match.
bool run_cipher(bool encrypt, KeyEncryptionKey const& kek, ByteView nonce, std::string_view context, ByteView in,
                std::uint8_t* out, std::uint8_t* tag) {
    ossl::Cipher const cipher(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
    ossl::CipherContext const state(EVP_CIPHER_CTX_new());
    ossl::check(cipher && state &&
                    EVP_CipherInit_ex2(state.get(), cipher.get(), kek.view().data(), nonce.data(), encrypt ? 1 : 0,
                                       nullptr) == 1,
                "EVP_CipherInit_ex2");
    int length = 0;
    auto const additional = as_bytes(context);
    ossl::check(EVP_CipherUpdate(state.get(), nullptr, &length, &format, 1) == 1 &&
                    EVP_CipherUpdate(state.get(), nullptr, &length, additional.data(),
                                     static_cast<int>(additional.size())) == 1,
                "EVP_CipherUpdate");
    ossl::check(EVP_CipherUpdate(state.get(), out, &length, in.data(), static_cast<int>(in.size())) == 1,
                "EVP_CipherUpdate");
    auto const tag_length = static_cast<int>(tag_size);
    if (!encrypt) EVP_CIPHER_CTX_ctrl(state.get(), EVP_CTRL_AEAD_SET_TAG, tag_length, tag);
    bool const good = EVP_CipherFinal_ex(state.get(), out + length, &length) == 1;
    ERR_clear_error();
    if (!encrypt) return good;
    ossl::check(good && EVP_CIPHER_CTX_ctrl(state.get(), EVP_CTRL_AEAD_GET_TAG, tag_length, tag) == 1,
                "EVP_CipherFinal_ex");
    return true;
}

/// Unambiguous whatever the parts hold.
std::string context_of(std::string_view id, std::string_view issuer, std::string_view purpose) {
    return canonical_json(Json::array({"itqan key", id, issuer, purpose}));
}

Error sealed_key_error(char const* detail) {
    return Error{Fault::unprocessable, "sealed-key", detail};
}

}  // namespace

Result<KeyEncryptionKey> KeyEncryptionKey::load_or_create(std::filesystem::path const& file) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored) && !create(file)) {
        return kek_error(Fault::unavailable, "kek-file", file, "could not be written.");
    }
    return read(file, false);
}

Result<KeyEncryptionKey> KeyEncryptionKey::load_provided(std::filesystem::path const& file) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) {
        return kek_error(Fault::unavailable, "kek-file", file,
                         "is not there. Every node needs the same 32 bytes; a new installation makes them once: "
                         "head -c 32 /dev/urandom.");
    }
    return read(file, true);
}

Result<KeyEncryptionKey> KeyEncryptionKey::read(std::filesystem::path const& file, bool is_provided) {
    File const in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat facts {};
    if (!in || ::fstat(in.get(), &facts) != 0) {
        return kek_error(Fault::unavailable, "kek-file", file, "could not be read.");
    }
    bool const is_lent = is_provided && facts.st_uid != ::geteuid();
    auto const forbidden = static_cast<mode_t>(S_IRWXO | (is_lent ? S_IWGRP | S_IXGRP : S_IRWXG));
    if ((facts.st_mode & forbidden) != 0) {
        return kek_error(Fault::unprocessable, "kek-mode", file, "is open to group or others; set its mode to 0600.");
    }
    if (!S_ISREG(facts.st_mode) || facts.st_size != static_cast<off_t>(kek_size)) {
        return kek_error(Fault::unprocessable, "kek-size", file, "must be a file of exactly 32 bytes.");
    }
    SecretBytes bytes(kek_size);
    if (::read(in.get(), bytes.data(), kek_size) != static_cast<ssize_t>(kek_size)) {
        return kek_error(Fault::unavailable, "kek-file", file, "could not be read.");
    }
    return from_bytes(std::move(bytes));
}

KeyEncryptionKey KeyEncryptionKey::from_passphrase(SecretBytes const& passphrase, ByteView salt) {
    if (salt.size() < 16) throw std::invalid_argument("the salt of a passphrase has at least 16 bytes");
    constexpr std::uint32_t passes = 3, kibibytes = 64 * 1024, lanes = 1;
    SecretBytes derived(kek_size);
    auto const result = argon2id_hash_raw(passes, kibibytes, lanes, passphrase.view().data(), passphrase.size(),
                                          salt.data(), salt.size(), derived.data(), derived.size());
    if (result != ARGON2_OK) throw std::runtime_error(std::string("argon2id: ") + argon2_error_message(result));
    return from_bytes(std::move(derived));
}

KeyEncryptionKey KeyEncryptionKey::from_bytes(SecretBytes bytes) {
    if (bytes.size() != kek_size) throw std::invalid_argument("a key-encryption key has 32 bytes");
    return KeyEncryptionKey(std::move(bytes));
}

Bytes seal(KeyEncryptionKey const& kek, ByteView plaintext, std::string_view context) {
    auto const nonce = random_bytes(nonce_size);
    Bytes sealed(1 + nonce_size + plaintext.size() + tag_size);
    sealed[0] = format;
    std::copy(nonce.begin(), nonce.end(), sealed.begin() + 1);
    auto* const text = sealed.data() + 1 + nonce_size;
    run_cipher(true, kek, nonce, context, plaintext, text, text + plaintext.size());
    return sealed;
}

Result<SecretBytes> open(KeyEncryptionKey const& kek, ByteView sealed, std::string_view context) {
    if (sealed.size() < 1 + nonce_size + tag_size || sealed[0] != format) {
        return sealed_key_error("The sealed bytes have an unknown form.");
    }
    auto const text = sealed.subspan(1 + nonce_size, sealed.size() - 1 - nonce_size - tag_size);
    std::array<std::uint8_t, tag_size> tag;
    std::copy(sealed.end() - tag_size, sealed.end(), tag.begin());
    SecretBytes plaintext(text.size());
    if (!run_cipher(false, kek, sealed.subspan(1, nonce_size), context, text, plaintext.data(), tag.data())) {
        return sealed_key_error(
            "The sealed bytes do not open: another key-encryption key, another row, or changed bytes.");
    }
    return plaintext;
}

SealedKey seal_key(KeyEncryptionKey const& kek, PrivateKey const& key, std::string id, std::string issuer,
                   std::string purpose) {
    auto sealed = seal(kek, key.to_pkcs8().view(), context_of(id, issuer, purpose));
    return SealedKey{
        std::move(id),    std::move(issuer), std::move(purpose), key.type(), canonical_json(key.public_key().to_jwk()),
        std::move(sealed)};
}

Result<PrivateKey> open_key(KeyEncryptionKey const& kek, SealedKey const& sealed) {
    auto const der = open(kek, sealed.sealed, context_of(sealed.id, sealed.issuer, sealed.purpose));
    if (!der) return der.error();
    auto key = PrivateKey::from_pkcs8(*der);
    if (!key) return key.error();
    if (key->type() != sealed.type || canonical_json(key->public_key().to_jwk()) != sealed.public_jwk) {
        return sealed_key_error("The sealed key is not the one its row shows.");
    }
    return key;
}

std::string_view key_state_name(KeyState state) {
    switch (state) {
        case KeyState::next:
            return "next";
        case KeyState::active:
            return "active";
        case KeyState::retired:
            return "retired";
        case KeyState::revoked:
            return "revoked";
    }
    throw std::logic_error("a key state without a name");
}

std::optional<KeyState> read_key_state(std::string_view name) {
    for (auto const state : {KeyState::next, KeyState::active, KeyState::retired, KeyState::revoked}) {
        if (key_state_name(state) == name) return state;
    }
    return std::nullopt;
}

bool may_become(KeyState from, KeyState to) {
    if (from == KeyState::revoked) return false;
    if (to == KeyState::revoked) return true;
    return (from == KeyState::next && to == KeyState::active) || (from == KeyState::active && to == KeyState::retired);
}

bool is_listed(KeyState state) {
    return state != KeyState::revoked;
}

}  // namespace itqan::crypto
