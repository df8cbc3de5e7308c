// Is the issuer known: one of this installation, on the operator's own list, or in a static registry.

#include <algorithm>

#include "service/domain/verification_case.hpp"

namespace itqan::domain {
namespace {

using Facts = std::map<std::string, std::string>;

Check trust_check(CheckOutcome outcome, char const* code, std::string detail, Facts facts = {}) {
    return make_check("issuer-trust", outcome, code, std::move(detail), std::move(facts));
}

bool holds(std::vector<std::string> const& ids, std::string const& id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

Check issued_here(Case const& c) {
    auto const name = c.readable ? c.readable->issuer.name.value_or(c.issuer_id) : c.issuer_id;
    auto const slashes = c.question.own_base.find("//");
    auto const host = slashes == std::string::npos ? c.question.own_base : c.question.own_base.substr(slashes + 2);
    return trust_check(CheckOutcome::pass, "issuer-trust.own", "Issued here by " + name + ", " + host + ".",
                       {{"name", name}, {"host", host}});
}

/// The document of a registry; null when it is out of reach or none.
std::shared_ptr<Json const> read_registry(Case& c, Registry const& registry) {
    auto const* const document = c.need(registry.address);
    if (document == nullptr || !document->failure.empty()) return nullptr;
    auto json = c.reading_of(*document)->object(document->body);
    if (!json || !json->contains("registry") || !json->at("registry").is_object()) return nullptr;
    return json;
}

/// DIDs are compared as they are written.
Check ask_registries(Case& c) {
    std::string unread;
    for (auto const& registry : c.question.registries) {
        auto const document = read_registry(c, registry);
        if (!document) {
            unread += (unread.empty() ? "" : ", ") + registry.name;
            continue;
        }
        auto const& entries = document->at("registry");
        auto const entry = entries.find(c.issuer_id);
        if (entry == entries.end() || !entry->is_object()) continue;
        auto name = text_at(*entry, "name");
        if (name.empty()) name = c.issuer_id;
        return trust_check(CheckOutcome::pass, "issuer-trust.registered",
                           "Known to the registry " + registry.name + " as " + name + ".",
                           {{"registry", registry.name},
                            {"address", registry.address},
                            {"name", name},
                            {"url", text_at(*entry, "url")},
                            {"location", text_at(*entry, "location")}});
    }
    if (!unread.empty())
        return trust_check(CheckOutcome::unchecked, "issuer-trust.unreachable",
                           "These registries could not be read: " + unread + ".", {{"registries", unread}});
    return trust_check(CheckOutcome::warn, "issuer-trust.not-listed", "No registry that was asked knows this issuer.");
}

}  // namespace

void need_registries(Case& c) {
    if (holds(c.question.trusted_issuers, c.issuer_id) || holds(c.question.listed_issuers, c.issuer_id)) return;
    for (auto const& registry : c.question.registries)
        c.need(registry.address);
}

Check check_issuer_trust(Case& c) {
    bool const is_own = holds(c.question.trusted_issuers, c.issuer_id);
    bool const has_lists = !c.question.listed_issuers.empty() || !c.question.registries.empty();
    if (!is_own && !has_lists) {
        if (c.question.trusted_issuers.empty())
            return trust_check(CheckOutcome::absent, "issuer-trust.none", "No registry of issuers is configured.");
        return trust_check(CheckOutcome::absent, "issuer-trust.not-ours",
                           "Not issued here, and no registry of issuers is configured.");
    }
    if (!c.proof_passed || !c.binding_passed)
        return trust_check(CheckOutcome::unchecked, "issuer-trust.unproven",
                           "Whether its issuer is known matters only once the issuer is proven.");
    if (is_own) return issued_here(c);
    if (holds(c.question.listed_issuers, c.issuer_id))
        return trust_check(CheckOutcome::pass, "issuer-trust.listed", "On the operator's list of known issuers.",
                           {{"issuer", c.issuer_id}});
    return ask_registries(c);
}

}  // namespace itqan::domain
