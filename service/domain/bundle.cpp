#include "service/domain/bundle.hpp"

#include <nlohmann/json.hpp>

#include "crypto/digest.hpp"
#include "schemas/identifier.hpp"
#include "storage/credentials.hpp"

namespace itqan::domain {
namespace {

constexpr char bundle_type[] = "ItqanBundle";
constexpr int most_rounds = 6;
constexpr JsonLimits file_limits{bundle_limits::bytes, 200'000, 64, 4'096, bundle_limits::document_bytes};

Error too_large(std::string what) {
    return {Fault::too_large, "bundle-too-large", std::move(what), {}};
}
Error no_bundle(std::string_view where) {
    return {Fault::malformed,
            "no-bundle",
            "This is no bundle of itqan bundle.",
            {{std::string(where), "must be as itqan bundle writes it"}}};
}
Error damaged(std::string const& address, std::string_view why) {
    return {Fault::unprocessable,
            "bundle-damaged",
            "The bundle is damaged: " + address + " " + std::string(why) + ". Make it again.",
            {}};
}

void put(Bundle& bundle, std::string const& address, Document document) {
    document.reading = nullptr;
    if (!is_utf8(document.body)) {
        document.body.clear();
        document.failure = "it is no text";
    }
    if (!document.fetched_at) document.fetched_at = bundle.created_at;
    bundle.documents.insert_or_assign(address, std::move(document));
}

Result<std::pair<std::string, Document>> read_document(Json const& json, std::size_t n) {
    auto const where = "/documents/" + std::to_string(n);
    auto const address = text_member(json, "address");
    auto const fetched = Instant::parse(text_member(json, "fetchedAt"));
    if (address.empty() || !fetched) return no_bundle(where);
    Document document;
    document.fetched_at = fetched;
    document.packed = true;
    document.own = json.value("own", Json()) == true;
    document.failure = text_member(json, "failure");
    document.media_type = text_member(json, "mediaType");
    document.body = text_member(json, "body");
    if (document.failure.empty() && crypto::sha256_hex(document.body) != text_member(json, "sha256"))
        return damaged(address, "has another hash than the bundle says");
    document.reading = new_reading();
    return std::pair(address, std::move(document));
}

}  // namespace

void pack_own(Bundle& bundle, Services& services) {
    std::vector<std::string> addresses;
    services.database.read([&](storage::Session& session) {
        addresses.push_back(services.addresses.installation_did());
        for (auto const& issuer : services.programmes.current(session)->issuers) {
            addresses.push_back(services.addresses.issuer_did(issuer.slug));
            for (auto const& key : storage::keys_of(session, issuer.id))
                if (key.state != "next") addresses.push_back(services.addresses.key(issuer.slug, key.id));
            for (auto const& list : storage::status_lists_of(session, issuer.id))
                addresses.push_back(services.addresses.status_list(list.id));
        }
    });
    for (auto const& address : addresses)
        put(bundle, address, services.documents.get(address));
}

Result<void> pack_for(Bundle& bundle, Services& services, std::string input) {
    auto const report = services.documents.verify(std::move(input), std::nullopt, bundle.created_at, true);
    if (!report) return report.error();
    if (report->documents)
        for (auto const& [address, document] : *report->documents)
            put(bundle, address, document);
    return {};
}

Result<std::string> write_bundle(Bundle const& bundle) {
    if (bundle.documents.size() > bundle_limits::documents)
        return too_large("A bundle holds at most 10,000 documents.");
    auto documents = Json::array();
    for (auto const& [address, document] : bundle.documents) {
        if (document.body.size() > bundle_limits::document_bytes)
            return too_large("A document of a bundle has at most 4 MiB: " + address + ".");
        Json json{{"address", address}, {"own", document.own}, {"fetchedAt", document.fetched_at->text()}};
        if (!document.failure.empty()) {
            json["failure"] = document.failure;
        } else {
            json["mediaType"] = document.media_type;
            json["sha256"] = crypto::sha256_hex(document.body);
            json["body"] = document.body;
        }
        documents.push_back(std::move(json));
    }
    Json const json{{"type", bundle_type},
                    {"version", 1},
                    {"createdAt", bundle.created_at.text()},
                    {"base", bundle.base},
                    {"software", "itqan " ITQAN_VERSION},
                    {"documents", std::move(documents)}};
    auto text = json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
    if (text.size() > bundle_limits::bytes) return too_large("A bundle has at most 64 MiB.");
    return text;
}

Result<Bundle> read_bundle(std::string_view text) {
    if (text.size() > bundle_limits::bytes) return too_large("A bundle has at most 64 MiB.");
    auto const json = parse_json(text, file_limits);
    if (!json) return json.error().fault == Fault::too_large ? too_large(json.error().detail) : no_bundle("");
    if (text_member(*json, "type") != bundle_type) return no_bundle("/type");
    if (json->value("version", Json()) != 1) return no_bundle("/version");
    auto const created = Instant::parse(text_member(*json, "createdAt"));
    if (!created) return no_bundle("/createdAt");
    auto const found = json->find("documents");
    if (found == json->end() || !found->is_array()) return no_bundle("/documents");
    if (found->size() > bundle_limits::documents) return too_large("A bundle holds at most 10,000 documents.");
    Bundle bundle{*created, text_member(*json, "base"), {}};
    for (std::size_t n = 0; n < found->size(); ++n) {
        auto document = read_document((*found)[n], n);
        if (!document) return document.error();
        auto const address = document->first;
        if (!bundle.documents.insert(std::move(*document)).second) return damaged(address, "stands there twice");
    }
    return bundle;
}

Result<OfflineReport> verify_offline(Bundle const& bundle, std::string input,
                                     std::optional<std::string> const& recipient, Instant now) {
    Question question;
    question.input = without_blanks_around(std::move(input));
    question.recipient = recipient;
    question.own_base = bundle.base;
    if (schemas::is_https_url(question.input))
        return Error{Fault::unprocessable,
                     "no-link-offline",
                     "A link cannot be followed offline. Give the badge's file instead.",
                     {}};
    auto inquiry = Inquiry::open(std::move(question));
    if (!inquiry) return inquiry.error();
    Documents documents;
    std::set<std::string> absent;
    for (int round = 0; round <= most_rounds; ++round) {
        auto verification = inquiry->judge(documents, now);
        if (verification.report) return OfflineReport{std::move(*verification.report), std::move(absent)};
        for (auto const& address : verification.needs) {
            auto const found = bundle.documents.find(address);
            if (found != bundle.documents.end()) {
                documents.insert_or_assign(address, found->second);
                continue;
            }
            Document missing;
            missing.failure = "it is not in the bundle";
            documents.insert_or_assign(address, std::move(missing));
            absent.insert(address);
        }
    }
    return Error{Fault::too_large, "too-many-rounds", "The badge asks for further and further documents.", {}};
}

}  // namespace itqan::domain
