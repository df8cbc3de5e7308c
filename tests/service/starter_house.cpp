#include "tests/service/starter_house.hpp"

#include <algorithm>

namespace itqan::tests {
namespace {

/// Read once: every house of a test program moves into the same programme.
std::vector<domain::ImportElement> const& starter_elements() {
    static auto const elements = [] {
        auto const shared = shared_dir();
        if (!shared) throw std::runtime_error("the starter is not on this machine");
        return *domain::read_import(*shared / "starter");
    }();
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
    auto const shared = shared_dir();
    if (!shared) throw std::runtime_error("the starter is not on this machine");
    return Json::parse(read_file(*shared / "starter" / name));
}

StarterHouse::StarterHouse() {
    take(elements_where([](domain::ImportElement const& element) { return element.target != domain::ImportTarget::evidence; }), {});
    auto const programme = database().read([&](storage::Session& s) { return programmes.current(s); });
    for (auto const& issuer : programme->issuers)
        keys.ensure(issuer, crypto::KeyType::ed25519);
}

domain::ImportReport StarterHouse::take(std::vector<domain::ImportElement> elements, domain::ImportOptions const& options) {
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
