#include "crypto/bake.hpp"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include "schemas/json.hpp"
#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::crypto;

namespace {

std::string const svg_jws = "eyJhbGciOiJFZERTQSJ9.e30.c2ln";
std::string const json = R"({"name":"شارة ]]> & <b>","x":"]]>"})";

std::string svg(std::string const& inside, std::string const& attributes = "") {
    return "<svg xmlns=\"http://www.w3.org/2000/svg\"" + attributes + ">" + inside + "</svg>";
}

std::string svg_code_of(std::string const& text) {
    auto const badge = extract_svg(text);
    return badge ? "extracted" : badge.error().code;
}

}  // namespace

TEST_CASE("a token goes into verify and JSON into the body, right behind the start tag") {
    auto const token = bake_svg(svg("<circle r='5'/>"), svg_jws);
    auto const text = bake_svg(svg("<circle r='5'/>"), json);

    REQUIRE(token);
    CHECK(*token ==
          "<svg xmlns:openbadges=\"https://purl.imsglobal.org/ob/v3p0\" xmlns=\"http://www.w3.org/2000/svg\">"
          "<openbadges:credential verify=\"" +
              svg_jws + "\"></openbadges:credential><circle r='5'/></svg>");
    CHECK(extract_svg(*token)->credential == svg_jws);
    REQUIRE(text);
    CHECK(extract_svg(*text)->credential == json);
    CHECK(text->find("verify") == std::string::npos);
}

TEST_CASE("the text around the credential stays byte for byte") {
    std::string const before = "<?xml version='1.0' encoding='utf-8'?>\n<!-- note > -->\n<s:svg";
    std::string const after =
        "\n  xmlns:s='http://www.w3.org/2000/svg' title='a > b' >\r\n<s:text>شارة</s:text>\n</s:svg>\n";

    auto const baked = bake_svg(before + after, svg_jws);

    REQUIRE(baked);
    CHECK(baked->starts_with(before));
    CHECK(baked->ends_with("\r\n<s:text>شارة</s:text>\n</s:svg>\n"));
    CHECK(extract_svg(*baked)->credential == svg_jws);
}

TEST_CASE("an empty root element is opened for the credential") {
    auto const baked = bake_svg("<svg xmlns='http://www.w3.org/2000/svg' width='5' />", svg_jws);

    REQUIRE(baked);
    CHECK(extract_svg(*baked)->credential == svg_jws);
    CHECK(baked->ends_with("</svg>"));
}

TEST_CASE("baking again replaces the credential") {
    auto const once = bake_svg(svg("<g/>"), json);
    REQUIRE(once);

    auto const twice = bake_svg(*once, svg_jws);

    REQUIRE(twice);
    CHECK(extract_svg(*twice)->credential == svg_jws);
    CHECK(twice->find("CDATA") == std::string::npos);
    CHECK(twice->ends_with("<g/></svg>"));
    CHECK(*bake_svg(*twice, svg_jws) == *twice);
}

TEST_CASE("an Open Badges 2 assertion is named and its prefix left alone") {
    auto const old = svg("<openbadges:assertion verify=\"x.y.z\"/>", " xmlns:openbadges=\"http://openbadges.org\"");

    auto const baked = bake_svg(old, svg_jws);

    CHECK(extract_svg(old)->form == BadgeForm::assertion);
    REQUIRE(baked);
    CHECK(baked->find("xmlns:openbadges3=\"https://purl.imsglobal.org/ob/v3p0\"") != std::string::npos);
    CHECK(extract_svg(*baked)->credential == svg_jws);
    CHECK(extract_svg(*baked)->open_badges_2);
}

TEST_CASE("an assertion is what its verify names, else what its body says") {
    auto const carry = [](std::string const& inside) { return svg(inside, " xmlns:o=\"http://openbadges.org\""); };
    std::string const address = "https://example.org/a.json", assertion = "{\"type\":\"Assertion\"}";
    std::string const body = "<![CDATA[ " + assertion + " ]]>";
    auto const said = [&](std::string const& inside) {
        auto const badge = extract_svg(carry(inside));
        REQUIRE(badge);
        CHECK(badge->form == BadgeForm::assertion);
        CHECK_FALSE(badge->open_badges_2);
        return badge->credential;
    };

    CHECK(said("<o:assertion verify=\"" + address + "\">" + body + "</o:assertion>") == address);
    CHECK(said("<o:assertion verify=\"" + svg_jws + "\"/>") == svg_jws);
    CHECK(said("<o:assertion>" + body + "</o:assertion>") == assertion);
    CHECK(said("<g><o:assertion verify=\"\">" + body + "</o:assertion></g>") == assertion);
    CHECK(svg_code_of(carry("<o:assertion/>")) == "no-credential");
    CHECK(svg_code_of(carry("<o:assertion verify=\"a\"/><o:assertion verify=\"a\"/>")) == "many-credentials");
    CHECK(svg_code_of(carry("<o:assertion>{<g/>}</o:assertion>")) == "svg-invalid");
    CHECK(svg_code_of(svg("<o:assertion verify=\"a\"/>", " xmlns:o=\"http://openbadges.org/2\"")) == "no-credential");
}

TEST_CASE("a learner record has a namespace of its own in a drawing, and no badge beside it") {
    auto const baked = bake_svg(svg("<g/>"), svg_jws, BadgeForm::learner_record);
    REQUIRE(baked);

    CHECK(baked->find("<clr:credential verify=") != std::string::npos);
    CHECK(extract_svg(*baked)->credential == svg_jws);
    CHECK(extract_svg(*baked)->form == BadgeForm::learner_record);
    CHECK(extract_svg(*bake_svg(*baked, json))->form == BadgeForm::badge);
    std::string const both =
        " xmlns:b=\"https://purl.imsglobal.org/ob/v3p0\" xmlns:c=\"https://purl.imsglobal.org/clr/v2p0\"";
    CHECK(svg_code_of(svg("<b:credential verify=\"a\"/><c:credential verify=\"a\"/>", both)) == "many-credentials");
    CHECK(svg_code_of(svg("<c:credential><b:credential verify=\"a\"/></c:credential>", both)) == "svg-invalid");
}

TEST_CASE("the credential is found by namespace and there is only one") {
    std::string const name = " xmlns:b=\"https://purl.imsglobal.org/ob/v3p0\"";
    std::string const element = "<b:credential verify=\"" + svg_jws + "\"/>";

    CHECK(svg_code_of(svg(element, name)) == "extracted");
    CHECK(svg_code_of(svg("<g>" + element + "</g>", name)) == "extracted");
    CHECK(svg_code_of(svg(element + element, name)) == "many-credentials");
    CHECK(svg_code_of(svg("<b:credential verify=\"a\">b</b:credential>", name)) == "many-credentials");
    CHECK(svg_code_of(svg("<b:credential><g/></b:credential>", name)) == "svg-invalid");
    CHECK(svg_code_of(svg("<b:credential> </b:credential>", name)) == "no-credential");
    CHECK(svg_code_of(svg("<credential verify=\"" + svg_jws + "\"/>")) == "no-credential");
    CHECK(svg_code_of(svg("")) == "no-credential");
}

TEST_CASE("a picture that is not plain UTF-8 SVG is refused") {
    std::string deep;
    for (int i = 0; i < 64; ++i)
        deep += "<g>";
    for (int i = 0; i < 64; ++i)
        deep += "</g>";

    CHECK(svg_code_of("") == "svg-invalid");
    CHECK(svg_code_of("<svg/>") == "svg-invalid");
    CHECK(svg_code_of("<html xmlns='http://www.w3.org/1999/xhtml'/>") == "svg-invalid");
    CHECK(svg_code_of("<!DOCTYPE svg>" + svg("")) == "svg-invalid");
    CHECK(svg_code_of("<?php x?>" + svg("")) == "svg-invalid");
    CHECK(svg_code_of(svg("<?xml-stylesheet href='x'?>")) == "svg-invalid");
    CHECK(svg_code_of("<?xml version='1.0' encoding='ISO-8859-1'?>" + svg("")) == "svg-invalid");
    CHECK(svg_code_of(svg("\xff")) == "svg-invalid");
    CHECK(svg_code_of(svg("&evil;")) == "svg-invalid");
    CHECK(svg_code_of(svg(deep)) == "svg-invalid");
    CHECK(svg_code_of(svg(deep.substr(3, deep.size() - 7))) == "no-credential");
    CHECK(svg_code_of(svg("") + svg("")) == "svg-invalid");
    CHECK(svg_code_of(svg(std::string(5 * 1024 * 1024, ' '))) == "svg-limit");
}

TEST_CASE("of all document types only W3C's for SVG pass, and they define nothing") {
    std::string const name = "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" ";
    std::string const address = "\"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\"";
    auto const baked = bake_svg(svg("<g/>"), svg_jws);
    REQUIRE(baked);

    CHECK(svg_code_of(name + address + ">" + *baked) == "extracted");
    CHECK(extract_svg(*bake_svg(name + address + ">" + svg(""), svg_jws))->credential == svg_jws);
    CHECK(svg_code_of(name + address + " [<!ENTITY x \"y\">]>" + *baked) == "svg-invalid");
    CHECK(svg_code_of(name + address + " []>" + *baked) == "svg-invalid");
    CHECK(svg_code_of(name + "\"http://evil.example/svg11.dtd\">" + *baked) == "svg-invalid");
    CHECK(svg_code_of("<!DOCTYPE svg SYSTEM " + address + ">" + *baked) == "svg-invalid");
    CHECK(svg_code_of(name + address + ">" + svg("&undefined;")) == "svg-invalid");
}

TEST_CASE("a credential that XML cannot carry is refused") {
    for (auto const& text :
         {std::string(), std::string("\x01"), std::string("\xff"), std::string("a\r\nb"), std::string(" {}")}) {
        auto const baked = bake_svg(svg(""), text);
        REQUIRE_FALSE(baked);
        CHECK(baked.error().code == "credential-text");
    }
}

TEST_CASE("the published SVG attacks get their published answer") {
    auto const shared = tests::shared_dir();
    if (!shared) {
        MESSAGE("shared vectors are not here");
        return;
    }
    auto const folder = *shared / "vectors/attacks/svg-attacks";
    auto const manifest = parse_json(tests::read_file(folder / "manifest.json"));
    REQUIRE(manifest);
    int seen = 0;
    for (auto const& each : *manifest) {
        CAPTURE(each.dump());
        auto const text = tests::read_file(folder / each.at("file").get<std::string>());

        bool const extracts = static_cast<bool>(extract_svg(text));

        CHECK(extracts == each.at("expect").get<std::string>().starts_with("extract"));
        ++seen;
    }
    CHECK(seen >= 21);
}

TEST_CASE("the public validator's SVG samples give their credentials") {
    auto const shared = tests::shared_dir();
    if (!shared) {
        MESSAGE("shared vectors are not here");
        return;
    }
    auto const folder = *shared / "vectors/validator/ob30";

    for (auto const* name : {"simple-jwt.svg", "simple-json.svg", "simple-jwt_v1.svg"}) {
        CAPTURE(name);
        auto const badge = extract_svg(tests::read_file(folder / name));
        REQUIRE(badge);
        CHECK(badge->credential.starts_with(std::string(name) == "simple-json.svg" ? "{" : "eyJ"));
    }
}
