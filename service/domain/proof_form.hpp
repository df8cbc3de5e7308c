#pragma once
// The two forms in which a badge is signed (decision 11). Each says the same; which comes first is the issuer's choice.

#include <optional>
#include <string_view>

namespace itqan::domain {

enum class ProofForm {
    embedded,  ///< A Data Integrity proof inside the JSON, eddsa-rdfc-2022.
    jwt        ///< Around the JSON: a compact VC-JWT.
};

/// "eddsa-rdfc-2022", "jwt": in `?proof=`, issuers' data and the rows of signed documents.
constexpr std::string_view proof_form_name(ProofForm form) {
    return form == ProofForm::jwt ? "jwt" : "eddsa-rdfc-2022";
}

constexpr std::optional<ProofForm> read_proof_form(std::string_view name) {
    for (auto const form : {ProofForm::embedded, ProofForm::jwt})
        if (name == proof_form_name(form)) return form;
    return std::nullopt;
}

}  // namespace itqan::domain
