#pragma once
// Reads the members of one JSON object of a request and collects every shape error with its JSON Pointer: unknown,
// missing and wrongly typed members. It knows nothing of meaning.

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/clock.hpp"
#include "schemas/json.hpp"

namespace itqan::domain {

class BodyReader {
  public:
    /// Reads `body`, which stands at `pointer` in the request. A body that is no object is one violation.
    explicit BodyReader(Json const& body, std::string pointer = "");

    bool has(std::string_view member) const;
    std::optional<std::string> text(std::string_view member, std::size_t max_characters = 256);
    std::string required_text(std::string_view member, std::size_t max_characters = 256);
    /// A signed document, picture or address as text: may be larger than other texts and hold
    /// line breaks, and is not judged here.
    std::string required_document(std::string_view member);
    std::optional<double> number(std::string_view member);
    std::optional<int> integer(std::string_view member);
    std::optional<bool> boolean(std::string_view member);
    std::optional<Instant> instant(std::string_view member);  ///< RFC 3339 date-time.
    std::optional<Day> day(std::string_view member);          ///< Full date.
    /// The member's value unread (an object or array for another reader); null when absent.
    Json const* member(std::string_view name);

    void violation(std::string_view member, std::string detail);
    /// What another reader found inside a member of this one.
    void add(std::vector<Violation> violations);

    /// Call last: adds the members that nobody read. The error is malformed "invalid-body" with every violation.
    Result<void> finish();
    std::vector<Violation> take_violations();

  private:
    Json const* find(std::string_view member, bool required);
    std::string pointer_to(std::string_view member) const;

    Json const& body_;
    std::string pointer_;
    std::set<std::string, std::less<>> read_;
    std::vector<Violation> violations_;
};

}  // namespace itqan::domain
