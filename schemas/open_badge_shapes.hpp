#pragma once
// The members of every Open Badges 3.0 and CLR 2.0 object as tables: name, kind of value, required or not, one or many.
// The rules that join several members are in open_badge_rules.cpp.

#include <span>
#include <string_view>

namespace itqan::schemas {

enum class ValueKind {
    text,
    uri,
    date_time,  ///< DateTimeZ: RFC 3339 with a time zone.
    date,
    number,
    boolean,
    language,   ///< A BCP 47 tag of language, script and region.
    jws,        ///< Compact, three parts.
    word,       ///< One of `words`.
    open_word,  ///< One of `words` or "ext:...".
    object,     ///< Of `shape`.
    reference,  ///< Of `shape`, or in published documents its URI alone.
};

struct Shape;

struct MemberRule {
    std::string_view name;
    ValueKind kind = ValueKind::text;
    bool required = false;
    bool many = false;  ///< An array even with one element.
    Shape const* shape = nullptr;
    std::span<std::string_view const> words = {};
};

struct Shape {
    std::string_view type = {};  ///< What `type` must be or contain; empty when the object has none.
    bool type_is_text = false;   ///< `type` is a string, not an array.
    std::span<MemberRule const> members = {};
};

namespace shapes {
extern Shape const image, geo, address, identifier_entry, identity, profile, alignment, level, result_description,
    result, criteria, related, achievement, subject, evidence, schema, refresh, endorsement, endorsement_subject,
    association, record_subject;
extern Shape const credential;        ///< VCDM 2.0: validFrom.
extern Shape const older_credential;  ///< VCDM 1.1: issuanceDate and a name.
extern Shape const record;            ///< ClrCredential of CLR 2.0, of either model.
}  // namespace shapes

}  // namespace itqan::schemas
