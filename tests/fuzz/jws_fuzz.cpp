// Compact tokens: each has one spelling. The input is a token, or a header and a payload with a line feed between them,
// which the target encodes.

#include <nlohmann/json.hpp>

#include "crypto/jws.hpp"
#include "crypto/vc_jwt.hpp"
#include "schemas/text.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace itqan;
using namespace itqan::crypto;

namespace {

void read(std::string_view token) {
    auto const credential = read_vc_jwt(token);
    if (credential) (void)check_vc_jwt_claims(*credential);
    auto const jws = parse_compact_jws(token);
    fuzz::require(jws || !credential, "a credential is a token");
    if (!jws) return;
    auto const again = base64url_encode(as_bytes(jws->header)) + "." + base64url_encode(jws->payload) + "." +
                       base64url_encode(jws->signature);
    fuzz::require(again == token, "a token has one spelling");
    fuzz::require(is_badge_algorithm(jws->algorithm), "the algorithm is one of the four");
    if (jws->jwk) fuzz::require(!verify_jws(*jws, *jws->jwk), "nobody here can sign");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const text = fuzz::text_of(data, size);
    read(text);
    auto const end = text.find('\n');
    if (end == std::string_view::npos) return 0;
    read(base64url_encode(as_bytes(text.substr(0, end))) + "." + base64url_encode(as_bytes(text.substr(end + 1))) +
         ".c2ln");
    return 0;
}
