#include "storage/checks.hpp"

#include <array>
#include <set>

#include "storage/copy.hpp"
#include "storage/migrate.hpp"

namespace itqan::storage {
namespace {

constexpr char restore[] = "Restore the newest good backup: itqan restore BACKUP --data NEW_FOLDER";
constexpr char look[] =
    "Nothing of Itqan writes this. Look at who changed the database, then restore the newest good backup";

/// A statement that answers the ids of rows that break a rule.
struct Rule {
    char const *table, *sql, *what, *remedy;
};

constexpr std::array rules{
    Rule{"credential",
         "SELECT c.id FROM credential AS c LEFT JOIN status_position AS p ON p.list_id = c.status_list_id AND "
         "p.position = c.status_position WHERE p.position IS NULL",
         "its position in the status list was never reserved: another badge may get it", restore},
    Rule{"credential", "SELECT min(id) FROM credential GROUP BY status_list_id, status_position HAVING count(*) > 1",
         "shares its position in the status list with another credential", restore},
    Rule{"credential", "SELECT min(id) FROM credential GROUP BY share_code HAVING count(*) > 1",
         "shares its share code with another credential", restore},
    Rule{"credential",
         "SELECT c.id FROM credential AS c LEFT JOIN status_bit AS b ON b.list_id = c.status_list_id AND b.position = "
         "c.status_position WHERE b.position IS NULL AND (c.status = 'revoked' OR c.erased_at IS NOT NULL)",
         "it is revoked or erased, and its bit is not set: the world still reads it as valid",
         "Restore a backup with --status-list and the list as it was last published"},
    Rule{"credential",
         "SELECT c.id FROM credential AS c JOIN status_bit AS b ON b.list_id = c.status_list_id AND b.position = "
         "c.status_position WHERE c.status <> 'revoked' AND c.erased_at IS NULL",
         "its bit is set although it is not revoked: the world reads it as revoked",
         "Revoke it, or restore the newest good backup: a bit is never taken back"},
    Rule{"credential",
         "SELECT id FROM credential WHERE status NOT IN ('active', 'suspended', 'revoked') OR claim_state NOT IN "
         "('offered', 'claimed', 'declined', 'disputed') OR visibility NOT IN ('offered', 'link', 'public', 'hidden') "
         "OR language NOT IN ('en', 'ar') OR origin NOT IN ('rule', 'hand') OR edition < 1 OR award_no < 1",
         "holds a word or number that does not exist", look},
    Rule{"credential",
         "SELECT min(id) FROM credential GROUP BY learner_id, issuer_id, achievement_id HAVING min(award_no) <> 1 OR "
         "max(award_no) <> count(*)",
         "the awards of this achievement to its learner are not numbered 1, 2, ...: one is missing or double", restore},
    Rule{"credential",
         "SELECT c.id FROM credential AS c LEFT JOIN learner AS l ON l.id = c.learner_id WHERE l.id IS NULL",
         "its learner is not there", restore},
    Rule{"credential",
         "SELECT c.id FROM credential AS c LEFT JOIN subject AS s ON s.learner_id = c.learner_id AND s.issuer_id = "
         "c.issuer_id WHERE s.urn IS NULL AND c.erased_at IS NULL",
         "the id that its learner has in signed badges is not there", restore},
    Rule{"credential",
         "SELECT c.id FROM credential AS c LEFT JOIN credential_document AS d ON d.credential_id = c.id AND d.edition "
         "= c.edition WHERE d.form IS NULL AND c.erased_at IS NULL",
         "its signed document is not there", restore},
    Rule{"credential",
         "SELECT c.id FROM credential AS c LEFT JOIN (SELECT DISTINCT subject FROM event WHERE kind = "
         "'credential.issued') AS e ON e.subject = c.id WHERE e.subject IS NULL",
         "no event says that it was issued", look},
    Rule{"credential",
         "SELECT c.id FROM credential AS c LEFT JOIN (SELECT DISTINCT subject FROM event WHERE kind IN "
         "('credential.revoked', 'credential.declined')) AS e ON e.subject = c.id WHERE e.subject IS NULL AND c.status "
         "= 'revoked'",
         "no event says that it was revoked", look},
    Rule{"event",
         "SELECT e.subject FROM event AS e LEFT JOIN credential AS c ON c.id = e.subject WHERE e.kind = "
         "'credential.issued' AND c.id IS NULL AND e.seq > (SELECT coalesce(max(seq), 0) FROM event WHERE kind = "
         "'demo.reset')",
         "a credential with this id was issued and is not there", restore},
    Rule{"credential_document",
         "SELECT d.credential_id FROM credential_document AS d LEFT JOIN credential AS c ON c.id = d.credential_id "
         "WHERE c.id IS NULL OR d.edition > c.edition OR d.edition < 1 OR c.erased_at IS NOT NULL",
         "belongs to no edition of a credential that is there and not erased", restore},
    Rule{"credential_document",
         "SELECT d.credential_id FROM credential_document AS d JOIN credential AS c ON c.id = d.credential_id LEFT "
         "JOIN issuer_key AS k ON k.id = d.key_id AND k.issuer_id = c.issuer_id WHERE k.id IS NULL",
         "is signed with a key that its issuer does not have", restore},
    Rule{"status_list",
         "SELECT l.id FROM status_list AS l WHERE l.reserved <> l.length AND l.reserved <> (SELECT count(*) FROM "
         "status_position AS p WHERE p.list_id = l.id)",
         "its counter is not the number of its reserved positions", restore},
    Rule{"status_list", "SELECT id FROM status_list WHERE length < 131072 OR reserved < 0 OR reserved > length",
         "its length or counter cannot be", restore},
    Rule{"status_position",
         "SELECT p.list_id FROM status_position AS p LEFT JOIN status_list AS l ON l.id = p.list_id WHERE l.id IS NULL "
         "OR p.position < 0 OR p.position >= l.length",
         "is outside of every list that is there", restore},
    Rule{"status_bit",
         "SELECT b.list_id FROM status_bit AS b LEFT JOIN status_position AS p ON p.list_id = b.list_id AND p.position "
         "= b.position WHERE p.position IS NULL",
         "is set at a position that was never reserved", restore},
    Rule{"learner",
         "SELECT l.id FROM learner AS l LEFT JOIN (SELECT DISTINCT subject FROM event WHERE kind = 'learner.erased') "
         "AS e ON e.subject = l.id WHERE e.subject IS NULL AND l.erased_at IS NOT NULL",
         "no event says that this person was erased", look},
    Rule{"learner",
         "SELECT id FROM learner WHERE erased_at IS NOT NULL AND (email IS NOT NULL OR name IS NOT NULL OR name_ar IS "
         "NOT NULL OR body <> '{}')",
         "was erased, and something about the person is still there", "Erase again what is left: itqan erase LEARNER"},
    Rule{"learner",
         "SELECT e.subject FROM event AS e JOIN learner AS l ON l.id = e.subject WHERE e.kind = 'learner.erased' AND "
         "l.erased_at IS NULL",
         "was erased and is back", "Erase the person again: itqan erase LEARNER"},
    Rule{"evidence", "SELECT e.id FROM evidence AS e LEFT JOIN learner AS l ON l.id = e.learner_id WHERE l.id IS NULL",
         "its learner is not there", restore},
    Rule{"evidence",
         "SELECT e.id FROM evidence AS e LEFT JOIN (SELECT DISTINCT subject FROM event WHERE kind IN "
         "('evidence.recorded', 'evidence.imported')) AS v ON v.subject = e.id WHERE v.subject IS NULL",
         "no event says that it was recorded", look},
    Rule{"answer",
         "SELECT a.scope || ' ' || a.key FROM answer AS a LEFT JOIN credential AS c ON c.id = substr(a.location, 21) "
         "WHERE a.location LIKE '/api/v1/credentials/%' AND c.id IS NULL",
         "was given about a credential that is not there", restore},
    Rule{"answer",
         "SELECT a.scope || ' ' || a.key FROM answer AS a LEFT JOIN evidence AS e ON e.id = substr(a.location, 21) "
         "WHERE a.location LIKE '/api/v1/completions/%' AND e.id IS NULL",
         "was given about a completion that is not there", restore},
    Rule{"issuer_key",
         "SELECT k.id FROM issuer_key AS k LEFT JOIN (SELECT DISTINCT subject FROM event WHERE kind IN ('key.created', "
         "'key.activated')) AS e ON e.subject = k.id WHERE e.subject IS NULL",
         "no event says that this key was made", look},
    Rule{"issuer_key",
         "SELECT k.id FROM issuer_key AS k LEFT JOIN (SELECT DISTINCT subject FROM event WHERE kind = 'key.revoked') "
         "AS e ON e.subject = k.id WHERE e.subject IS NULL AND k.state = 'revoked'",
         "no event says that this key was revoked", look},
    Rule{"issuer_key",
         "SELECT e.subject FROM event AS e LEFT JOIN issuer_key AS k ON k.id = e.subject WHERE e.kind = 'key.revoked' "
         "AND (k.id IS NULL OR k.state <> 'revoked')",
         "this key was revoked and counts again", "Revoke it again: itqan key revoke ID"},
    Rule{"outbox", "SELECT id FROM outbox WHERE state NOT IN ('waiting', 'done', 'parked') OR attempts < 0",
         "is in a state that does not exist", look},
    Rule{"outbox",
         "SELECT o.id FROM outbox AS o LEFT JOIN learner AS l ON l.id = o.learner_id WHERE o.learner_id IS NOT NULL "
         "AND l.id IS NULL AND o.state = 'waiting'",
         "is work for a learner who is not there", restore},
};

/// How many rows of one rule are told one by one.
constexpr std::int64_t most_told = 100;

void check_rule(Session& session, Rule const& rule, OnProblem const& on_problem) {
    std::int64_t found = 0;
    session.query(rule.sql, [&](Row const& row) {
        if (++found <= most_told) on_problem({rule.table, row.string(0), rule.what, rule.remedy});
    });
    if (found > most_told)
        on_problem({rule.table, "(" + std::to_string(found - most_told) + " more)", rule.what, rule.remedy});
}

}  // namespace

void check_rows(Session& session, OnCheck const& on_check, OnProblem const& on_problem) {
    for (std::size_t i = 0; i < std::size(rules); ++i) {
        auto const& rule = rules[i];
        if (on_check) on_check(i + 1, std::size(rules), rule.table);
        try {
            check_rule(session, rule, on_problem);
        } catch (DatabaseError const& error) {
            on_problem({rule.table, "", std::string("cannot be read: ") + error.what(), restore});
        }
    }
}

std::int64_t unused_event_numbers(Session& session) {
    std::int64_t unused = 0;
    session.query("SELECT coalesce(max(seq), 0) - count(*) FROM event",
                  [&](Row const& row) { unused = row.integer(0); });
    return unused;
}

std::optional<std::int64_t> first_event_after_gap(Session& session) {
    std::optional<std::int64_t> found;
    session.query(
        "SELECT e.seq FROM event AS e LEFT JOIN event AS b ON b.seq = e.seq - 1 WHERE e.seq > 1 AND b.seq IS "
        "NULL ORDER BY e.seq DESC LIMIT 1",
        [&](Row const& row) { found = row.integer(0); });
    return found;
}

bool check_schema(Session& session, OnProblem const& on_problem) {
    std::set<int> applied;
    session.query("SELECT number, checksum FROM schema_migration ORDER BY number", [&](Row const& row) {
        auto const number = static_cast<int>(row.integer(0));
        applied.insert(number);
        for (auto const& migration : migrations())
            if (migration.number == number && checksum_of(migration) != row.text(1))
                on_problem({"schema_migration", migration.name, "was applied with another text than this program has",
                            "Run the version of Itqan that made this database, or restore a backup"});
    });
    bool current = true;
    for (auto const& migration : migrations())
        current = current && applied.contains(migration.number);
    return current;
}

}  // namespace itqan::storage
