#pragma once
// A certificate to PDF, by librsvg and cairo: paths stay paths.

#include "schemas/bytes.hpp"
#include "service/web/pictures/certificate.hpp"

namespace itqan::web {

/// One page, without attachment. The same certificate gives the same bytes. Throws std::runtime_error for one that
/// cannot be drawn.
Bytes render_pdf(Certificate const& certificate);

}  // namespace itqan::web
