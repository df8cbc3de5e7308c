#pragma once
// IRIs: taking them apart, judging them (RFC 3987), resolving a reference against a base (RFC 3986 section 5) and the
// way back. Nothing is normalised: two IRIs are equal when their bytes are.

#include <string>
#include <string_view>

namespace itqan::schemas {

/// The components of RFC 3986 section 3, views into the text they were split from. An absent component (flag false) is
/// not an empty one: "http://a/?" has a query.
struct IriParts {
    std::string_view scheme = {};  ///< Without the colon.
    std::string_view authority = {};
    std::string_view path = {};
    std::string_view query = {};
    std::string_view fragment = {};
    bool has_scheme = false;
    bool has_authority = false;
    bool has_query = false;
    bool has_fragment = false;
};

/// RFC 3986 appendix B, but a scheme only where its characters are those of one ("1a:b" is a path). Never fails.
IriParts split_iri(std::string_view text);

/// The reverse of split_iri (RFC 3986 section 5.3).
std::string join_iri(IriParts const& parts);

/// Whether the text is a whole IRI with a scheme, every character and percent escape where RFC 3987 section 2.2 allows
/// it; a fragment may follow. This is "well-formed" in the JSON-LD algorithms.
bool is_absolute_iri(std::string_view text);

/// Whether the text is an absolute IRI or a relative reference (RFC 3987 irelative-ref); the empty text is one.
bool is_iri_reference(std::string_view text);

/// RFC 3986 section 5.2.4.
std::string remove_dot_segments(std::string_view path);

/// The target of a reference (RFC 3986 section 5.2.2, strict), for any two texts: neither is checked, and a base
/// without a scheme gives a result without one. An empty base leaves the reference as it is.
std::string resolve_iri(std::string_view reference, std::string_view base);

/// The shortest reference made of ../ and remaining segments that resolves to `iri` against `base`, as JSON-LD
/// compaction writes it: never with an authority or an absolute path, "./" before what would read as a scheme or a
/// keyword. The IRI itself where scheme or authority differ or no such reference leads back to it.
std::string relativise_iri(std::string_view iri, std::string_view base);

}  // namespace itqan::schemas
