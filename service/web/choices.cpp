#include "service/web/choices.hpp"

namespace itqan::web {

void draw_choices(View& view, domain::Choices const& choices) {
    view.set("is_link", choices.visibility == "link")
        .set("is_public", choices.visibility == "public")
        .set("is_hidden", choices.visibility == "hidden")
        .set("shows_name", choices.show_name)
        .set("is_en", choices.language == "en")
        .set("is_ar", choices.language == "ar");
}

Result<domain::Choices> read_choices(Form const& form) {
    domain::Choices choices{std::string(form.value("visibility")), form.value("show_name") == "yes",
                            std::string(form.value("language"))};
    bool const visible =
        choices.visibility == "link" || choices.visibility == "public" || choices.visibility == "hidden";
    bool const language = choices.language == "en" || choices.language == "ar";
    if (!visible || !language)
        return Error{
            Fault::unprocessable, "invalid-choice", "Choose who sees the badge and the language of its text.", {}};
    return choices;
}

domain::Choices choices_of(storage::CredentialRow const& row) {
    bool const chosen = row.visibility == "public" || row.visibility == "hidden";
    return {chosen ? row.visibility : "link", row.show_name, row.language};
}

}  // namespace itqan::web
