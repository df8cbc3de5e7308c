// Whatever reason the verifier gives, people read it in their language.

#include <doctest/doctest.h>

#include <regex>
#include <set>

#include "sample_badge.hpp"
#include "tests/support/shared.hpp"

namespace itqan::web {
namespace {

using tests::locales;

/// The codes written in the verifier's sources.
std::set<std::string> codes_in_sources() {
    std::string ids;
    for (auto const& id : domain::check_ids())
        ids += (ids.empty() ? "" : "|") + id;
    std::regex const code("\"((" + ids + ")\\.[a-z0-9-]*[a-z0-9])\"");
    std::set<std::string> codes;
    for (auto const& entry : std::filesystem::directory_iterator(tests::source_dir() / "service/domain")) {
        if (!entry.path().filename().string().starts_with("verification")) continue;
        auto const text = tests::read_file(entry.path());
        for (auto it = std::sregex_iterator(text.begin(), text.end(), code); it != std::sregex_iterator(); ++it)
            codes.insert((*it)[1].str());
    }
    return codes;
}

bool has_words(std::string const& code) {
    return locales().in("en").has("reason.code." + code) && locales().in("ar").has("reason.code." + code);
}

TEST_CASE("every reason of the verifier has words") {
    auto const codes = codes_in_sources();

    CHECK(codes.size() > 60);
    for (auto const& code : codes)
        CHECK_MESSAGE(has_words(code), code);
}

TEST_CASE("reasons of the token reader and of status lists have words") {
    for (std::string const fault : {"jws-syntax", "jws-header", "jws-algorithm", "jws-type", "jws-limit",
                                    "private-key-exposed", "invalid-key", "unsupported-key", "vc-jwt", "json-syntax",
                                    "json-encoding", "json-duplicate-member", "json-number", "json-limit"}) {
        CHECK_MESSAGE(has_words("format." + fault), fault);
        CHECK_MESSAGE(has_words("proof." + fault), fault);
    }
    for (std::string const fault : {"status-list-shape", "STATUS_LIST_ENCODING_ERROR", "STATUS_LIST_LENGTH_ERROR",
                                    "RANGE_ERROR", "status-index", "status-list-limit"})
        CHECK_MESSAGE(has_words("status." + fault), fault);
}

TEST_CASE("checks that make no sense for a text say so") {
    for (auto const& id : domain::check_ids()) {
        if (id == "nested" || id == "holder-binding") continue;  // Of learner records and presentations only.
        if (id != "format" && id != "proof") CHECK_MESSAGE(has_words(id + ".unreadable"), id);
        if (id != "format" && id != "validity") CHECK_MESSAGE(has_words(id + ".open-badges-1"), id);
        bool const is_of_descriptions = id != "format" && id != "schema" && id != "contexts" && id != "recipient";
        if (is_of_descriptions) CHECK_MESSAGE(has_words(id + ".description"), id);
    }
}

}  // namespace
}  // namespace itqan::web
