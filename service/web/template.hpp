#pragma once
// The page templates, compiled once per language: kainjow-mustache behind a narrow door. Layout and partials are joined
// and texts of the locale are put in at start, so that rendering a page parses nothing and looks nothing up.
//
// A template (templates/NAME.html) is Mustache with {{name}}, {{#section}}, {{^inverted}}, {{/end}}, {{! comment}} and
// {{> partial}} (templates/_PARTIAL.html, joined at start), plus {{t some.key}} for a text of the locale. There is no
// unescaped form: {{{x}}} and {{&x}} are refused.

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "service/web/locale.hpp"
#include "service/web/view.hpp"

namespace itqan::web {

class Templates {
  public:
    /// Compiles every embedded template in both languages: pages inside templates/_layout.html at {{> page}}, files
    /// whose name starts with "bare-" without the layout. Throws std::runtime_error with the file and what is wrong.
    explicit Templates(Locales const& locales);
    ~Templates();
    Templates(Templates const&) = delete;
    Templates& operator=(Templates const&) = delete;

    /// Throws std::logic_error for an unknown template. Safe to call from many threads.
    std::string render(std::string_view name, std::string_view language, View const& view) const;

  private:
    struct Compiled;
    std::map<std::string, std::unique_ptr<Compiled>, std::less<>> compiled_;  ///< "en/badge".
};

/// What is wrong with a template's text by the rules above and by quoting: unquoted or styled attributes, inline
/// scripts and handlers, href/src/action that are neither literal nor a *_url name. Empty when it is fine.
std::vector<std::string> template_faults(std::string_view text);

}  // namespace itqan::web
