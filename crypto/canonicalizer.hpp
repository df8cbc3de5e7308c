#pragma once
// What the RDF cryptosuites need of JSON-LD and RDF, as one narrow interface; rdf_canonicalizer.hpp stands behind it.

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "crypto/digest.hpp"
#include "schemas/json.hpp"

namespace itqan::crypto {

/// The name, without "_:", of the blank node that RDFC-1.0 calls c14n<index>; "" when there is none. Names differ.
using NameNode = std::function<std::string(std::size_t index)>;

/// The statements of a document in lines, sorted, and which of them its parts consist of.
struct GroupedQuads {
    struct Group {
        std::vector<std::size_t> lines;       ///< Ascending positions.
        std::vector<std::string> node_names;  ///< By the index each blank node has when the group is alone.
    };
    std::vector<std::string> lines;  ///< Each with its line feed.
    std::vector<Group> groups;       ///< In the order asked for.
};

class Canonicalizer {
  public:
    virtual ~Canonicalizer() = default;

    /// The canonical N-Quads (RDFC-1.0, run with `hash`) of a JSON-LD document. Whatever would not reach the N-Quads
    /// must be an error: it would not be signed. May be called from many threads at once, like the others.
    virtual Result<std::string> canonical_nquads(Json const& document, HashAlgorithm hash) const = 0;

    /// The same of the options of a proof to be made: all proofs of a method within one second have the same, so that
    /// they may be remembered.
    virtual Result<std::string> canonical_options(Json const& options, HashAlgorithm hash) const {
        return canonical_nquads(options, hash);
    }

    /// The lines of canonical_nquads (SHA-256), sorted again after the blank nodes were named. Error: unprocessable
    /// "unnamed-node" where a name is missing.
    virtual Result<std::vector<std::string>> named_nquads(Json const& document, NameNode const& name) const = 0;

    /// The same, with the lines that belong to the parts of the document that each list of JSON Pointers selects
    /// (Data Integrity ECDSA Cryptosuites 1.0 section 3.4). Errors: those of select_json; "unnamed-node" also for a
    /// part that has statements the whole has not: elements of an RDF list, whose nodes are not those of the whole
    /// list.
    virtual Result<GroupedQuads> group_nquads(Json const& document, NameNode const& name,
                                              std::vector<std::vector<std::string>> const& groups) const = 0;
};

}  // namespace itqan::crypto
