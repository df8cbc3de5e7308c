#pragma once
// Style sheet, fonts, scripts and the mark, compiled into the program and served under addresses that hold the hash of
// their content, so that browsers may keep them for ever.

#include <string>
#include <string_view>
#include <vector>

#include "service/http/router.hpp"

namespace itqan::web {

/// "/assets/<16 hex digits>/itqan.css". Throws std::logic_error for an unknown name.
std::string asset_path(std::string_view name);

/// The bytes as served (the style sheet names fonts by their hashed addresses); "" when there is none.
std::string_view asset(std::string_view name);
std::string_view asset_media_type(std::string_view name);

/// GET /assets/{hash}/{name}, immutable; another hash is 404.
std::vector<http::Route> asset_routes();

}  // namespace itqan::web
