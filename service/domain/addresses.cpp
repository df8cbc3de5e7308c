#include "service/domain/addresses.hpp"

#include <algorithm>
#include <stdexcept>

#include "crypto/digest.hpp"
#include "schemas/text.hpp"

namespace itqan::domain {
namespace {

constexpr std::string_view scheme = "https://";

/// The host part of a did:web identifier: a port's colon is percent-encoded (did:web 3.1).
std::string did_host(std::string_view host) {
    std::string encoded;
    for (char const c : host) {
        if (c == ':')
            encoded += "%3A";
        else
            encoded += c;
    }
    return encoded;
}

/// One form for all spellings of a host: lower case, no dot at the end of the name, no default or empty port, no zeros
/// before a port.
std::string plain_host(std::string_view host) {
    auto plain = ascii_lower(host);
    if (auto const colon = plain.rfind(':');
        colon != std::string::npos && plain.find(']', colon) == std::string::npos) {
        auto const port = std::min(plain.find_first_not_of('0', colon + 1), plain.size());
        plain.erase(colon + 1, port - colon - 1);
        if (plain.ends_with(":443")) plain.resize(colon + 1);
        if (plain.size() == colon + 1) plain.resize(colon);
    }
    auto const end = std::min(plain.rfind(':'), plain.size());
    if (end > 0 && plain[end - 1] == '.') plain.erase(end - 1, 1);
    return plain;
}

}  // namespace

Addresses::Addresses(std::string base_url) : base_(std::move(base_url)) {
    if (!base_.starts_with(scheme) || base_.size() == scheme.size() || base_.ends_with('/'))
        throw std::invalid_argument("the base address must be https://HOST[:PORT], got " + base_);
    host_ = base_.substr(scheme.size());
    if (host_.find_first_of("/?#@ ") != std::string::npos)
        throw std::invalid_argument("the base address must not have a path, query or user, got " + base_);
}

std::string Addresses::installation_did() const {
    return "did:web:" + did_host(host_);
}
std::string Addresses::issuer_did(std::string_view slug) const {
    return installation_did() + ":issuers:" + std::string(slug);
}
std::string Addresses::issuer(std::string_view slug) const {
    return base_ + "/issuers/" + std::string(slug);
}
std::string Addresses::key(std::string_view slug, std::string_view key_id) const {
    return issuer(slug) + "/keys/" + std::string(key_id);
}
std::string Addresses::achievement(std::string_view uuid) const {
    return base_ + "/achievements/" + std::string(uuid);
}
std::string Addresses::credential(std::string_view uuid) const {
    return base_ + "/credentials/" + std::string(uuid);
}
std::string Addresses::share(std::string_view code) const {
    return base_ + "/c/" + std::string(code);
}
std::string Addresses::claim(std::string_view token) const {
    return base_ + "/claim/" + std::string(token);
}
std::string Addresses::sign_in(std::string_view token) const {
    return base_ + "/my/link/" + std::string(token);
}
std::string Addresses::status_list(std::string_view id) const {
    return base_ + "/status/" + std::string(id);
}
std::string Addresses::privacy() const {
    return base_ + "/privacy";
}

std::string Addresses::achievement_uuid(std::string_view issuer_slug, std::string_view code, int version,
                                        std::string_view language) const {
    constexpr std::string_view url_namespace = "6ba7b811-9dad-11d1-80b4-00c04fd430c8";  // RFC 4122 appendix C
    std::string name = issuer_did(issuer_slug);
    name.append("/").append(code).append("/").append(std::to_string(version)).append("/").append(language);
    return crypto::uuid_v5(url_namespace, name);
}

std::string Addresses::path_of(std::string_view url) const {
    if (ascii_lower(url.substr(0, scheme.size())) != scheme) return {};
    url.remove_prefix(scheme.size());
    auto const end = std::min(url.find_first_of("/?#"), url.size());
    if (plain_host(url.substr(0, end)) != plain_host(host_)) return {};
    auto const path = url.substr(end);
    return path.starts_with('/') ? std::string(path) : "/" + std::string(path);
}

}  // namespace itqan::domain
