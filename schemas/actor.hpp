#pragma once
// Who acts: the role and the bodies a caller stands for, as every layer names it. What a role may do is decided where
// the act is.

#include <optional>
#include <string>
#include <string_view>

namespace itqan {

enum class Role { admin, issuer, provider, lead, mentor, learner, system };

std::string_view role_name(Role role);
std::optional<Role> read_role(std::string_view name);

struct Actor {
    Role role = Role::system;
    std::string id = "system";  ///< "token:<id>", "learner:<id>", "demo:<role>": for events, never a name.
    std::optional<std::string> issuer_id = {};
    std::optional<std::string> provider_id = {};
    std::optional<std::string> organisation_id = {};
    std::optional<std::string> learner_id = {};
    bool may_post_history = false;  ///< Scope "history": completions up to ten years back.

    bool is(Role wanted) const { return role == wanted; }
    /// Administrators and the service itself act for everybody.
    bool acts_for_all() const { return role == Role::admin || role == Role::system; }
    bool acts_for_issuer(std::string_view id_) const {
        return acts_for_all() || (role == Role::issuer && issuer_id == id_);
    }
    bool acts_for_provider(std::string_view id_) const {
        return acts_for_all() || (role == Role::provider && provider_id == id_);
    }
};

}  // namespace itqan
