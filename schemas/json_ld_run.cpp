#include "schemas/json_ld_run.hpp"

namespace itqan::schemas {
bool JsonLdRun::fail(std::string_view code, std::string_view what) {
    if (failed()) return false;
    auto const reason = std::string(what);
    error = Error{Fault::unprocessable,
                  std::string(code),
                  "The JSON-LD document cannot be processed: " + reason + ".",
                  {{place->text(), reason}}};
    return false;
}

bool JsonLdRun::loses(std::string_view code, std::string_view what) {
    if (!options.safe) return false;
    fail(code, what);
    return true;
}

bool JsonLdRun::hides(std::string_view what, std::string_view code) {
    if (!options.exact) return false;
    fail(code, what);
    return true;
}

bool JsonLdRun::exceed(std::string_view what) {
    if (failed()) return false;
    auto const reason = "it needs " + std::string(what);
    error = Error{Fault::too_large,
                  "json-ld-limit",
                  "The JSON-LD document is too large: " + reason + ".",
                  {{place->text(), reason}}};
    return false;
}

}  // namespace itqan::schemas
