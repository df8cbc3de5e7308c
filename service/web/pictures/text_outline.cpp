#include "service/web/pictures/text_outline.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <stdexcept>
#include <vector>

#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>

#include "service/web/assets.hpp"

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
    explicit MemoryFile(std::string_view bytes) : file_(memfd_create("itqan-font", MFD_CLOEXEC)) {
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

struct Unref {
    void operator()(void* object) const { g_object_unref(object); }
};
template <typename T>
using Object = std::unique_ptr<T, Unref>;

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f", value);
    std::string trimmed = text;
    while (trimmed.back() == '0') trimmed.pop_back();
    if (trimmed.back() == '.') trimmed.pop_back();
    return trimmed == "-0" ? "0" : trimmed;
}

std::string path_data(cairo_t* cairo) {
    std::string data;
    auto* const path = cairo_copy_path(cairo);
    for (int i = 0; i < path->num_data; i += path->data[i].header.length) {
        auto const* const part = &path->data[i];
        auto const point = [&](int n) { return number(part[n].point.x) + " " + number(part[n].point.y); };
        switch (part->header.type) {
            case CAIRO_PATH_MOVE_TO: data += "M" + point(1); break;
            case CAIRO_PATH_LINE_TO: data += "L" + point(1); break;
            case CAIRO_PATH_CURVE_TO: data += "C" + point(1) + " " + point(2) + " " + point(3); break;
            case CAIRO_PATH_CLOSE_PATH: data += "Z"; break;
        }
    }
    cairo_path_destroy(path);
    return data;
}

}  // namespace

struct TextOutliner::Fonts {
    Fonts() : config(FcConfigCreate(), FcConfigDestroy), map(pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT)) {
        for (auto const name : font_files) {
            files.emplace_back(asset(name));
            if (FcConfigAppFontAddFile(config.get(), reinterpret_cast<FcChar8 const*>(files.back().path().c_str())) != FcTrue)
                throw std::runtime_error("the font " + std::string(name) + " cannot be used");
        }
        pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(map.get()), config.get());
    }

    std::vector<MemoryFile> files;
    std::unique_ptr<FcConfig, void (*)(FcConfig*)> config;
    Object<PangoFontMap> map;
};

TextOutliner::TextOutliner() : fonts_(std::make_unique<Fonts>()) {}
TextOutliner::~TextOutliner() = default;

Outline TextOutliner::outline(std::string_view text, std::string_view language, TextStyle const& style) const {
    bool const arabic = language == "ar";
    auto* const surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1);
    auto* const cairo = cairo_create(surface);
    Object<PangoContext> const context(pango_font_map_create_context(fonts_->map.get()));
    pango_context_set_base_dir(context.get(), arabic ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR);
    pango_context_set_language(context.get(), pango_language_from_string(arabic ? "ar" : "en"));
    // Outlines, not pixels: hinting would bend them to a grid that nobody sees.
    auto* const options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context.get(), options);
    cairo_font_options_destroy(options);

    Object<PangoLayout> const layout(pango_layout_new(context.get()));
    pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
    pango_layout_set_auto_dir(layout.get(), FALSE);
    pango_layout_set_line_spacing(layout.get(), 1.05F);
    if (style.width > 0) {
        pango_layout_set_width(layout.get(), static_cast<int>(style.width * PANGO_SCALE));
        pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD);
    }
    pango_layout_set_alignment(layout.get(), style.centred ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT);
    if (style.letter_spacing > 0 && !arabic) {
        auto* const attributes = pango_attr_list_new();
        pango_attr_list_insert(attributes, pango_attr_letter_spacing_new(static_cast<int>(style.letter_spacing * PANGO_SCALE)));
        pango_layout_set_attributes(layout.get(), attributes);
        pango_attr_list_unref(attributes);
    }
    auto* const font = pango_font_description_new();
    pango_font_description_set_family(font, arabic ? "IBM Plex Sans Arabic" : style.face == Face::serif ? "IBM Plex Serif" : "IBM Plex Sans");
    pango_font_description_set_weight(font, style.bold || style.face == Face::serif ? PANGO_WEIGHT_SEMIBOLD : PANGO_WEIGHT_NORMAL);

    Outline made;
    PangoRectangle box{};
    for (made.size = style.size;; made.size -= 1) {
        pango_font_description_set_absolute_size(font, made.size * PANGO_SCALE);
        pango_layout_set_font_description(layout.get(), font);
        PangoRectangle ink{};
        pango_layout_get_pixel_extents(layout.get(), &ink, &box);
        bool const fits = (style.width <= 0 || ink.width <= style.width) && (style.height <= 0 || box.height <= style.height);
        if (fits || made.size - 1 < style.minimum) break;
    }
    made.width = box.width;
    made.height = box.height;
    double const left = style.centred ? -(style.width > 0 ? style.width / 2 : box.width / 2.0) : 0;
    cairo_move_to(cairo, left, 0);
    pango_cairo_layout_path(cairo, layout.get());
    made.path = path_data(cairo);
    pango_font_description_free(font);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    return made;
}

}  // namespace itqan::web
