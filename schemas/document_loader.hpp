#pragma once
// Where the documents come from that a JSON-LD document names: a fixed table, looked up by exact URL. There is no
// loader that reaches a network, on purpose: whoever controls a context controls what a signature means.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "schemas/json.hpp"

namespace itqan::schemas {

class DocumentLoader {
  public:
    virtual ~DocumentLoader() = default;

    /// The document with exactly this URL, or null. Thread-safe; one URL gives one object for as long as the loader
    /// lives, because processed contexts are remembered by it.
    virtual std::shared_ptr<Json const> find(std::string_view url) const = 0;
};

/// Filled before it is used, unchanged afterwards.
class DocumentTable final : public DocumentLoader {
  public:
    /// A second document for one URL is a broken invariant.
    void add(std::string url, Json document);

    std::shared_ptr<Json const> find(std::string_view url) const override;

  private:
    std::map<std::string, std::shared_ptr<Json const>, std::less<>> documents_;
};

}  // namespace itqan::schemas
