#include "service/http/tls.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace itqan::http {
namespace {

constexpr char ciphers_1_2[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr char ciphers_1_3[] = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr unsigned char session_context[] = "itqan";

int only_http_1_1(SSL*, unsigned char const** out, unsigned char* out_length, unsigned char const* in,
                  unsigned in_length, void*) {
    static constexpr unsigned char wanted[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    unsigned char* chosen = nullptr;
    if (SSL_select_next_proto(&chosen, out_length, wanted, sizeof wanted, in, in_length) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

int only_known_names(SSL* ssl, int*, void* argument) {
    auto const* const asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    if (asked == nullptr) return SSL_TLSEXT_ERR_NOACK;
    auto const& names = *static_cast<std::vector<std::string> const*>(argument);
    bool const known = std::any_of(names.begin(), names.end(),
                                   [&](std::string const& name) { return strcasecmp(name.c_str(), asked) == 0; });
    return known ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void require(long result, char const* what) {
    if (result == 1) return;
    char reason[256];
    ERR_error_string_n(ERR_get_error(), reason, sizeof reason);
    throw std::runtime_error(std::string(what) + ": " + reason);
}

}  // namespace

std::shared_ptr<SSL_CTX> make_tls_context(std::filesystem::path const& certificate, std::filesystem::path const& key,
                                          std::vector<std::string> const& names) {
    std::shared_ptr<SSL_CTX> const context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    auto* const x = context.get();
    if (x == nullptr) throw std::bad_alloc();
    require(SSL_CTX_set_min_proto_version(x, TLS1_2_VERSION), "TLS version");
    require(SSL_CTX_set_cipher_list(x, ciphers_1_2), "TLS 1.2 ciphers");
    require(SSL_CTX_set_ciphersuites(x, ciphers_1_3), "TLS 1.3 ciphers");
    require(SSL_CTX_set1_groups_list(x, "X25519:P-256:P-384"), "TLS groups");
    SSL_CTX_set_options(x, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_PRIORITIZE_CHACHA |
                               SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_clear_options(x, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_max_early_data(x, 0);
    // A record's head and body in one call; what was read too much waits where SSL_has_pending sees it.
    SSL_CTX_set_read_ahead(x, 1);
    // Ten thousand idle connections: nothing is kept for a next time, neither buffers nor sessions (tickets carry
    // them).
    SSL_CTX_set_mode(x, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(x, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_security_level(x, 2);
    require(SSL_CTX_set_session_id_context(x, session_context, sizeof session_context - 1), "session context");
    require(SSL_CTX_set_num_tickets(x, 2), "session tickets");
    SSL_CTX_set_alpn_select_cb(x, only_http_1_1, nullptr);
    // What the macro SSL_CTX_set_tlsext_servername_callback does, with its C cast spelled out.
    SSL_CTX_callback_ctrl(x, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB, reinterpret_cast<void (*)()>(only_known_names));
    SSL_CTX_set_tlsext_servername_arg(x, const_cast<std::vector<std::string>*>(&names));
    require(SSL_CTX_use_certificate_chain_file(x, certificate.c_str()),
            ("certificate " + certificate.string()).c_str());
    require(SSL_CTX_use_PrivateKey_file(x, key.c_str(), SSL_FILETYPE_PEM), ("key " + key.string()).c_str());
    require(SSL_CTX_check_private_key(x), "the key is not the certificate's");
    return context;
}

}  // namespace itqan::http
