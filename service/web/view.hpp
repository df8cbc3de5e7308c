#pragma once
// The data of a page: texts, addresses, trusted markup, flags and lists under names. The type decides how a value
// reaches the page, so no template can forget to escape; this header knows nothing of templates.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace itqan::web {

/// Markup made by this program (cmark in safe mode, pictures, sentences with isolated names). Everything else is text.
class Html {
  public:
    /// `markup` must be well-formed and must not hold anything from outside unescaped.
    static Html trusted(std::string markup) { return Html(std::move(markup)); }
    std::string const& markup() const { return markup_; }

  private:
    explicit Html(std::string markup) : markup_(std::move(markup)) {}
    std::string markup_;
};

/// An address that may stand in href, src or action: https, mailto, or an absolute path of this service.
class Url {
  public:
    /// None for every other scheme ("javascript:", "data:", "http:"), "//host", backslashes, spaces and controls.
    static std::optional<Url> read(std::string_view text);
    /// An address made by this program. Throws std::logic_error where read() gives none.
    static Url of(std::string_view text);
    std::string const& text() const { return text_; }

  private:
    explicit Url(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

class View {
  public:
    struct Entry;

    View();
    ~View();
    View(View const&);
    View(View&&) noexcept;
    View& operator=(View const&);
    View& operator=(View&&) noexcept;

    /// Every set() replaces an earlier value of the name and returns *this. Names that end in "_url" take Urls only
    /// (std::logic_error): templates put only those into href, src and action. An empty text is false in a section.
    View& set(std::string name, std::string_view text);
    View& set(std::string name, std::string const& text) { return set(std::move(name), std::string_view(text)); }
    View& set(std::string name, char const* text) { return set(std::move(name), std::string_view(text)); }
    View& set(std::string name, bool flag);
    View& set(std::string name, Url const& url);
    View& set(std::string name, Html const& html);
    View& set(std::string name, View object);
    View& set(std::string name, std::vector<View> list);
    /// Sets nothing when there is no value.
    View& set(std::string name, std::optional<std::string> const& text);
    View& set(std::string name, std::optional<Url> const& url);
    /// The list, and the flag "has_<name>" for what stands once around it.
    View& set_list(std::string const& name, std::vector<View> list);

    std::vector<Entry> const& entries() const;

  private:
    View& put(Entry entry);
    std::vector<Entry> entries_;
};

struct View::Entry {
    std::string name;
    /// Markup stands here ready for the page: texts are already escaped.
    std::variant<bool, std::string, View, std::vector<View>> value;
};

}  // namespace itqan::web
