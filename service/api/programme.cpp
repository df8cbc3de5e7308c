#include "service/api/endpoint.hpp"
#include "service/api/programme_edit.hpp"
#include "storage/catalog.hpp"

namespace itqan::api {
namespace {

/// Teams name their members, so they are seen by their organisation's lead and administrators only.
bool may_see(Actor const& actor, Collection const& collection, Json const& item) {
    if (collection.kind != "team" || actor.acts_for_all()) return true;
    return actor.is(Role::lead) && actor.organisation_id && item.value("orgId", "") == *actor.organisation_id;
}

/// A list shows a framework by its document; the package itself is under its id and at /ims/case/v1p1.
Json listed(Collection const& collection, Json item) {
    if (collection.kind == "framework" && item.contains("CFDocument")) return item["CFDocument"];
    return item;
}

http::Response item_reply(std::string const& body) {
    auto response = json_text_reply(200, body);
    response.headers.add("etag", etag_of(body));
    return response;
}

Reply list_items(Call const& call, Collection const& collection) {
    auto const page = page_of(call);
    if (!page) return page.error();
    std::vector<Json> items;
    std::vector<std::string> ids;
    bool started = page->after.empty();
    call.services.database.read([&](storage::Session& session) {
        storage::each_programme_item(session, collection.kind, [&](storage::ProgrammeItem const& item) {
            if (started && ids.size() <= static_cast<std::size_t>(page->limit)) {
                auto json = Json::parse(item.body);
                if (may_see(call.actor(), collection, json)) {
                    items.push_back(listed(collection, std::move(json)));
                    ids.push_back(item.id);
                }
            }
            started = started || item.id == page->after;
        });
    });
    return json_reply(200, page_json(std::move(items), ids, *page));
}

Reply get_item(Call const& call, Collection const& collection) {
    auto const body = call.services.database.read(
        [&](storage::Session& session) { return storage::programme_item(session, collection.kind, call.path("id")); });
    if (!body || !may_see(call.actor(), collection, Json::parse(*body))) return not_found(collection.noun);
    return item_reply(*body);
}

/// Drafts are the business of their issuer and of administrators.
bool may_see_achievement(Actor const& actor, storage::AchievementRow const& row) {
    return row.status != "draft" || actor.acts_for_issuer(row.issuer_id);
}

/// The newest version of each achievement that the caller may see, in the order of their import.
std::vector<storage::AchievementRow> newest_achievements(Call const& call) {
    std::vector<storage::AchievementRow> newest;
    call.services.database.read([&](storage::Session& session) {
        storage::each_achievement(session, [&](storage::AchievementRow const& row) {
            if (!may_see_achievement(call.actor(), row)) return;
            for (auto& known : newest) {
                if (known.issuer_id != row.issuer_id || known.id != row.id) continue;
                if (known.version < row.version) known = row;
                return;
            }
            newest.push_back(row);
        });
    });
    return newest;
}

Reply list_achievements(Call const& call) {
    auto const page = page_of(call);
    if (!page) return page.error();
    std::vector<Json> items;
    std::vector<std::string> ids;
    bool started = page->after.empty();
    for (auto const& row : newest_achievements(call)) {
        if (started && ids.size() <= static_cast<std::size_t>(page->limit)) {
            items.push_back(Json::parse(row.body));
            ids.push_back(row.id);
        }
        started = started || row.id == page->after;
    }
    return json_reply(200, page_json(std::move(items), ids, *page));
}

Reply get_achievement(Call const& call) {
    for (auto const& row : newest_achievements(call)) {
        if (row.id == call.path("id")) return item_reply(row.body);
    }
    return not_found("achievement");
}

std::vector<Parameter> const pages{{"cursor", "nextCursor of the page before"}, {"limit", "1 to 500, 100 by default"}};
std::vector<Role> const everyone{Role::admin, Role::issuer, Role::provider, Role::lead, Role::mentor, Role::learner};

Endpoint reading(std::string path, std::string summary, std::string answer, std::vector<Parameter> query,
                 std::function<Reply(Call const&)> handle) {
    return {.path = "/api/v1/" + std::move(path),
            .tag = "programme",
            .summary = std::move(summary),
            .roles = everyone,
            .answer = std::move(answer),
            .query = std::move(query),
            .handle = std::move(handle)};
}

std::vector<Endpoint> writing(Collection const& collection, std::vector<Role> const& roles) {
    auto const payload = collection.kind == "framework" ? Payload::case_package : Payload::command;
    auto const path = "/api/v1/" + collection.plural;
    return {
        {.verb = Verb::post,
         .path = path,
         .tag = "programme",
         .summary = "Create one " + collection.noun,
         .description = "It is checked together with the whole programme: unknown references and cycles are 422.",
         .roles = roles,
         .payload = payload,
         .request = "ProgrammeItem",
         .status = 201,
         .answer = "ProgrammeItem",
         .keyed = true,
         .handle = [collection](Call const& call) { return create_item(call, collection); }},
        {.verb = Verb::put,
         .path = path + "/{id}",
         .tag = "programme",
         .summary = "Replace one " + collection.noun,
         .description =
             "If-Match with the ETag of what was read keeps two people from overwriting each other (412). A published "
             "achievement never changes, it can only retire: post a new version.",
         .roles = roles,
         .payload = payload,
         .request = "ProgrammeItem",
         .answer = "ProgrammeItem",
         .handle = [collection](Call const& call) { return replace_item(call, collection); }}};
}

}  // namespace

std::vector<Endpoint> programme_endpoints() {
    std::vector<Endpoint> all{
        reading("achievements", "Achievements, the newest version of each", "Page", pages, list_achievements),
        reading("achievements/{id}", "One achievement, its newest version", "ProgrammeItem", {}, get_achievement)};
    auto const add_writing = [&](Collection const& collection) {
        bool const issuers_too = collection.kind == "achievement" || collection.kind == "issuer";
        for (auto& endpoint :
             writing(collection, issuers_too ? std::vector{Role::issuer, Role::admin} : std::vector{Role::admin}))
            all.push_back(std::move(endpoint));
    };
    add_writing({"achievements", "achievement", "achievement"});
    for (auto const& collection : std::vector<Collection>{{"providers", "provider", "provider"},
                                                          {"issuers", "issuer", "issuer"},
                                                          {"organisations", "organisation", "organisation"},
                                                          {"activities", "activity", "activity"},
                                                          {"roles", "role", "role"},
                                                          {"paths", "path", "path"},
                                                          {"teams", "team", "team"},
                                                          {"profiles", "profile", "profile"},
                                                          {"epas", "epa", "EPA"},
                                                          {"frameworks", "framework", "framework"},
                                                          {"crosswalks", "crosswalk", "crosswalk"}}) {
        all.push_back(reading(collection.plural, "The programme's " + collection.plural, "Page", pages,
                              [collection](Call const& call) { return list_items(call, collection); }));
        all.push_back(reading(collection.plural + "/{id}", "One " + collection.noun, "ProgrammeItem", {},
                              [collection](Call const& call) { return get_item(call, collection); }));
        add_writing(collection);
    }
    return all;
}

}  // namespace itqan::api
