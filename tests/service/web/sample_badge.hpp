#pragma once
// A badge as issuance signs it, a report as the verifier gives it, and the pages made from them: hand-made data for the
// tests of pages, so that they depend on nothing but the shapes.

#include <string>

#include "service/domain/claims.hpp"
#include "service/domain/verification.hpp"
#include "service/web/page.hpp"

namespace itqan::tests {

/// "Closed-Loop Medication Operator" at level 3, by link, name shown, in `language`.
domain::CredentialView sample_credential(std::string const& language = "en");
domain::Programme sample_programme();
domain::Report sample_report(domain::CredentialView const& credential);
domain::Addresses const& sample_addresses();

web::Locales const& locales();
web::Templates const& templates();
/// The whole document of a page for a stranger.
std::string html_of(web::Page const& page, std::string const& language);
/// Writes it under out/pages for the eyes, when ITQAN_PAGES names a folder.
void keep_for_eyes(std::string const& name, std::string const& html);

Instant noon_of(std::string_view day);

}  // namespace itqan::tests
