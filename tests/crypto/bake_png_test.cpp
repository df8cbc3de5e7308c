#include "crypto/bake.hpp"

#include <algorithm>
#include <cstring>

#include <png.h>
#include <zlib.h>
#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include "schemas/json.hpp"
#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::crypto;

namespace {

std::string const png_jws = "eyJhbGciOiJFZERTQSJ9.e30.c2ln";

void append_number(std::string& out, std::uint32_t number) {
    for (int shift = 24; shift >= 0; shift -= 8)
        out += static_cast<char>(number >> shift & 0xffU);
}

std::string chunk(std::string const& type, std::string const& data) {
    std::string out;
    append_number(out, static_cast<std::uint32_t>(data.size()));
    auto const body = type + data;
    out += body;
    append_number(out, static_cast<std::uint32_t>(
                           crc32(0, reinterpret_cast<Bytef const*>(body.data()), static_cast<uInt>(body.size()))));
    return out;
}

std::string const signature = "\x89PNG\r\n\x1a\n";
std::string const header = chunk("IHDR", std::string("\0\0\0\1\0\0\0\1\x08\x06\0\0\0", 13));
std::string const pixels = chunk("IDAT", std::string("\x78\xda\x63\x60\x00\x02\x00\x00\x05\x00\x01", 11));
std::string const last = chunk("IEND", "");

std::string text_of(std::string const& credential) {
    return chunk("iTXt", "openbadgecredential" + std::string(5, '\0') + credential);
}

std::string png_code_of(std::string const& png) {
    auto const badge = extract_png(as_bytes(png));
    return badge ? "extracted" : badge.error().code;
}

/// The pixels libpng sees, as 8-bit RGBA; nothing when it refuses the picture.
std::optional<Bytes> decode(ByteView png) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (png_image_begin_read_from_memory(&image, png.data(), png.size()) == 0) return std::nullopt;
    image.format = PNG_FORMAT_RGBA;
    Bytes out(PNG_IMAGE_SIZE(image));
    bool const read = png_image_finish_read(&image, nullptr, out.data(), 0, nullptr) != 0;
    png_image_free(&image);
    return read ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace

TEST_CASE("the credential goes before the pixels into a text chunk that is not compressed") {
    auto const baked = bake_png(as_bytes(signature + header + pixels + last), png_jws);

    REQUIRE(baked);
    CHECK(as_text(baked->png) == signature + header + text_of(png_jws) + pixels + last);
    CHECK(baked->dropped.empty());
    CHECK(extract_png(baked->png)->credential == png_jws);
}

TEST_CASE("baking again replaces the credential, keeps colours and says which chunks it dropped") {
    auto const gamma = chunk("gAMA", std::string("\0\0\xb1\x8f", 4));
    auto const sized = chunk("pHYs", std::string("\0\0\x0b\x13\0\0\x0b\x13\1", 9));
    auto const comment = chunk("tEXt", std::string("Comment\0<script>", 16));
    auto const time = chunk("tIME", std::string(7, '\1'));
    auto const picture =
        signature + header + gamma + comment + text_of("{}") + sized + pixels + comment + time + last + "tail";

    auto const baked = bake_png(as_bytes(picture), png_jws);

    REQUIRE(baked);
    CHECK(as_text(baked->png) == signature + header + gamma + sized + text_of(png_jws) + pixels + last);
    CHECK(baked->dropped == std::vector<std::string>{"tEXt", "iTXt", "tIME"});
    CHECK(bake_png(baked->png, png_jws)->png == baked->png);
}

TEST_CASE("a picture with several credentials or an older assertion only is not guessed about") {
    auto const old = chunk("tEXt", std::string("openbadges\0https://example.com/a", 31));

    CHECK(png_code_of(signature + header + text_of(png_jws) + pixels + last) == "extracted");
    CHECK(png_code_of(signature + header + text_of(png_jws) + pixels + text_of(png_jws) + last) == "many-credentials");
    CHECK(png_code_of(signature + header + old + pixels + last) == "extracted");
    CHECK(png_code_of(signature + header + pixels + last) == "no-credential");
    // The older form in an uncompressed text of its own is taken where no newer one is.
    std::string const rest("openbadges\0\0\0\0\0", 15);
    auto const assertion = chunk("iTXt", rest + "{\"type\":\"Assertion\"}");
    auto const older = extract_png(as_bytes(signature + header + assertion + pixels + last));
    REQUIRE(older);
    CHECK(older->credential == "{\"type\":\"Assertion\"}");
    CHECK(extract_png(as_bytes(signature + header + assertion + text_of(png_jws) + pixels + last))->credential ==
          png_jws);
    auto const packed = chunk("iTXt", std::string("openbadges\0\1\0\0\0", 15) + "x");
    CHECK(png_code_of(signature + header + packed + pixels + last) == "png-invalid");
    auto const both = extract_png(as_bytes(signature + header + old + text_of(png_jws) + pixels + last));
    REQUIRE(both);
    CHECK(both->open_badges_2);
    CHECK(both->credential == png_jws);
}

TEST_CASE("assertions of all editions are found under their name, and none is unpacked") {
    auto const with = [](std::string const& chunks) { return signature + header + chunks + pixels + last; };
    auto const text = [](std::string const& said) { return chunk("tEXt", std::string("openbadges\0", 11) + said); };
    auto const international = [](std::string const& said) {
        return chunk("iTXt", std::string("openbadges\0\0\0\0\0", 15) + said);
    };
    std::string const address = "https://example.com/a", assertion = "{\"type\":\"Assertion\"}";

    for (auto const& said : {address, assertion, png_jws}) {
        for (auto const& carried :
             {text(said), international(said), text("https://example.com/b") + international(said),
              international(said) + international(said)}) {
            CAPTURE(carried);
            auto const badge = extract_png(as_bytes(with(carried)));
            REQUIRE(badge);
            CHECK(badge->credential == said);
            CHECK(badge->form == BadgeForm::assertion);
            CHECK_FALSE(badge->open_badges_2);
        }
    }
    CHECK(png_code_of(with(text(address) + text(assertion))) == "many-credentials");
    CHECK(png_code_of(with(international(address) + international(assertion))) == "many-credentials");
    CHECK(png_code_of(with(text("\xff"))) == "png-invalid");
    CHECK(png_code_of(with(text(std::string("a\0b", 3)))) == "png-invalid");
    CHECK(png_code_of(with(text(""))) == "no-credential");
    for (auto const* const name : {"openbadges", "openbadgecredential", "clrcredential"}) {
        auto const packed = extract_png(as_bytes(with(chunk("zTXt", name + std::string("\0\0x", 3)))));
        REQUIRE_FALSE(packed);
        CHECK(packed.error().code == "credential-compressed");
    }
    auto const packed = extract_png(as_bytes(with(chunk("iTXt", std::string("openbadges\0\1\0\0\0x", 16)))));
    CHECK(packed.error().detail.find("compressed") != std::string::npos);
    // A badge beside them is taken whatever they are.
    CHECK(extract_png(as_bytes(with(text("\xff") + text_of(png_jws))))->form == BadgeForm::badge);
}

TEST_CASE("a learner record has a name of its own in a picture, and no badge beside it") {
    auto const baked = bake_png(as_bytes(signature + header + pixels + last), png_jws, BadgeForm::learner_record);
    REQUIRE(baked);
    auto const record = chunk("iTXt", "clrcredential" + std::string(5, '\0') + png_jws);

    CHECK(as_text(baked->png) == signature + header + record + pixels + last);
    CHECK(extract_png(baked->png)->credential == png_jws);
    CHECK(extract_png(baked->png)->form == BadgeForm::learner_record);
    CHECK(png_code_of(signature + header + record + text_of(png_jws) + pixels + last) == "many-credentials");
}

TEST_CASE("the walker refuses what is not a picture") {
    auto const critical = chunk("ABCD", "");

    CHECK(png_code_of("") == "png-invalid");
    CHECK(png_code_of(signature) == "png-invalid");
    CHECK(png_code_of(signature + header + text_of(png_jws) + last) == "png-invalid");
    CHECK(png_code_of(signature + header + header + text_of(png_jws) + pixels + last) == "png-invalid");
    CHECK(png_code_of(signature + header + critical + text_of(png_jws) + pixels + last) == "png-invalid");
    CHECK(png_code_of(signature + header + text_of(png_jws) + pixels + chunk("IEND", "x")) == "png-invalid");
    CHECK(png_code_of(signature + header + chunk("iT t", "") + pixels + last) == "png-invalid");
    CHECK(png_code_of(signature + header + text_of("\xff") + pixels + last) == "png-invalid");
    CHECK(png_code_of(signature + header + pixels + std::string(6 * 1024 * 1024, 'x')) == "png-limit");
}

TEST_CASE("every cut of a picture ends in an answer and no cut gives a credential") {
    auto const picture = signature + header + text_of(png_jws) + pixels + last;

    for (std::size_t length = 0; length < picture.size(); ++length) {
        CHECK(png_code_of(picture.substr(0, length)) == "png-invalid");
    }
}

TEST_CASE("a picture has at most 1 024 chunks and 5 MiB with its credential") {
    std::string many = signature + header + text_of(png_jws);
    for (int i = 0; i < 1020; ++i)
        many += chunk("tEXt", std::string("a\0b", 3));

    CHECK(png_code_of(many + pixels + last) == "extracted");
    CHECK(png_code_of(many + pixels + pixels + last) == "png-limit");
    auto const large = bake_png(as_bytes(signature + header + pixels + last), std::string(5 * 1024 * 1024, 'a'));
    REQUIRE_FALSE(large);
    CHECK(large.error().code == "png-limit");
}

TEST_CASE("a credential that is empty, not UTF-8 or holds NUL is not baked") {
    for (auto const& text : {std::string(), std::string("\xff"), std::string("a\0b", 3)}) {
        auto const baked = bake_png(as_bytes(signature + header + pixels + last), text);
        REQUIRE_FALSE(baked);
        CHECK(baked.error().code == "credential-text");
    }
}

TEST_CASE("the published PNG attacks get their published answer") {
    auto const shared = tests::shared_dir();
    if (!shared) {
        MESSAGE("shared vectors are not here");
        return;
    }
    auto const folder = *shared / "vectors/attacks/png-attacks";
    auto const manifest = parse_json(tests::read_file(folder / "manifest.json"));
    REQUIRE(manifest);
    // Their "expect" is neither "extract" nor "reject" in one word: what it means for a reader that ignores other
    // chunks.
    std::map<std::string, std::string> const answers{{"badge-ob2-and-ob3.png", "extracted"},
                                                     {"badge-after-iend.png", "no-credential"},
                                                     {"text-html-comment.png", "extracted"},
                                                     {"ztxt-bomb-64MB.png", "credential-compressed"}};
    int seen = 0;
    for (auto const& each : *manifest) {
        auto const name = each.at("file").get<std::string>();
        CAPTURE(name);
        auto const code = png_code_of(tests::read_file(folder / name));
        if (auto const answer = answers.find(name); answer != answers.end()) {
            CHECK(code == answer->second);
        } else if (each.at("expect").get<std::string>().starts_with("extract")) {
            CHECK(code == "extracted");
        } else {
            CHECK((code == "png-invalid" || code == "png-limit"));
        }
        ++seen;
    }
    CHECK(seen >= 22);
    CHECK(extract_png(as_bytes(tests::read_file(folder / "badge-ob2-and-ob3.png")))->open_badges_2);
}

TEST_CASE("PngSuite pictures keep their pixels through baking and the broken ones do no harm") {
    auto const shared = tests::shared_dir();
    if (!shared) {
        MESSAGE("shared vectors are not here");
        return;
    }
    int good = 0, broken = 0;
    for (auto const& entry : std::filesystem::directory_iterator(*shared / "vectors/attacks/PngSuite/png")) {
        auto const name = entry.path().filename().string();
        CAPTURE(name);
        auto const picture = tests::read_file(entry.path());
        auto const baked = bake_png(as_bytes(picture), png_jws);
        if (name.starts_with('x')) {
            if (baked) CHECK(extract_png(baked->png)->credential == png_jws);
            ++broken;
            continue;
        }
        REQUIRE(baked);
        CHECK(extract_png(baked->png)->credential == png_jws);
        auto const before = decode(as_bytes(picture));
        REQUIRE(before);
        CHECK(decode(baked->png) == before);
        ++good;
    }
    CHECK(good == 161);
    CHECK(broken == 14);
}

TEST_CASE("the public validator's PNG samples give their credentials") {
    auto const shared = tests::shared_dir();
    if (!shared) {
        MESSAGE("shared vectors are not here");
        return;
    }
    auto const folder = *shared / "vectors/validator";

    for (auto const* name : {"ob30/simple-jwt.png", "ob30/simple-json.png", "ob30/simple-jwt_v1.png"}) {
        CAPTURE(name);
        auto const badge = extract_png(as_bytes(tests::read_file(folder / name)));
        REQUIRE(badge);
        CHECK(badge->credential.starts_with(std::string(name) == "ob30/simple-json.png" ? "{" : "eyJ"));
    }
    CHECK(extract_png(as_bytes(tests::read_file(folder / "ob20/simple-badge.png")))->credential.find("\"Assertion\"") !=
          std::string::npos);
}
