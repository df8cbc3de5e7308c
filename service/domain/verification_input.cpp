// Finds the credential in what people send: text, file, picture, data: address, envelope.

#include <algorithm>

#include "crypto/bake.hpp"
#include "crypto/bake_pdf.hpp"
#include "schemas/text.hpp"
#include "schemas/web_scope.hpp"
#include "service/domain/verification_case.hpp"

namespace itqan::domain {
namespace {

constexpr std::size_t largest_input = 7 * 1024 * 1024;
constexpr std::size_t largest_text = 512 * 1024;
constexpr int deepest_envelope = 4;

Error no_credential(std::string detail) {
    return {Fault::unprocessable, "no-credential", std::move(detail), {}};
}

/// "{" and then a quote, a space or a line end, in base64url.
bool is_jws_like(std::string_view text) {
    auto const first = text.find('.');
    if (first == std::string_view::npos || text.find('.', first + 1) == std::string_view::npos) return false;
    if (!text.starts_with("ey") && !text.starts_with("ew")) return false;
    return std::none_of(text.begin(), text.end(), [](char c) {
        return c == ' ' || c == '{' || c == '}' || c == '<' || c == '>' || c == '"' || c == '/' || c == ':';
    });
}

Result<std::string> from_data_uri(std::string_view uri) {
    auto const comma = uri.find(',');
    if (comma == std::string_view::npos) return no_credential("The data: address holds nothing. Paste it whole.");
    auto const head = uri.substr(0, comma);
    auto const body = uri.substr(comma + 1);
    std::string text;
    text.reserve(body.size());
    for (std::size_t i = 0; i < body.size(); ++i) {
        if (body[i] != '%') {
            text += body[i];
            continue;
        }
        auto const byte = i + 2 < body.size() ? hex_decode(body.substr(i + 1, 2)) : std::nullopt;
        if (!byte) return no_credential("The data: address has a broken percent sign.");
        text += static_cast<char>(byte->front());
        i += 2;
    }
    if (!head.ends_with(";base64")) return text;
    auto const bytes = base64_decode(text);
    if (!bytes) return no_credential("The data: address is not base64.");
    return std::string(as_text(*bytes));
}

Result<FoundCredential> read_text(std::string_view text, int depth);
/// As read_text; pictures too.
Result<FoundCredential> read_bytes(std::string_view input, int depth);

Result<FoundCredential> read_json_text(std::string_view text, int depth) {
    auto document = parse_json(text, json_limits::credential);
    if (!document) return document.error();
    bool const is_envelope =
        has_type(*document, "EnvelopedVerifiableCredential") || has_type(*document, "EnvelopedVerifiablePresentation");
    if (is_envelope && document->contains("id") && document->at("id").is_string())
        return read_text(document->at("id").get<std::string>(), depth + 1);
    bool const is_presentation = kind_of(*document) == CredentialKind::presentation;
    if (is_presentation && document->contains("verifiableCredential") && !document->contains("proof")) {
        // A mere wrapping: what is in it speaks for itself.
        auto const& inside = document->at("verifiableCredential");
        auto const& one = inside.is_array() && inside.size() == 1 ? inside.front() : inside;
        if (one.is_object()) return read_json_text(one.dump(), depth + 1);
        if (one.is_string()) return read_text(one.get<std::string>(), depth + 1);
    }
    bool const credential_like =
        document->is_object() &&
        (is_presentation || document->contains("@context") || document->contains("credentialSubject") ||
         document->contains("proof") || kind_of(*document) == CredentialKind::older_badge);
    if (!credential_like)
        return no_credential("This JSON is no credential. Send the badge's own file, picture or link.");
    FoundCredential found;
    found.text = std::string(text);
    found.document = std::move(*document);
    return found;
}

Result<FoundCredential> read_text(std::string_view text, int depth) {
    if (depth > deepest_envelope) return no_credential("The credential is wrapped too often.");
    if (trimmed(text).empty())
        return no_credential("There is nothing in it. Send a badge's picture, file, text or link.");
    if (text.size() > largest_text && !text.starts_with("data:"))
        return Error{Fault::too_large, "input-too-large", "A credential has at most 512 KiB.", {}};
    if (text.starts_with("data:")) {
        auto inner = from_data_uri(text);
        if (!inner) return inner.error();
        return read_bytes(*inner, depth + 1);
    }
    if (trimmed(text).front() == '[')
        return no_credential(
            "A list of several credentials: send them one by one, as a presentation, or as a list of links or files.");
    if (trimmed(text).front() == '{') return read_json_text(text, depth);
    if (is_jws_like(text)) {
        static crypto::JwsRules const any_token{.types = {"JWT", "vc+jwt", "vc+ld+jwt", "vp+jwt", "vp+ld+jwt"}};
        FoundCredential found;
        found.text = std::string(text);
        found.is_jws = true;
        auto token = crypto::read_vc_jwt(text, any_token);
        if (token)
            if (auto presentation = presentation_in(*token, text)) return *std::move(presentation);
        if (token && kind_of(token->credential) == CredentialKind::presentation)
            token = Error{Fault::malformed, "jws-type", "A token for credentials holds a presentation.", {}};
        if (token) {
            found.claim_faults = crypto::check_vc_jwt_claims(*token);
            found.document = std::move(token->credential);
            token->credential = Json();
            token->payload = Json();
            found.token = std::move(*token);
        } else {
            found.token_fault = token.error();
        }
        return found;
    }
    return no_credential("This is neither a badge's picture nor its file, text or link. Ask for one of these.");
}

}  // namespace

Result<FoundCredential> find_inner_credential(Json const& json) {
    if (json.is_string()) {
        auto const& text = json.get_ref<std::string const&>();
        return is_jws_like(text) || text.starts_with("data:") ? read_text(text, 1)
                                                              : no_credential("A text inside is no signed credential.");
    }
    if (!json.is_object()) return no_credential("What stands inside is no credential.");
    if (has_type(json, "EnvelopedVerifiableCredential")) return read_text(text_at(json, "id"), 1);
    FoundCredential found;
    found.text = json.dump();
    found.document = json;
    return found;
}

namespace {

constexpr std::string_view png_start = "\x89PNG", pdf_start = "%PDF-";

/// Pictures that never carry a badge: JPEG, GIF, WebP, HEIC and AVIF. Messaging apps and cameras make them.
bool is_bare_picture(std::string_view input) {
    if (input.starts_with("\xff\xd8\xff") || input.starts_with("GIF8")) return true;
    if (input.starts_with("RIFF") && input.substr(0, 12).ends_with("WEBP")) return true;
    if (input.substr(0, 8).substr(std::min<std::size_t>(input.size(), 4)) != "ftyp") return false;
    auto const brand = input.substr(8, 4);
    return brand == "heic" || brand == "heix" || brand == "hevc" || brand == "mif1" || brand == "msf1" ||
           brand == "avif";
}

/// An assertion that a picture names by its address: what stands there is judged.
Result<FoundCredential> read_address(std::string const& address) {
    if (!schemas::read_web_address(address))
        return no_credential("The picture names an address that is none of a badge. Ask for the badge's own link.");
    FoundCredential found;
    found.text = address;
    found.is_address = true;
    found.document = Json{{"@context", "https://w3id.org/openbadges/v2"},
                          {"type", "Assertion"},
                          {"id", address},
                          {"verification", {{"type", "HostedBadge"}}}};
    return found;
}

Result<FoundCredential> read_picture(Result<crypto::ExtractedBadge> const& badge, std::string_view if_none, int depth) {
    if (!badge) {
        if (badge.error().code == "credential-compressed") return no_credential(badge.error().detail);
        if (badge.error().code != "no-credential") return badge.error();
        return no_credential(std::string(if_none));
    }
    auto const text = trimmed(badge->credential);
    bool const is_address = text.starts_with("https://") || text.starts_with("http://");
    if (badge->form == crypto::BadgeForm::assertion && is_address) return read_address(std::string(text));
    auto found = read_text(badge->credential, depth + 1);
    if (found) found->open_badges_2_beside = badge->open_badges_2;
    return found;
}

Result<FoundCredential> read_bytes(std::string_view input, int depth) {
    constexpr std::string_view none_in_picture =
        "The picture carries no credential: messaging apps remove it, and a photo never had it. Ask for the link, or "
        "scan the code.";
    if (depth > deepest_envelope) return no_credential("The credential is wrapped too often.");
    if (input.starts_with(png_start)) return read_picture(crypto::extract_png(as_bytes(input)), none_in_picture, depth);
    if (input.starts_with(pdf_start))
        return read_picture(crypto::extract_pdf(as_bytes(input)),
                            "The PDF carries no credential: printing to PDF or saving it anew removes it. Ask for the "
                            "link, or scan its code.",
                            depth);
    if (is_bare_picture(input)) return no_credential(std::string(none_in_picture));
    auto const start = trimmed(input.substr(0, 4096));
    if (start.starts_with('<') || start.starts_with("\xef\xbb\xbf<"))
        return read_picture(crypto::extract_svg(input),
                            "The drawing carries no credential. Ask for the badge's own file or link.", depth);
    if (!is_utf8(input))
        return no_credential(
            "This file is no badge. Send the badge's PNG or SVG picture, its PDF, its text or its link.");
    return read_text(input, depth);
}

}  // namespace

std::string without_blanks_around(std::string input) {
    if (input.starts_with(png_start) || input.starts_with(pdf_start)) return input;
    return std::string(trimmed(input));
}

Result<FoundCredential> find_credential(std::string const& input) {
    if (input.size() > largest_input)
        return Error{Fault::too_large, "input-too-large", "A picture or file has at most 7 MiB.", {}};
    return read_bytes(input, 0);
}

}  // namespace itqan::domain
