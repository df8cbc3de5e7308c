#include "service/jobs/smtp.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string_view>

namespace itqan::jobs {
namespace {

struct EasyDeleter {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::size_t read_message(char* buffer, std::size_t size, std::size_t count, void* rest_) {
    auto& rest = *static_cast<std::string_view*>(rest_);
    auto const taken = std::min(size * count, rest.size());
    std::memcpy(buffer, rest.data(), taken);
    rest.remove_prefix(taken);
    return taken;
}

std::size_t ignore_reply(char*, std::size_t size, std::size_t count, void*) {
    return size * count;
}

/// libcurl asks at least once a second; not 0 ends the transfer.
int is_given_up(void* stops, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return (*static_cast<std::function<bool()>*>(stops))() ? 1 : 0;
}

template <typename T>
void set(CURL* handle, CURLoption option, T value) {
    if (curl_easy_setopt(handle, option, value) != CURLE_OK) throw std::runtime_error("libcurl refuses an SMTP option");
}

void configure(CURL* handle, SmtpConfig const& config) {
    auto const scheme = config.security == SmtpSecurity::tls ? "smtps" : "smtp";
    auto const url = std::string(scheme) + "://" + config.host + ":" + std::to_string(config.port) + "/" + config.hello;
    set(handle, CURLOPT_URL, url.c_str());
    set(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set(handle, CURLOPT_PROXY, "");  // an https_proxy of the environment is not meant for mail
    set(handle, CURLOPT_NOSIGNAL, 1L);
    set(handle, CURLOPT_CONNECTTIMEOUT, static_cast<long>(config.connect_timeout_seconds));
    set(handle, CURLOPT_TIMEOUT, static_cast<long>(config.total_timeout_seconds));
    set(handle, CURLOPT_USE_SSL,
        static_cast<long>(config.security == SmtpSecurity::none ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!config.ca_file.empty()) set(handle, CURLOPT_CAINFO, config.ca_file.c_str());
    if (!config.user.empty()) {
        set(handle, CURLOPT_USERNAME, config.user.c_str());
        set(handle, CURLOPT_PASSWORD, config.password.c_str());
    }
}

/// The server's own words may hold the address, so only its number is told.
Error failure(CURLcode code, long reply) {
    auto const number = reply > 0 ? ", server reply " + std::to_string(reply) : std::string();
    auto const detail = "curl " + std::to_string(static_cast<int>(code)) + number;
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_CONNECT:
            return {Fault::unavailable, "smtp-unreachable", detail};
        case CURLE_ABORTED_BY_CALLBACK:
            return {Fault::unavailable, "smtp-stopped", detail};
        case CURLE_LOGIN_DENIED:
            return {Fault::unavailable, "smtp-login", detail};
        case CURLE_USE_SSL_FAILED:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_PEER_FAILED_VERIFICATION:
            return {Fault::unavailable, "smtp-tls", detail};
        default:
            break;
    }
    // RFC 5321 4.2.3: no such mailbox, user not local, name not allowed. Other 5xx may be about us, not about the mail.
    if (reply == 550 || reply == 551 || reply == 553) return {Fault::unprocessable, "mail-rejected", detail};
    return {Fault::unavailable, "smtp-delayed", detail};
}

}  // namespace

SmtpTransport::SmtpTransport(SmtpConfig config, std::function<bool()> stops)
    : config_(std::move(config)), stops_(std::move(stops)) {
    static std::once_flag once;
    std::call_once(once, [] {
        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::runtime_error("libcurl does not start");
    });
}

Result<void> SmtpTransport::deliver(Envelope const& envelope, std::string const& message) {
    std::unique_ptr<CURL, EasyDeleter> const handle(curl_easy_init());
    auto const recipient = "<" + envelope.recipient + ">";
    std::unique_ptr<curl_slist, ListDeleter> const recipients(curl_slist_append(nullptr, recipient.c_str()));
    if (!handle || !recipients) throw std::bad_alloc();
    auto const sender = "<" + envelope.sender + ">";
    std::string_view rest = message;

    configure(handle.get(), config_);
    set(handle.get(), CURLOPT_MAIL_FROM, sender.c_str());
    set(handle.get(), CURLOPT_MAIL_RCPT, recipients.get());
    set(handle.get(), CURLOPT_UPLOAD, 1L);
    set(handle.get(), CURLOPT_READFUNCTION, &read_message);
    set(handle.get(), CURLOPT_READDATA, static_cast<void*>(&rest));
    set(handle.get(), CURLOPT_WRITEFUNCTION, &ignore_reply);
    if (stops_) {
        set(handle.get(), CURLOPT_XFERINFOFUNCTION, &is_given_up);
        set(handle.get(), CURLOPT_XFERINFODATA, static_cast<void*>(&stops_));
        set(handle.get(), CURLOPT_NOPROGRESS, 0L);
    }

    auto const code = curl_easy_perform(handle.get());
    if (code == CURLE_OK) return {};
    long reply = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &reply);
    return failure(code, reply);
}

Result<void> SmtpTransport::probe() const {
    std::unique_ptr<CURL, EasyDeleter> const handle(curl_easy_init());
    if (!handle) throw std::bad_alloc();
    configure(handle.get(), config_);
    set(handle.get(), CURLOPT_CUSTOMREQUEST, "NOOP");
    set(handle.get(), CURLOPT_NOBODY, 1L);
    set(handle.get(), CURLOPT_WRITEFUNCTION, &ignore_reply);
    auto const code = curl_easy_perform(handle.get());
    if (code == CURLE_OK) return {};
    long reply = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &reply);
    return failure(code, reply);
}

}  // namespace itqan::jobs
