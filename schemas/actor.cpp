#include "schemas/actor.hpp"

#include <array>
#include <utility>

namespace itqan {
namespace {

constexpr std::array<std::pair<Role, std::string_view>, 7> role_names{{{Role::admin, "admin"},
                                                                       {Role::issuer, "issuer"},
                                                                       {Role::provider, "provider"},
                                                                       {Role::lead, "lead"},
                                                                       {Role::mentor, "mentor"},
                                                                       {Role::learner, "learner"},
                                                                       {Role::system, "system"}}};

}  // namespace

std::string_view role_name(Role role) {
    for (auto const& [known, name] : role_names) {
        if (known == role) return name;
    }
    return "system";
}

std::optional<Role> read_role(std::string_view name) {
    for (auto const& [role, known] : role_names) {
        if (known == name) return role;
    }
    return std::nullopt;
}

}  // namespace itqan
