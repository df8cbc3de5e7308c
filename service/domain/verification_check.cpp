// By itself, so that a test build can put another in its place that finds nothing of one kind, and see that a test
// notices: tests/service/verification/removable_check.cpp.

#include <utility>

#include "service/domain/verification_case.hpp"

namespace itqan::domain {

Check make_check(std::string_view id, CheckOutcome outcome, std::string code, std::string detail,
                 std::map<std::string, std::string> evidence) {
    return titled_check(id, outcome, std::move(code), std::move(detail), std::move(evidence));
}

}  // namespace itqan::domain
