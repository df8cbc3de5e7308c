// The structural rules of Open Badges 2.0, section 4, and the schemas of its extensions.

#include <algorithm>

#include <nlohmann/json.hpp>

#include "schemas/identifier.hpp"
#include "schemas/open_badge_2.hpp"
#include "schemas/open_badge_forms.hpp"
#include "schemas/web_scope.hpp"

namespace itqan::schemas {
namespace {

/// Collects what is wrong with one object.
struct Ob2Rules {
    Json const& object;
    std::string const& prefix;
    std::vector<Violation>& broken;

    Json const* find(char const* member) const {
        auto const found = object.find(member);
        return found == object.end() ? nullptr : &*found;
    }
    void add(char const* member, char const* detail) { broken.push_back({prefix + "/" + member, detail}); }

    void text(char const* member, bool required) {
        auto const* const value = find(member);
        if (value == nullptr) {
            if (required) add(member, "is missing");
        } else if (!value->is_string() || value->get_ref<std::string const&>().empty()) {
            add(member, "must be a text");
        }
    }
    void uri(char const* member, bool required) {
        auto const* const value = find(member);
        if (value == nullptr) {
            if (required) add(member, "is missing");
        } else if (!value->is_string() || !is_absolute_uri(value->get_ref<std::string const&>())) {
            add(member, "must be an absolute address");
        }
    }
    void date(char const* member, bool required) {
        auto const* const value = find(member);
        if (value == nullptr) {
            if (required) add(member, "is missing");
        } else if (!open_badge_2_instant(*value)) {
            add(member, "must be a date with a time and a zone");
        }
    }
    /// An address, or an object.
    void link(char const* member, bool required) {
        auto const* const value = find(member);
        if (value != nullptr && value->is_object()) return;
        uri(member, required);
    }
    /// One, or a list, of addresses and objects.
    void links(char const* member) {
        auto const* const value = find(member);
        if (value == nullptr) return;
        auto const is_link = [](Json const& one) {
            return one.is_object() || (one.is_string() && is_absolute_uri(one.get_ref<std::string const&>()));
        };
        bool good = is_link(*value);
        if (value->is_array()) good = std::all_of(value->begin(), value->end(), is_link);
        if (!good) add(member, "must be an address or an object, or a list of these");
    }
    /// An assertion's picture is baked and therefore a file of its own; a badge class may carry its picture.
    void image(bool may_be_data) {
        auto const* value = find("image");
        if (value == nullptr) return;
        if (value->is_object()) value = value->contains("id") ? &value->at("id") : nullptr;
        if (value == nullptr || !value->is_string() || !is_absolute_uri(value->get_ref<std::string const&>()))
            return add("image", "must be the address of a picture, or an object with one as id");
        auto const& address = value->get_ref<std::string const&>();
        bool const is_data = address.starts_with("data:");
        if (is_data && !may_be_data) add("image", "must not be a data: address");
        if (is_data && may_be_data && !address.starts_with("data:image/")) add("image", "must be a picture");
    }
};

void check_ob2_recipient(Json const& recipient, std::string const& prefix, std::vector<Violation>& broken) {
    if (!recipient.is_object()) return broken.push_back({prefix, "must be an object"});
    Ob2Rules rules{recipient, prefix, broken};
    rules.text("type", true);
    rules.text("identity", true);
    auto const* const hashed = rules.find("hashed");
    if (hashed == nullptr)
        rules.add("hashed", "is missing");
    else if (!hashed->is_boolean())
        rules.add("hashed", "must be true or false");
    if (auto const* const salt = rules.find("salt"); salt != nullptr && !salt->is_string())
        rules.add("salt", "must be a text");
    if (hashed != nullptr && *hashed == true && !is_identity_hash(text_member(recipient, "identity")))
        rules.add("identity", "must be sha256$ or md5$ and the hash");
}

void check_ob2_verification(Ob2Rules& rules) {
    auto const* const verification = rules.find("verification");
    if (verification == nullptr) return rules.add("verification", "is missing");
    if (!verification->is_object()) return rules.add("verification", "must be an object");
    auto const prefix = rules.prefix + "/verification";
    Ob2Rules inside{*verification, prefix, rules.broken};
    if (!verification->contains("type")) inside.add("type", "is missing");
    inside.uri("creator", false);
}

void check_ob2_assertion(Ob2Rules& rules) {
    rules.uri("id", true);
    if (auto const* const recipient = rules.find("recipient"))
        check_ob2_recipient(*recipient, rules.prefix + "/recipient", rules.broken);
    else
        rules.add("recipient", "is missing");
    rules.link("badge", true);
    check_ob2_verification(rules);
    rules.date("issuedOn", true);
    rules.date("expires", false);
    rules.image(false);
    rules.links("evidence");
    rules.links("endorsement");
    rules.text("narrative", false);
    if (auto const* const revoked = rules.find("revoked"); revoked != nullptr && !revoked->is_boolean())
        rules.add("revoked", "must be true or false");
}

void check_ob2_endorsement(Ob2Rules& rules) {
    rules.uri("id", true);
    rules.link("issuer", true);
    rules.date("issuedOn", true);
    check_ob2_verification(rules);
    auto const* const claim = rules.find("claim");
    if (claim == nullptr || !claim->is_object()) return rules.add("claim", "must be an object");
    auto const prefix = rules.prefix + "/claim";
    Ob2Rules{*claim, prefix, rules.broken}.uri("id", true);
}

void check_ob2_alignment(Json const& alignment, std::string const& prefix, std::vector<Violation>& broken) {
    if (!alignment.is_object()) return broken.push_back({prefix, "must be an object"});
    Ob2Rules rules{alignment, prefix, broken};
    rules.text("targetName", true);
    rules.uri("targetUrl", true);
    rules.text("targetDescription", false);
    rules.text("targetFramework", false);
    rules.text("targetCode", false);
}

void check_ob2_badge_class(Ob2Rules& rules) {
    rules.uri("id", true);
    rules.text("name", true);
    rules.text("description", true);
    rules.link("criteria", true);
    rules.link("issuer", true);
    rules.image(true);
    rules.links("endorsement");
    if (auto const* const alignment = rules.find("alignment")) {
        auto const prefix = rules.prefix + "/alignment";
        if (!alignment->is_array())
            check_ob2_alignment(*alignment, prefix, rules.broken);
        else
            for (std::size_t i = 0; i < alignment->size(); ++i)
                check_ob2_alignment((*alignment)[i], prefix + "/" + std::to_string(i), rules.broken);
    }
    if (auto const* const tags = rules.find("tags")) {
        bool good = tags->is_string();
        if (tags->is_array())
            good = std::all_of(tags->begin(), tags->end(), [](Json const& t) { return t.is_string(); });
        if (!good) rules.add("tags", "must be a text or a list of texts");
    }
}

void check_ob2_profile(Ob2Rules& rules) {
    rules.uri("id", true);
    rules.text("name", true);
    rules.uri("url", true);
    rules.text("email", true);
    rules.image(true);
    rules.uri("revocationList", false);
    rules.links("publicKey");
    rules.links("endorsement");
}

void check_ob2_revocations(Ob2Rules& rules) {
    rules.uri("id", true);
    auto const* const revoked = rules.find("revokedAssertions");
    if (revoked == nullptr || !revoked->is_array()) return rules.add("revokedAssertions", "must be a list");
    for (auto const& entry : *revoked)
        if (!entry.is_string() && !entry.is_object())
            return rules.add("revokedAssertions", "must hold addresses or objects");
}

/// What an extension is called behind the name of its vocabulary; "" when it is of another one.
std::string published_extension(std::string_view type) {
    for (std::string_view const start : {"extensions:", "https://w3id.org/openbadges/extensions#", "extensions/#",
                                         "obi:extensions/#", "https://w3id.org/openbadges#extensions/#"})
        if (type.starts_with(start)) return std::string(type.substr(start.size()));
    return {};
}

void judge_extension(Json const& node, std::string const& prefix, OpenBadge2Extensions& judged) {
    for (auto const& type : node.at("type")) {
        if (!type.is_string() || type == "Extension") continue;
        auto const name = published_extension(type.get_ref<std::string const&>());
        Ob2Rules rules{node, prefix, judged.broken};
        auto const any_of = [&](std::initializer_list<char const*> members) -> char const* {
            for (auto const* const member : members)
                if (node.contains(member)) return member;
            return nullptr;
        };
        if (name == "ExampleExtension") {
            auto const* const member = any_of({"http://schema.org/text", "schema:text", "exampleProperty", "text"});
            if (member == nullptr)
                rules.add("exampleProperty", "is missing");
            else if (!node.at(member).is_string())
                rules.add(member, "must be a text");
        } else if (name == "ApplyLink") {
            auto const* const member = any_of({"url", "applyLink", "extensions:applyLink"});
            if (member == nullptr)
                rules.add("url", "is missing");
            else if (!node.at(member).is_string() || !read_web_address(node.at(member).get_ref<std::string const&>()))
                rules.add(member, "must be a web address");
        } else if (judged.unknown.empty()) {
            judged.unknown = type.get<std::string>();
        }
    }
}

void find_extensions(Json const& value, std::string const& prefix, OpenBadge2Extensions& judged) {
    if (value.is_object()) {
        auto const type = value.find("type");
        if (type != value.end() && type->is_array() &&
            std::find(type->begin(), type->end(), "Extension") != type->end())
            judge_extension(value, prefix, judged);
        for (auto const& [name, inner] : value.items())
            if (name != "@context" && inner.is_structured()) find_extensions(inner, prefix + "/" + name, judged);
    } else if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i)
            if (value[i].is_structured()) find_extensions(value[i], prefix + "/" + std::to_string(i), judged);
    }
}

}  // namespace

std::vector<Violation> validate_open_badge_2(Json const& document, OpenBadge2Class as, std::string const& prefix) {
    std::vector<Violation> broken;
    if (!document.is_object()) return {{prefix, "must be an object"}};
    Ob2Rules rules{document, prefix, broken};
    if (!document.contains("type")) rules.add("type", "is missing");
    switch (as) {
        case OpenBadge2Class::assertion:
            check_ob2_assertion(rules);
            break;
        case OpenBadge2Class::endorsement:
            check_ob2_endorsement(rules);
            break;
        case OpenBadge2Class::badge_class:
            check_ob2_badge_class(rules);
            break;
        case OpenBadge2Class::profile:
            check_ob2_profile(rules);
            break;
        case OpenBadge2Class::key:
            rules.uri("id", true);
            rules.uri("owner", true);
            rules.text("publicKeyPem", true);
            break;
        case OpenBadge2Class::revocation_list:
            check_ob2_revocations(rules);
            break;
        case OpenBadge2Class::alignment:
            check_ob2_alignment(document, prefix, broken);
            break;
        case OpenBadge2Class::other:
            break;
    }
    return broken;
}

OpenBadge2Extensions judge_open_badge_2_extensions(Json const& document, std::string const& prefix) {
    OpenBadge2Extensions judged;
    find_extensions(document, prefix, judged);
    return judged;
}

}  // namespace itqan::schemas
