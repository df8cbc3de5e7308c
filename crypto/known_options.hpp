#pragma once
// The canonical texts of the proof options that were met last: who signs thousands of documents a second makes
// thousands of proofs with the same options.

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "crypto/digest.hpp"
#include "schemas/json.hpp"

namespace itqan::crypto {

/// For many threads at once. One place for each of 16 groups of verification methods; the newest stays.
class KnownOptions {
  public:
    std::optional<std::string> find(Json const& options, HashAlgorithm hash) const;
    void keep(Json const& options, HashAlgorithm hash, std::string text);

  private:
    struct Entry {
        Json options;
        HashAlgorithm hash;
        std::string text;
    };
    static std::size_t place_of(Json const& options);

    mutable std::mutex mutex_;
    std::array<std::shared_ptr<Entry const>, 16> entries_;
};

}  // namespace itqan::crypto
