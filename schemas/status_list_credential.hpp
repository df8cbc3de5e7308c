#pragma once
// The JSON of a status list credential (W3C Bitstring Status List 1.0; its forerunner StatusList2021 is read). Packing
// the bits and signing are crypto's part.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/clock.hpp"
#include "schemas/json.hpp"

namespace itqan::schemas {

struct StatusListFields {
    std::string id;      ///< The address the list is served from; its subject is id + "#list".
    std::string issuer;  ///< The DID of the issuer of the listed credentials.
    Instant valid_from;
    std::optional<Instant> valid_until = {};
    std::string purpose = "revocation";
    std::string encoded_list;                                  ///< "u" + base64url(GZIP(bits)).
    std::optional<std::int64_t> ttl_milliseconds = {300'000};  ///< How long a reader may keep it.
    std::vector<std::string> more_purposes = {};               ///< Read only: a list may serve several.

    bool is_2021 = false;  ///< Read only: a StatusList2021Credential.

    bool serves(std::string_view wanted) const;
};

/// The unsigned BitstringStatusListCredential: context credentials/v2 alone, which defines all its terms.
Json to_json(StatusListFields const& fields);

/// Reads one back, or a StatusList2021Credential (Status List 2021, W3C Community Group report), whose `encodedList` is
/// given as that of the newer edition. Error: malformed "status-list-shape" with the pointer of each offending member.
Result<StatusListFields> read_status_list(Json const& document);

}  // namespace itqan::schemas
