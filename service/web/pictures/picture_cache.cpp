#include "service/web/pictures/picture_cache.hpp"

namespace itqan::web {

std::shared_ptr<Bytes const> PictureCache::find(std::string const& name) {
    std::lock_guard const lock(mutex_);
    auto const place = places_.find(name);
    if (place == places_.end()) return nullptr;
    recent_.splice(recent_.begin(), recent_, place->second);
    return place->second->second;
}

void PictureCache::keep(std::string const& name, std::shared_ptr<Bytes const> picture) {
    std::lock_guard const lock(mutex_);
    if (places_.contains(name)) return;
    size_ += picture->size();
    recent_.emplace_front(name, std::move(picture));
    places_[name] = recent_.begin();
    while (size_ > limit_ && recent_.size() > 1) {
        size_ -= recent_.back().second->size();
        places_.erase(recent_.back().first);
        recent_.pop_back();
    }
}

}  // namespace itqan::web
