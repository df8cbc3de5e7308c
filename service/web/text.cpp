#include "service/web/text.hpp"

#include <cmark.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <memory>

#include "schemas/text_safety.hpp"

namespace itqan::web {
namespace {

struct NodeDeleter {
    void operator()(cmark_node* node) const { cmark_node_free(node); }
};
struct TextDeleter {
    void operator()(char* text) const { std::free(text); }
};

/// A badge may not load pictures from elsewhere: that would tell a stranger who reads it. Their alternative text stays.
void unwrap_images(cmark_node* document) {
    std::unique_ptr<cmark_iter, void (*)(cmark_iter*)> const iterator(cmark_iter_new(document), cmark_iter_free);
    std::vector<cmark_node*> images;
    for (auto event = cmark_iter_next(iterator.get()); event != CMARK_EVENT_DONE;
         event = cmark_iter_next(iterator.get())) {
        auto* const node = cmark_iter_get_node(iterator.get());
        if (event == CMARK_EVENT_EXIT && cmark_node_get_type(node) == CMARK_NODE_IMAGE) images.push_back(node);
    }
    for (auto* const image : images) {
        while (auto* const child = cmark_node_first_child(image))
            cmark_node_insert_before(image, child);
        cmark_node_unlink(image);
        cmark_node_free(image);
    }
}

}  // namespace

Html foreign(std::string_view text, std::string_view language) {
    auto const tag = language_tag(language);
    std::string markup = "<bdi dir=\"auto\"";
    if (!tag.empty()) markup += " lang=\"" + std::string(tag) + "\"";
    return Html::trusted(markup + ">" + schemas::escape_html(schemas::make_visible(text)) + "</bdi>");
}

Html markdown(std::string_view text) {
    auto const visible = schemas::make_visible(text);
    std::unique_ptr<cmark_node, NodeDeleter> const document(
        cmark_parse_document(visible.data(), visible.size(), CMARK_OPT_DEFAULT));
    unwrap_images(document.get());
    // Safe mode is cmark's default: raw HTML becomes a comment, unsafe links become empty.
    std::unique_ptr<char, TextDeleter> const html(cmark_render_html(document.get(), CMARK_OPT_DEFAULT));
    return Html::trusted(html.get());
}

std::string host_of(std::string_view identifier) {
    constexpr std::string_view web = "did:web:";
    constexpr std::string_view https = "https://";
    if (identifier.starts_with(web)) {
        std::string host(identifier.substr(web.size(), identifier.find(':', web.size()) - web.size()));
        if (auto const port = host.find("%3A"); port != std::string::npos) host.replace(port, 3, ":");
        return host;
    }
    if (identifier.starts_with(https)) {
        auto const rest = identifier.substr(https.size());
        return std::string(rest.substr(0, rest.find_first_of("/?#")));
    }
    return std::string(identifier);
}

std::string_view language_tag(std::string_view text) {
    bool const fine = !text.empty() && text.size() <= 35 && std::all_of(text.begin(), text.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-';
    });
    return fine ? text : std::string_view{};
}

}  // namespace itqan::web
