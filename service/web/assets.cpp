#include "service/web/assets.hpp"

#include <map>
#include <stdexcept>

#include "crypto/digest.hpp"
#include "service/web/page.hpp"
#include "web_files.embedded.hpp"

namespace itqan::web {
namespace {

constexpr std::string_view folder = "assets/";
constexpr std::string_view style_sheet = "itqan.css";

struct Asset {
    std::string bytes, path;
};
using Assets = std::map<std::string, Asset, std::less<>>;

Asset with_path(std::string_view name, std::string bytes) {
    auto const hash = crypto::sha256_hex(bytes).substr(0, 16);
    return {std::move(bytes), "/assets/" + hash + "/" + std::string(name.substr(name.rfind('/') + 1))};
}

/// Puts hashed addresses where the style sheet says asset:NAME.
std::string linked(std::string_view sheet, Assets const& assets) {
    constexpr std::string_view mark = "url(asset:";
    std::string out;
    while (true) {
        auto const at = sheet.find(mark);
        out.append(sheet.substr(0, at));
        if (at == std::string_view::npos) return out;
        auto const end = sheet.find(')', at);
        auto const name = sheet.substr(at + mark.size(), end - at - mark.size());
        auto const found = assets.find(name);
        if (found == assets.end()) throw std::logic_error("the style sheet names no asset: " + std::string(name));
        out += "url(" + found->second.path + ")";
        sheet = sheet.substr(end + 1);
    }
}

Assets const& all() {
    static Assets const assets = [] {
        Assets made;
        for (auto const path : web_files_paths()) {
            auto const name = path.substr(std::min(folder.size(), path.size()));
            if (path.starts_with(folder) && name != style_sheet)
                made.emplace(name, with_path(name, std::string(web_files(path))));
        }
        auto const sheet = web_files(std::string(folder) + std::string(style_sheet));
        made.emplace(style_sheet, with_path(style_sheet, linked(sheet, made)));
        return made;
    }();
    return assets;
}

/// By the address as asked, so that a new version of an asset never answers under an old hash.
std::map<std::string, std::string, std::less<>> const& names_by_path() {
    static auto const names = [] {
        std::map<std::string, std::string, std::less<>> made;
        for (auto const& [name, found] : all())
            made.emplace(found.path, name);
        return made;
    }();
    return names;
}

}  // namespace

std::string asset_path(std::string_view name) {
    auto const found = all().find(name);
    if (found == all().end()) throw std::logic_error("no asset '" + std::string(name) + "'");
    return found->second.path;
}

std::string_view asset(std::string_view name) {
    auto const found = all().find(name);
    return found == all().end() ? std::string_view{} : std::string_view(found->second.bytes);
}

std::string_view asset_media_type(std::string_view name) {
    if (name.ends_with(".css")) return "text/css; charset=utf-8";
    if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
    if (name.ends_with(".svg")) return "image/svg+xml";
    if (name.ends_with(".woff2")) return "font/woff2";
    return "application/octet-stream";
}

Result<http::Response> serve_asset(http::Request const& request) {
    auto const found = names_by_path().find(request.path);
    if (found == names_by_path().end())
        return Error{Fault::not_found, "not-found", "There is no such file. Reload the page that named it.", {}};
    auto answer = respond(200, asset_media_type(found->second), std::string(asset(found->second)));
    answer.headers.add("cache-control", "public, max-age=31536000, immutable");
    return answer;
}

std::vector<http::Route> asset_routes() {
    return {get_route("/assets/{hash}/{name}", serve_asset)};
}

}  // namespace itqan::web
