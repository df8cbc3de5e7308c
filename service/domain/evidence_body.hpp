#pragma once
// Reads the flat JSON object of a stored evidence row without building a document: a request reads some fifteen of
// them. It reads what we wrote ourselves and is no general JSON reader (schemas/json is).

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace itqan::domain {

class EvidenceBody {
  public:
    /// Keeps views into `text`. Throws std::runtime_error when it is no JSON object.
    explicit EvidenceBody(std::string_view text);

    /// "" when absent or null.
    std::string text(std::string_view name) const;
    std::optional<std::string> optional_text(std::string_view name) const;
    /// 0 when absent or null.
    double number(std::string_view name) const;
    int whole(std::string_view name) const;

  private:
    struct Member {
        std::string_view name, value;  ///< The name without quotes; the value as it stands.
    };
    std::string_view find(std::string_view name) const;

    std::array<Member, 24> members_;
    std::size_t count_ = 0;
};

}  // namespace itqan::domain
