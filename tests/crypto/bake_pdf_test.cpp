#include "crypto/bake_pdf.hpp"

#include <algorithm>

#include <zlib.h>

#include <doctest/doctest.h>

namespace itqan::crypto::pdf_tests {
namespace {

std::string const jws = "eyJhbGciOiJFZERTQSJ9.e30.c2ln";
std::string const json = R"({"@context":[],"name":"إتقان"})";

/// A page as cairo writes it.
std::string const page =
    "%PDF-1.5\n%\xb5\xed\xae\xfb\n4 0 obj\n<< /Length 5 0 R\n>>\nstream\nq Q\nendstream\nendobj\n5 0 obj\n   "
    "3\nendobj\n"
    "2 0 obj\n<< /Type /Page % 1\n   /Parent 1 0 R\n   /MediaBox [ 0 0 842 595 ]\n   /Contents 4 0 R\n>>\nendobj\n"
    "1 0 obj\n<< /Type /Pages\n   /Kids [ 2 0 R ]\n   /Count 1\n>>\nendobj\n6 0 obj\n<< /Producer (x) >>\nendobj\n"
    "7 0 obj\n<< /Type /Catalog\n   /Pages 1 0 R\n>>\nendobj\nxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 8\n   "
    "/Root 7 0 R\n   /Info 6 0 R\n>>\nstartxref\n300\n%%EOF\n";

PdfWords words() {
    return {.language = "ar", .title = "عنوان & <x>", .text = "نص\nword", .link = "https://badges.example/c/k3v9"};
}

std::string baked(std::string const& credential) {
    auto const made = bake_pdf(as_bytes(page), credential, words());
    REQUIRE(made);
    return std::string(as_text(*made));
}

std::string packed(std::string const& text) {
    auto size = compressBound(static_cast<uLong>(text.size()));
    std::string out(size, '\0');
    compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<Bytef const*>(text.data()),
             static_cast<uLong>(text.size()));
    out.resize(size);
    return out;
}

/// An object with an embedded file.
std::string attachment(int object, std::string const& entries, std::string const& data) {
    return std::to_string(object) + " 0 obj\n<</Type/EmbeddedFile" + entries + "/Length " +
           std::to_string(data.size()) + ">>stream\r\n" + data + "\nendstream\nendobj\n";
}

std::string code_of(std::string const& pdf) {
    auto const badge = extract_pdf(as_bytes(pdf));
    return badge ? "found " + badge->credential : badge.error().code;
}

std::string const head = "%PDF-1.7\n";

}  // namespace

TEST_CASE("a PDF gives back the credential that was attached, and says the same each time") {
    for (auto const& credential : {jws, json}) {
        auto const pdf = baked(credential);

        CHECK(code_of(pdf) == "found " + credential);
        CHECK(pdf.starts_with(page));
        CHECK(pdf == baked(credential));
        CHECK(pdf.find("/AFRelationship /Source") != std::string::npos);
        CHECK(pdf.find("/EmbeddedFiles") != std::string::npos);
        CHECK(pdf.find("/Lang (ar)") != std::string::npos);
        CHECK(pdf.find("/ActualText <FEFF0646") != std::string::npos);
        CHECK(pdf.find("&amp; &lt;x&gt;") != std::string::npos);
        bool const is_json = credential == json;
        CHECK((pdf.find("/Subtype /application#2Fvc+ld+json") != std::string::npos) == is_json);
        CHECK((pdf.find("/Subtype /application#2Fjwt") != std::string::npos) != is_json);
    }
}

TEST_CASE("the table of the update points at its objects") {
    auto const pdf = baked(jws);
    auto const table = static_cast<std::size_t>(std::stoul(pdf.substr(pdf.rfind("startxref") + 10)));
    REQUIRE(pdf.compare(table, 5, "xref\n") == 0);

    std::size_t at = table + 5, objects = 0;
    while (pdf.compare(at, 7, "trailer") != 0) {
        auto const number = pdf.substr(at, pdf.find(' ', at) - at);
        at = pdf.find('\n', at) + 1;
        auto const place = static_cast<std::size_t>(std::stoul(pdf.substr(at, 10)));
        CHECK(pdf.compare(place, number.size() + 6, number + " 0 obj") == 0);
        at += 20;
        ++objects;
    }
    CHECK(objects >= 10);
}

TEST_CASE("what cannot be attached to or with is refused") {
    CHECK(bake_pdf(as_bytes(page), "", words()).error().code == "credential-text");
    CHECK(bake_pdf(as_bytes(page), "\xff", words()).error().code == "credential-text");
    for (auto const& pdf : {std::string(), head, std::string("\x89PNG"), page.substr(0, page.size() / 2)})
        CHECK(bake_pdf(as_bytes(pdf), jws, words()).error().code == "pdf-invalid");
}

TEST_CASE("attachments are found as other programs write them") {
    CHECK(code_of(head + attachment(3, "", jws)) == "found " + jws);
    CHECK(code_of(head + attachment(3, "/Filter/FlateDecode", packed(json))) == "found " + json);
    CHECK(code_of(head + attachment(3, "/Filter[/FlateDecode]", packed(json))) == "found " + json);
    // The media type of a credential decides among several; an invoice beside it does not matter.
    CHECK(code_of(head + attachment(3, "", "<invoice/>") + attachment(4, "", jws)) == "found " + jws);
    CHECK(code_of(head + attachment(3, "", R"({"a":1})") + attachment(4, "/Subtype/application#2Fjwt", jws)) ==
          "found " + jws);
    CHECK(code_of(head + attachment(4, "/Subtype/application#2Fvc#2Bld#2Bjson", json) + attachment(5, "", jws)) ==
          "found " + json);
    CHECK(code_of(head + attachment(3, "", jws) + attachment(4, "", json)) == "many-credentials");
    CHECK(code_of(head + attachment(3, "", jws) + attachment(4, "", jws)) == "found " + jws);
    // An update of the same object replaces it.
    CHECK(code_of(head + attachment(3, "", json) + attachment(3, "", jws)) == "found " + jws);
}

TEST_CASE("a PDF without a readable credential says which it is") {
    CHECK(code_of("") == "pdf-invalid");
    CHECK(code_of(page) == "no-credential");
    CHECK(code_of(head + attachment(3, "", "<invoice/>")) == "no-credential");
    CHECK(code_of(head + "3 0 obj <</Names[/EmbeddedFiles 4 0 R]/X/EmbeddedFile>> endobj\nstream") == "no-credential");
    CHECK(code_of(head + attachment(3, "/Filter/FlateDecode", "not deflated")) == "pdf-invalid");
    CHECK(code_of(head + attachment(3, "/Filter/ASCII85Decode", jws)) == "pdf-invalid");
    CHECK(code_of(head + attachment(3, "/Filter/FlateDecode", "x") + "trailer <</Encrypt 9 0 R>>") == "pdf-encrypted");
}

TEST_CASE("a PDF is read within limits") {
    std::string const bomb = packed(jws + std::string(8'000'000, 'A'));
    REQUIRE(bomb.size() < 20'000);
    CHECK(code_of(head + attachment(3, "/Filter/FlateDecode", bomb)) == "pdf-limit");
    CHECK(code_of(head + attachment(3, "", "ey" + std::string(600'000, 'A'))) == "pdf-limit");
    std::string many = head;
    for (int i = 0; i < 65; ++i)
        many += attachment(i + 1, "", "x");
    CHECK(code_of(many) == "pdf-limit");
    std::string mentions = head;
    for (int i = 0; i < 300'000; ++i)
        mentions += "/EmbeddedFile ";
    CHECK(code_of(mentions) == "pdf-limit");
    CHECK(code_of(head + std::string(largest_picture, ' ')) == "pdf-limit");
}

TEST_CASE("no cut and no flipped byte of a PDF gives another credential") {
    auto const pdf = baked(json);
    std::size_t found = 0;
    for (std::size_t length = 0; length < pdf.size(); ++length) {
        auto const badge = extract_pdf(as_bytes(std::string_view(pdf).substr(0, length)));
        if (badge) CHECK(badge->credential == json);
    }
    for (std::size_t at = 0; at < pdf.size(); ++at) {
        auto mutated = pdf;
        mutated[at] = static_cast<char>(mutated[at] ^ 0x21);
        auto const badge = extract_pdf(as_bytes(mutated));
        if (!badge) continue;
        ++found;
        CHECK(badge->credential == json);
    }
    CHECK(found > pdf.size() / 2);
}

}  // namespace itqan::crypto::pdf_tests
