#include "service/web/view.hpp"

#include <algorithm>
#include <stdexcept>

#include "schemas/text_safety.hpp"

namespace itqan::web {
namespace {

bool is_plain(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) {
        auto const byte = static_cast<unsigned char>(c);
        return byte <= 0x20 || byte == 0x7f || byte == '\\' || byte == '"' || byte == '<' || byte == '>';
    });
}

bool is_address_name(std::string_view name) {
    return name == "url" || name.ends_with("_url");
}

}  // namespace

std::optional<Url> Url::read(std::string_view text) {
    if (text.empty() || text.size() > 8'192 || !is_plain(text)) return std::nullopt;
    bool const own = text[0] == '/' && !text.starts_with("//");
    bool const https = text.starts_with("https://") && text.size() > 8 && text[8] != '/';
    bool const mail = text.starts_with("mailto:") && text.find('@') != std::string_view::npos;
    if (!own && !https && !mail) return std::nullopt;
    return Url(std::string(text));
}

Url Url::of(std::string_view text) {
    if (auto url = read(text)) return *url;
    throw std::logic_error("not an address for a page: " + std::string(text));
}

View::View() = default;
View::~View() = default;
View::View(View const&) = default;
View::View(View&&) noexcept = default;
View& View::operator=(View const&) = default;
View& View::operator=(View&&) noexcept = default;

View& View::put(Entry entry) {
    auto const found =
        std::find_if(entries_.begin(), entries_.end(), [&](Entry const& e) { return e.name == entry.name; });
    if (found == entries_.end())
        entries_.push_back(std::move(entry));
    else
        *found = std::move(entry);
    return *this;
}

View& View::set(std::string name, std::string_view text) {
    if (is_address_name(name)) throw std::logic_error("'" + name + "' takes a Url, not a text");
    return put({std::move(name), schemas::escape_html(text)});
}

View& View::set(std::string name, bool flag) {
    return put({std::move(name), flag});
}

View& View::set(std::string name, Url const& url) {
    if (!is_address_name(name)) throw std::logic_error("'" + name + "' holds a Url, so its name ends in _url");
    return put({std::move(name), schemas::escape_html(url.text())});
}

View& View::set(std::string name, Html const& html) {
    if (is_address_name(name)) throw std::logic_error("'" + name + "' takes a Url, not markup");
    return put({std::move(name), html.markup()});
}

View& View::set(std::string name, View object) {
    return put({std::move(name), std::move(object)});
}

View& View::set(std::string name, std::vector<View> list) {
    return put({std::move(name), std::move(list)});
}

View& View::set(std::string name, std::optional<std::string> const& text) {
    return text ? set(std::move(name), std::string_view(*text)) : *this;
}

View& View::set(std::string name, std::optional<Url> const& url) {
    return url ? set(std::move(name), *url) : *this;
}

View& View::set_list(std::string const& name, std::vector<View> list) {
    set("has_" + name, !list.empty());
    return set(name, std::move(list));
}

std::vector<View::Entry> const& View::entries() const {
    return entries_;
}

}  // namespace itqan::web
