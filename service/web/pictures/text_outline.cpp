#include "service/web/pictures/text_outline.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <vector>

#include <pango/pangocairo.h>

#include "service/web/pictures/carried_fonts.hpp"
#include "service/web/pictures/drawing.hpp"

namespace itqan::web {
namespace {

struct Unref {
    void operator()(void* object) const { g_object_unref(object); }
};
template <typename T>
using Object = std::unique_ptr<T, Unref>;
using Cairo = std::unique_ptr<cairo_t, void (*)(cairo_t*)>;

using Bend = std::function<Point(Point)>;

std::string path_data(cairo_t* cairo, Bend const& bend) {
    std::string data;
    std::unique_ptr<cairo_path_t, void (*)(cairo_path_t*)> const path(cairo_copy_path(cairo), cairo_path_destroy);
    for (int i = 0; i < path->num_data; i += path->data[i].header.length) {
        auto const* const part = &path->data[i];
        auto const point = [&](int n) { return number(bend({part[n].point.x, part[n].point.y})); };
        switch (part->header.type) {
            case CAIRO_PATH_MOVE_TO:
                // Pango leaves one behind the last glyph, where nothing follows.
                if (i + part->header.length < path->num_data) data += "M" + point(1);
                break;
            case CAIRO_PATH_LINE_TO:
                data += "L" + point(1);
                break;
            case CAIRO_PATH_CURVE_TO:
                data += "C" + point(1) + " " + point(2) + " " + point(3);
                break;
            case CAIRO_PATH_CLOSE_PATH:
                data += "Z";
                break;
        }
    }
    return data;
}

double pixels(int pango_units) {
    return static_cast<double>(pango_units) / PANGO_SCALE;
}
int pango_units(double pixels) {
    return static_cast<int>(std::lround(pixels * PANGO_SCALE));
}

/// Some semibold files are families of their own; the others lend the letters that the first lacks.
char const* family_of(Face face, bool arabic, bool bold) {
    if (arabic)
        return bold ? "IBM Plex Sans Arabic SemiBold,IBM Plex Sans SemiBold" : "IBM Plex Sans Arabic,IBM Plex Sans";
    if (face == Face::serif) return "IBM Plex Serif SemiBold,IBM Plex Sans Arabic SemiBold";
    return bold ? "IBM Plex Sans SemiBold,IBM Plex Sans Arabic SemiBold" : "IBM Plex Sans,IBM Plex Sans Arabic";
}

/// One text laid out in one style; size and width may change until it fits.
class Paragraph {
  public:
    Paragraph(CarriedFonts const& fonts, std::string_view text, std::string_view language, TextStyle const& style)
        : text_(fonts.drawable(text)),
          arabic_(language == "ar"),
          context_(pango_font_map_create_context(fonts.map())),
          font_(pango_font_description_new(), pango_font_description_free) {
        prepare_context();
        layout_.reset(pango_layout_new(context_.get()));
        pango_layout_set_text(layout_.get(), text_.data(), static_cast<int>(text_.size()));
        pango_layout_set_auto_dir(layout_.get(), FALSE);
        pango_layout_set_line_spacing(layout_.get(), arabic_ ? 0.92F : 0.93F);
        pango_layout_set_alignment(layout_.get(), style.centred ? PANGO_ALIGN_CENTER
                                                  : arabic_     ? PANGO_ALIGN_RIGHT
                                                                : PANGO_ALIGN_LEFT);
        bool const bold = style.bold || style.face == Face::serif;
        pango_font_description_set_family(font_.get(), family_of(style.face, arabic_, bold));
        pango_font_description_set_weight(font_.get(), bold ? PANGO_WEIGHT_SEMIBOLD : PANGO_WEIGHT_NORMAL);
        set_attributes(style);
    }

    PangoLayout* layout() const { return layout_.get(); }
    bool arabic() const { return arabic_; }

    void set_size(double size) {
        pango_font_description_set_absolute_size(font_.get(), size * PANGO_SCALE);
        pango_layout_set_font_description(layout_.get(), font_.get());
    }
    void set_width(double width) { pango_layout_set_width(layout_.get(), width > 0 ? pango_units(width) : -1); }
    /// What does not fit into the width and height ends in "...", inside a word when it must.
    void cut_at(double width, double height) {
        set_width(width);
        pango_layout_set_wrap(layout_.get(), PANGO_WRAP_WORD_CHAR);
        pango_layout_set_ellipsize(layout_.get(), PANGO_ELLIPSIZE_END);
        pango_layout_set_height(layout_.get(), height > 0 ? pango_units(height) : -1);
    }

    PangoRectangle ink() const {
        PangoRectangle box{};
        pango_layout_get_extents(layout_.get(), &box, nullptr);
        return box;
    }
    PangoRectangle box() const {
        PangoRectangle box{};
        pango_layout_get_extents(layout_.get(), nullptr, &box);
        return box;
    }
    std::vector<PangoRectangle> line_inks() const {
        std::vector<PangoRectangle> inks;
        std::unique_ptr<PangoLayoutIter, void (*)(PangoLayoutIter*)> const iter(pango_layout_get_iter(layout_.get()),
                                                                                pango_layout_iter_free);
        do {
            PangoRectangle ink{};
            pango_layout_iter_get_line_extents(iter.get(), &ink, nullptr);
            inks.push_back(ink);
        } while (pango_layout_iter_next_line(iter.get()) != 0);
        return inks;
    }

    Outline traced(double x, double y, double size, Bend const& bend) const {
        // Without bounds: cairo leaves glyphs out that are ten sizes away from a surface.
        std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)> const surface(
            cairo_recording_surface_create(CAIRO_CONTENT_ALPHA, nullptr), cairo_surface_destroy);
        Cairo const cairo(cairo_create(surface.get()), cairo_destroy);
        cairo_move_to(cairo.get(), x, y);
        pango_cairo_layout_path(cairo.get(), layout_.get());
        return {path_data(cairo.get(), bend),
                pixels(ink().width),
                pixels(box().height),
                size,
                pango_layout_get_line_count(layout_.get()),
                pango_layout_is_ellipsized(layout_.get()) != 0};
    }

  private:
    void prepare_context() {
        pango_context_set_base_dir(context_.get(), arabic_ ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR);
        pango_context_set_language(context_.get(), pango_language_from_string(arabic_ ? "ar" : "en"));
        pango_context_set_round_glyph_positions(context_.get(), FALSE);
        // Outlines, not pixels: hinting would bend them to a grid that nobody sees.
        std::unique_ptr<cairo_font_options_t, void (*)(cairo_font_options_t*)> const options(
            cairo_font_options_create(), cairo_font_options_destroy);
        cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
        cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
        pango_cairo_context_set_font_options(context_.get(), options.get());
    }

    void set_attributes(TextStyle const& style) {
        std::unique_ptr<PangoAttrList, void (*)(PangoAttrList*)> const attributes(pango_attr_list_new(),
                                                                                  pango_attr_list_unref);
        if (style.letter_spacing > 0 && !arabic_)
            pango_attr_list_insert(attributes.get(), pango_attr_letter_spacing_new(pango_units(style.letter_spacing)));
        if (style.capitals)
            pango_attr_list_insert(attributes.get(), pango_attr_text_transform_new(PANGO_TEXT_TRANSFORM_UPPERCASE));
        // "Closed-Loop" stays on one line.
        for (auto at = text_.find('-'); at != std::string::npos; at = text_.find('-', at + 1)) {
            auto* const whole = pango_attr_allow_breaks_new(FALSE);
            whole->start_index = static_cast<guint>(at > 0 ? at - 1 : 0);
            whole->end_index = static_cast<guint>(at + 2);
            pango_attr_list_insert(attributes.get(), whole);
        }
        pango_layout_set_attributes(layout_.get(), attributes.get());
    }

    std::string text_;
    bool arabic_;
    Object<PangoContext> context_;
    Object<PangoLayout> layout_;
    std::unique_ptr<PangoFontDescription, void (*)(PangoFontDescription*)> font_;
};

Point unbent(Point point) {
    return point;
}

/// The largest size, in steps of half a pixel, at which a text fits; 0 when it fits at none.
double largest(TextStyle const& style, std::function<bool(double)> const& fits) {
    int low = 0;
    int high = static_cast<int>((style.size - style.minimum) * 2);
    if (!fits(style.minimum)) return 0;
    while (low < high) {
        int const middle = (low + high + 1) / 2;
        if (fits(style.minimum + middle * 0.5))
            low = middle;
        else
            high = middle - 1;
    }
    return style.minimum + low * 0.5;
}

/// How far the corners of the lines are from the middle of the circle when the ink is centred in it.
double reach_of(Paragraph const& paragraph) {
    auto const whole = paragraph.ink();
    double const middle = whole.y + whole.height / 2.0;
    double reach = 0;
    for (auto const& line : paragraph.line_inks())
        reach = std::max(reach, std::hypot(line.width / 2.0, std::max(std::abs(line.y - middle),
                                                                      std::abs(line.y + line.height - middle))));
    return reach / PANGO_SCALE;
}

double raggedness(Paragraph const& paragraph) {
    int longest = 0;
    double unused = 0;
    auto const lines = paragraph.line_inks();
    for (auto const& line : lines)
        longest = std::max(longest, line.width);
    for (auto const& line : lines)
        unused += longest - line.width;
    return unused;
}

}  // namespace

struct TextOutliner::Fonts : CarriedFonts {};

TextOutliner::TextOutliner() : fonts_(std::make_unique<Fonts>()) {}
TextOutliner::~TextOutliner() = default;

Outline TextOutliner::outline(std::string_view text, std::string_view language, TextStyle const& style) const {
    Paragraph paragraph(*fonts_, text, language, style);
    paragraph.set_width(style.width);
    auto size = largest(style, [&](double tried) {
        paragraph.set_size(tried);
        return (style.width <= 0 || pixels(paragraph.ink().width) <= style.width) &&
               (style.height <= 0 || pixels(paragraph.box().height) <= style.height);
    });
    if (size <= 0) {
        size = style.minimum;
        paragraph.cut_at(style.width, style.height);
    }
    paragraph.set_size(size);
    double const left = !style.centred ? 0 : style.width > 0 ? -style.width / 2 : -pixels(paragraph.box().width) / 2;
    return paragraph.traced(left, 0, size, unbent);
}

Outline TextOutliner::inside_circle(std::string_view text, std::string_view language, TextStyle const& style,
                                    double radius, double half_height) const {
    Paragraph paragraph(*fonts_, text, language, style);
    constexpr std::array<double, 9> shares{1.96, 1.8, 1.64, 1.5, 1.36, 1.22, 1.08, 0.94, 0.8};
    double width = 0;
    auto size = largest(style, [&](double tried) {
        paragraph.set_size(tried);
        double best = -1;
        for (auto const share : shares) {
            paragraph.set_width(radius * share);
            if (pixels(paragraph.ink().height) > 2 * half_height || reach_of(paragraph) > radius) continue;
            auto const ragged = raggedness(paragraph);
            if (best >= 0 && ragged >= best) continue;
            best = ragged;
            width = radius * share;
        }
        return best >= 0;
    });
    if (size <= 0) {
        size = style.minimum;
        width = 2 * std::sqrt(radius * radius - half_height * half_height);
        paragraph.cut_at(width, 2 * half_height);
    }
    paragraph.set_size(size);
    paragraph.set_width(width);
    auto const ink = paragraph.ink();
    auto made = paragraph.traced(-width / 2, -pixels(ink.y) - pixels(ink.height) / 2, size, unbent);
    made.height = pixels(ink.height);
    return made;
}

Outline TextOutliner::along_circle(std::string_view text, std::string_view language, TextStyle const& style,
                                   double radius, Side side) const {
    Paragraph paragraph(*fonts_, text, language, style);
    auto size = largest(style, [&](double tried) {
        paragraph.set_size(tried);
        return pixels(paragraph.box().width) <= style.width;
    });
    if (size <= 0) {
        size = style.minimum;
        paragraph.cut_at(style.width, 0);
    }
    paragraph.set_size(size);
    auto const ink = paragraph.ink();
    double const baseline = pixels(pango_layout_get_baseline(paragraph.layout()));
    auto const bend = [&](Point point) -> Point {
        auto const angle = point.x / radius;
        return side == Side::head ? Point{(radius - point.y) * std::sin(angle), -(radius - point.y) * std::cos(angle)}
                                  : Point{(radius + point.y) * std::sin(angle), (radius + point.y) * std::cos(angle)};
    };
    return paragraph.traced(-pixels(ink.x) - pixels(ink.width) / 2, -baseline, size, bend);
}

}  // namespace itqan::web
