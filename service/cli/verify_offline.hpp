#pragma once
// `itqan verify --offline BUNDLE FILE...`: judges by what the bundle holds. It opens no connection and no installation.

#include <optional>
#include <string>
#include <vector>

#include "service/cli/command.hpp"
#include "service/domain/verification.hpp"

namespace itqan::cli {

/// Judges each file, credentials and receipts. The exit code is that of the worst: 2 for what cannot be read, 1, 3, 0.
int verify_offline(Common const& common, std::string const& bundle, std::vector<std::string> const& inputs,
                   std::optional<std::string> const& recipient);

/// What the command prints of one report, and its exit code.
std::string in_words(domain::Report const& report);
int exit_of(domain::Report const& report);

}  // namespace itqan::cli
