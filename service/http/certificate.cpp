#include "service/http/certificate.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <stdexcept>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

namespace itqan::http {
namespace {

template <auto free>
struct Freed {
    template <typename T>
    void operator()(T* pointer) const {
        free(pointer);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;

constexpr long life_days = 365;
constexpr long renewed_days_before = 14;

void require(bool done, char const* what) {
    if (!done) throw std::runtime_error(std::string("OpenSSL cannot make ") + what);
}

void add_extension(X509* certificate, X509* issuer, int kind, std::string const& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    Extension const extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "a certificate extension");
}

Certificate make(EVP_PKEY* key, std::string const& name, Instant now) {
    Certificate certificate(X509_new());
    require(certificate != nullptr && X509_set_version(certificate.get(), 2) == 1, "a certificate");
    unsigned char serial[16];
    require(RAND_bytes(serial, sizeof serial) == 1, "a serial number");
    serial[0] &= 0x7f;
    std::unique_ptr<BIGNUM, Freed<BN_free>> const number(BN_bin2bn(serial, sizeof serial, nullptr));
    require(number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get())) != nullptr,
            "a serial number");
    auto const seconds = static_cast<time_t>(now.seconds());
    auto from = seconds - 3600;
    auto until = seconds + life_days * 86'400;
    X509_time_adj(X509_getm_notBefore(certificate.get()), 0, &from);
    X509_time_adj(X509_getm_notAfter(certificate.get()), 0, &until);
    auto* const subject = X509_get_subject_name(certificate.get());
    require(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                       reinterpret_cast<unsigned char const*>(name.c_str()), -1, -1, 0) == 1,
            "a name");
    require(X509_set_pubkey(certificate.get(), key) == 1, "a certificate");
    return certificate;
}

bool is_address(std::string const& name) {
    in6_addr space{};
    return ::inet_pton(AF_INET, name.c_str(), &space) == 1 || ::inet_pton(AF_INET6, name.c_str(), &space) == 1;
}

bool is_host_name(std::string const& name) {
    constexpr char used[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
    return !name.empty() && name.find_first_not_of(used) == std::string::npos;
}

std::string alternative_names(std::vector<std::string> const& names) {
    std::string text = "DNS:localhost,IP:127.0.0.1,IP:::1";
    for (auto const& name : names) {
        if (is_address(name)) {
            text += ",IP:" + name;
        } else if (is_host_name(name)) {
            text += ",DNS:" + name;
        }
    }
    return text;
}

std::string pem_of(X509* certificate) {
    Memory const memory(BIO_new(BIO_s_mem()));
    require(memory && PEM_write_bio_X509(memory.get(), certificate) == 1, "PEM");
    char* data = nullptr;
    auto const size = BIO_get_mem_data(memory.get(), &data);
    return std::string(data, static_cast<std::size_t>(size));
}

std::string pem_of(EVP_PKEY* key) {
    Memory const memory(BIO_new(BIO_s_mem()));
    require(memory && PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1, "PEM");
    char* data = nullptr;
    auto const size = BIO_get_mem_data(memory.get(), &data);
    return std::string(data, static_cast<std::size_t>(size));
}

bool write_file(std::filesystem::path const& path, std::string const& text, mode_t mode) {
    auto const temporary = path.string() + ".new";
    int const file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (file < 0) return false;
    bool const written =
        ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
    return ::close(file) == 0 && written && ::rename(temporary.c_str(), path.c_str()) == 0;
}

Certificate certificate_in(std::filesystem::path const& path) {
    Memory const file(BIO_new_file(path.c_str(), "r"));
    return Certificate(file ? PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr) : nullptr);
}

Key key_in(std::filesystem::path const& path) {
    char no_password[] = "";  // Without one OpenSSL would ask at the terminal.
    Memory const file(BIO_new_file(path.c_str(), "r"));
    return Key(file ? PEM_read_bio_PrivateKey(file.get(), nullptr, nullptr, no_password) : nullptr);
}

/// The three files belong together, the certificate stays valid for a while and names all hosts.
bool is_usable(DemoCertificate const& files, std::vector<std::string> const& names, Instant now) {
    auto const certificate = certificate_in(files.certificate);
    auto const authority = certificate_in(files.authority);
    auto const key = key_in(files.key);
    if (!certificate || !authority || !key) return false;
    if (X509_check_private_key(certificate.get(), key.get()) != 1) return false;
    if (X509_verify(certificate.get(), X509_get0_pubkey(authority.get())) != 1) return false;
    auto later = static_cast<time_t>(now.seconds()) + renewed_days_before * 86'400;
    if (X509_cmp_time(X509_get0_notAfter(certificate.get()), &later) <= 0) return false;
    for (auto const& name : names)
        if (X509_check_host(certificate.get(), name.c_str(), name.size(), 0, nullptr) != 1 &&
            X509_check_ip_asc(certificate.get(), name.c_str(), 0) != 1)
            return false;
    return true;
}

}  // namespace

Result<DemoCertificate> demo_certificate(std::filesystem::path const& folder, std::vector<std::string> const& names,
                                         Instant now) {
    DemoCertificate const files{folder / "demo-authority.pem", folder / "certificate.pem",
                                folder / "certificate-key.pem"};
    if (is_usable(files, names, now)) return files;
    ERR_clear_error();  // What was wrong with the old files is no news to whoever asks OpenSSL next.

    Key const authority_key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    Key const server_key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    require(authority_key && server_key, "keys");
    auto const authority = make(authority_key.get(), "Itqan demo authority of this machine", now);
    X509_set_issuer_name(authority.get(), X509_get_subject_name(authority.get()));
    add_extension(authority.get(), authority.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(authority.get(), authority.get(), NID_key_usage, "critical,keyCertSign");
    add_extension(authority.get(), authority.get(), NID_subject_key_identifier, "hash");
    require(X509_sign(authority.get(), authority_key.get(), EVP_sha256()) > 0, "a signature");

    auto const server = make(server_key.get(), "localhost", now);
    X509_set_issuer_name(server.get(), X509_get_subject_name(authority.get()));
    add_extension(server.get(), authority.get(), NID_basic_constraints, "critical,CA:FALSE");
    add_extension(server.get(), authority.get(), NID_key_usage, "critical,digitalSignature");
    add_extension(server.get(), authority.get(), NID_ext_key_usage, "serverAuth");
    add_extension(server.get(), authority.get(), NID_authority_key_identifier, "keyid");
    add_extension(server.get(), authority.get(), NID_subject_alt_name, alternative_names(names));
    require(X509_sign(server.get(), authority_key.get(), EVP_sha256()) > 0, "a signature");

    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    bool const written = write_file(files.key, pem_of(server_key.get()), 0600) &&
                         write_file(files.certificate, pem_of(server.get()) + pem_of(authority.get()), 0644) &&
                         write_file(files.authority, pem_of(authority.get()), 0644);
    if (!written)
        return Error{Fault::unavailable,
                     "certificate-files",
                     "The demo's certificate cannot be written to " + folder.string() + ".",
                     {}};
    return files;
}

}  // namespace itqan::http
