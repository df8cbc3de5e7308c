#pragma once
// The fonts compiled into the program, made known to pango through a fontconfig of their own: neither the machine's
// fonts nor its configuration are looked at, and nothing is written.

#include <memory>
#include <string>
#include <string_view>

struct _PangoFontMap;

namespace itqan::web {

class CarriedFonts {
  public:
    /// Throws std::runtime_error when a font cannot be read (FreeType without brotli).
    CarriedFonts();
    ~CarriedFonts();
    CarriedFonts(CarriedFonts const&) = delete;
    CarriedFonts& operator=(CarriedFonts const&) = delete;

    _PangoFontMap* map() const;

    /// The text with only what the fonts can draw, on one line: letters without a glyph lose their accents or become
    /// U+FFFD; invisible and direction-changing characters are left out.
    std::string drawable(std::string_view text) const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace itqan::web
