#include "service/api/programme_edit.hpp"

#include "crypto/digest.hpp"
#include "crypto/random.hpp"
#include "schemas/identifier.hpp"
#include "service/domain/programme_reader.hpp"
#include "service/domain/programme_store.hpp"
#include "storage/catalog.hpp"
#include "storage/outbox.hpp"

namespace itqan::api {
namespace {

Error conflict(std::string code, std::string detail) {
    return {Fault::conflict, std::move(code), std::move(detail), {}};
}

/// Where the id of an item stands: CASE documents have identifiers, everything else an id.
std::string id_of(Collection const& collection, Json const& body) {
    auto const& holder = collection.kind == "framework" && body.contains("CFDocument") ? body.at("CFDocument") : body;
    auto const* const member = collection.kind == "framework" || collection.kind == "crosswalk" ? "identifier" : "id";
    auto const found = holder.find(member);
    return found != holder.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<void> check_shape(Collection const& collection, Json const& body) {
    auto violations = domain::check_item(collection.kind, body);
    if (violations.empty() && !schemas::is_programme_id(id_of(collection, body)))
        violations.push_back({"/id", "must be 1 to 64 of letters, digits, . _ -"});
    if (violations.empty()) return {};
    auto const& first = violations.front();
    auto detail = "The body is not of the right shape: " + first.pointer + " " + first.detail + ".";
    return Error{Fault::malformed, "invalid-body", std::move(detail), std::move(violations)};
}

/// Administrators change everything, an issuer its own achievements and its own description.
Result<void> may_change(Actor const& actor, Collection const& collection, Json const& body) {
    auto const owner = collection.kind == "achievement" ? body.value("issuerId", "") : id_of(collection, body);
    bool const own = (collection.kind == "achievement" || collection.kind == "issuer") && actor.acts_for_issuer(owner);
    if (actor.acts_for_all() || own) return {};
    return Error{
        Fault::forbidden, "wrong-role", "An issuer changes its own achievements and its own description only.", {}};
}

/// The programme as it would be with what this transaction wrote: refused as a whole when something does not fit.
Result<void> check_programme(storage::Session& session) {
    auto const programme = domain::read_programme(session);
    if (!programme) return programme.error();
    return {};
}

void put(storage::Session& session, Collection const& collection, Json const& body, Instant now) {
    if (collection.kind == "achievement") {
        storage::put_achievement(session,
                                 {body.at("issuerId").get<std::string>(), body.at("id").get<std::string>(),
                                  body.at("version").get<int>(), body.at("status").get<std::string>(), body.dump()},
                                 now);
    } else {
        storage::put_programme_item(session, {collection.kind, id_of(collection, body), body.dump()}, now);
    }
}

/// The stored text of one item; of an achievement, that of the body's issuer and version.
std::optional<std::string> stored(storage::Session& session, Collection const& collection, Json const& body) {
    auto const id = id_of(collection, body);
    if (collection.kind != "achievement") return storage::programme_item(session, collection.kind, id);
    std::optional<std::string> found;
    storage::each_achievement(session, [&](storage::AchievementRow const& row) {
        if (row.id == id && row.issuer_id == body.value("issuerId", "") && row.version == body.value("version", 0))
            found = row.body;
    });
    return found;
}

/// What is signed into badges does not change: a published achievement apart from its retirement, and an issuer's slug.
Result<void> check_change(Collection const& collection, Json const& before, Json const& after) {
    if (collection.kind == "issuer" && before.value("slug", "") != after.value("slug", ""))
        return conflict("immutable", "An issuer's slug is part of its badges and never changes.");
    if (collection.kind != "achievement" || before.value("status", "") == "draft") return {};
    auto retired = before;
    retired["status"] = "retired";
    if (after == before || after == retired) return {};
    return conflict("immutable", "A published version never changes. Post a new version, or retire this one.");
}

Result<domain::Answer> write(Call const& call, storage::Session& session, Collection const& collection,
                             Json const& body, int status, domain::Keep const& keep) {
    put(session, collection, body, call.now);
    if (auto const fits = check_programme(session); !fits) return fits.error();
    storage::bump_change(session, "programme");
    auto const id = id_of(collection, body);
    std::optional<std::string> issuer;
    if (collection.kind == "achievement") issuer = body.at("issuerId").get<std::string>();
    if (collection.kind == "issuer") issuer = id;
    storage::append_event(session, {0, call.now, call.now, call.actor().id, "programme.changed", id, issuer,
                                    Json{{"kind", collection.kind}}.dump()});
    std::optional<std::string> location;
    if (status == 201) location = "/api/v1/" + collection.plural + "/" + id;
    domain::Answer answer{status, location, body.dump(), false};
    if (keep) keep(session, answer);
    return answer;
}

/// A new issuer signs from its first day.
void give_key(Call const& call, Collection const& collection, std::string const& id) {
    if (collection.kind != "issuer") return;
    auto const programme =
        call.services.database.read([&](storage::Session& s) { return call.services.programmes.current(s); });
    if (auto const* const issuer = programme->issuer(id)) call.services.keys.ensure(*issuer);
}

}  // namespace

std::string etag_of(std::string_view body) {
    return "\"" + crypto::sha256_hex(body).substr(0, 32) + "\"";
}

Reply create_item(Call const& call, Collection const& collection) {
    return once(call, [&](domain::Keep const& keep) -> Result<domain::Answer> {
        auto body = call.body;
        bool const takes_id = body.is_object() && collection.kind != "framework" && collection.kind != "crosswalk";
        if (takes_id && !body.contains("id")) body["id"] = collection.kind + "-" + crypto::random_code();
        if (auto const shape = check_shape(collection, body); !shape) return shape.error();
        if (auto const may = may_change(call.actor(), collection, body); !may) return may.error();
        auto answer = call.services.database.write([&](storage::Session& session) -> Result<domain::Answer> {
            if (stored(session, collection, body))
                return conflict("already-exists", "There is such a " + collection.noun + " already.");
            return write(call, session, collection, body, 201, keep);
        });
        if (answer) give_key(call, collection, id_of(collection, body));
        return answer;
    });
}

Reply replace_item(Call const& call, Collection const& collection) {
    auto const id = call.path("id");
    auto body = call.body;
    if (body.is_object() && collection.kind != "framework" && collection.kind != "crosswalk" && !body.contains("id"))
        body["id"] = id;
    if (auto const shape = check_shape(collection, body); !shape) return shape.error();
    if (id_of(collection, body) != id)
        return Error{Fault::unprocessable,
                     "id-mismatch",
                     "The body names another id than the address.",
                     {{"/id", "must be " + id}}};
    if (auto const may = may_change(call.actor(), collection, body); !may) return may.error();
    auto const expected = std::string(call.request.header("if-match"));
    auto const answer = call.services.database.write([&](storage::Session& session) -> Result<domain::Answer> {
        auto const before = stored(session, collection, body);
        if (!before) return not_found(collection.noun);
        if (!expected.empty() && expected != "*" && expected != etag_of(*before))
            return Error{Fault::precondition, "changed", "It was changed since you read it. Read it again.", {}};
        if (auto const change = check_change(collection, Json::parse(*before), body); !change) return change.error();
        return write(call, session, collection, body, 200, nullptr);
    });
    if (!answer) return answer.error();
    auto response = answer_reply(*answer);
    response.headers.add("etag", etag_of(answer->body));
    return response;
}

}  // namespace itqan::api
