#include "service/http/certificate_facts.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>

#include <arpa/inet.h>
#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "schemas/text.hpp"

namespace itqan::http {
namespace {

struct FreeAny {
    void operator()(X509* x) const { X509_free(x); }
    void operator()(BIO* x) const { BIO_free(x); }
    void operator()(EVP_PKEY* x) const { EVP_PKEY_free(x); }
    void operator()(X509_STORE* x) const { X509_STORE_free(x); }
    void operator()(X509_STORE_CTX* x) const { X509_STORE_CTX_free(x); }
    void operator()(GENERAL_NAMES* x) const { GENERAL_NAMES_free(x); }
};
template <typename T>
using Own = std::unique_ptr<T, FreeAny>;

/// A stack that does not own what is on it.
struct FreeStack {
    void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};

Error unreadable(std::string const& code, std::filesystem::path const& file, std::string const& what) {
    ERR_clear_error();
    return {Fault::unavailable, code, file.string() + " " + what, {}};
}

Result<std::vector<Own<X509>>> read_all(std::filesystem::path const& file) {
    Own<BIO> const bio(BIO_new_file(file.c_str(), "r"));
    if (!bio) return unreadable("certificate-file", file, "cannot be read.");
    std::vector<Own<X509>> all;
    while (auto* const next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr))
        all.emplace_back(next);
    ERR_clear_error();
    if (all.empty()) return unreadable("certificate-file", file, "holds no certificate in PEM form.");
    return all;
}

Instant instant_of(ASN1_TIME const* time) {
    static constexpr std::int64_t second = 1'000, day = 86'400 * second;
    int days = 0, seconds = 0;
    struct FreeTime {
        void operator()(ASN1_TIME* x) const { ASN1_TIME_free(x); }
    };
    std::unique_ptr<ASN1_TIME, FreeTime> const epoch(ASN1_TIME_set(nullptr, 0));
    if (!epoch || ASN1_TIME_diff(&days, &seconds, epoch.get(), time) != 1) return {};
    return Instant{days * day + seconds * second};
}

std::vector<std::string> names_of(X509 const* certificate) {
    std::vector<std::string> names;
    Own<GENERAL_NAMES> const all(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    if (!all) return names;
    for (int i = 0; i < sk_GENERAL_NAME_num(all.get()); ++i) {
        auto const* const name = sk_GENERAL_NAME_value(all.get(), i);
        if (name->type == GEN_DNS) {
            names.emplace_back(reinterpret_cast<char const*>(ASN1_STRING_get0_data(name->d.dNSName)),
                               static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
        } else if (name->type == GEN_IPADD) {
            bool const is_4 = ASN1_STRING_length(name->d.iPAddress) == 4;
            char text[INET6_ADDRSTRLEN] = {};
            if (inet_ntop(is_4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(name->d.iPAddress), text, sizeof text))
                names.emplace_back(text);
        }
    }
    return names;
}

ChainEnd end_of(std::vector<Own<X509>> const& all) {
    Own<X509_STORE> const store(X509_STORE_new());
    Own<X509_STORE_CTX> const context(X509_STORE_CTX_new());
    std::unique_ptr<STACK_OF(X509), FreeStack> const others(sk_X509_new_null());
    if (!store || !context || !others) throw std::bad_alloc();
    X509_STORE_set_default_paths(store.get());
    for (auto const& one : all)
        sk_X509_push(others.get(), one.get());
    X509_STORE_CTX_init(context.get(), store.get(), all.front().get(), others.get());
    // How long it lasts is another question.
    X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_NO_CHECK_TIME);
    bool const good = X509_verify_cert(context.get()) == 1;
    auto const why = X509_STORE_CTX_get_error(context.get());
    ERR_clear_error();
    if (good) return ChainEnd::believed;
    bool const has_root = why == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN || why == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT;
    return has_root ? ChainEnd::own_root : ChainEnd::incomplete;
}

}  // namespace

Result<CertificateFacts> read_certificate_facts(std::filesystem::path const& file) {
    auto const all = read_all(file);
    if (!all) return all.error();
    auto const* const first = all->front().get();
    return CertificateFacts{instant_of(X509_get0_notBefore(first)), instant_of(X509_get0_notAfter(first)),
                            names_of(first)};
}

Result<ChainEnd> chain_end(std::filesystem::path const& file) {
    auto const all = read_all(file);
    if (!all) return all.error();
    return end_of(*all);
}

Result<void> check_key_fits(std::filesystem::path const& certificate, std::filesystem::path const& key) {
    auto const all = read_all(certificate);
    if (!all) return all.error();
    Own<BIO> const bio(BIO_new_file(key.c_str(), "r"));
    if (!bio) return unreadable("key-file", key, "cannot be read.");
    // No passphrase is asked for: nobody sits at the terminal of a service.
    Own<EVP_PKEY> const read(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, const_cast<char*>("")));
    if (!read) return unreadable("key-file", key, "holds no private key in PEM form without a passphrase.");
    bool const fits = X509_check_private_key(all->front().get(), read.get()) == 1;
    ERR_clear_error();
    if (fits) return {};
    return Error{Fault::unprocessable,
                 "key-mismatch",
                 key.string() + " is not the key of the certificate in " + certificate.string() + ".",
                 {}};
}

bool covers(CertificateFacts const& facts, std::string_view host) {
    auto const wanted = ascii_lower(host);
    auto const dot = wanted.find('.');
    return std::any_of(facts.names.begin(), facts.names.end(), [&](std::string const& name) {
        auto const lowered = ascii_lower(name);
        if (lowered.starts_with("*.") && dot != std::string::npos && dot > 0)
            return std::string_view(lowered).substr(1) == std::string_view(wanted).substr(dot);
        return lowered == wanted;
    });
}

}  // namespace itqan::http
