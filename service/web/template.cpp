#include "service/web/template.hpp"

#include <kainjow/mustache.hpp>

#include <stdexcept>

#include "schemas/text.hpp"
#include "schemas/text_safety.hpp"
#include "web_files.embedded.hpp"

namespace itqan::web {
namespace {

namespace mustache = kainjow::mustache;

constexpr std::string_view folder = "templates/";
constexpr std::string_view ending = ".html";

std::string_view file_text(std::string_view name) {
    auto const text = web_files(std::string(folder) + std::string(name) + std::string(ending));
    if (text.empty()) throw std::runtime_error("no template '" + std::string(name) + "'");
    return text;
}

/// Puts partials and texts into a template's text. Partials may hold partials; `page` stands for {{> page}}.
std::string joined(std::string_view text, Locale const& locale, std::string_view page, int depth = 0) {
    if (depth > 8) throw std::runtime_error("partials nest deeper than 8: one holds itself");
    std::string out;
    while (true) {
        auto const open = text.find("{{");
        out.append(text.substr(0, open));
        if (open == std::string_view::npos) return out;
        auto const close = text.find("}}", open);
        if (close == std::string_view::npos) throw std::runtime_error("a tag is not closed");
        auto const tag = trimmed(text.substr(open + 2, close - open - 2));
        if (tag.starts_with(">")) {
            auto const name = trimmed(tag.substr(1));
            out += name == "page" ? joined(file_text(page), locale, "", depth + 1)
                                  : joined(file_text("_" + std::string(name)), locale, page, depth + 1);
        } else if (tag.starts_with("t ")) {
            out += schemas::escape_html(locale.text(trimmed(tag.substr(2))));
        } else if (!tag.starts_with("!")) {
            out.append(text.substr(open, close + 2 - open));
        }
        text = text.substr(close + 2);
    }
}

mustache::data to_data(View const& view);

mustache::data to_data(View::Entry const& entry) {
    if (auto const* flag = std::get_if<bool>(&entry.value)) return mustache::data(*flag);
    if (auto const* markup = std::get_if<std::string>(&entry.value))
        return markup->empty() ? mustache::data(false) : mustache::data(*markup);
    if (auto const* object = std::get_if<View>(&entry.value)) return to_data(*object);
    mustache::data list(mustache::data::type::list);
    for (auto const& item : std::get<std::vector<View>>(entry.value))
        list.push_back(to_data(item));
    return list;
}

mustache::data to_data(View const& view) {
    mustache::data object(mustache::data::type::object);
    for (auto const& entry : view.entries())
        object.set(entry.name, to_data(entry));
    return object;
}

}  // namespace

/// Rendering changes the template only for partials and lambdas, which are joined beforehand or never given; so one
/// compiled template serves all threads although the library's render() is not const.
struct Templates::Compiled {
    explicit Compiled(std::string const& text) : mustache(text) {
        mustache.set_custom_escape([](std::string const& markup) { return markup; });  // View has escaped it.
    }
    kainjow::mustache::mustache mustache;
};

Templates::Templates(Locales const& locales) {
    for (auto const path : web_files_paths()) {
        if (!path.starts_with(folder) || !path.ends_with(ending)) continue;
        auto const name = path.substr(folder.size(), path.size() - folder.size() - ending.size());
        if (auto const faults = template_faults(web_files(path)); !faults.empty())
            throw std::runtime_error(std::string(path) + ": " + faults.front());
        if (name.starts_with("_")) continue;
        for (auto const* language : {"en", "ar"}) {
            try {
                auto const& locale = locales.in(language);
                auto const text = joined(file_text("_layout"), locale, name);
                auto compiled = std::make_unique<Compiled>(text);
                if (!compiled->mustache.is_valid()) throw std::runtime_error(compiled->mustache.error_message());
                compiled_.emplace(std::string(language) + "/" + std::string(name), std::move(compiled));
            } catch (std::exception const& error) {
                throw std::runtime_error(std::string(path) + " (" + language + "): " + error.what());
            }
        }
    }
}

Templates::~Templates() = default;

std::string Templates::render(std::string_view name, std::string_view language, View const& view) const {
    auto const found = compiled_.find(std::string(language) + "/" + std::string(name));
    if (found == compiled_.end())
        throw std::logic_error("no template '" + std::string(name) + "' in '" + std::string(language) + "'");
    std::string out;
    out.reserve(16 * 1024);
    found->second->mustache.render(to_data(view), [&out](std::string const& piece) { out += piece; });
    return out;
}

}  // namespace itqan::web
