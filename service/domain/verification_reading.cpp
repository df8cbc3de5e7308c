#include "service/domain/verification_reading.hpp"

#include <algorithm>
#include <limits>

#include "service/domain/verification.hpp"

namespace itqan::domain {
namespace {

constexpr std::size_t largest_list = 1024 * 1024;
constexpr JsonLimits list_limits{2 * largest_list, 20'000, 64, 4'096, largest_list};

/// Narrows [from, until) to where `method` stays what it is at `now`.
void narrow(Json const& method, Instant now, std::int64_t& from, std::int64_t& until) {
    if (!method.is_object()) return;
    for (auto const* const name : {"revoked", "expires"}) {
        auto const moment = Instant::parse(text_member(method, name));
        if (!moment) continue;
        if (*moment <= now)
            from = std::max(from, moment->milliseconds);
        else
            until = std::min(until, moment->milliseconds);
    }
}

template <typename Visit>
void each_method(Json const& document, Visit visit) {
    for (auto const* const member : {"verificationMethod", "assertionMethod", "authentication"}) {
        auto const methods = document.find(member);
        if (methods == document.end() || !methods->is_array()) continue;
        for (auto const& method : *methods)
            visit(method);
    }
}

void index_kids(KeyDocument& document) {
    each_method(document.json, [&](Json const& method) {
        if (!method.is_object() || !method.contains("publicKeyJwk")) return;
        auto const& jwk = method.at("publicKeyJwk");
        auto const kid = jwk.is_object() ? text_member(jwk, "kid") : std::string();
        if (kid.empty() || document.by_kid.contains(kid)) return;
        if (auto key = crypto::PublicKey::from_jwk(jwk)) document.by_kid.emplace(kid, std::move(*key));
    });
}

bool are_same(std::vector<crypto::AssertionKey> const& left, std::vector<crypto::AssertionKey> const& right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](auto const& one, auto const& other) { return one.id == other.id && one.key == other.key; });
}

bool contradicts(crypto::VcJwt const& token) {
    auto const claims = crypto::check_vc_jwt_claims(token);
    return std::any_of(claims.begin(), claims.end(),
                       [](auto const& fault) { return fault.kind == crypto::ClaimFault::Kind::contradiction; });
}

std::shared_ptr<StatusDocument const> read_status(std::string const& body) {
    std::optional<crypto::VcJwt> token;
    bool contradicting = false;
    Json credential;
    if (auto linked = parse_json(body, list_limits); linked && linked->is_object()) {
        credential = std::move(*linked);
    } else {
        crypto::JwsRules rules;
        rules.limit = 2 * largest_list;
        auto read = crypto::read_vc_jwt(body, rules, list_limits);
        if (!read) return nullptr;
        contradicting = contradicts(*read);
        credential = std::move(read->credential);
        token = std::move(*read);
        token->payload = Json();
        token->credential = Json();
    }
    auto fields = schemas::read_status_list(credential);
    auto bits = fields ? crypto::StatusList::decode(fields->encoded_list) : Result<crypto::StatusList>(fields.error());
    if (fields) fields->encoded_list.clear();
    return std::make_shared<StatusDocument const>(
        StatusDocument{std::move(token), contradicting, std::move(credential), std::move(fields), std::move(bits)});
}

}  // namespace

std::optional<DocumentReading::Proven> DocumentReading::prove(StatusDocument const& list,
                                                              crypto::AssertionKeys const& listed, Instant now) {
    if (list.is_linked()) {
        auto good = good_proofs(list.credential, listed, now);
        if (!good) return std::nullopt;
        return Proven{std::move(good->by), good->until};
    }
    if (list.contradicts) return std::nullopt;
    auto const signer = std::find_if(listed.keys.begin(), listed.keys.end(),
                                     [&](auto const& each) { return crypto::verify_jws(list.token->jws, each.key); });
    if (signer == listed.keys.end()) return std::nullopt;
    return Proven{{{"", signer->key}}, std::nullopt};
}

Result<std::shared_ptr<KeyDocument const>> DocumentReading::keys(std::string const& body, std::string const& controller,
                                                                 Instant now, std::string_view relationship) {
    {
        std::lock_guard const lock(mutex_);
        if (keys_ && keys_->controller == controller && keys_->relationship == relationship &&
            keys_->from <= now.milliseconds && now.milliseconds < keys_->until)
            return keys_->document;
    }
    auto json = parse_json(body, json_limits::credential);
    if (!json) return json.error();
    auto listed = crypto::read_assertion_keys(*json, controller, now, relationship);
    if (!listed) return listed.error();
    auto document = std::make_shared<KeyDocument>();
    document->json = std::move(*json);
    document->keys = std::move(*listed);
    index_kids(*document);
    Keys kept{controller, std::string(relationship), std::numeric_limits<std::int64_t>::min(),
              std::numeric_limits<std::int64_t>::max(), document};
    each_method(document->json, [&](Json const& method) { narrow(method, now, kept.from, kept.until); });
    std::lock_guard const lock(mutex_);
    keys_ = std::move(kept);
    return std::shared_ptr<KeyDocument const>(std::move(document));
}

std::shared_ptr<StatusDocument const> DocumentReading::status(std::string const& body) {
    {
        std::lock_guard const lock(mutex_);
        if (is_status_read_) return status_;
    }
    auto read = read_status(body);
    bool const is_large = read && read->bits && read->bits->size() > 8 * largest_kept_list;
    std::lock_guard const lock(mutex_);
    if (is_large) return read;
    is_status_read_ = true;
    status_ = std::move(read);
    return status_;
}

std::shared_ptr<Json const> DocumentReading::object(std::string const& body) {
    constexpr JsonLimits limits{2 * 1024 * 1024, 200'000, 16, 65'536, 65'536};
    std::lock_guard const lock(mutex_);
    if (is_object_read_) return object_;
    is_object_read_ = true;
    if (auto json = parse_json(body, limits); json && json->is_object())
        object_ = std::make_shared<Json const>(std::move(*json));
    return object_;
}

bool DocumentReading::is_proven(StatusDocument const& list, crypto::AssertionKeys const& listed, Instant now) {
    auto const counts = [&listed](crypto::AssertionKey const& signer) {
        auto const* const method = listed.find(std::string_view(signer.id));
        return method != nullptr ? method->key == signer.key : listed.find(signer.key) != nullptr;
    };
    {
        std::lock_guard const lock(mutex_);
        if (proven_ && (!proven_->until || now < *proven_->until) &&
            std::all_of(proven_->by.begin(), proven_->by.end(), counts))
            return true;
        if (unproven_by_ && are_same(*unproven_by_, listed.keys)) return false;
    }
    auto proven = prove(list, listed, now);
    bool const is_good = proven.has_value();
    std::lock_guard const lock(mutex_);
    if (is_good)
        proven_ = std::move(proven);
    else
        unproven_by_ = listed.keys;
    return is_good;
}

std::optional<std::int64_t> status_lifetime(DocumentReading& reading, std::string const& body) {
    auto const list = reading.status(body);
    return list && list->fields ? list->fields->ttl_milliseconds : std::nullopt;
}

std::shared_ptr<DocumentReading> new_reading() {
    return std::make_shared<DocumentReading>();
}

}  // namespace itqan::domain
