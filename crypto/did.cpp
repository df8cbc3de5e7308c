#include "crypto/did.hpp"

#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

#include "schemas/json.hpp"

namespace itqan::crypto {
namespace {

constexpr std::string_view key_prefix = "did:key:";
constexpr std::string_view jwk_prefix = "did:jwk:";
constexpr std::string_view web_prefix = "did:web:";
constexpr std::string_view https = "https://";
constexpr std::size_t longest = 2048;

Error invalid_did(std::string detail) {
    return Error{Fault::malformed, "invalid-did", std::move(detail)};
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_lower_alphanumeric(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z');
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        auto const end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

/// RFC 1123 labels in lower case; a last label that begins with a digit could be read as an address.
bool is_host(std::string_view host) {
    if (host.empty() || host.size() > 253) return false;
    auto const labels = split(host, '.');
    bool const good = std::all_of(labels.begin(), labels.end(), [](std::string_view label) {
        return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
               std::all_of(label.begin(), label.end(), [](char c) { return c == '-' || is_lower_alphanumeric(c); });
    });
    return good && !is_digit(labels.back().front());
}

bool is_port(std::string_view port) {
    unsigned number = 0;
    auto const* const end = port.data() + port.size();
    auto const [stopped, failure] = std::from_chars(port.data(), end, number);
    return failure == std::errc() && stopped == end && port.front() != '0' && number <= 65535;
}

bool is_path_part(std::string_view part) {
    return !part.empty() && part != "." && part != ".." && std::all_of(part.begin(), part.end(), [](char c) {
        return is_lower_alphanumeric(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
    });
}

}  // namespace

Result<DidKey> resolve_did_key(std::string_view text) {
    if (!text.starts_with(key_prefix)) return invalid_did("A did:key starts with did:key:.");
    auto const rest = text.substr(key_prefix.size());
    auto const multikey = rest.substr(0, rest.find('#'));
    if (multikey.size() < rest.size() && rest.substr(multikey.size() + 1) != multikey) {
        return invalid_did("The fragment of a did:key repeats its key.");
    }
    auto key = PublicKey::from_multikey(multikey);
    if (!key) return invalid_did("The did:key holds no usable key: " + key.error().detail);
    std::string const did(text.substr(0, key_prefix.size() + multikey.size()));
    return DidKey{std::move(*key), did + "#" + std::string(multikey)};
}

Result<DidKey> resolve_did_jwk(std::string_view text) {
    if (!text.starts_with(jwk_prefix) || text.size() > longest) return invalid_did("A did:jwk starts with did:jwk:.");
    auto const did = text.substr(0, text.find('#'));
    if (did.size() < text.size() && text.substr(did.size()) != "#0") {
        return invalid_did("The only method of a did:jwk is #0.");
    }
    auto const bytes = base64url_decode(did.substr(jwk_prefix.size()));
    auto const jwk = bytes ? parse_json(as_text(*bytes)) : invalid_did("A did:jwk holds base64url text.");
    if (!jwk) return invalid_did("The did:jwk holds no JWK: " + jwk.error().detail);
    auto key = PublicKey::from_jwk(*jwk);
    if (!key && key.error().code == "private-key-exposed") return key.error();
    if (!key) return invalid_did("The did:jwk holds no usable key: " + key.error().detail);
    return DidKey{std::move(*key), std::string(did) + "#0"};
}

std::string did_key(PublicKey const& key) {
    return std::string(key_prefix) + key.multikey();
}

Result<std::string> did_web_url(std::string_view did) {
    if (!did.starts_with(web_prefix) || did.size() > longest) return invalid_did("A did:web starts with did:web:.");
    auto const parts = split(did.substr(web_prefix.size()), ':');
    auto authority = parts.front();
    std::string port;
    if (auto const colon = authority.find('%'); colon != std::string_view::npos) {
        auto const escape = authority.substr(colon, 3);
        port = authority.substr(std::min(authority.size(), colon + 3));
        if ((escape != "%3A" && escape != "%3a") || !is_port(port)) {
            return invalid_did("Behind the host of a did:web only %3A and a port may stand.");
        }
        authority = authority.substr(0, colon);
    }
    if (!is_host(authority)) return invalid_did("The host of a did:web is a lower-case DNS name, not an address.");
    std::string url = std::string(https) + std::string(authority) + (port.empty() ? "" : ":" + port);
    if (parts.size() == 1) return url + "/.well-known/did.json";
    for (auto part = parts.begin() + 1; part != parts.end(); ++part) {
        if (!is_path_part(*part))
            return invalid_did("The path of a did:web holds letters, digits, dots, - and _ only.");
        url += "/" + std::string(*part);
    }
    return url + "/did.json";
}

Result<std::string> did_web_of(std::string_view url) {
    if (!url.starts_with(https) || url.size() > longest) return invalid_did("A did:web is made of an https address.");
    auto const parts = split(url.substr(https.size()), '/');
    auto const colon = parts.front().find(':');
    auto const host = parts.front().substr(0, colon);
    std::string did = std::string(web_prefix) + std::string(host);
    if (!is_host(host)) return invalid_did("The host of a did:web is a lower-case DNS name, not an address.");
    if (colon != std::string_view::npos) {
        auto const port = parts.front().substr(colon + 1);
        if (!is_port(port)) return invalid_did("The port of a did:web is a number from 1 to 65535.");
        did += "%3A" + std::string(port);
    }
    for (auto part = parts.begin() + 1; part != parts.end(); ++part) {
        if (!is_path_part(*part))
            return invalid_did("The path of a did:web holds letters, digits, dots, - and _ only.");
        did += ":" + std::string(*part);
    }
    return did;
}

}  // namespace itqan::crypto
