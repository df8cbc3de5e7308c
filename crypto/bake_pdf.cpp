// Attaches a credential to a PDF by an incremental update: the page's own bytes stay as they are.

#include "crypto/bake_pdf.hpp"

#include <charconv>
#include <cstdio>
#include <optional>
#include <vector>

#include <zlib.h>

#include "crypto/digest.hpp"
#include "schemas/utf8.hpp"

namespace itqan::crypto {
namespace {

Error unlike_cairo(std::string_view what) {
    return {Fault::malformed, "pdf-invalid", "The PDF to attach to lacks " + std::string(what) + ".", {}};
}

/// The whole number behind the last `word` of the text.
std::optional<std::size_t> last_number_after(std::string_view text, std::string_view word) {
    auto const at = text.rfind(word);
    if (at == std::string_view::npos) return std::nullopt;
    auto rest = text.substr(at + word.size());
    rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of(" \r\n")));
    std::size_t number = 0;
    auto const read = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    return read.ec == std::errc() ? std::optional(number) : std::nullopt;
}

/// A text string in UTF-16 (7.9.2.2), as hexadecimal digits.
std::string text_string(std::string_view text) {
    std::string hex = "<FEFF";
    auto const unit = [&](unsigned value) {
        char digits[8];
        std::snprintf(digits, sizeof digits, "%04X", value & 0xFFFFU);
        hex += digits;
    };
    for (auto const point : schemas::code_points(text)) {
        auto const value = static_cast<unsigned>(point);
        if (value >= 0x10000) unit(0xD800U + ((value - 0x10000U) >> 10U));
        unit(value < 0x10000 ? value : 0xDC00U + (value & 0x3FFU));
    }
    return hex + ">";
}

std::string xml_text(std::string_view text) {
    std::string safe;
    for (char const c : text) {
        if (c == '&')
            safe += "&amp;";
        else if (c == '<')
            safe += "&lt;";
        else if (c == '>')
            safe += "&gt;";
        else if (static_cast<unsigned char>(c) >= 0x20 || c == '\n')
            safe += c;
    }
    return safe;
}

std::string xmp(PdfWords const& words) {
    auto const alternative = [](std::string_view name, std::string_view text) {
        return "<dc:" + std::string(name) + "><rdf:Alt><rdf:li xml:lang=\"x-default\">" + xml_text(text) +
               "</rdf:li></rdf:Alt></dc:" + std::string(name) + ">";
    };
    return "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\">"
           "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" "
           "xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:format>application/pdf</dc:format><dc:language><rdf:Bag>"
           "<rdf:li>" +
           xml_text(words.language) + "</rdf:li></rdf:Bag></dc:language>" + alternative("title", words.title) +
           alternative("description", words.text) + "</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>";
}

std::string packed(std::string_view text) {
    auto size = compressBound(static_cast<uLong>(text.size()));
    std::string out(size, '\0');
    if (compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<Bytef const*>(text.data()),
                  static_cast<uLong>(text.size()), Z_BEST_COMPRESSION) != Z_OK)
        throw std::bad_alloc();
    out.resize(size);
    return out;
}

std::string reference(std::size_t object) {
    return std::to_string(object) + " 0 R";
}

/// Objects behind the end of a file, and the table that says where they are.
class Update {
  public:
    Update(std::string_view pdf, std::size_t next) : out_(pdf), next_(next) {
        if (!out_.ends_with('\n')) out_ += '\n';
    }

    std::size_t reserve() { return next_++; }
    void put(std::size_t object, std::string_view body) {
        places_.emplace_back(object, out_.size());
        out_ += std::to_string(object) + " 0 obj\n" + std::string(body) + "\nendobj\n";
    }
    std::size_t add(std::string_view body) {
        auto const object = reserve();
        put(object, body);
        return object;
    }
    std::size_t add_stream(std::string const& entries, std::string const& data) {
        return add("<< " + entries + " /Length " + std::to_string(data.size()) + " >>\nstream\n" + data +
                   "\nendstream");
    }
    std::string finished(std::string const& trailer, std::size_t previous) && {
        auto const table = out_.size();
        out_ += "xref\n";
        for (auto const& [object, place] : places_) {
            char line[32];
            std::snprintf(line, sizeof line, "%010zu 00000 n \n", place);
            out_ += std::to_string(object) + " 1\n" + line;
        }
        return std::move(out_) + "trailer\n<< /Size " + std::to_string(next_) + " /Prev " + std::to_string(previous) +
               " " + trailer + " >>\nstartxref\n" + std::to_string(table) + "\n%%EOF\n";
    }

  private:
    std::string out_;
    std::size_t next_;
    std::vector<std::pair<std::size_t, std::size_t>> places_;
};

struct Page {
    std::size_t object = 0;
    std::string dictionary;  ///< From "<<" up to before its last ">>".
    std::string contents;    ///< "4 0 R"
};

std::optional<Page> find_page(std::string_view text) {
    auto const type = text.find("/Type /Page ");
    if (type == std::string_view::npos) return std::nullopt;
    auto const head = text.rfind(" 0 obj", type);
    auto const end = text.find("endobj", type);
    if (head == std::string_view::npos || end == std::string_view::npos) return std::nullopt;
    auto const line = text.rfind('\n', head);
    auto const digits = text.substr(line + 1, head - line - 1);
    Page page;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), page.object).ec != std::errc())
        return std::nullopt;
    page.dictionary = text.substr(head + 6, end - head - 6);
    page.dictionary.erase(std::min(page.dictionary.size(), page.dictionary.rfind(">>")));
    auto const contents = page.dictionary.find("/Contents ");
    auto const stop = page.dictionary.find(" 0 R", contents);
    if (contents == std::string::npos || stop == std::string::npos) return std::nullopt;
    page.contents = page.dictionary.substr(contents + 10, stop + 4 - contents - 10);
    page.dictionary.erase(contents, stop + 4 - contents);
    return page;
}

std::string link_entry(PdfWords const& words) {
    std::string box;
    for (auto const edge : words.link_box) {
        char text[32];
        std::snprintf(text, sizeof text, "%.2f ", edge);
        box += text;
    }
    std::string address;
    for (char const c : words.link)
        if (c > ' ' && c != '(' && c != ')' && c != '\\') address += c;
    return "<< /Type /Annot /Subtype /Link /Border [0 0 0] /F 4 /Rect [" + box + "] /Contents " +
           text_string(words.link) + " /A << /S /URI /URI (" + address + ") >> >>";
}

}  // namespace

Result<Bytes> bake_pdf(ByteView pdf, std::string_view credential, PdfWords const& words) {
    if (credential.empty() || credential.find('\0') != std::string_view::npos || !is_utf8(credential))
        return Error{Fault::unprocessable, "credential-text", "The credential must be UTF-8 text without NUL.", {}};
    auto const text = as_text(pdf);
    auto const previous = last_number_after(text, "startxref");
    auto const size = last_number_after(text, "/Size ");
    auto const root = last_number_after(text, "/Root ");
    auto const info = last_number_after(text, "/Info ");
    auto const pages = last_number_after(text, "/Pages ");
    auto const page = find_page(text);
    if (!text.starts_with("%PDF-") || !previous || !size || !root || !info || !pages)
        return unlike_cairo("a cross-reference table");
    if (!page) return unlike_cairo("a page");

    Update update(text, *size);
    bool const is_json = credential.starts_with('{');
    std::string const name = is_json ? "credential.json" : "credential.jwt";
    auto const file = update.add_stream(
        "/Type /EmbeddedFile /Subtype /" + std::string(is_json ? "application#2Fvc+ld+json" : "application#2Fjwt") +
            " /Filter /FlateDecode /Params << /Size " + std::to_string(credential.size()) + " >>",
        packed(credential));
    auto const attached =
        update.add("<< /Type /Filespec /AFRelationship /Source /F (" + name + ") /UF (" + name + ") /Desc " +
                   text_string(words.title) + " /EF << /F " + reference(file) + " /UF " + reference(file) + " >> >>");
    auto const metadata = update.add_stream("/Type /Metadata /Subtype /XML", xmp(words));

    // The page's drawing between the marks of one paragraph, whose text is told (14.9.4).
    auto const before = update.add_stream("", "/P << /MCID 0 >> BDC\n");
    auto const after = update.add_stream("", "\nEMC\n");
    auto const tree = update.reserve(), document = update.reserve(), paragraph = update.reserve();
    auto const parents = update.add("<< /Nums [0 [" + reference(paragraph) + "]] >>");
    update.put(tree, "<< /Type /StructTreeRoot /K " + reference(document) + " /ParentTree " + reference(parents) +
                         " /ParentTreeNextKey 1 >>");
    update.put(document,
               "<< /Type /StructElem /S /Document /P " + reference(tree) + " /K " + reference(paragraph) + " >>");
    update.put(paragraph, "<< /Type /StructElem /S /P /P " + reference(document) + " /Pg " + reference(page->object) +
                              " /K 0 /ActualText " + text_string(words.text) + " >>");
    std::string annotations;
    if (!words.link.empty()) annotations = " /Annots [" + reference(update.add(link_entry(words))) + "]";
    update.put(page->object, page->dictionary + " /Contents [" + reference(before) + " " + page->contents + " " +
                                 reference(after) + "] /StructParents 0" + annotations + " >>");
    update.put(*root, "<< /Type /Catalog /Pages " + reference(*pages) + " /Lang (" + words.language +
                          ") /MarkInfo << /Marked true >> /StructTreeRoot " + reference(tree) +
                          " /ViewerPreferences << /DisplayDocTitle true" +
                          (words.language == "ar" ? " /Direction /R2L" : "") + " >> /Metadata " + reference(metadata) +
                          " /Names << /EmbeddedFiles << /Names [(" + name + ") " + reference(attached) +
                          "] >> >> /AF [" + reference(attached) + "] >>");
    auto const id = hex_encode(sha256(as_bytes(credential))).substr(0, 32);
    auto const whole = std::move(update).finished(
        "/Root " + reference(*root) + " /Info " + reference(*info) + " /ID [<" + id + "> <" + id + ">]", *previous);
    return to_bytes(whole);
}

}  // namespace itqan::crypto
