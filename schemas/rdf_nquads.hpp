#pragma once
// N-Quads (RDF 1.1): a strict reader, and a writer of the canonical form of each term and quad. Sorting and naming
// blank nodes is rdf_canon.hpp.

#include <string>
#include <string_view>

#include "schemas/rdf.hpp"
#include "schemas/result.hpp"

namespace itqan::schemas {

/// Reads a whole document. IRIs are well-formed and absolute (RFC 3987), a quad said twice is one. The caller bounds
/// the size of the text; what is built is linear in it. Errors: malformed "nquads-encoding" and "nquads-syntax"
/// (pointer = "line 7").
Result<Dataset> read_nquads(std::string_view text);

/// Appends a term as RDFC-1.0 writes it: one escape for each character that needs one, no datatype for xsd:string.
/// Labels of blank nodes stay as they are. What may not stand in an IRI is escaped, so that no term can break out of
/// its place.
void append_nquads_term(std::string& out, Dataset const& dataset, TermId term);

/// All quads in the order they were added, a line each, with the terms in canonical form.
std::string write_nquads(Dataset const& dataset);

}  // namespace itqan::schemas
