#include "service/web/pictures/qr_code.hpp"

#include <memory>
#include <stdexcept>

#include <qrencode.h>

namespace itqan::web {

QrCode qr_code(std::string_view text) {
    constexpr int quiet = 4;
    std::unique_ptr<QRcode, void (*)(QRcode*)> const code(
        QRcode_encodeString8bit(std::string(text).c_str(), 0, QR_ECLEVEL_M), QRcode_free);
    if (!code) throw std::runtime_error("no QR code can hold this text");
    QrCode made;
    made.size = code->width + 2 * quiet;
    for (int y = 0; y < code->width; ++y) {
        for (int x = 0; x < code->width; ++x) {
            if ((code->data[y * code->width + x] & 1) == 0) continue;
            int run = 1;
            while (x + run < code->width && (code->data[y * code->width + x + run] & 1) != 0)
                ++run;
            made.path += "M" + std::to_string(x + quiet) + " " + std::to_string(y + quiet) + "h" + std::to_string(run) +
                         "v1h-" + std::to_string(run) + "z";
            x += run;
        }
    }
    return made;
}

}  // namespace itqan::web
