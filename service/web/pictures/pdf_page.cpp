#include "service/web/pictures/pdf_page.hpp"

#include <memory>
#include <stdexcept>

#include <cairo-pdf.h>
#include <librsvg/rsvg.h>

namespace itqan::web {
namespace {

cairo_status_t append(void* bytes, unsigned char const* data, unsigned length) {
    auto& out = *static_cast<Bytes*>(bytes);
    out.insert(out.end(), data, data + length);
    return CAIRO_STATUS_SUCCESS;
}

}  // namespace

Bytes render_pdf(Certificate const& certificate) {
    GError* error = nullptr;
    auto const& svg = certificate.svg;
    std::unique_ptr<RsvgHandle, void (*)(void*)> const handle(
        rsvg_handle_new_from_data(reinterpret_cast<guint8 const*>(svg.data()), svg.size(), &error), g_object_unref);
    g_clear_error(&error);
    if (!handle) throw std::runtime_error("librsvg cannot read a certificate of ours");
    Bytes pdf;
    std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)> const surface(
        cairo_pdf_surface_create_for_stream(append, &pdf, Certificate::width, Certificate::height),
        cairo_surface_destroy);
    auto const tell = [&](cairo_pdf_metadata_t what, std::string const& text) {
        if (!text.empty()) cairo_pdf_surface_set_metadata(surface.get(), what, text.c_str());
    };
    tell(CAIRO_PDF_METADATA_TITLE, certificate.words.title);
    tell(CAIRO_PDF_METADATA_AUTHOR, certificate.author);
    tell(CAIRO_PDF_METADATA_CREATOR, "Itqan");
    tell(CAIRO_PDF_METADATA_CREATE_DATE, certificate.created);
    {
        std::unique_ptr<cairo_t, void (*)(cairo_t*)> const cairo(cairo_create(surface.get()), cairo_destroy);
        RsvgRectangle const viewport{0, 0, Certificate::width, Certificate::height};
        if (rsvg_handle_render_document(handle.get(), cairo.get(), &viewport, nullptr) == 0)
            throw std::runtime_error("librsvg cannot draw a certificate of ours");
        cairo_show_page(cairo.get());
    }
    cairo_surface_finish(surface.get());
    if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS)
        throw std::runtime_error("cairo cannot write a certificate of ours");
    return pdf;
}

}  // namespace itqan::web
