#pragma once
// RDFC-1.0 (https://www.w3.org/TR/rdf-canon/): the one text that all isomorphic datasets share. Which hash it runs with
// is the caller's; this folder has none.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schemas/rdf.hpp"
#include "schemas/result.hpp"

namespace itqan::schemas {

/// The hash algorithm: SHA-256, or SHA-384 where a cryptosuite says so. It is asked once for each blank node of an
/// ordinary document and thousands of times for a hostile one, always with a whole short text: keep one context.
class CanonHash {
  public:
    static constexpr std::size_t max_size = 64;

    virtual ~CanonHash() = default;

    /// Bytes of a digest, at most max_size.
    virtual std::size_t size() const = 0;

    /// Writes size() bytes.
    virtual void hash(std::string_view text, std::uint8_t* digest) = 0;
};

/// What telling blank nodes apart may cost. Documents whose blank nodes differ in their own statements need none of it.
struct CanonLimits {
    /// Hash N-Degree Quads runs at most n^power times, n being the number of blank nodes that share their first-degree
    /// hash, but always `few` times.
    unsigned power = 2;
    std::uint64_t few = 4'096;
    /// Bytes hashed, compared and copied in those runs, each hash counting 64 more. Bounds time and memory.
    std::uint64_t work = 16 * 1024 * 1024;
    /// Bytes of the N-Quads: a context can make one long IRI of many short names.
    std::size_t text = 8 * 1024 * 1024;
};

namespace canon_limits {
inline constexpr CanonLimits production{};
/// Enough for every vector of the W3C suite that can be computed.
inline constexpr CanonLimits conformance{3, 0, 256 * 1024 * 1024, 64 * 1024 * 1024};
}  // namespace canon_limits

/// What several documents may cost together, in the unit of CanonLimits::work. Unlike that, each byte of their N-Quads
/// counts as well. For one thread.
class CanonBudget {
  public:
    /// What writing, hashing and sorting a byte costs beside hashing one in a run.
    static constexpr std::uint64_t work_per_byte = 4;

    explicit CanonBudget(std::uint64_t work) : left_(work) {}

    std::uint64_t left() const { return left_; }
    void draw(std::uint64_t work) { left_ -= std::min(left_, work); }

  private:
    std::uint64_t left_;
};

struct CanonicalDataset {
    std::string nquads;               ///< Sorted lines, each with its line feed: what is hashed and signed.
    std::vector<TermId> blank_nodes;  ///< The issued identifiers map, turned round: [7] is named c14n7.
};

/// Errors: too_large "rdf-work-limit" when a limit is reached; unprocessable "rdf-generalised" for quads that are not
/// RDF (a predicate that is no IRI, a literal as subject or graph). Draws on the budget, also when it refuses, and
/// refuses what the budget has not left.
Result<CanonicalDataset> canonicalise(Dataset const& dataset, CanonHash& hash,
                                      CanonLimits const& limits = canon_limits::production,
                                      CanonBudget* budget = nullptr);

}  // namespace itqan::schemas
