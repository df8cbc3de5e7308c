#pragma once
// `itqan verify RECEIPT`: whether a receipt is genuine, and what it says of the past.

#include <functional>
#include <string>

#include "service/cli/command.hpp"
#include "service/domain/receipts.hpp"

namespace itqan::cli {

/// The DID document of a receipt's issuer, or one with the reason why there is none.
using FindDidDocument = std::function<domain::Document(std::string const& did)>;

/// Exit code: 0 genuine, whatever it states of the credential; 1 changed or no longer vouched for; 3 intact, but whose
/// key it is could not be asked.
int verify_receipt(Common const& common, std::string const& text, FindDidDocument const& find, Json const& extra);

}  // namespace itqan::cli
