#include "service/scan/qr_reader.hpp"

#include <algorithm>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <numbers>
#include <set>
#include <vector>

#include <jpeglib.h>
#include <png.h>
#include <zbar.h>

namespace itqan::scan {
namespace {

constexpr std::size_t most_bytes = 5 * 1024 * 1024;
constexpr std::uint64_t most_pixels = 12'500'000;       // As decoded. A 4032 x 3024 photograph fits.
constexpr std::uint64_t enough_pixels = 3'200'000;      // A larger JPEG is first tried at a half or a quarter.
constexpr std::uint64_t most_jpeg_pixels = 50'000'000;  // Never decoded at full size.
constexpr unsigned largest_denominator = 4;
constexpr int most_scans = 64;    // Cameras write one, progressive encoders about ten; each walks the whole picture.
constexpr int most_warnings = 8;  // A damaged file warns at every block.
constexpr std::string_view png_start = "\x89PNG\r\n\x1a\n";
constexpr std::string_view jpeg_start = "\xff\xd8\xff";

struct Grey {
    unsigned width = 0, height = 0;
    std::vector<unsigned char> pixels;
};

Error too_large() {
    return {Fault::too_large, "picture-too-large", "A picture may have 5 MiB; a PNG 12 megapixels, a JPEG 50.", {}};
}
Error unreadable() {
    return {Fault::unprocessable,
            "picture-unreadable",
            "The picture is damaged and cannot be read. Take it again, or send the badge's link.",
            {}};
}

bool is_too_large(std::uint64_t width, std::uint64_t height, std::uint64_t most) {
    return width == 0 || height == 0 || width * height > most;
}

Result<Grey> grey_of_png(std::string_view bytes) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    auto const free_image = [](png_image* held) { png_image_free(held); };
    std::unique_ptr<png_image, decltype(free_image)> const guard(&image, free_image);
    if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0) return unreadable();
    if (is_too_large(image.width, image.height, most_pixels)) return too_large();
    image.format = PNG_FORMAT_GRAY;
    Grey grey{image.width, image.height, std::vector<unsigned char>(std::size_t{image.width} * image.height)};
    png_color const white{255, 255, 255};  // What is transparent is paper.
    if (png_image_finish_read(&image, &white, grey.pixels.data(), 0, nullptr) == 0) return unreadable();
    return grey;
}

struct JpegErrors {
    jpeg_error_mgr base;
    std::jmp_buf back;
};

[[noreturn]] void leave(j_common_ptr decoder) {
    // The library knows no other way out of its middle.
    std::longjmp(reinterpret_cast<JpegErrors*>(decoder->err)->back, 1);  // NOLINT(cert-err52-cpp)
}
void say_nothing(j_common_ptr) {}
void count_warnings(j_common_ptr decoder, int level) {
    if (level < 0 && ++decoder->err->num_warnings > most_warnings) leave(decoder);
}
/// Called between rows: the library itself bounds neither the scans of a file nor the work they ask for.
void limit_scans(j_common_ptr decoder) {
    if (reinterpret_cast<j_decompress_ptr>(decoder)->input_scan_number > most_scans) leave(decoder);
}

enum class Reading { done, broken, too_large };

/// A JPEG at 1/`denominator` of its size; 0 asks for the size at which most codes are read already, and is told which.
/// The library reports errors by jumping, so nothing with a destructor lives here.
Reading decode_jpeg(jpeg_decompress_struct& decoder, JpegErrors& errors, std::string_view bytes, unsigned& denominator,
                    Grey& grey, jpeg_progress_mgr& progress) {
    if (setjmp(errors.back) != 0) return Reading::broken;  // NOLINT(cert-err52-cpp)
    jpeg_create_decompress(&decoder);
    decoder.mem->max_memory_to_use = 64L * 1024 * 1024;
    decoder.progress = &progress;
    jpeg_mem_src(&decoder, reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size());
    jpeg_read_header(&decoder, TRUE);
    if (is_too_large(decoder.image_width, decoder.image_height, most_jpeg_pixels)) return Reading::too_large;
    decoder.out_color_space = JCS_GRAYSCALE;
    auto pixels = std::uint64_t{decoder.image_width} * decoder.image_height;
    if (denominator == 0)
        for (denominator = 1; pixels > enough_pixels && denominator < largest_denominator; pixels /= 4)
            denominator *= 2;
    else
        pixels /= std::uint64_t{denominator} * denominator;
    if (pixels > most_pixels) return Reading::too_large;
    decoder.scale_num = 1;
    decoder.scale_denom = denominator;
    jpeg_start_decompress(&decoder);
    grey.width = decoder.output_width;
    grey.height = decoder.output_height;
    grey.pixels.resize(std::size_t{grey.width} * grey.height);
    while (decoder.output_scanline < decoder.output_height) {
        auto* line = grey.pixels.data() + std::size_t{decoder.output_scanline} * grey.width;
        jpeg_read_scanlines(&decoder, &line, 1);
    }
    return Reading::done;
}

Result<Grey> grey_of_jpeg(std::string_view bytes, unsigned& denominator) {
    jpeg_decompress_struct decoder{};
    JpegErrors errors{};
    decoder.err = jpeg_std_error(&errors.base);
    errors.base.error_exit = leave;
    errors.base.output_message = say_nothing;
    errors.base.emit_message = count_warnings;
    jpeg_progress_mgr progress{};
    progress.progress_monitor = limit_scans;
    Grey grey;
    auto const reading = decode_jpeg(decoder, errors, bytes, denominator, grey, progress);
    jpeg_destroy_decompress(&decoder);
    if (reading == Reading::too_large) return too_large();
    if (reading == Reading::broken) return unreadable();
    return grey;
}

bool is_link(std::string const& text) {
    return text.starts_with("https://") || text.starts_with("http://");
}

/// The only code, or the only link among several.
Result<std::optional<std::string>> chosen_of(std::set<std::string> const& codes) {
    if (codes.empty()) return std::optional<std::string>();
    if (codes.size() == 1) return std::optional(*codes.begin());
    if (std::count_if(codes.begin(), codes.end(), is_link) == 1)
        return std::optional(*std::find_if(codes.begin(), codes.end(), is_link));
    return Error{Fault::unprocessable,
                 "many-codes",
                 "The picture shows several codes. Take a photograph of the badge's code alone.",
                 {}};
}

Result<std::optional<std::string>> scanned(Grey const& grey) {
    zbar::Image image(grey.width, grey.height, "Y800", grey.pixels.data(), grey.pixels.size());
    zbar::ImageScanner scanner;
    scanner.set_config(zbar::ZBAR_NONE, zbar::ZBAR_CFG_ENABLE, 0);
    scanner.set_config(zbar::ZBAR_QRCODE, zbar::ZBAR_CFG_ENABLE, 1);
    std::set<std::string> codes;
    if (scanner.scan(image) > 0)
        for (auto symbol = image.symbol_begin(); symbol != image.symbol_end(); ++symbol)
            if (symbol->get_type() == zbar::ZBAR_QRCODE) codes.insert(symbol->get_data());
    return chosen_of(codes);
}

/// Half as wide and high, each pixel the mean of four: noise goes.
Grey halved(Grey const& grey) {
    Grey half{grey.width / 2, grey.height / 2, {}};
    half.pixels.reserve(std::size_t{half.width} * half.height);
    for (unsigned y = 0; y < half.height; ++y) {
        auto const* const upper = grey.pixels.data() + std::size_t{2} * y * grey.width;
        auto const* const lower = upper + grey.width;
        for (unsigned x = 0; x < half.width; ++x)
            half.pixels.push_back(static_cast<unsigned char>(
                (upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1] + 2) / 4));
    }
    return half;
}

/// Turned by an eighth around its middle, whose corners are lost; the scanner reads lines and is weak at that angle.
Grey turned(Grey const& grey) {
    auto const side = std::max(grey.width, grey.height);
    Grey made{side, side, std::vector<unsigned char>(std::size_t{side} * side, 255)};
    double const half = side / 2.0, eighth = std::numbers::sqrt2 / 2;
    for (unsigned y = 0; y < side; ++y) {
        for (unsigned x = 0; x < side; ++x) {
            double const from_x = (x - half + y - half) * eighth + grey.width / 2.0;
            double const from_y = (y - half - x + half) * eighth + grey.height / 2.0;
            if (from_x < 0 || from_y < 0 || from_x >= grey.width || from_y >= grey.height) continue;
            made.pixels[std::size_t{y} * side + x] =
                grey.pixels[static_cast<std::size_t>(from_y) * grey.width + static_cast<std::size_t>(from_x)];
        }
    }
    return made;
}

/// As it is, then smaller and smoother, then turned: the later ones cost less than the first.
Result<std::optional<std::string>> code_in(Grey const& grey) {
    constexpr unsigned worth_halving = 400;
    auto code = scanned(grey);
    if (!code || *code || std::min(grey.width, grey.height) < worth_halving) return code;
    auto const small = halved(grey);
    code = scanned(small);
    return !code || *code ? code : scanned(turned(small));
}

/// A small picture reads fast and blurs noise away; a code that fills little of a large one needs all its pixels.
Result<std::optional<std::string>> code_in_jpeg(std::string_view bytes) {
    unsigned denominator = 0;
    auto grey = grey_of_jpeg(bytes, denominator);
    if (!grey) return grey.error();
    auto code = code_in(*grey);
    for (denominator /= 2; code && !*code && denominator >= 1; denominator /= 2) {
        grey = grey_of_jpeg(bytes, denominator);
        if (!grey && grey.error().fault == Fault::too_large) break;
        if (!grey) return grey.error();
        code = code_in(*grey);
    }
    return code;
}

}  // namespace

bool is_photograph(std::string_view bytes) {
    return bytes.starts_with(png_start) || bytes.starts_with(jpeg_start);
}

Result<std::optional<std::string>> read_qr(std::string_view bytes) {
    if (bytes.size() > most_bytes) return too_large();
    if (!is_photograph(bytes)) return unreadable();
    if (bytes.starts_with(png_start)) {
        auto const grey = grey_of_png(bytes);
        if (!grey) return grey.error();
        return code_in(*grey);
    }
    return code_in_jpeg(bytes);
}

}  // namespace itqan::scan
