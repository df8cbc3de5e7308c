#include "service/keeping/published_list.hpp"

#include <nlohmann/json.hpp>

#include "crypto/data_integrity.hpp"
#include "crypto/vc_jwt.hpp"
#include "service/domain/linked_data.hpp"

namespace itqan::service {
namespace {

constexpr JsonLimits list_limits{2 * 1024 * 1024, 20'000, 64, 4'096, 1024 * 1024};

Error not_ours(std::string const& why) {
    return {Fault::unprocessable, "not-our-list", "This is no status list of this installation: " + why + ".", {}};
}

/// The issuer whose key signed the token, and what it says.
std::optional<std::string> signer_of_token(std::string const& text, KeysById const& keys, Json& says) {
    crypto::JwsRules rules;
    rules.limit = list_limits.bytes;
    auto token = crypto::read_vc_jwt(text, rules, list_limits);
    if (!token) return std::nullopt;
    for (auto const& [id, known] : keys) {
        if (!crypto::verify_jws(token->jws, known.key)) continue;
        says = std::move(token->credential);
        return known.issuer_id;
    }
    return std::nullopt;
}

std::optional<std::string> signer_of_json(std::string const& text, KeysById const& keys, Json& says) {
    auto json = parse_json(text, list_limits);
    if (!json || !json->is_object()) return std::nullopt;
    for (auto const& [id, known] : keys) {
        auto const& key = known.key;
        auto const find = [&key](std::string const&, std::string const&) -> Result<crypto::PublicKey> { return key; };
        auto const reports = crypto::judge_proofs_in_place(*json, {}, find, domain::linked_data_canonicalizer());
        if (!reports || reports->empty()) return std::nullopt;
        bool all = true;
        for (auto const& report : *reports)
            all = all && report.verified();
        if (!all) continue;
        says = std::move(*json);
        return known.issuer_id;
    }
    return std::nullopt;
}

}  // namespace

Result<PublishedList> read_published_list(std::string const& text, KeysById const& keys,
                                          domain::Addresses const& addresses) {
    auto const start = text.find_first_not_of(" \t\r\n");
    auto const end = text.find_last_not_of(" \t\r\n");
    if (start == std::string::npos) return not_ours("it is empty");
    auto const body = text.substr(start, end - start + 1);
    Json says;
    auto const issuer = body.front() == '{' ? signer_of_json(body, keys, says) : signer_of_token(body, keys, says);
    if (!issuer)
        return not_ours(
            "none of the keys in the backup signed it as it is. Either it was changed, or its key is newer than the "
            "backup or was revoked. Take a backup that is newer than that key, or a copy of the list from before it; "
            "or restore without this list, and revoke again by hand what was revoked since");
    auto const prefix = addresses.status_list("");
    auto const address = text_member(says, "id");
    auto const subject = says.value("credentialSubject", Json::object());
    if (!address.starts_with(prefix) || !subject.is_object() || text_member(subject, "type") != "BitstringStatusList")
        return not_ours("it is something else that was signed here");
    auto bits = crypto::StatusList::decode(text_member(subject, "encodedList"));
    if (!bits) return bits.error();
    return PublishedList{address.substr(prefix.size()), *issuer, text_member(subject, "statusPurpose"),
                         std::move(*bits)};
}

}  // namespace itqan::service
