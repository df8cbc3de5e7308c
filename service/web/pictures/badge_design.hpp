#pragma once
// The picture of an achievement as SVG: a star rosette whose symmetry and colour come from the competency domain, whose
// outer ring is lit by the level, whose outline is the type, and whose inner pattern is the achievement's own.

#include <string>
#include <string_view>

#include "service/domain/programme.hpp"
#include "service/web/pictures/text_outline.hpp"

namespace itqan::web {

struct Palette {
    std::string_view colour, dark, light;
};
/// The palette of an achievement's main domain.
Palette const& palette_of(domain::Programme const& programme, domain::Achievement const& achievement);

/// The highest level it is aligned to; 0 without alignment.
int level_of(domain::Achievement const& achievement);

/// A whole SVG document of 600 by 600; the same arguments give the same bytes. Text stands in it as outlines, and once
/// more as <title> for readers that look for words.
std::string badge_design(domain::Programme const& programme, domain::Achievement const& achievement,
                         std::string_view language, int year, TextOutliner const& outliner);

/// The drawing's elements without the <svg> around them, for pictures that hold a badge.
std::string badge_elements(domain::Programme const& programme, domain::Achievement const& achievement,
                           std::string_view language, int year, TextOutliner const& outliner);

}  // namespace itqan::web
