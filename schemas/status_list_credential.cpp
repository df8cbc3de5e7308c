#include "schemas/status_list_credential.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace itqan::schemas {
namespace {

constexpr char const* credentials_context = "https://www.w3.org/ns/credentials/v2";

bool has_type(Json const& object, std::string_view type) {
    auto const found = object.find("type");
    if (found == object.end()) return false;
    if (found->is_string()) return found->get_ref<std::string const&>() == type;
    return found->is_array() && std::any_of(found->begin(), found->end(), [type](Json const& entry) {
               return entry.is_string() && entry.get_ref<std::string const&>() == type;
           });
}

/// The older edition says base64 and its users write both alphabets, with padding and without; the newer has a "u"
/// before base64url.
std::string multibase_of_2021(std::string text) {
    while (!text.empty() && text.back() == '=')
        text.pop_back();
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    return "u" + text;
}

/// Reads members and notes what is missing or misshapen.
class Reader {
  public:
    std::string text(Json const& object, char const* name, std::string const& pointer) {
        auto const found = object.find(name);
        if (found != object.end() && found->is_string() && !found->get_ref<std::string const&>().empty()) {
            return found->get<std::string>();
        }
        report(pointer, "must be a string");
        return {};
    }

    /// One text or several; at least one.
    std::vector<std::string> texts(Json const& object, char const* name, std::string const& pointer) {
        auto const found = object.find(name);
        if (found == object.end() || !found->is_array()) return {text(object, name, pointer)};
        std::vector<std::string> all;
        for (auto const& entry : *found)
            if (entry.is_string() && !entry.get_ref<std::string const&>().empty()) all.push_back(entry);
        if (all.empty() || all.size() != found->size()) report(pointer, "must be a string or an array of strings");
        return all;
    }

    /// The issuer's id, whether it is written alone or inside an object.
    std::string issuer(Json const& document) {
        auto const found = document.find("issuer");
        if (found != document.end() && found->is_object()) return text(*found, "id", "/issuer/id");
        return text(document, "issuer", "/issuer");
    }

    std::optional<Instant> instant(Json const& document, char const* name) {
        auto const found = document.find(name);
        if (found == document.end()) return std::nullopt;
        auto const value = found->is_string() ? Instant::parse(found->get_ref<std::string const&>()) : std::nullopt;
        if (!value) report("/" + std::string(name), "must be a date-time with a time zone");
        return value;
    }

    void report(std::string pointer, std::string detail) {
        violations_.push_back({std::move(pointer), std::move(detail)});
    }
    std::vector<Violation> take_violations() { return std::move(violations_); }

  private:
    std::vector<Violation> violations_;
};

}  // namespace

bool StatusListFields::serves(std::string_view wanted) const {
    return purpose == wanted || std::find(more_purposes.begin(), more_purposes.end(), wanted) != more_purposes.end();
}

Json to_json(StatusListFields const& fields) {
    Json subject{{"id", fields.id + "#list"},
                 {"type", "BitstringStatusList"},
                 {"statusPurpose", fields.purpose},
                 {"encodedList", fields.encoded_list}};
    if (fields.ttl_milliseconds) subject["ttl"] = *fields.ttl_milliseconds;
    Json out{{"@context", Json::array({credentials_context})},
             {"id", fields.id},
             {"type", Json::array({"VerifiableCredential", "BitstringStatusListCredential"})},
             {"issuer", fields.issuer},
             {"validFrom", fields.valid_from.text()},
             {"credentialSubject", std::move(subject)}};
    if (fields.valid_until) out["validUntil"] = fields.valid_until->text();
    return out;
}

Result<StatusListFields> read_status_list(Json const& document) {
    Reader reader;
    StatusListFields fields;
    auto const refuse = [&reader]() {
        return Error{Fault::malformed, "status-list-shape", "This is no BitstringStatusListCredential.",
                     reader.take_violations()};
    };
    if (!document.is_object()) {
        reader.report("", "must be a JSON object");
        return refuse();
    }
    fields.is_2021 =
        has_type(document, "StatusList2021Credential") && !has_type(document, "BitstringStatusListCredential");
    auto const* const list_type = fields.is_2021 ? "StatusList2021" : "BitstringStatusList";
    for (auto const& type : {std::string("VerifiableCredential"), std::string(list_type) + "Credential"}) {
        if (!has_type(document, type)) reader.report("/type", "must contain " + type);
    }
    // A list may be identified by its subject or its address alone; VCDM 2.0 leaves the credential's id open.
    if (document.contains("id")) fields.id = reader.text(document, "id", "/id");
    fields.issuer = reader.issuer(document);
    auto const valid_from = reader.instant(document, document.contains("validFrom") ? "validFrom" : "issuanceDate");
    fields.valid_from = valid_from.value_or(Instant{});
    fields.valid_until = reader.instant(document, document.contains("validUntil") ? "validUntil" : "expirationDate");

    auto const subject = document.find("credentialSubject");
    if (subject == document.end() || !subject->is_object()) {
        reader.report("/credentialSubject", "must be one object");
        return refuse();
    }
    if (!has_type(*subject, list_type)) reader.report("/credentialSubject/type", std::string("must be ") + list_type);
    auto purposes = reader.texts(*subject, "statusPurpose", "/credentialSubject/statusPurpose");
    fields.purpose = purposes.empty() ? std::string() : purposes.front();
    if (purposes.size() > 1) fields.more_purposes.assign(purposes.begin() + 1, purposes.end());
    fields.encoded_list = reader.text(*subject, "encodedList", "/credentialSubject/encodedList");
    if (fields.is_2021) fields.encoded_list = multibase_of_2021(std::move(fields.encoded_list));
    fields.ttl_milliseconds = std::nullopt;
    if (auto const ttl = subject->find("ttl"); ttl != subject->end()) {
        if (ttl->is_number_integer() && ttl->get<std::int64_t>() >= 0) {
            fields.ttl_milliseconds = ttl->get<std::int64_t>();
        } else {
            reader.report("/credentialSubject/ttl", "must be a whole number of milliseconds");
        }
    }
    auto violations = reader.take_violations();
    if (violations.empty()) return fields;
    return Error{Fault::malformed, "status-list-shape",
                 "This is no BitstringStatusListCredential: " + violations.front().pointer + " " +
                     violations.front().detail + ".",
                 std::move(violations)};
}

}  // namespace itqan::schemas
