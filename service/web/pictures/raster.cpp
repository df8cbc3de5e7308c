#include "service/web/pictures/raster.hpp"

#include <memory>
#include <stdexcept>

#include <cairo.h>
#include <librsvg/rsvg.h>

namespace itqan::web {
namespace {

cairo_status_t append(void* closure, unsigned char const* data, unsigned length) {
    auto& bytes = *static_cast<Bytes*>(closure);
    bytes.insert(bytes.end(), data, data + length);
    return CAIRO_STATUS_SUCCESS;
}

}  // namespace

Bytes render_png(std::string const& svg, int width, int height) {
    std::unique_ptr<RsvgHandle, void (*)(void*)> const handle(
        rsvg_handle_new_from_data(reinterpret_cast<guint8 const*>(svg.data()), svg.size(), nullptr), g_object_unref);
    if (!handle) throw std::runtime_error("librsvg cannot read a picture of ours");
    std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)> const surface(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height),
                                                                               cairo_surface_destroy);
    std::unique_ptr<cairo_t, void (*)(cairo_t*)> const cairo(cairo_create(surface.get()), cairo_destroy);
    RsvgRectangle const viewport{0, 0, static_cast<double>(width), static_cast<double>(height)};
    if (rsvg_handle_render_document(handle.get(), cairo.get(), &viewport, nullptr) == 0)
        throw std::runtime_error("librsvg cannot draw a picture of ours");
    Bytes png;
    if (cairo_surface_write_to_png_stream(surface.get(), append, &png) != CAIRO_STATUS_SUCCESS)
        throw std::runtime_error("cairo cannot write a PNG");
    return png;
}

}  // namespace itqan::web
