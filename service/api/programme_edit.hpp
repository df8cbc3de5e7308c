#pragma once
// Changes to the programme: one item created or replaced, checked by itself and together with all others before it
// stands. What an item means is the domain's matter.

#include "service/api/call.hpp"

namespace itqan::api {

/// One collection of the programme: its address, its kind in storage and what people call one of it.
struct Collection {
    std::string plural, kind, noun;
};

/// POST: 201 with the item as stored. Errors: malformed "invalid-body"; unprocessable "invalid-programme"; forbidden
/// "wrong-role" when an issuer touches what is not its own; conflict "already-exists".
Reply create_item(Call const& call, Collection const& collection);

/// PUT: replaces what may change. Errors as above; not_found; precondition "changed" for another If-Match; conflict
/// "immutable" for a published achievement's rule or an issuer's slug.
Reply replace_item(Call const& call, Collection const& collection);

/// A strong ETag of an item's text, with quotes.
std::string etag_of(std::string_view body);

}  // namespace itqan::api
