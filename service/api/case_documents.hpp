#pragma once
// The stored competency frameworks split into what CASE 1.1 serves one by one. Built at the first question and again
// when the programme changes; it never alters a byte of meaning.

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "storage/database.hpp"

namespace itqan::api {

class CaseDocuments {
  public:
    /// JSON texts by the path below /ims/case/v1p1/: "CFDocuments", "CFPackages/<id>", "CFItems/<id>", ...
    using Index = std::map<std::string, std::string, std::less<>>;
    std::shared_ptr<Index const> current(storage::Session& session);

  private:
    std::mutex mutex_;
    std::int64_t change_ = -1;
    std::shared_ptr<Index const> index_;
};

}  // namespace itqan::api
