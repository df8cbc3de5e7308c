#pragma once
// At most 256 colours for a picture, by median cut: our pictures hold few hues, so that nobody sees the difference and
// files are a third as large.

#include <cstdint>
#include <vector>

namespace itqan::web {

struct IndexedPicture {
    std::vector<std::uint32_t> colours;  ///< As given to index_colours, at most 256.
    std::vector<std::uint8_t> pixels;    ///< Indexes, in the order given.
};

/// Of four bytes each, any order of channels. The same pixels always give the same picture; one with no more than 256
/// colours keeps every pixel.
IndexedPicture index_colours(std::vector<std::uint32_t> const& pixels);

}  // namespace itqan::web
