#include "storage/reset.hpp"

namespace itqan::storage {

void forget_activity(Session& session) {
    session.execute("DELETE FROM credential_document");
    session.execute("DELETE FROM credential");
    session.execute("DELETE FROM evidence");
    session.execute("DELETE FROM answer");
    session.execute("DELETE FROM note");
    session.execute("DELETE FROM subject");
    session.execute("DELETE FROM mail_link");
    session.execute("DELETE FROM session");
    session.execute("DELETE FROM outbox");
    session.execute("DELETE FROM learner");
    session.execute("DELETE FROM person");
}

}  // namespace itqan::storage
