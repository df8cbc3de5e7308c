#pragma once
// Reads Prometheus' text format 0.0.4 as strictly as a scraper may, for tests: every sample belongs to a family with
// HELP and TYPE before it, no series comes twice, buckets grow, a histogram has its sum and count.

#include <map>
#include <string>
#include <vector>

namespace itqan::tests {

struct Family {
    std::string type, help;
    std::map<std::string, double> series;  ///< By name and labels as written: `a_bucket{le="1"}`.
};

/// By the family's name. Throws std::runtime_error with the line that breaks a rule.
std::map<std::string, Family> read_exposition(std::string const& text);

/// The value of one series as written; throws std::out_of_range when it is not there.
double value_of(std::map<std::string, Family> const& families, std::string const& series);

}  // namespace itqan::tests
