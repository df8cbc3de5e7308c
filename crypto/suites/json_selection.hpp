#pragma once
// The parts of a JSON-LD document that JSON Pointers name, with what gives them their meaning.

#include <string>
#include <vector>

#include "schemas/json.hpp"

namespace itqan::crypto {

/// Data Integrity ECDSA Cryptosuites 1.0, section 3.4.13 (selectJsonLd): the selected values, and on the way to each
/// the @context and the `id` and `type` of the objects that hold it. Null when there are no pointers. Errors: malformed
/// "json-pointer" (no RFC 6901 text); unprocessable "pointer-target" (nothing there).
Result<Json> select_json(Json const& document, std::vector<std::string> const& pointers);

}  // namespace itqan::crypto
