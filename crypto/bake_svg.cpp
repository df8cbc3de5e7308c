// SVG through expat: no document type, no processing instruction, UTF-8 only. The text around the credential is
// spliced, never written anew.

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <type_traits>

#include <expat.h>

#include "crypto/bake.hpp"
#include "schemas/text.hpp"

namespace itqan::crypto {
namespace {

constexpr int deepest = 64;
constexpr int most_attributes = 256;
constexpr char separator = '\n';  // Between namespace and name; expat refuses it inside a namespace.

constexpr std::string_view badge_namespace = "https://purl.imsglobal.org/ob/v3p0";
constexpr std::string_view record_namespace = "https://purl.imsglobal.org/clr/v2p0";
constexpr std::string_view root_name = "http://www.w3.org/2000/svg\nsvg";
/// Of the elements that carry a badge, in the order of BadgeForm.
constexpr std::array<std::string_view, 3> carrier_names{"https://purl.imsglobal.org/ob/v3p0\ncredential",
                                                        "https://purl.imsglobal.org/clr/v2p0\ncredential",
                                                        "http://openbadges.org\nassertion"};
constexpr std::size_t none = carrier_names.size();

/// Index in carrier_names, or none.
std::size_t carrier_at(std::string_view name) {
    auto const found = std::find(carrier_names.begin(), carrier_names.end(), name);
    return static_cast<std::size_t>(found - carrier_names.begin());
}
constexpr bool is_credential(std::size_t carrier) {
    return carrier < static_cast<std::size_t>(BadgeForm::assertion);
}

/// What the elements of one form hold.
struct Carried {
    int count = 0;
    bool nested = false;
    std::optional<std::string> verify = {};
    std::string body = {};
};

Error invalid_svg(std::string detail) {
    return Error{Fault::malformed, "svg-invalid", std::move(detail)};
}

/// What one pass over the document finds; offsets are bytes of the document.
struct Scan {
    XML_Parser parser = nullptr;
    std::string problem = {};
    int depth = 0;
    std::size_t root_start = 0, root_tag_end = 0;
    std::vector<std::pair<std::string, std::string>> root_namespaces = {};  ///< Prefix, namespace.
    std::array<Carried, carrier_names.size()> carried = {};
    std::size_t inside = none;
    std::vector<std::pair<std::size_t, std::size_t>> badge_spans = {};  ///< Start, end.

    Carried const& of(BadgeForm form) const { return carried.at(static_cast<std::size_t>(form)); }
    std::size_t offset() const { return static_cast<std::size_t>(XML_GetCurrentByteIndex(parser)); }
    std::size_t end_offset() const { return offset() + static_cast<std::size_t>(XML_GetCurrentByteCount(parser)); }
    void stop(char const* why) {
        if (problem.empty()) problem = why;
        XML_StopParser(parser, XML_FALSE);
    }

    void start(std::string_view name, XML_Char const** attributes) {
        if (++depth > deepest) return stop("Elements are nested deeper than 64.");
        int count = 0;
        while (attributes[2 * count] != nullptr)
            ++count;
        if (count > most_attributes) return stop("An element has more than 256 attributes.");
        if (depth == 1) {
            if (name != root_name) return stop("The root element must be svg in the SVG namespace.");
            root_start = offset();
            root_tag_end = end_offset();
        }
        if (inside != none) carried.at(inside).nested = true;
        auto const carrier = carrier_at(name);
        if (carrier == none || (is_credential(inside) && !is_credential(carrier))) return;
        inside = carrier;
        auto& badge = carried.at(carrier);
        ++badge.count;
        if (is_credential(carrier)) badge_spans.emplace_back(offset(), 0);
        for (int i = 0; i < count; ++i) {
            if (std::string_view(attributes[2 * i]) == "verify") badge.verify = attributes[2 * i + 1];
        }
    }

    void end(std::string_view name) {
        --depth;
        auto const carrier = carrier_at(name);
        if (carrier == none || carrier != inside) return;
        if (is_credential(carrier)) badge_spans.back().second = end_offset();
        inside = none;
    }
};

Scan& scan_of(void* data) {
    return *static_cast<Scan*>(data);
}

void XMLCALL on_start(void* data, XML_Char const* name, XML_Char const** attributes) {
    scan_of(data).start(name, attributes);
}
void XMLCALL on_end(void* data, XML_Char const* name) {
    scan_of(data).end(name);
}
void XMLCALL on_text(void* data, XML_Char const* text, int length) {
    auto& scan = scan_of(data);
    if (scan.inside != none) scan.carried.at(scan.inside).body.append(text, static_cast<std::size_t>(length));
}
// Drawing programs write these two declarations, the public validator's samples have one. They name a DTD that nobody
// reads here and define nothing; any other, and any internal subset, can define entities.
void XMLCALL on_doctype(void* data, XML_Char const*, XML_Char const* system, XML_Char const* name, int has_subset) {
    using Pair = std::pair<std::string_view, std::string_view>;
    static constexpr std::array<Pair, 2> known{
        Pair{"-//W3C//DTD SVG 1.1//EN", "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"},
        Pair{"-//W3C//DTD SVG 1.0//EN", "http://www.w3.org/TR/2001/REC-SVG-20010904/DTD/svg10.dtd"}};
    bool const named = system != nullptr && name != nullptr;
    if (has_subset == 0 && named && std::find(known.begin(), known.end(), Pair(name, system)) != known.end()) return;
    scan_of(data).stop("A document type (DOCTYPE) other than W3C's for SVG 1.0 and 1.1 is not accepted.");
}
// With a DTD unread, expat passes over entities it does not know (in attributes too, where it does not tell: a token in
// verify that lost a part fails its signature).
void XMLCALL on_skipped(void* data, XML_Char const*, int) {
    scan_of(data).stop("An entity is not defined.");
}
void XMLCALL on_instruction(void* data, XML_Char const*, XML_Char const*) {
    scan_of(data).stop("Processing instructions are not accepted.");
}
void XMLCALL on_declaration(void* data, XML_Char const*, XML_Char const* encoding, int) {
    if (encoding == nullptr) return;
    std::string name(encoding);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    if (name != "UTF-8") scan_of(data).stop("The encoding must be UTF-8.");
}
void XMLCALL on_namespace(void* data, XML_Char const* prefix, XML_Char const* uri) {
    auto& scan = scan_of(data);
    if (scan.depth == 0) scan.root_namespaces.emplace_back(prefix ? prefix : "", uri ? uri : "");
}

Result<Scan> scan_svg(std::string_view svg) {
    if (svg.size() > largest_picture) return Error{Fault::too_large, "svg-limit", "The picture is larger than 5 MiB."};
    if (!is_utf8(svg)) return invalid_svg("The picture must be UTF-8.");
    std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)> const parser(
        XML_ParserCreateNS("UTF-8", separator), &XML_ParserFree);
    if (!parser) throw std::bad_alloc();
    Scan scan{parser.get()};
    XML_SetUserData(parser.get(), &scan);
    XML_SetElementHandler(parser.get(), on_start, on_end);
    XML_SetCharacterDataHandler(parser.get(), on_text);
    XML_SetStartDoctypeDeclHandler(parser.get(), on_doctype);
    XML_SetSkippedEntityHandler(parser.get(), on_skipped);
    XML_SetProcessingInstructionHandler(parser.get(), on_instruction);
    XML_SetXmlDeclHandler(parser.get(), on_declaration);
    XML_SetStartNamespaceDeclHandler(parser.get(), on_namespace);
    auto const status = XML_Parse(parser.get(), svg.data(), static_cast<int>(svg.size()), XML_TRUE);
    if (!scan.problem.empty()) return invalid_svg(scan.problem);
    if (status != XML_STATUS_OK) {
        return invalid_svg("Not well-formed XML at line " + std::to_string(XML_GetCurrentLineNumber(parser.get())) +
                           ".");
    }
    if (scan.of(BadgeForm::badge).nested || scan.of(BadgeForm::learner_record).nested)
        return invalid_svg("Elements inside the credential are not accepted.");
    scan.parser = nullptr;
    return scan;
}

/// Compact JWS by its letters: it goes into an attribute, anything else into CDATA.
bool looks_like_jws(std::string_view text) {
    return std::count(text.begin(), text.end(), '.') == 2 &&
           text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") ==
               std::string_view::npos;
}

/// "]]>" would end the section: it is split over two.
std::string cdata(std::string_view text) {
    std::string out = "<![CDATA[";
    for (std::size_t at = 0;;) {
        auto const end = text.find("]]>", at);
        out += text.substr(at, end - at);
        if (end == std::string_view::npos) return out + "]]>";
        out += "]]]]><![CDATA[>";
        at = end + 3;
    }
}

std::string_view namespace_of(BadgeForm form) {
    return form == BadgeForm::learner_record ? record_namespace : badge_namespace;
}

/// A prefix that means the form's namespace at the root, and whether it has to be declared there.
std::pair<std::string, bool> prefix_for(Scan const& scan, BadgeForm form) {
    std::string const name = form == BadgeForm::learner_record ? "clr" : "openbadges";
    auto prefix = name;
    for (int number = 3;; ++number) {
        auto const taken = std::find_if(scan.root_namespaces.begin(), scan.root_namespaces.end(),
                                        [&](auto const& each) { return each.first == prefix; });
        if (taken == scan.root_namespaces.end()) return {prefix, true};
        if (taken->second == namespace_of(form)) return {prefix, false};
        prefix = name + std::to_string(number);
    }
}

std::string element(std::string const& prefix, std::string_view credential) {
    auto const name = prefix + ":credential";
    if (looks_like_jws(credential)) return "<" + name + " verify=\"" + std::string(credential) + "\"></" + name + ">";
    return "<" + name + ">" + cdata(credential) + "</" + name + ">";
}

/// The root's start tag with the namespace declared and the element behind it, then the rest without earlier badges.
std::string splice(std::string_view svg, Scan const& scan, std::string_view credential, BadgeForm form) {
    auto tag = svg.substr(scan.root_start, scan.root_tag_end - scan.root_start);
    auto const name = tag.substr(1, tag.find_first_of(" \t\r\n/>") - 1);
    bool const empty_root = tag.ends_with("/>");
    auto const [prefix, declare] = prefix_for(scan, form);

    std::string out(svg.substr(0, scan.root_start + 1 + name.size()));
    if (declare) out += " xmlns:" + prefix + "=\"" + std::string(namespace_of(form)) + "\"";
    tag.remove_prefix(1 + name.size());
    tag.remove_suffix(empty_root ? 2 : 1);
    out += std::string(tag) + ">" + element(prefix, credential);
    if (empty_root) out += "</" + std::string(name) + ">";
    auto at = scan.root_tag_end;
    for (auto const& [start, end] : scan.badge_spans) {
        out += svg.substr(at, start - at);
        at = end;
    }
    return out += svg.substr(at);
}

Error no_badge() {
    return Error{Fault::unprocessable, "no-credential",
                 "The picture holds no credential; use the file that was downloaded as the badge."};
}

/// Edition 2: verify is the address or the token, the body a copy in JSON.
Result<ExtractedBadge> read_assertion(Carried const& assertion) {
    if (assertion.nested) return invalid_svg("Elements inside the assertion are not accepted.");
    if (assertion.count > 1) {
        return Error{Fault::unprocessable, "many-credentials", "The picture holds more than one assertion."};
    }
    std::string text(trimmed(assertion.verify ? std::string_view(*assertion.verify) : std::string_view()));
    if (text.empty()) text = trimmed(assertion.body);
    if (text.empty()) return no_badge();
    return ExtractedBadge{std::move(text), false, BadgeForm::assertion};
}

}  // namespace

Result<std::string> bake_svg(std::string_view svg, std::string_view credential, BadgeForm form) {
    auto const scan = scan_svg(svg);
    if (!scan) return scan.error();
    auto baked = splice(svg, *scan, credential, form);
    auto const back = extract_svg(baked);
    if (!back && back.error().code == "svg-limit") return back.error();
    if (!back || back->credential != credential) {
        return Error{Fault::unprocessable, "credential-text",
                     "The credential is not text that XML can carry unchanged."};
    }
    return baked;
}

Result<ExtractedBadge> extract_svg(std::string_view svg) {
    auto const scan = scan_svg(svg);
    if (!scan) return scan.error();
    auto const& assertion = scan->of(BadgeForm::assertion);
    auto const& record = scan->of(BadgeForm::learner_record);
    auto const& badge = scan->of(BadgeForm::badge);
    if (badge.count + record.count > 1) {
        return Error{Fault::unprocessable, "many-credentials", "The picture holds more than one credential."};
    }
    if (badge.count + record.count == 0 && assertion.count > 0) return read_assertion(assertion);
    auto const& credential = record.count > 0 ? record : badge;
    std::string body(trimmed(credential.body));
    if (credential.verify && !body.empty()) {
        return Error{Fault::unprocessable, "many-credentials",
                     "The credential stands in verify or in the body, not in both."};
    }
    if (credential.verify) body = *credential.verify;
    if (body.empty()) return no_badge();
    return ExtractedBadge{std::move(body), assertion.count > 0,
                          record.count > 0 ? BadgeForm::learner_record : BadgeForm::badge};
}

}  // namespace itqan::crypto
