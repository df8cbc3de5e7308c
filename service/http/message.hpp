#pragma once
// A request and a response as the layers above see them, and the readers of what a request carries (query, form fields,
// multipart). Sockets, TLS and the wire form are server.cpp's part.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schemas/fetched.hpp"
#include "schemas/pending.hpp"
#include "schemas/result.hpp"

namespace itqan::http {

/// Header fields in order. Names are lower case.
class Headers {
  public:
    void add(std::string name, std::string value);
    /// The first value of a field, by its lower-case name; "" when absent.
    std::string_view get(std::string_view name) const;

    std::vector<std::pair<std::string, std::string>> all;
};

/// Through which listener a request came: the only one, the one for everybody, or the one for the house.
enum class Door { sole, everybody, internal };

struct Request {
    std::string method;  ///< "GET"; HEAD arrives as it was sent.
    std::string path;    ///< As sent, percent-encoded, without the query: "/claim/abc".
    std::string query;   ///< As sent, without "?".
    Headers headers;
    std::string body;
    std::string id;      ///< Names the request in the log, the Request-Id field and problem documents; may be empty.
    std::string client;  ///< Address of the client: the peer, or what a trusted proxy says.
    Door door = Door::sole;
    std::map<std::string, std::string, std::less<>> parameters;  ///< Decoded values of {name} in the route's path.

    /// Documents of other hosts as far as the edge has fetched them for this request; null: there is no way out.
    std::shared_ptr<FetchedDocuments const> fetched = nullptr;
    bool may_depend = false;  ///< The answer may depend on something that has not ended yet.
    /// Set by whoever has counted it against a limit: a handler may be given the same request several times.
    mutable bool is_counted = false;

    std::string_view header(std::string_view name) const { return headers.get(name); }
};

struct Response {
    int status = 200;
    Headers headers;
    std::string body;
    /// Not empty: no answer yet. The edge fetches these and gives the same request to the handler again, so that no
    /// worker waits (decision 29). Only where Request::fetched is not null.
    DocumentNeeds awaits = {};
    /// Not null: the answer is true once this has ended well, and is sent then. Where it was refused the handler is
    /// asked again. Only where Request::may_depend.
    std::shared_ptr<Pending> depends_on = nullptr;
};

/// No answer yet: these are needed first.
Response awaiting(DocumentNeeds needs);

/// Decodes %XX; none for broken percent-encoding, NUL or a result that is not UTF-8. "+" stays.
std::optional<std::string> percent_decode(std::string_view text);

/// The first value of a query parameter, decoded ("+" is a space); none when absent.
std::optional<std::string> query_value(Request const& request, std::string_view name);

/// The first value of a field of an application/x-www-form-urlencoded or multipart/form-data body; none when absent or
/// when the body is no such form.
std::optional<std::string> form_value(Request const& request, std::string_view name);

struct Part {
    std::string name;
    std::optional<std::string> file_name = {};
    std::string media_type;  ///< "" when the part names none.
    std::string body;
};
/// The parts of a multipart/form-data body (RFC 7578), at most 16. Errors: malformed "invalid-form", media_type
/// "form-type".
Result<std::vector<Part>> read_multipart(Request const& request);

}  // namespace itqan::http
