#include "service/web/pictures/carried_fonts.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <vector>

#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>

#include "service/web/assets.hpp"
#include "service/web/pictures/plain_font.hpp"

namespace itqan::web {
namespace {

constexpr std::array<std::string_view, 7> font_files{
    "fonts/ibm-plex-sans-latin-400-normal.woff2",         "fonts/ibm-plex-sans-latin-600-normal.woff2",
    "fonts/ibm-plex-serif-latin-600-normal.woff2",        "fonts/ibm-plex-sans-arabic-arabic-400-normal.woff2",
    "fonts/ibm-plex-sans-arabic-arabic-600-normal.woff2", "fonts/ibm-plex-sans-arabic-latin-400-normal.woff2",
    "fonts/ibm-plex-sans-arabic-latin-600-normal.woff2"};

/// A font of the program as something fontconfig can open: it reads files only.
class MemoryFile {
  public:
    explicit MemoryFile(std::string const& bytes) : file_(memfd_create("itqan-font", MFD_CLOEXEC)) {
        if (file_ < 0 || write(file_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
            throw std::runtime_error("a font cannot be kept in memory");
    }
    MemoryFile(MemoryFile&& other) noexcept : file_(other.file_) { other.file_ = -1; }
    MemoryFile& operator=(MemoryFile&&) = delete;
    ~MemoryFile() {
        if (file_ >= 0) close(file_);
    }
    std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

  private:
    int file_;
};

/// Joiners shape Arabic and stay; every other format character would only hide or turn what the picture says.
bool left_out(gunichar letter) {
    if (letter == 0x200C || letter == 0x200D) return false;
    auto const kind = g_unichar_type(letter);
    return kind == G_UNICODE_FORMAT || kind == G_UNICODE_PRIVATE_USE || kind == G_UNICODE_SURROGATE;
}

void append(std::string& text, gunichar letter) {
    std::array<char, 6> bytes{};
    text.append(bytes.data(), static_cast<std::size_t>(g_unichar_to_utf8(letter, bytes.data())));
}

/// Made once: cairo remembers faces by path for the life of the process, so a path must never come to mean another
/// font.
std::vector<MemoryFile> const& files() {
    static std::vector<MemoryFile> const made = [] {
        std::vector<MemoryFile> fonts;
        for (auto const name : font_files)
            fonts.emplace_back(plain_font(asset(name)));
        return fonts;
    }();
    return made;
}

}  // namespace

struct CarriedFonts::Parts {
    std::unique_ptr<FcConfig, void (*)(FcConfig*)> config{FcConfigCreate(), FcConfigDestroy};
    std::unique_ptr<FcCharSet, void (*)(FcCharSet*)> letters{FcCharSetCreate(), FcCharSetDestroy};
    std::unique_ptr<PangoFontMap, void (*)(void*)> map{pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT),
                                                       g_object_unref};

    bool can_draw(gunichar letter) const {
        return letter == 0x200C || letter == 0x200D || FcCharSetHasChar(letters.get(), letter) == FcTrue;
    }
};

CarriedFonts::CarriedFonts() : parts_(std::make_unique<Parts>()) {
    for (auto const& file : files()) {
        auto const path = file.path();
        if (FcConfigAppFontAddFile(parts_->config.get(), reinterpret_cast<FcChar8 const*>(path.c_str())) != FcTrue)
            throw std::runtime_error("a font of the program cannot be read");
    }
    auto const* const fonts = FcConfigGetFonts(parts_->config.get(), FcSetApplication);
    if (fonts == nullptr || fonts->nfont < static_cast<int>(font_files.size()))
        throw std::runtime_error("fontconfig does not list the fonts of the program");
    for (int i = 0; i < fonts->nfont; ++i) {
        FcCharSet* letters = nullptr;
        if (FcPatternGetCharSet(fonts->fonts[i], FC_CHARSET, 0, &letters) == FcResultMatch)
            FcCharSetMerge(parts_->letters.get(), letters, nullptr);
    }
    pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(parts_->map.get()), parts_->config.get());
}

CarriedFonts::~CarriedFonts() = default;

_PangoFontMap* CarriedFonts::map() const {
    return parts_->map.get();
}

std::string CarriedFonts::drawable(std::string_view text) const {
    std::unique_ptr<char, void (*)(void*)> const valid(g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())),
                                                       g_free);
    std::string kept;
    for (auto const* at = valid.get(); *at != '\0'; at = g_utf8_next_char(at)) {
        auto const letter = g_utf8_get_char(at);
        if (left_out(letter)) continue;
        if (g_unichar_isspace(letter) != 0 || g_unichar_iscntrl(letter) != 0) {
            append(kept, ' ');
        } else if (parts_->can_draw(letter)) {
            append(kept, letter);
        } else {
            std::array<gunichar, G_UNICHAR_MAX_DECOMPOSITION_LENGTH> pieces{};
            auto const count = g_unichar_fully_decompose(letter, TRUE, pieces.data(), pieces.size());
            bool any = g_unichar_ismark(letter) != 0;
            for (std::size_t i = 0; i < count; ++i) {
                if (!parts_->can_draw(pieces[i])) continue;
                append(kept, pieces[i]);
                any = true;
            }
            if (!any) append(kept, 0xFFFD);
        }
    }
    return kept;
}

}  // namespace itqan::web
