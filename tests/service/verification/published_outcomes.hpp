#pragma once
// tests/vectors/README.md, which says what the published samples come to here, read by the tests that judge them.

#include <map>
#include <string>

namespace itqan::tests {

/// The id of our check that looks at what a probe of the public validator looks at. Fails the test for an unknown one.
std::string check_for_probe(std::string const& probe);

struct PublishedOutcome {
    std::string expected;  ///< As the manifest says.
    std::string verdict;   ///< Ours: "valid", ...; "" where another program judges.
    std::string check;     ///< The check that decides; "" when none has to.
    std::string judged_by;
};
/// By the file's name in the manifest.
std::map<std::string, PublishedOutcome> const& published_outcomes();

}  // namespace itqan::tests
