#include "storage/evidence.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <nlohmann/json.hpp>

namespace itqan::storage {
namespace {

#define EVIDENCE_COLUMNS \
    "id, kind, source, external_id, learner_id, occurred_on, recorded_at, status, eligible, coi, replaces, body"

EvidenceRow evidence_from(Row const& row) {
    return {row.string(0),  row.string(1), row.string(2),  row.string(3),        row.string(4),         row.day(5),
            row.instant(6), row.string(7), row.boolean(8), row.optional_text(9), row.optional_text(10), row.string(11)};
}

/// The one member of a body that rows are looked up by (GET /completions?activityId=).
std::optional<std::string> activity_of(std::string const& body) {
    auto const parsed = nlohmann::json::parse(body, nullptr, false);
    if (!parsed.is_object()) return std::nullopt;
    auto const found = parsed.find("activityId");
    if (found == parsed.end() || !found->is_string()) return std::nullopt;
    return found->get<std::string>();
}

}  // namespace

void insert_evidence(Session& session, EvidenceRow const& row) {
    session.execute_later(
        "INSERT INTO evidence (id, kind, source, external_id, learner_id, revision, activity_id, occurred_on, "
        "recorded_at, status, eligible, coi, replaces, body) VALUES ($1, $2, $3, $4, $5, "
        "(SELECT coalesce(max(revision), 0) + 1 FROM evidence WHERE learner_id = $5), "
        "$6, $7, $8, $9, $10, $11, $12, $13)",
        row.id, row.kind, row.source, row.external_id, row.learner_id, activity_of(row.body), row.occurred_on,
        row.recorded_at, row.status, row.eligible, row.coi, row.replaces, row.body);
}

std::optional<EvidenceRow> evidence(Session& session, std::string_view id) {
    std::optional<EvidenceRow> found;
    session.query(
        "SELECT " EVIDENCE_COLUMNS " FROM evidence WHERE id = $1", [&](Row const& row) { found = evidence_from(row); },
        id);
    return found;
}

std::optional<EvidenceRow> evidence_by_external_id(Session& session, std::string_view kind, std::string_view source,
                                                   std::string_view external_id) {
    std::optional<EvidenceRow> found;
    session.query(
        "SELECT " EVIDENCE_COLUMNS " FROM evidence WHERE kind = $1 AND source = $2 AND external_id = $3",
        [&](Row const& row) { found = evidence_from(row); }, kind, source, external_id);
    return found;
}

void each_evidence_of(Session& session, std::string_view learner_id,
                      std::function<void(EvidenceRow const&)> const& each) {
    // Sorted here: the rows are few, and a sorter of SQLite's costs more than reading them.
    std::vector<EvidenceRow> rows;
    session.query(
        "SELECT " EVIDENCE_COLUMNS " FROM evidence WHERE learner_id = $1",
        [&](Row const& row) { rows.push_back(evidence_from(row)); }, learner_id);
    std::sort(rows.begin(), rows.end(), [](EvidenceRow const& left, EvidenceRow const& right) {
        return std::tie(left.recorded_at, left.id) < std::tie(right.recorded_at, right.id);
    });
    for (auto const& row : rows)
        each(row);
}

bool set_evidence_status(Session& session, std::string_view id, std::string_view expected_status,
                         std::string_view status, bool eligible) {
    return session.execute(
               "UPDATE evidence SET status = $3, eligible = $4, revision = (SELECT max(e.revision) + 1 "
               "FROM evidence AS e WHERE e.learner_id = evidence.learner_id) WHERE id = $1 AND status = $2",
               id, expected_status, status, eligible) == 1;
}

std::string decision_stamp(Session& session, std::string_view learner_id) {
    std::string stamp;
    session.query(
        "SELECT coalesce((SELECT max(revision) FROM evidence WHERE learner_id = $1), 0), "
        "coalesce((SELECT max(changed_at) FROM credential WHERE learner_id = $1), 0), "
        "coalesce((SELECT erased_at FROM learner WHERE id = $1), 0), "
        "coalesce((SELECT n FROM change WHERE topic = 'keys'), 0)",
        [&](Row const& row) {
            for (int column = 0; column < 4; ++column)
                stamp += std::to_string(row.integer(column)) + "/";
        },
        learner_id);
    return stamp;
}

std::vector<EvidenceRow> list_completions(Session& session, EvidencePage const& page) {
    std::pair<Instant, std::string> start{page.since, ""};
    if (!page.after_id.empty()) {
        auto const last = evidence(session, page.after_id);
        if (!last) return {};
        start = std::max(start, std::pair(last->recorded_at, last->id));
    }
    std::vector<EvidenceRow> rows;
    auto const collect = [&](Row const& row) { rows.push_back(evidence_from(row)); };
    if (page.source) {
        session.query("SELECT " EVIDENCE_COLUMNS
                      " FROM evidence WHERE kind = 'completion' AND source = $1 AND (recorded_at, id) > ($2, $3) "
                      "AND (activity_id = $4 OR $4 IS NULL) ORDER BY recorded_at, id LIMIT $5",
                      collect, page.source, start.first, start.second, page.activity_id, page.limit);
    } else {
        session.query("SELECT " EVIDENCE_COLUMNS
                      " FROM evidence WHERE kind = 'completion' AND (recorded_at, id) > ($1, $2) "
                      "AND (activity_id = $3 OR $3 IS NULL) ORDER BY recorded_at, id LIMIT $4",
                      collect, start.first, start.second, page.activity_id, page.limit);
    }
    return rows;
}

std::vector<EvidenceRow> newest_completions(Session& session, EvidencePage const& page) {
    std::vector<EvidenceRow> rows;
    auto const collect = [&](Row const& row) { rows.push_back(evidence_from(row)); };
    if (page.source) {
        session.query(
            "SELECT " EVIDENCE_COLUMNS
            " FROM evidence WHERE kind = 'completion' AND source = $1 ORDER BY recorded_at DESC, id DESC LIMIT $2",
            collect, page.source, page.limit);
    } else {
        session.query("SELECT " EVIDENCE_COLUMNS
                      " FROM evidence WHERE kind = 'completion' ORDER BY recorded_at DESC, id DESC LIMIT $1",
                      collect, page.limit);
    }
    return rows;
}

std::optional<AnswerRow> answer(Session& session, std::string_view scope, std::string_view key, Instant now) {
    std::optional<AnswerRow> found;
    session.query(
        "SELECT scope, key, request_hash, status, location, body, created_at, expires_at FROM answer "
        "WHERE scope = $1 AND key = $2 AND (expires_at IS NULL OR expires_at > $3)",
        [&](Row const& row) {
            found = AnswerRow{row.string(0),        row.string(1), row.string(2),  static_cast<int>(row.integer(3)),
                              row.optional_text(4), row.string(5), row.instant(6), row.optional_instant(7)};
        },
        scope, key, now);
    return found;
}

void insert_answer(Session& session, AnswerRow const& row) {
    session.execute_later("DELETE FROM answer WHERE scope = $1 AND key = $2 AND expires_at <= $3", row.scope, row.key,
                          row.created_at);
    session.execute_later(
        "INSERT INTO answer (scope, key, request_hash, status, location, body, created_at, expires_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        row.scope, row.key, row.request_hash, row.status, row.location, row.body, row.created_at, row.expires_at);
}

void forget_expired_answers(Session& session, Instant now) {
    session.execute("DELETE FROM answer WHERE expires_at <= $1", now);
}

}  // namespace itqan::storage
