#pragma once
// Text that tries to look like something else: bidi overrides, invisible characters, mixed scripts (decision 26). It
// finds and marks; Latin beside Arabic is normal here and raises nothing.

#include <string>
#include <string_view>

namespace itqan::schemas {

struct TextFlags {
    bool override_marks = false;        ///< U+202D or U+202E anywhere.
    bool unbalanced_embedding = false;  ///< An embedding or isolate that is not closed, or a close without an opening.
    bool mixed_scripts = false;         ///< Two of Latin, Cyrillic and Greek within one word.
    bool invisible = false;  ///< Zero-width and filler characters; ZWJ and ZWNJ between Arabic letters are normal.

    bool any() const { return override_marks || unbalanced_embedding || mixed_scripts || invisible; }
    bool operator==(TextFlags const&) const = default;
};

/// What is suspicious in a UTF-8 text. Broken bytes count as U+FFFD.
TextFlags examine_text(std::string_view text);

/// The same text with controls, bidi controls that override or embed, and invisible characters written out as
/// "⟦U+202E⟧". Tab and newline stay. The result is well-formed UTF-8 and holds no such character any more.
std::string make_visible(std::string_view text);

/// For element content and quoted attribute values: & < > " ' become character references.
std::string escape_html(std::string_view text);

}  // namespace itqan::schemas
