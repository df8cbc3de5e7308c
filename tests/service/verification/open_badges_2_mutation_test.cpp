// Every member of every document of an Open Badges 2 graph replaced by something else: nothing throws, nothing is asked
// for over plain http, and what decides whose it is never passes by accident.

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "tests/service/verification/open_badges_2_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

std::vector<Json> const& substitutes() {
    static std::vector<Json> const all{nullptr,
                                       true,
                                       7,
                                       "",
                                       "text",
                                       "https://evil.example/x",
                                       "http://badges.example:80/",
                                       Json::array(),
                                       Json::object(),
                                       Json::array({nullptr, 1, "a", Json::object(), Json::array()}),
                                       Json{{"id", "https://evil.example/x"}, {"type", 3}},
                                       Json{{"id", 5}, {"@id", "https://evil.example/x"}, {"type", "Extension"}}};
    return all;
}

/// Pointers to every value inside a document.
std::vector<Json::json_pointer> pointers_of(Json const& document) {
    std::vector<Json::json_pointer> pointers;
    auto const flat = document.flatten();
    for (auto const& [pointer, value] : flat.items()) {
        auto at = Json::json_pointer(pointer);
        for (; !at.empty(); at.pop_back())
            if (std::find(pointers.begin(), pointers.end(), at) == pointers.end()) pointers.push_back(at);
    }
    return pointers;
}

template <typename Judge>
int mutate(Json OpenBadge2House::*document, bool is_signed, Judge judge) {
    OpenBadge2House whole;
    whole.profile["revocationList"] = whole.revocations.at("id");
    whole.revocations["revokedAssertions"] = Json::array({"https://badges.example/assertions/2", {{"uid", "2"}}});
    whole.badge["alignment"] = Json::array({{{"targetName", "A"}, {"targetUrl", "https://a.example/"}}});
    whole.profile["verification"] = {{"startsWith", "https://badges.example/"},
                                     {"allowedOrigins", Json::array({"badges.example"})}};
    whole.assertion["evidence"] = Json::array({{{"id", "https://a.example/e"}, {"narrative", "Did it"}}});
    if (is_signed) whole.make_signed();
    whole.serve();
    auto const document_before = whole.*document;
    auto const served_before = whole.verifier.documents;
    auto const address = document_before.at("id").template get<std::string>();
    int seen = 0;
    for (auto const& pointer : pointers_of(document_before)) {
        for (auto const& substitute : substitutes()) {
            CAPTURE(pointer.to_string());
            CAPTURE(substitute.dump());
            (whole.*document)[pointer] = substitute;
            whole.verifier.knows(address, (whole.*document).dump());

            auto const report = whole.verifier.verify(is_signed ? whole.signed_assertion() : whole.assertion.dump());

            for (auto const& asked : whole.verifier.asked)
                CHECK(asked.starts_with("https://"));
            CHECK_NOTHROW(report_to_json(report).dump());
            judge(pointer.to_string(), report);
            whole.*document = document_before;
            whole.verifier.documents = served_before;
            ++seen;
        }
    }
    return seen;
}

}  // namespace

TEST_CASE("no document of the graph can be misshapen so that the verifier throws") {
    auto const nothing = [](std::string const&, Report const&) {};
    int seen = 0;
    for (bool const is_signed : {false, true})
        for (auto const document : {&OpenBadge2House::assertion, &OpenBadge2House::badge, &OpenBadge2House::profile,
                                    &OpenBadge2House::key, &OpenBadge2House::revocations})
            seen += mutate(document, is_signed, nothing);
    CHECK(seen > 1200);
}

TEST_CASE("what ties a badge to its issuer cannot be replaced") {
    std::set<std::string> const tying{"/issuer", "/publicKey", "/owner", "/publicKeyPem"};
    for (auto const document : {&OpenBadge2House::badge, &OpenBadge2House::profile, &OpenBadge2House::key})
        mutate(document, true, [&tying](std::string const& pointer, Report const& report) {
            if (tying.contains(pointer))
                CHECK_MESSAGE((report.verdict == Verdict::invalid || report.verdict == Verdict::unchecked),
                              summary(report));
        });
}
