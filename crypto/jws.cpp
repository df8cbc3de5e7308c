#include "crypto/jws.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "schemas/text.hpp"

namespace itqan::crypto {
namespace {

constexpr JsonLimits header_limits{16 * 1024, 256, 8, 32, 8 * 1024};
constexpr std::size_t longest_kid = 2048;

// Each would let the token choose how it is checked, or say that the payload is not what it seems.
constexpr std::array<char const*, 6> refused_members{"crit", "b64", "zip", "jku", "x5u", "x5c"};

Error syntax(std::string detail) {
    return Error{Fault::malformed, "jws-syntax", std::move(detail)};
}

Error header_error(std::string_view member, std::string const& detail) {
    return Error{Fault::malformed, "jws-header", detail, {{"/" + std::string(member), detail}}};
}

/// RFC 7515 section 4.1.9: a media type in any case, whose "application/" may be left out.
std::string media_type(std::string_view text) {
    auto type = ascii_lower(text);
    return type.find('/') == std::string::npos ? "application/" + type : type;
}

Result<std::optional<std::string>> optional_text(Json const& header, char const* name) {
    auto const found = header.find(name);
    if (found == header.end()) return std::optional<std::string>();
    if (!found->is_string()) return header_error(name, std::string("The header's ") + name + " must be text.");
    return std::optional(found->get<std::string>());
}

Result<void> read_type(Json const& header, JwsRules const& rules, CompactJws& jws) {
    auto type = optional_text(header, "typ");
    if (!type) return type.error();
    jws.type = std::move(*type);
    bool const allowed = jws.type ? std::any_of(rules.types.begin(), rules.types.end(),
                                                [&](auto each) { return media_type(each) == media_type(*jws.type); })
                                  : !rules.type_required;
    if (!allowed) {
        return Error{Fault::malformed,
                     "jws-type",
                     "The header's typ is not one that is accepted here.",
                     {{"/typ", "Another kind of token is expected."}}};
    }
    auto const content = optional_text(header, "cty");
    if (!content) return content.error();
    if (*content && media_type(**content) != "application/vc" && media_type(**content) != "application/vc+ld+json" &&
        media_type(**content) != "application/json") {
        return header_error("cty", "The payload must be a credential in JSON, not another token.");
    }
    return {};
}

Result<void> read_key_hints(Json const& header, CompactJws& jws) {
    auto kid = optional_text(header, "kid");
    if (!kid) return kid.error();
    jws.kid = std::move(*kid);
    if (jws.kid) {
        bool const plain = std::all_of(jws.kid->begin(), jws.kid->end(),
                                       [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; });
        if (jws.kid->empty() || jws.kid->size() > longest_kid || !plain) {
            return header_error("kid", "A kid has 1 to 2048 bytes and neither spaces nor control characters.");
        }
    }
    if (auto const jwk = header.find("jwk"); jwk != header.end()) {
        auto key = PublicKey::from_jwk(*jwk);
        if (!key) return key.error();
        if (key->algorithm() != jws.algorithm)
            return header_error("jwk", "The key in jwk has another algorithm than alg.");
        jws.jwk = std::move(*key);
    }
    return {};
}

Result<void> read_header(std::string_view segment, JwsRules const& rules, CompactJws& jws) {
    auto const bytes = base64url_decode(segment);
    if (!bytes) return syntax("The header is not canonical base64url.");
    jws.header = as_text(*bytes);
    auto const header = parse_json(jws.header, header_limits);
    if (!header || !header->is_object()) return syntax("The header is not one JSON object with distinct members.");
    for (auto const* member : refused_members) {
        if (header->contains(member)) {
            return header_error(member, std::string("The header member ") + member + " is not accepted.");
        }
    }
    auto const algorithm = optional_text(*header, "alg");
    if (!algorithm || !*algorithm || !is_badge_algorithm(**algorithm)) {
        return Error{Fault::malformed,
                     "jws-algorithm",
                     "The header's alg must be EdDSA, ES256, ES384 or RS256.",
                     {{"/alg", "Must be EdDSA, ES256, ES384 or RS256."}}};
    }
    jws.algorithm = **algorithm;
    if (auto const read = read_type(*header, rules, jws); !read) return read;
    return read_key_hints(*header, jws);
}

}  // namespace

Result<CompactJws> parse_compact_jws(std::string_view text, JwsRules const& rules) {
    if (text.size() > rules.limit) {
        return Error{Fault::too_large, "jws-limit",
                     "The token is longer than " + std::to_string(rules.limit) + " bytes."};
    }
    auto const first = text.find('.');
    auto const second = first == std::string_view::npos ? first : text.find('.', first + 1);
    if (second == std::string_view::npos || text.find('.', second + 1) != std::string_view::npos) {
        return syntax("A compact token has exactly three parts with dots between them.");
    }
    CompactJws jws;
    if (auto const read = read_header(text.substr(0, first), rules, jws); !read) return read.error();
    auto payload = base64url_decode(text.substr(first + 1, second - first - 1));
    if (!payload) return syntax("The payload is not canonical base64url.");
    auto signature = base64url_decode(text.substr(second + 1));
    if (!signature || signature->empty()) return syntax("The signature is empty or not canonical base64url.");
    jws.payload = std::move(*payload);
    jws.signature = std::move(*signature);
    jws.signing_input = text.substr(0, second);
    return jws;
}

bool verify_jws(CompactJws const& jws, PublicKey const& key) {
    return is_badge_algorithm(jws.algorithm) && jws.algorithm == key.algorithm() &&
           key.verify(as_bytes(jws.signing_input), jws.signature);
}

std::string sign_compact(Signer const& signer, JwsHeader const& header, std::string_view payload) {
    if (!is_badge_algorithm(signer.algorithm())) {
        throw std::invalid_argument("tokens are not signed with " + std::string(signer.algorithm()));
    }
    std::string text = "{\"alg\":\"" + std::string(signer.algorithm()) + '"';
    if (header.kid) text += ",\"kid\":" + canonical_json(*header.kid);
    if (header.type) text += ",\"typ\":" + canonical_json(*header.type);
    text += '}';

    auto token = base64url_encode(as_bytes(text)) + "." + base64url_encode(as_bytes(payload));
    auto const signature = sign_checked(signer, as_bytes(token));
    token += "." + base64url_encode(signature);
    return token;
}

}  // namespace itqan::crypto
