#pragma once
// A QR code as path data of SVG, by libqrencode.

#include <string>
#include <string_view>

namespace itqan::web {

struct QrCode {
    std::string path;  ///< One unit a module; the quiet zone of four modules is inside the box.
    int size = 0;      ///< Of the box, in modules.
};
/// Error correction M. Throws std::runtime_error for a text that no code can hold.
QrCode qr_code(std::string_view text);

}  // namespace itqan::web
