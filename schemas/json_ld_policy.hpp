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

/// What a context at the top of a document may be.
enum class ContextForm {
    named,   ///< A URL: what it says was published, and a reader may have seen it before.
    written  ///< Also written out: the VC-API signs for and reads what others' software knows.
};

/// Errors, all unprocessable with a violation that says where:
/// "json-ld-inline-context"    a context that is no URL, where it must be named,
/// "json-ld-embedded-context"  a context below the top of a document,
/// "json-ld-keyword"           @graph, @included, @reverse and the like, which hold further nodes out of sight,
/// "json-ld-nested-proof"      a proof below the top of a document,
/// "json-ld-id-twice"          two different objects with one id, which become one node with the facts of both.
/// What `verifiableCredential` holds is judged as a document with a top of its own.
Result<void> check_linked_document(Json const& document, SameId same_id = SameId::equal,
                                   ContextForm context_form = ContextForm::named);

}  // namespace itqan::schemas
