#pragma once
// The three choices of a holder (who sees it, name, language) as fields of a form, drawn and read.

#include "service/domain/claims.hpp"
#include "service/web/form.hpp"
#include "service/web/view.hpp"

namespace itqan::web {

/// Sets is_link, is_public, is_hidden, shows_name, is_en, is_ar for _choices.html.
void draw_choices(View& view, domain::Choices const& choices);

/// Error: unprocessable "invalid-choice" when a field holds none of its values.
Result<domain::Choices> read_choices(Form const& form);

/// The choices in force of a credential; by link and without name before the first.
domain::Choices choices_of(storage::CredentialRow const& row);

}  // namespace itqan::web
