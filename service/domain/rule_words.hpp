#pragma once
// A rule and its explanation in words, in English and Arabic: the narrative signed into a badge's criteria, and the
// lines of the explanation tree on pages and in mails.

#include <string>

#include "service/domain/criteria.hpp"

namespace itqan::domain {

/// The whole rule as Markdown (a nested list), for `achievement.criteria.narrative` in one language ("en", "ar").
std::string rule_narrative(Programme const& programme, schemas::Rule const& rule, std::string_view language);

/// One line for a node's condition: "Cyber Hygiene for Care Teams, score 80 or more"; "One of:"; "At least 2 of:".
std::string node_title(Programme const& programme, Node const& node, std::string_view language);

/// What stands beside it: "held until 23 October 2027", "8 hours to go", "requested, waiting for confirmation".
std::string node_state(Programme const& programme, Node const& node, std::string_view language);

/// "23 October 2027" / "23 أكتوبر 2027" with Latin digits; "2026-11" as "November 2026".
std::string day_in_words(Day day, std::string_view language);
std::string month_in_words(Day day, std::string_view language);

}  // namespace itqan::domain
