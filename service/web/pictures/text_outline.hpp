#pragma once
// Text turned into outlines, so that pictures look the same wherever they are drawn: shaped by pango with the fonts that
// this program carries, never with those of the machine.

#include <memory>
#include <string>
#include <string_view>

namespace itqan::web {

enum class Face { serif, sans };

struct TextStyle {
    Face face = Face::sans;
    bool bold = false;
    double size = 16;          ///< Pixels; made smaller, down to the minimum, until the text fits.
    double minimum = 10;
    double width = 0;          ///< Lines wrap at this width; 0: one line.
    double height = 0;         ///< The whole text's; 0: any.
    bool centred = false;
    double letter_spacing = 0;
};

struct Outline {
    std::string path;          ///< Path data; the text's box starts at 0, 0 (centred: x = 0 is its middle).
    double width = 0, height = 0;
    double size = 0;           ///< What was used.
};

class TextOutliner {
  public:
    TextOutliner();
    ~TextOutliner();
    TextOutliner(TextOutliner const&) = delete;
    TextOutliner& operator=(TextOutliner const&) = delete;

    /// The paragraph's direction is that of the language ("ar": right to left). One call at a time.
    Outline outline(std::string_view text, std::string_view language, TextStyle const& style) const;

  private:
    struct Fonts;
    std::unique_ptr<Fonts> fonts_;
};

}  // namespace itqan::web
