#pragma once
// Small questions about texts that every folder asks.

#include <string>
#include <string_view>

namespace itqan {

/// The text with A to Z as a to z; all other bytes stay, in every locale.
std::string ascii_lower(std::string_view text);

/// Equal but for the case of A to Z.
bool equal_ignoring_case(std::string_view a, std::string_view b);

/// The text without the bytes of `blank` at both ends.
std::string_view trimmed(std::string_view text, std::string_view blank = " \t\r\n");

}  // namespace itqan
