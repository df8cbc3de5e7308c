#include "tests/service/starter_house.hpp"

#include <algorithm>

namespace itqan::tests {
namespace {

std::filesystem::path programme_dir() {
    return source_dir() / "service/demo/programme";
}

/// Read once: every house of a test program moves into the same programme.
std::vector<domain::ImportElement> const& starter_elements() {
    static auto const elements = *domain::read_import(programme_dir());
    return elements;
}

template <typename Condition>
std::vector<domain::ImportElement> elements_where(Condition const& condition) {
    std::vector<domain::ImportElement> chosen;
    std::copy_if(starter_elements().begin(), starter_elements().end(), std::back_inserter(chosen), condition);
    return chosen;
}

}  // namespace

Json read_starter(std::string const& name) {
    auto const folder = name.starts_with("expected/") ? shared_dir().value() / "starter" : programme_dir();
    return Json::parse(read_file(folder / name));
}

StarterHouse::StarterHouse() {
    take(elements_where(
             [](domain::ImportElement const& element) { return element.target != domain::ImportTarget::evidence; }),
         {});
    auto const programme = database().read([&](storage::Session& s) { return programmes.current(s); });
    for (auto const& issuer : programme->issuers)
        keys.ensure(issuer);
}

domain::ImportReport StarterHouse::take(std::vector<domain::ImportElement> elements,
                                        domain::ImportOptions const& options) {
    auto report = domain::import_elements(database(), programmes, intake, clock, Actor{}, std::move(elements), options);
    if (!report) throw std::runtime_error(report.error().detail);
    return std::move(*report);
}

domain::ImportReport StarterHouse::import_evidence(Completions completions, domain::ImportOptions const& options) {
    return take(elements_where([&](domain::ImportElement const& element) {
                    return element.kind != "completion" || completions == Completions::included;
                }),
                options);
}

}  // namespace itqan::tests
