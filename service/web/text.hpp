#pragma once
// Text from credentials and other people turned into markup that is safe to show: marks made visible, direction
// isolated, Markdown without raw HTML.

#include <string>
#include <string_view>

#include "service/web/view.hpp"

namespace itqan::web {

/// A text for the page: suspicious marks written out, isolated in <bdi dir="auto" lang="...">; no lang when empty.
Html foreign(std::string_view text, std::string_view language = {});

/// Markdown (cmark, safe mode: no raw HTML, no javascript: or data: links; pictures are left out).
Html markdown(std::string_view text);

/// The host of an https address, or the domain of a did:web; the text itself when it is neither.
std::string host_of(std::string_view identifier);

/// A language tag that may stand in `lang`: letters, digits and hyphens; "" for anything else.
std::string_view language_tag(std::string_view text);

}  // namespace itqan::web
