#pragma once
// Text turned into outlines, so that pictures look the same wherever they are drawn: shaped by pango with the fonts
// that this program carries, never with those of the machine.

#include <memory>
#include <string>
#include <string_view>

namespace itqan::web {

enum class Face { serif, sans };

struct TextStyle {
    Face face = Face::sans;  ///< Latin; Arabic has one face.
    bool bold = false;       ///< The serif is always semibold.
    double size = 16;        ///< Pixels; made smaller, down to the minimum, until the text fits, then cut with "...".
    double minimum = 10;
    double width = 0;   ///< Lines wrap at this width; 0: one line.
    double height = 0;  ///< Of the whole text; 0: any.
    bool centred = false;
    double letter_spacing = 0;  ///< Not for Arabic, whose letters join.
    bool capitals = false;
};

struct Outline {
    std::string path;   ///< Path data of SVG; where its origin is, the function says.
    double width = 0;   ///< Of the ink.
    double height = 0;  ///< Of the lines; inside_circle: of the ink.
    double size = 0;    ///< What was used.
    int lines = 1;
    bool cut = false;  ///< Not all of the text is there.
};

class TextOutliner {
  public:
    TextOutliner();
    ~TextOutliner();
    TextOutliner(TextOutliner const&) = delete;
    TextOutliner& operator=(TextOutliner const&) = delete;

    // The paragraph's direction is that of the language ("ar": right to left). Letters that the fonts lack lose their
    // accents or become U+FFFD; invisible and direction-changing characters are left out. One call at a time.

    /// The text's box starts at 0, 0 (centred: x = 0 is its middle); Arabic lines start at the right edge of `width`.
    Outline outline(std::string_view text, std::string_view language, TextStyle const& style) const;

    /// Centred lines around 0, 0, as large as a circle allows whose top and bottom are cut off at `half_height`.
    Outline inside_circle(std::string_view text, std::string_view language, TextStyle const& style, double radius,
                          double half_height) const;

    /// One line bent along a circle around 0, 0, which is its baseline, over its head or under its foot, readable from
    /// outside the page both times. style.width is the longest arc it may take.
    enum class Side { head, foot };
    Outline along_circle(std::string_view text, std::string_view language, TextStyle const& style, double radius,
                         Side side) const;

  private:
    struct Fonts;
    std::unique_ptr<Fonts> fonts_;
};

}  // namespace itqan::web
