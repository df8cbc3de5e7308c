#include "service/web/pictures/raster.hpp"

#include <cstring>
#include <memory>
#include <stdexcept>

#include <cairo.h>
#include <librsvg/rsvg.h>
#include <png.h>

#include "service/web/pictures/palette.hpp"

namespace itqan::web {
namespace {

using Surface = std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)>;

/// One handle for one picture in one thread: librsvg's are not to be shared.
Surface draw(std::string const& svg, int width, int height) {
    GError* error = nullptr;
    std::unique_ptr<RsvgHandle, void (*)(void*)> const handle(
        rsvg_handle_new_from_data(reinterpret_cast<guint8 const*>(svg.data()), svg.size(), &error), g_object_unref);
    if (!handle) {
        std::string const why = error == nullptr ? "" : error->message;
        g_clear_error(&error);
        throw std::runtime_error("librsvg cannot read a picture of ours: " + why);
    }
    Surface surface(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height), cairo_surface_destroy);
    std::unique_ptr<cairo_t, void (*)(cairo_t*)> const cairo(cairo_create(surface.get()), cairo_destroy);
    RsvgRectangle const viewport{0, 0, static_cast<double>(width), static_cast<double>(height)};
    if (rsvg_handle_render_document(handle.get(), cairo.get(), &viewport, nullptr) == 0)
        throw std::runtime_error("librsvg cannot draw a picture of ours");
    cairo_surface_flush(surface.get());
    return surface;
}

/// Cairo's 0xAARRGGBB with colours multiplied by alpha, as 0xAABBGGRR with whole ones.
std::uint32_t whole_colour(std::uint32_t pixel) {
    auto const alpha = pixel >> 24;
    if (alpha == 0) return 0;
    auto const whole = [&](int shift) { return ((pixel >> shift & 0xFF) * 255 + alpha / 2) / alpha; };
    return alpha << 24 | whole(0) << 16 | whole(8) << 8 | whole(16);
}

std::vector<std::uint32_t> pixels_of(std::string const& svg, int width, int height) {
    auto const surface = draw(svg, width, height);
    std::vector<std::uint32_t> pixels;
    pixels.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
    auto const* const data = cairo_image_surface_get_data(surface.get());
    auto const stride = cairo_image_surface_get_stride(surface.get());
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            std::uint32_t pixel = 0;
            std::memcpy(&pixel, data + y * stride + 4 * x, sizeof pixel);
            pixels.push_back(whole_colour(pixel));
        }
    }
    return pixels;
}

}  // namespace

Bytes render_png(std::string const& svg, int width, int height) {
    auto const picture = index_colours(pixels_of(svg, width, height));
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(width);
    image.height = static_cast<png_uint_32>(height);
    image.format = PNG_FORMAT_RGBA_COLORMAP;
    image.colormap_entries = static_cast<png_uint_32>(picture.colours.size());
    std::vector<png_byte> colours;
    for (auto const colour : picture.colours)
        for (int shift = 0; shift < 32; shift += 8)
            colours.push_back(static_cast<png_byte>(colour >> shift & 0xFF));

    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    Bytes png(size);
    if (png_image_write_to_memory(&image, png.data(), &size, 0, picture.pixels.data(), 0, colours.data()) == 0)
        throw std::runtime_error("libpng cannot write a picture of ours: " + std::string(image.message));
    png.resize(size);
    png.shrink_to_fit();
    return png;
}

}  // namespace itqan::web
