#pragma once
// Web addresses compared as what they reach, not as texts: who may host what (Open Badges 2.0, hosted verification).
// Nothing is fetched here.

#include <optional>
#include <string>
#include <string_view>

namespace itqan::schemas {

/// An http or https address in the one form in which two can be compared.
struct WebAddress {
    std::string host;  ///< Lower case; with the port where it is not the scheme's own.
    std::string path;  ///< With the query; "/" when there is none. Never a fragment.

    /// The same over https, which is how it is fetched whatever the document says.
    std::string https() const { return "https://" + host + path; }
    bool operator==(WebAddress const&) const = default;
};

/// Nothing for what two readers could understand differently: another scheme, user info, a host that is no ASCII name
/// of letters, digits, hyphens and dots, `.` and `..` segments (escaped too), backslashes, escaped slashes, blanks,
/// control characters, more than 2 048 bytes.
std::optional<WebAddress> read_web_address(std::string_view text);

/// Whether both name one document: the scheme and an ending ".json" do not count; other texts than web addresses are
/// the same when their bytes are.
bool is_same_document(std::string_view a, std::string_view b);

/// Whether `origin`, a host name alone or an address without a path, is the host of `address`: equal, never a part.
bool is_of_origin(WebAddress const& address, std::string_view origin);

/// How an address begins with another: as a text it may, and yet be a neighbour ("/amy" and "/amy2").
enum class Prefix { none, inside_a_segment, whole_segments };
Prefix prefix_of(WebAddress const& address, std::string_view start);

}  // namespace itqan::schemas
