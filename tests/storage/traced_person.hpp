#pragma once
// A person whose texts are found again wherever they are left.

#include "tests/storage/rows.hpp"

namespace itqan::tests {

inline constexpr char const* traces[] = {"MARYAM-TRACE",   "maryam-trace@example.org",
                                         "FREETEXT-TRACE", "SIGNED-TRACE",
                                         "BODY-TRACE",     "DETAILS-TRACE",
                                         "MAILBOX-TRACE",  "urn:uuid:trace"};

/// A learner with a row in every table that knows of people, and a second one beside.
inline void write_traced_people(storage::Session& session) {
    auto row = learner_row("lrn-1");
    row.name = "MARYAM-TRACE";
    row.email = "maryam-trace@example.org";
    row.body = R"({"phone":"BODY-TRACE"})";
    storage::put_learner(session, row);
    storage::put_learner(session, learner_row("lrn-2"));
    for (auto const* const who : {"lrn-1", "lrn-2"}) {
        std::string const id = who;
        auto completion = evidence_row("e-" + id, id);
        completion.body = R"({"activityId":"act-1","note":"BODY-TRACE )" + id + "\"}";
        storage::insert_evidence(session, completion);
        auto badge = credential_row("c-" + id, id);
        badge.details = R"({"text":"DETAILS-TRACE"})";
        badge.show_name = true;
        storage::insert_credential(session, badge);
        storage::insert_document(session, {badge.id, 1, "jwt", "k", "SIGNED-TRACE " + std::string(6000, 'j'), noon});
        storage::add_note(session, "credential", badge.id, std::nullopt, "FREETEXT-TRACE", noon);
        storage::add_note(session, "evidence", completion.id, std::nullopt, "FREETEXT-TRACE", noon);
        storage::add_note(session, "other", "x" + id, id, "FREETEXT-TRACE", noon);
        storage::put_subject(session, "iss-1", id, "urn:uuid:trace-" + id);
        storage::insert_mail_link(session, {"link-" + id, "claim", id, std::nullopt, noon, after(9), std::nullopt});
        auto opened = session_row("s-" + id);
        opened.learner_id = id;
        storage::insert_session(session, opened);
        auto token = token_row("t-" + id);
        token.learner_id = id;
        storage::insert_token(session, token);
        storage::insert_outbox(session, outbox_row_of("waiting-" + id, id));
        auto sent = outbox_row_of("sent-" + id, id);
        sent.state = "done";
        sent.last_error = "450 MAILBOX-TRACE is full";
        storage::insert_outbox(session, sent);
    }
}

}  // namespace itqan::tests
