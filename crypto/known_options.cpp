#include "crypto/known_options.hpp"

#include <functional>
#include <utility>

namespace itqan::crypto {

std::size_t KnownOptions::place_of(Json const& options) {
    auto const method = options.find("verificationMethod");
    if (method == options.end() || !method->is_string()) return 0;
    return std::hash<std::string>()(method->get_ref<std::string const&>()) % 16;
}

std::optional<std::string> KnownOptions::find(Json const& options, HashAlgorithm hash) const {
    std::shared_ptr<Entry const> entry;
    {
        std::lock_guard const lock(mutex_);
        entry = entries_[place_of(options)];
    }
    if (!entry || entry->hash != hash || entry->options != options) return std::nullopt;
    return entry->text;
}

void KnownOptions::keep(Json const& options, HashAlgorithm hash, std::string text) {
    auto entry = std::make_shared<Entry const>(Entry{options, hash, std::move(text)});
    std::lock_guard const lock(mutex_);
    entries_[place_of(options)] = std::move(entry);
}

}  // namespace itqan::crypto
