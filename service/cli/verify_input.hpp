#pragma once
// What the commands that verify are given: a file, standard input, an address, a text; with a size.

#include <string>

#include "schemas/result.hpp"

namespace itqan::cli {

/// The bytes of a file or of standard input ("-"); an address or data: URI as it is. Errors: not_found "no-file",
/// too_large "input-too-large" beyond 7 MiB.
Result<std::string> read_input(std::string const& name);

/// A file of at most `most` bytes. Errors: the same.
Result<std::string> read_whole_file(std::string const& name, std::size_t most);

}  // namespace itqan::cli
