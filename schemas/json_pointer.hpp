#pragma once
// JSON Pointers (RFC 6901) for saying where something is wrong. Resolving them is nlohmann's part.

#include <cstddef>
#include <string>
#include <string_view>

namespace itqan::schemas {

/// One reference token: "~" and "/" escaped.
std::string pointer_token(std::string_view name);

/// A place in a document that is being walked, written out only when something is wrong there. It refers to its parent
/// and its name without owning them: make it on the way down and never keep it.
class Place {
  public:
    Place() = default;

    Place at(std::string_view name) const { return Place(this, name, 0); }
    Place at(std::size_t index) const { return Place(this, {}, index); }

    /// "/credentialSubject/result/0"; "" for the whole document.
    std::string text() const;

  private:
    Place(Place const* parent, std::string_view name, std::size_t index)
        : parent_(parent), name_(name), index_(index) {}

    Place const* parent_ = nullptr;
    std::string_view name_ = {};  ///< No data for an element of an array: a member may be named "".
    std::size_t index_ = 0;
};

}  // namespace itqan::schemas
