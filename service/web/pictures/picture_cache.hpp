#pragma once
// Pictures by name, the least recently used dropped when together they grow too large.

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "schemas/bytes.hpp"

namespace itqan::web {

class PictureCache {
  public:
    explicit PictureCache(std::size_t limit) : limit_(limit) {}

    std::shared_ptr<Bytes const> find(std::string const& name);
    void keep(std::string const& name, std::shared_ptr<Bytes const> picture);

  private:
    using Entry = std::pair<std::string, std::shared_ptr<Bytes const>>;

    std::mutex mutex_;
    std::size_t limit_, size_ = 0;
    std::list<Entry> recent_;  ///< Newest first.
    std::map<std::string, std::list<Entry>::iterator> places_;
};

}  // namespace itqan::web
