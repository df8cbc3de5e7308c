// Takes the place of service/domain/verification_check.cpp in the test build that shows what the tests notice:
//   ITQAN_CHECKS_SEEN=FILE     writes a line "CODE OUTCOME TEST CASE" for each kind of finding and the test that met
//   it; ITQAN_CHECK_REMOVED=CODE   what would be found with this code, or by this check where CODE has no dot, counts
//   as good.
// removal.py runs it.

#include <cstdlib>
#include <fstream>
#include <mutex>
#include <set>
#include <string>
#include <tuple>

#include <doctest/doctest.h>

#include "service/domain/verification_case.hpp"

namespace itqan::domain {
namespace {

std::string variable(char const* name) {
    auto const* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

std::string& running() {
    static std::string name;
    return name;
}

/// Tells which test case runs.
struct Follower : doctest::IReporter {
    explicit Follower(doctest::ContextOptions const&) {}
    void report_query(doctest::QueryData const&) override {}
    void test_run_start() override {}
    void test_run_end(doctest::TestRunStats const&) override {}
    void test_case_start(doctest::TestCaseData const& test) override { running() = test.m_name; }
    void test_case_reenter(doctest::TestCaseData const&) override {}
    void test_case_end(doctest::CurrentTestCaseStats const&) override {}
    void test_case_exception(doctest::TestCaseException const&) override {}
    void subcase_start(doctest::SubcaseSignature const&) override {}
    void subcase_end() override {}
    void log_assert(doctest::AssertData const&) override {}
    void log_message(doctest::MessageData const&) override {}
    void test_case_skipped(doctest::TestCaseData const&) override {}
};
REGISTER_LISTENER("follower", 1, Follower);

void note(std::string const& code, CheckOutcome outcome) {
    static std::string const file = variable("ITQAN_CHECKS_SEEN");
    if (file.empty()) return;
    static std::mutex mutex;
    static std::set<std::tuple<std::string, CheckOutcome, std::string>> seen;
    std::lock_guard const lock(mutex);
    if (!seen.emplace(code, outcome, running()).second) return;
    std::ofstream(file, std::ios::app) << code << ' ' << check_outcome_name(outcome) << ' ' << running() << '\n';
}

}  // namespace

Check make_check(std::string_view id, CheckOutcome outcome, std::string code, std::string detail,
                 std::map<std::string, std::string> evidence) {
    static std::string const removed = variable("ITQAN_CHECK_REMOVED");
    note(code, outcome);
    bool const is_finding = outcome != CheckOutcome::pass && outcome != CheckOutcome::absent;
    if (is_finding && !removed.empty() && (removed == code || removed == id)) {
        outcome = CheckOutcome::pass;
        code = std::string(id) + ".removed";
    }
    return titled_check(id, outcome, std::move(code), std::move(detail), std::move(evidence));
}

}  // namespace itqan::domain
