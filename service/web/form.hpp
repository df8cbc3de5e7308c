#pragma once
// What a page's form sent: fields by name, repeated ones in order, and at most a few files, from either of the two form
// encodings. Limits of size are the route's.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "service/http/message.hpp"

namespace itqan::web {

class Form {
  public:
    /// Errors: malformed "invalid-form" for broken percent-encoding or text that is not UTF-8; those of the multipart
    /// reader; media_type for any other content type.
    static Result<Form> read(http::Request const& request);

    /// The first value; "" when absent.
    std::string_view value(std::string_view name) const;
    std::vector<std::string> values(std::string_view name) const;

  private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

/// Decodes application/x-www-form-urlencoded ("+" is a space). None for broken percent-encoding.
std::optional<std::vector<std::pair<std::string, std::string>>> decode_form(std::string_view body);

/// Encodes one value for a query: everything but the unreserved characters of RFC 3986 as %XX.
std::string encode_query_value(std::string_view value);

}  // namespace itqan::web
