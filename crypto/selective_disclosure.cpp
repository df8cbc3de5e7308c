#include "crypto/selective_disclosure.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "crypto/suites/ecdsa_sd_2023.hpp"
#include "crypto/suites/json_selection.hpp"

namespace itqan::crypto {
namespace {

using Positions = std::vector<std::size_t>;

bool holds(Positions const& positions, std::size_t position) {
    return std::binary_search(positions.begin(), positions.end(), position);
}

/// Where the mandatory lines are when only the combined ones are left.
Positions mandatory_among(Positions const& combined, Positions const& mandatory) {
    Positions relative;
    for (std::size_t i = 0; i < combined.size(); ++i) {
        if (holds(mandatory, combined[i])) relative.push_back(i);
    }
    return relative;
}

/// The signatures, which are of the lines that are not mandatory, of those lines that are shown.
std::vector<Bytes> shown_signatures(GroupedQuads const& grouped, std::vector<Bytes> const& signatures) {
    std::vector<Bytes> shown;
    auto signature = signatures.begin();
    for (std::size_t i = 0; i < grouped.lines.size(); ++i) {
        if (holds(grouped.groups[0].lines, i)) continue;
        if (holds(grouped.groups[1].lines, i)) shown.push_back(*signature);
        ++signature;
    }
    return shown;
}

}  // namespace

/// Section 3.6.3 to 3.6.5.
Result<Json> derive_proof(Json const& document, std::vector<std::string> const& selective_pointers,
                          Canonicalizer const& canonicalizer) {
    if (!document.is_object()) return Error{Fault::malformed, "malformed-document", "The document is no JSON object."};
    auto unsigned_document = document;
    auto proof = unsigned_document["proof"];
    unsigned_document.erase("proof");
    bool const is_base = proof.is_object() && text_member(proof, "cryptosuite") == ecdsa_sd_2023.cryptosuite &&
                         unsigned_document.contains("@context");
    if (!is_base) return Error{Fault::malformed, "sd-base-proof", "The document has no proof of ecdsa-sd-2023."};
    auto const base = read_base_value(text_member(proof, "proofValue"));
    if (!base) return base.error();

    auto combined = base->mandatory_pointers;
    combined.insert(combined.end(), selective_pointers.begin(), selective_pointers.end());
    if (combined.empty()) return Error{Fault::unprocessable, "sd-nothing-selected", "Nothing would be shown."};
    auto const grouped = canonicalizer.group_nquads(unsigned_document, hmac_names(base->hmac_key),
                                                    {base->mandatory_pointers, selective_pointers, combined});
    if (!grouped) return grouped.error();
    auto const& groups = grouped->groups;
    if (base->signatures.size() + groups[0].lines.size() != grouped->lines.size()) {
        return Error{Fault::unprocessable, "sd-signature-count", "The base proof is not of this document."};
    }

    SdDerivedValue value{base->base_signature, base->public_key, shown_signatures(*grouped, base->signatures), {}, {}};
    value.mandatory_lines = mandatory_among(groups[2].lines, groups[0].lines);
    for (std::size_t i = 0; i < groups[2].node_names.size(); ++i)
        value.labels[i] = base64url_decode(std::string_view(groups[2].node_names[i]).substr(1)).value();
    auto shown = select_json(unsigned_document, combined);
    if (!shown) return shown.error();
    proof["proofValue"] = write_value(value);
    (*shown)["proof"] = std::move(proof);
    return shown;
}

}  // namespace itqan::crypto
