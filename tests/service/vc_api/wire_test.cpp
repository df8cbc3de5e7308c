// What the suites of the W3C send, and whether it succeeds or is refused as with the server that passes them.

#include "tests/service/vc_api/vc_api_house.hpp"

#include <doctest/doctest.h>

#include <sstream>

using namespace itqan;
using tests::common_house;

namespace {

/// The reference's issuer, which every line to be issued names, by ours.
std::string with_own_issuer(std::string body, Json const& credential, std::string const& did) {
    auto const issuer = credential.contains("issuer") ? domain::id_of(credential, "issuer") : std::string();
    if (!issuer.starts_with("did:key:")) return body;
    for (auto at = body.find(issuer); at != std::string::npos; at = body.find(issuer, at + did.size()))
        body.replace(at, issuer.size(), did);
    return body;
}

bool names_foreign_list(Json const& line) {
    return line.at("endpoint") == "/credentials/verify" &&
           line.dump().find("BitstringStatusListEntry") != std::string::npos;
}

struct Played {
    int sent = 0, skipped = 0;
    std::vector<std::string> different;
};

Played play(std::string const& file) {
    Played played;
    std::istringstream lines(tests::read_file(tests::shared_dir().value() / "vectors/w3c-wire" / file));
    for (std::string text; std::getline(lines, text);) {
        auto const line = Json::parse(text);
        int const n = line.at("n");
        if (names_foreign_list(line)) {
            ++played.skipped;
            continue;
        }
        auto path = "/vc-api" + line.at("endpoint").get<std::string>();
        auto body = line.at("body").dump();
        if (line.at("endpoint") == "/credentials/issue") {
            auto const profile = line.at("issuer").get<std::string>();
            path = "/vc-api/issuers/" + profile + "/credentials/issue";
            body = with_own_issuer(body, line.at("body").at("credential"), common_house().did(profile));
        }
        auto const replied = common_house().send("POST", path, body);
        ++played.sent;
        bool const succeeded = replied.status == 200 || replied.status == 201;
        bool const refused = replied.status == 400;
        bool const same = line.at("expect") == "2xx" ? succeeded : refused;
        if (!same)
            played.different.push_back(
                file + " " + std::to_string(n) + " wants " + line.at("expect").get<std::string>() + ", got " +
                std::to_string(replied.status) + " " + replied.code() + " " + replied.pointers());
    }
    return played;
}

void check_same(std::string const& file, int sent, int skipped) {
    auto const played = play(file);

    for (auto const& difference : played.different)
        MESSAGE(difference);
    CHECK(played.different.empty());
    CHECK(played.sent == sent);
    CHECK(played.skipped == skipped);
}

}  // namespace

TEST_CASE("the suite of VC Data Model 2.0 is answered as by the reference") {
    NEEDS_SHARED();
    check_same("vcdm.jsonl", 129, 0);
}

TEST_CASE("the suite of Bitstring Status List is answered as by the reference") {
    NEEDS_SHARED();
    check_same("bitstring.jsonl", 2, 3);
}
