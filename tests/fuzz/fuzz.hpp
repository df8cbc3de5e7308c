#pragma once
// What the fuzz targets share. A target is a function of the bytes alone; what must hold is asserted, and a failure
// aborts, which libFuzzer reports with the input.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "crypto/digest.hpp"
#include "schemas/bytes.hpp"
#include "schemas/rdf_canon.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

namespace itqan::fuzz {

inline std::string_view text_of(std::uint8_t const* data, std::size_t size) {
    return as_text(ByteView(data, size));
}

inline void require(bool holds, char const* what) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

class Sha256 final : public schemas::CanonHash {
  public:
    std::size_t size() const override { return 32; }

    void hash(std::string_view text, std::uint8_t* digest) override {
        auto const made = crypto::sha256(as_bytes(text));
        std::memcpy(digest, made.data(), size());
    }
};

}  // namespace itqan::fuzz
