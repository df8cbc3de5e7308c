#include "service/cli/verify_input.hpp"

#include <fstream>
#include <iostream>

namespace itqan::cli {
namespace {

constexpr std::size_t largest_input = 7 * 1024 * 1024;

Result<std::string> read_stream(std::istream& stream, std::string const& name, std::size_t most) {
    std::string text;
    char block[64 * 1024];
    while (stream.read(block, sizeof block) || stream.gcount() > 0) {
        text.append(block, static_cast<std::size_t>(stream.gcount()));
        if (text.size() > most)
            return Error{Fault::too_large,
                         "input-too-large",
                         name + " is larger than the " + std::to_string(most / 1024 / 1024) + " MiB that are read.",
                         {}};
    }
    return text;
}

}  // namespace

Result<std::string> read_input(std::string const& name) {
    if (name == "-") return read_stream(std::cin, "Standard input", largest_input);
    if (name.starts_with("https://") || name.starts_with("data:")) return name;
    return read_whole_file(name, largest_input);
}

Result<std::string> read_whole_file(std::string const& name, std::size_t most) {
    std::ifstream file(name, std::ios::binary);
    if (!file) return Error{Fault::not_found, "no-file", "There is no file " + name + " that can be read.", {}};
    return read_stream(file, name, most);
}

}  // namespace itqan::cli
