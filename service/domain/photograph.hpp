#pragma once
// A photograph in place of a badge: what the code in it leads to.

#include <string>
#include <string_view>

#include "schemas/result.hpp"

namespace itqan::domain {

/// The bytes of the PNG or JPEG that the input is, also as base64 in a data: address; empty for anything else.
std::string photograph_in(std::string_view input);

/// What the code in the photograph says: a link, or a credential itself. Errors: unprocessable "no-code", and those of
/// scan::read_qr.
Result<std::string> text_of_photograph(std::string_view photograph);

/// What is said when that text is no badge: unprocessable "no-link".
Error no_link_in_code();

/// For where no link can be followed: what the code in the photograph leads to (unprocessable "not-reached"), or why it
/// is not read; `first`, which the verifier said, for anything that is no photograph.
Error without_way_to_code(std::string_view photograph, Error first);

}  // namespace itqan::domain
