#pragma once
// What a linked document that gets signed or verified may look like, judged before it is processed: stricter than
// JSON-LD, so that who reads the JSON and who reads the RDF see the same facts.

#include "schemas/json.hpp"
#include "schemas/result.hpp"

namespace itqan::schemas {

/// What several objects with one id may say.
enum class SameId {
    equal,      ///< The same, or nothing: what we sign.
    consistent  ///< Different things that do not contradict each other (types aside): what others sign. A creator that
                ///< is the issuer in fewer words, a subject that is the issuer.
};

/// Whether a context may be written out in the document instead of being named.
enum class InlineContext {
    refused,  ///< What we sign and what a badge may be: names alone, the contexts of which are known and fixed.
    plain     ///< Any credential, as the VC-API issues and verifies: what a context adds may rename nothing that is
              ///< judged here. Allowed are @vocab, @language, @direction, @protected and @version; terms for IRIs with
              ///< @type, @language, @direction, @protected, @prefix, the containers @set, @list and @language, and
              ///< contexts of their own under the same rules; "id" and "type" for @id and @type. Not allowed: other
              ///< names for keywords, @base, @import, @propagate, @reverse, @nest, @index, null, other containers.
              ///< {"@context": {...}} inside the array of contexts counts as what it holds, see
              ///< JsonLdOptions::nested_contexts.
};

/// Errors, all unprocessable with a violation that says where:
/// "json-ld-inline-context"    a context, or a part of one, that may not be written out,
/// "json-ld-embedded-context"  a context below the top of a document,
/// "json-ld-keyword"           @graph, @included, @reverse and the like, which hold further nodes out of sight,
/// "json-ld-nested-proof"      a proof below the top of a document,
/// "json-ld-id-twice"          two different objects with one id, which become one node with the facts of both.
/// What `verifiableCredential` holds is judged as a document with a top of its own.
Result<void> check_linked_document(Json const& document, SameId same_id = SameId::equal,
                                   InlineContext inline_context = InlineContext::refused);

}  // namespace itqan::schemas
