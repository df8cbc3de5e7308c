#include "service/domain/photograph.hpp"

#include "schemas/bytes.hpp"
#include "schemas/text.hpp"
#include "schemas/text_safety.hpp"
#include "service/scan/qr_reader.hpp"

namespace itqan::domain {

std::string photograph_in(std::string_view input) {
    if (scan::is_photograph(input)) return std::string(input);
    auto const comma = input.find(',');
    if (!input.starts_with("data:") || comma == std::string_view::npos) return {};
    if (!input.substr(0, comma).ends_with(";base64")) return {};
    auto const bytes = base64_decode(input.substr(comma + 1));
    return bytes && scan::is_photograph(as_text(*bytes)) ? std::string(as_text(*bytes)) : std::string();
}

Result<std::string> text_of_photograph(std::string_view photograph) {
    auto const code = scan::read_qr(photograph);
    if (!code) return code.error();
    if (*code) return std::string(trimmed(**code));
    return Error{
        Fault::unprocessable,
        "no-code",
        "The picture carries no credential, which messaging apps remove and a photo never had, and it shows no "
        "readable code. Ask for the link, or take the code straight and from nearby.",
        {}};
}

Error no_link_in_code() {
    return {
        Fault::unprocessable,
        "no-link",
        "The code in the picture is no link to a badge. Take the code that stands on the badge's page or certificate.",
        {}};
}

Error without_way_to_code(std::string_view photograph, Error first) {
    if (first.code != "no-credential" || photograph.empty()) return first;
    auto const text = text_of_photograph(photograph);
    if (!text) return text.error();
    return {Fault::unprocessable,
            "not-reached",
            "The code in the picture says " + schemas::make_visible(*text) +
                ", and no address is followed here. Send the badge's own file.",
            {}};
}

}  // namespace itqan::domain
