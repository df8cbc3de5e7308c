#include "schemas/verifiable_credential.hpp"

#include <algorithm>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "schemas/iri.hpp"
#include "schemas/json_pointer.hpp"
#include "schemas/open_badge.hpp"
#include "schemas/resource_digest.hpp"
#include "schemas/verifiable_credential_forms.hpp"

namespace itqan::schemas {
namespace {

using open_badge_terms::vcdm_1;
using open_badge_terms::vcdm_2;

constexpr std::string_view enveloped_credential = "EnvelopedVerifiableCredential";
constexpr std::string_view enveloped_presentation = "EnvelopedVerifiablePresentation";

/// What an envelope may hold. "application/jwt" is what the test suite for VCDM 2.0 sends.
constexpr std::string_view credential_media_types[] = {"application/vc+jwt", "application/vc+sd-jwt",
                                                       "application/vc+cose", "application/jwt", "application/sd-jwt"};
constexpr std::string_view presentation_media_types[] = {
    "application/vp+jwt", "application/vp+sd-jwt", "application/vp+cose", "application/jwt", "application/sd-jwt"};

bool is_text(Json const& value, std::string_view wanted) {
    return value.is_string() && value.get_ref<std::string const&>() == wanted;
}

/// Whether a value, or one of a list, is this text.
bool holds_text(Json const& value, std::string_view wanted) {
    if (!value.is_array()) return is_text(value, wanted);
    return std::any_of(value.begin(), value.end(), [wanted](Json const& item) { return is_text(item, wanted); });
}

bool names_type(Json const& document, std::string_view type) {
    auto const found = document.is_object() ? document.find("type") : document.end();
    return document.is_object() && found != document.end() && holds_text(*found, type);
}

bool is_url(Json const& value) {
    return value.is_string() && is_absolute_iri(value.get_ref<std::string const&>());
}

/// A member whose objects have to name their type.
struct TypedMember {
    char const* name;
    bool needs_id;  ///< In 2.0.
    bool needs_id_in_1_1;
};
constexpr TypedMember typed_members[] = {{"credentialStatus", false, true},
                                         {"credentialSchema", true, true},
                                         {"refreshService", false, true},
                                         {"termsOfUse", false, false},
                                         {"evidence", false, false}};

class Judge {
  public:
    void judge_credential(Json const& document, Place const& place) {
        if (!document.is_object()) return report(place, "must be a JSON object");
        if (names_type(document, enveloped_credential)) {
            return judge_envelope(document, place, enveloped_credential, credential_media_types);
        }
        auto const model = judge_contexts(document, place);
        judge_id(document, place);
        judge_types(document, place, "VerifiableCredential");
        judge_issuer(document, place, model);
        judge_subjects(document, place);
        judge_times(document, place, model);
        if (model == DataModel::v2_0) judge_texts(document, place);
        for (auto const& member : typed_members)
            judge_typed_member(document, place, member, model);
        if (model == DataModel::v2_0) judge_related_resources(document, place);
    }

    void judge_presentation(Json const& document, Place const& place) {
        if (!document.is_object()) return report(place, "must be a JSON object");
        if (names_type(document, enveloped_presentation)) {
            return judge_envelope(document, place, enveloped_presentation, presentation_media_types);
        }
        auto const model = judge_contexts(document, place);
        judge_id(document, place);
        judge_types(document, place, "VerifiablePresentation");
        if (document.contains("holder")) judge_party(document.at("holder"), place.at("holder"));
        judge_typed_member(document, place, {"termsOfUse", false, false}, model);
        each_of(document, place, "verifiableCredential",
                [this](Json const& credential, Place const& where) { judge_credential(credential, where); });
    }

    std::vector<Violation> take_violations() { return std::move(violations_); }

  private:
    void report(Place const& place, std::string detail) { violations_.push_back({place.text(), std::move(detail)}); }

    /// Calls `judge` with the value of a member, or with each of a list; an empty list is reported.
    template <typename JudgeOne>
    void each_of(Json const& parent, Place const& place, char const* name, JudgeOne judge) {
        auto const found = parent.find(name);
        if (found == parent.end()) return;
        auto const where = place.at(name);
        if (!found->is_array()) return judge(*found, where);
        if (found->empty()) report(where, "must not be an empty array");
        for (std::size_t i = 0; i < found->size(); ++i)
            judge((*found)[i], where.at(i));
    }

    /// Section 4.3. Without a known first context a document is judged by the rules of 2.0.
    DataModel judge_contexts(Json const& document, Place const& place) {
        auto const contexts = place.at("@context");
        auto const found = document.find("@context");
        if (found == document.end() || !found->is_array() || found->empty()) {
            report(contexts, "must be an array that starts with " + std::string(vcdm_2));
            return DataModel::v2_0;
        }
        auto const model = data_model_of(document);
        if (!model) report(contexts.at(std::size_t{0}), "must be " + std::string(vcdm_2));
        for (std::size_t i = 1; i < found->size(); ++i) {
            if (!is_url((*found)[i]) && !(*found)[i].is_object()) {
                report(contexts.at(i), "must be the URL of a context or a context object");
            }
        }
        return model.value_or(DataModel::v2_0);
    }

    void judge_id(Json const& object, Place const& place) {
        auto const found = object.find("id");
        if (found != object.end() && !is_url(*found)) report(place.at("id"), "must be one URL");
    }

    /// One type or several; that each of them has a meaning is JSON-LD's business.
    void judge_types(Json const& object, Place const& place, std::string_view wanted) {
        auto const where = place.at("type");
        auto const found = object.find("type");
        auto const what =
            wanted.empty() ? "must be a type or an array of types" : "must contain " + std::string(wanted);
        if (found == object.end()) return report(where, "is missing; it " + what);
        auto const is_type = [](Json const& item) {
            return item.is_string() && !item.get_ref<std::string const&>().empty();
        };
        bool const is_list = found->is_array() && !found->empty();
        if (is_list ? !std::all_of(found->begin(), found->end(), is_type) : !is_type(*found)) {
            return report(where, "must be a type or an array of types");
        }
        if (!wanted.empty() && !holds_text(*found, wanted)) report(where, what);
    }

    /// An issuer or a holder.
    void judge_party(Json const& party, Place const& place) {
        if (is_url(party)) return;
        if (!party.is_object()) return report(place, "must be a URL or an object with an id");
        if (!party.contains("id")) return report(place.at("id"), "is missing; it must be one URL");
        judge_id(party, place);
    }

    void judge_issuer(Json const& document, Place const& place, DataModel model) {
        auto const where = place.at("issuer");
        auto const found = document.find("issuer");
        if (found == document.end()) return report(where, "is missing; it must be a URL or an object with an id");
        judge_party(*found, where);
        if (model == DataModel::v2_0 && found->is_object()) judge_texts(*found, where);
    }

    void judge_subjects(Json const& document, Place const& place) {
        if (!document.contains("credentialSubject")) return report(place.at("credentialSubject"), "is missing");
        each_of(document, place, "credentialSubject", [this](Json const& subject, Place const& where) {
            if (!subject.is_object() || subject.empty()) return report(where, "must be an object with claims");
            judge_id(subject, where);
        });
    }

    std::optional<Instant> judge_time(Json const& document, Place const& place, char const* name) {
        auto const found = document.find(name);
        if (found == document.end()) return std::nullopt;
        auto const time =
            found->is_string() ? read_date_time_stamp(found->get_ref<std::string const&>()) : std::nullopt;
        if (!time) report(place.at(name), "must be a date-time with a time zone, such as 2026-11-27T12:00:00Z");
        return time;
    }

    /// Section 4.9; sections 4.6 and 4.7 of 1.1.
    void judge_times(Json const& document, Place const& place, DataModel model) {
        bool const is_older = model == DataModel::v1_1;
        auto const* const from = is_older ? "issuanceDate" : "validFrom";
        auto const* const until = is_older ? "expirationDate" : "validUntil";
        if (is_older && !document.contains(from)) report(place.at(from), "is missing");
        auto const start = judge_time(document, place, from);
        auto const end = judge_time(document, place, until);
        if (start && end && *end < *start) report(place.at(until), "must not be before " + std::string(from));
    }

    /// Section 11.1: the name and the description of a credential or an issuer.
    void judge_texts(Json const& object, Place const& place) {
        for (auto const* name : {"name", "description"}) {
            each_of(object, place, name,
                    [this](Json const& text, Place const& where) { judge_language_value(text, where); });
        }
    }

    void judge_language_value(Json const& value, Place const& place) {
        if (value.is_string()) return;
        if (!value.is_object()) return report(place, "must be a string or an object with @value");
        if (!value.contains("@value")) report(place.at("@value"), "is missing; it must be a string");
        for (auto const& [name, member] : value.get_ref<Json::object_t const&>()) {
            if (name == "@value" || name == "@language") {
                if (!member.is_string()) report(place.at(name), "must be a string");
            } else if (name == "@direction") {
                if (member != "ltr" && member != "rtl") report(place.at(name), "must be ltr or rtl");
            } else {
                report(place.at(name), "must not stand beside @value, @language and @direction");
            }
        }
    }

    void judge_typed_member(Json const& document, Place const& place, TypedMember const& member, DataModel model) {
        bool const needs_id = model == DataModel::v1_1 ? member.needs_id_in_1_1 : member.needs_id;
        each_of(document, place, member.name, [this, needs_id](Json const& object, Place const& where) {
            if (!object.is_object()) return report(where, "must be an object with a type");
            judge_types(object, where, {});
            if (needs_id && !object.contains("id")) report(where.at("id"), "is missing; it must be one URL");
            judge_id(object, where);
        });
    }

    /// Section 5.3.
    void judge_related_resources(Json const& document, Place const& place) {
        std::set<std::string_view> ids;
        each_of(document, place, "relatedResource", [&](Json const& resource, Place const& where) {
            if (!resource.is_object()) return report(where, "must be an object with an id and a digest");
            if (!resource.contains("id")) report(where.at("id"), "is missing; it must be one URL");
            judge_id(resource, where);
            auto const id = resource.find("id");
            if (id != resource.end() && is_url(*id) && !ids.insert(id->get_ref<std::string const&>()).second) {
                report(where.at("id"), "is the id of another related resource");
            }
            if (resource.contains("mediaType") && !resource.at("mediaType").is_string()) {
                report(where.at("mediaType"), "must be a string");
            }
            judge_digests(resource, where);
        });
    }

    void judge_digests(Json const& resource, Place const& place) {
        if (!resource.contains("digestSRI") && !resource.contains("digestMultibase")) {
            return report(place, "must hold digestSRI or digestMultibase");
        }
        each_of(resource, place, "digestSRI", [this](Json const& text, Place const& where) {
            if (text.is_string() && !read_digest_sri(text.get_ref<std::string const&>()).empty()) return;
            report(where, "must be sha256-, sha384- or sha512- and base64 of the digest");
        });
        each_of(resource, place, "digestMultibase", [this](Json const& text, Place const& where) {
            if (text.is_string() && read_digest_multibase(text.get_ref<std::string const&>())) return;
            report(where, "must be a multihash or a SHA-256 in multibase: u and base64url or z and base58btc");
        });
    }

    void judge_envelope(Json const& document, Place const& place, std::string_view type,
                        std::span<std::string_view const> media_types) {
        auto const contexts = document.find("@context");
        if (contexts == document.end() || !holds_text(*contexts, vcdm_2)) {
            report(place.at("@context"), "must contain " + std::string(vcdm_2));
        }
        auto const& types = document.at("type");
        if (types.is_array() && types.size() != 1) report(place.at("type"), "must be " + std::string(type) + " alone");
        auto const id = document.find("id");
        auto const url =
            id != document.end() && id->is_string() ? read_data_url(id->get_ref<std::string const&>()) : std::nullopt;
        if (!url) return report(place.at("id"), "must be a data: URL of a secured document");
        if (std::find(media_types.begin(), media_types.end(), url->media_type) == media_types.end()) {
            report(place.at("id"), "must be a data: URL with the media type " + std::string(media_types.front()));
        }
    }

    std::vector<Violation> violations_;
};

}  // namespace

std::optional<DataModel> data_model_of(Json const& document) {
    if (!document.is_object() || !document.contains("@context")) return std::nullopt;
    auto const& contexts = document.at("@context");
    if (contexts.is_array() && contexts.empty()) return std::nullopt;
    auto const& first = contexts.is_array() ? contexts.front() : contexts;
    if (is_text(first, vcdm_2)) return DataModel::v2_0;
    if (is_text(first, vcdm_1)) return DataModel::v1_1;
    return std::nullopt;
}

std::vector<Violation> check_verifiable_credential(Json const& document) {
    Judge judge;
    judge.judge_credential(document, Place());
    return judge.take_violations();
}

std::vector<Violation> check_verifiable_presentation(Json const& document) {
    Judge judge;
    judge.judge_presentation(document, Place());
    return judge.take_violations();
}

bool is_enveloped(Json const& document) {
    return names_type(document, enveloped_credential) || names_type(document, enveloped_presentation);
}

Result<Envelope> read_envelope(Json const& document) {
    auto violations = names_type(document, enveloped_presentation) ? check_verifiable_presentation(document)
                                                                   : check_verifiable_credential(document);
    if (violations.empty() && !is_enveloped(document)) violations.push_back({"/type", "must name an envelope"});
    if (!violations.empty()) {
        return Error{Fault::malformed, "envelope-shape", "This is no enveloped credential or presentation.",
                     std::move(violations)};
    }
    auto const url = read_data_url(document.at("id").get_ref<std::string const&>());
    return Envelope{url->media_type, std::string(url->content), url->is_base64};
}

}  // namespace itqan::schemas
