#include "service/keeping/fsck.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include <nlohmann/json.hpp>

#include "service/domain/programme_store.hpp"
#include "service/keeping/document_check.hpp"
#include "storage/copy.hpp"

namespace itqan::service {
namespace {

constexpr std::size_t documents_at_once = 512;
constexpr char restore_newest[] = "Restore the newest good backup: itqan restore BACKUP --data NEW_FOLDER";

class Findings {
  public:
    Findings(FsckReport& report, FsckOptions const& options) : report_(report), options_(options) {}

    void add(storage::Problem problem) {
        ++report_.found;
        if (report_.problems.size() < options_.most_problems) report_.problems.push_back(std::move(problem));
    }
    void tell(std::string const& words) const {
        if (options_.progress) options_.progress(words);
    }
    /// A part of the check; what cannot be read ends only this part.
    template <typename F>
    void part(char const* table, std::string const& words, F&& work) {
        tell(words);
        try {
            work();
        } catch (std::exception const& error) {
            add({table, "", "cannot be read: " + std::string(error.what()), restore_newest});
        }
    }

  private:
    FsckReport& report_;
    FsckOptions const& options_;
};

std::map<std::string, std::string> slugs_of(storage::Session& session) {
    std::map<std::string, std::string> slugs;
    domain::ProgrammeStore store;
    auto const programme = store.current(session);
    for (auto const& issuer : programme->issuers)
        slugs.emplace(issuer.id, issuer.slug);
    return slugs;
}

void check_keys(storage::Session& session, std::optional<crypto::KeyEncryptionKey> const& kek, KeysById& keys,
                FsckReport& report, Findings& findings) {
    session.query(
        "SELECT id, issuer_id, type, purpose, public_jwk, sealed, state FROM issuer_key ORDER BY id",
        [&](storage::Row const& row) {
            storage::KeyRow key;
            key.id = row.string(0);
            key.issuer_id = row.string(1);
            key.type = row.string(2);
            key.purpose = row.string(3);
            key.public_jwk = row.string(4);
            auto const sealed = row.blob(5);
            key.sealed.assign(sealed.begin(), sealed.end());
            key.state = row.string(6);
            ++report.counts["keys"];
            if (auto const fault = check_key(key, kek, keys); !fault.empty())
                findings.add(
                    {"issuer_key", key.id, fault,
                     "Is this the key-encryption key that the data was made with? If it is, restore a backup"});
        });
    if (!kek && report.counts["keys"] > 0)
        findings.add({"issuer_key", "", "there is no key-encryption key: no signing key can be opened",
                      "Put the file that was kept apart from the backups at keys/kek in the data folder (mode 0600)"});
}

/// The work of data in rows whose members are ids.
void check_outbox(storage::Session& session, Findings& findings) {
    std::vector<std::pair<std::string, std::string>> waiting;
    session.query("SELECT id, data FROM outbox WHERE kind = 'mail.claim' AND state = 'waiting'",
                  [&](storage::Row const& row) { waiting.emplace_back(row.string(0), row.string(1)); });
    for (auto const& [id, data] : waiting) {
        auto const json = Json::parse(data, nullptr, false);
        if (!json.is_object() || !json.contains("credentialIds") || !json.at("credentialIds").is_array()) {
            findings.add({"outbox", id, "its data cannot be read", restore_newest});
            continue;
        }
        for (auto const& credential : json.at("credentialIds"))
            if (!credential.is_string() || !storage::credential(session, credential.get<std::string>()))
                findings.add({"outbox", id, "is a mail about a credential that is not there", restore_newest});
    }
}

/// One writer leaves no number out; what came from several may bring some along, as many as were counted then.
void check_sequence(storage::Session& session, Findings& findings) {
    if (!session.runs_alone()) return;
    auto const missing = storage::unused_event_numbers(session) - known_unused_numbers(session);
    if (missing <= 0) return;
    findings.add({"event", std::to_string(storage::first_event_after_gap(session).value_or(0)),
                  std::to_string(missing) + " events are missing, one of them before this one", restore_newest});
}

void judge(std::vector<DocumentCase> const& cases, KeysById const& keys, domain::Addresses const& addresses,
           int threads, std::vector<std::string>& faults) {
    faults.assign(cases.size(), {});
    std::atomic<std::size_t> next = 0;
    auto const work = [&] {
        for (auto i = next++; i < cases.size(); i = next++)
            faults[i] = check_document(cases[i], keys, addresses);
    };
    std::vector<std::thread> others;
    others.reserve(static_cast<std::size_t>(threads));
    for (int i = 1; i < threads; ++i)
        others.emplace_back(work);
    work();
    for (auto& thread : others)
        thread.join();
}

/// Documents in pages by key, each with what its row says.
class Documents {
  public:
    Documents(storage::Session& session, std::map<std::string, std::string> const& slugs)
        : session_(session), slugs_(slugs) {}

    std::vector<DocumentCase> next() {
        std::vector<DocumentCase> cases;
        session_.query(
            "SELECT d.credential_id, d.edition, d.form, d.key_id, d.body, c.issuer_id, c.status_list_id, "
            "c.status_position, c.valid_until, s.urn FROM credential_document AS d JOIN credential AS c ON "
            "c.id = d.credential_id LEFT JOIN subject AS s ON s.learner_id = c.learner_id AND s.issuer_id = "
            "c.issuer_id WHERE (d.credential_id, d.edition, d.form) > ($1, $2, $3) ORDER BY d.credential_id, "
            "d.edition, d.form LIMIT $4",
            [&](storage::Row const& row) {
                DocumentCase one;
                one.document = {
                    row.string(0), static_cast<int>(row.integer(1)), row.string(2), row.string(3), row.string(4), {}};
                auto const slug = slugs_.find(row.string(5));
                if (slug != slugs_.end()) one.slug = slug->second;
                one.list_id = row.string(6);
                one.position = row.integer(7);
                one.valid_until = row.optional_day(8);
                one.subject = row.optional_text(9);
                cases.push_back(std::move(one));
            },
            credential_, edition_, form_, documents_at_once);
        if (!cases.empty()) {
            credential_ = cases.back().document.credential_id;
            edition_ = cases.back().document.edition;
            form_ = cases.back().document.form;
        }
        return cases;
    }

  private:
    storage::Session& session_;
    std::map<std::string, std::string> const& slugs_;
    std::string credential_, form_;
    int edition_ = 0;
};

void check_documents(storage::Session& session, domain::Addresses const& addresses, KeysById const& keys,
                     FsckOptions const& options, FsckReport& report, Findings& findings) {
    std::int64_t all = 0;
    session.query("SELECT count(*) FROM credential_document", [&](storage::Row const& row) { all = row.integer(0); });
    auto const step = options.sample > 0 ? std::max<std::int64_t>(1, all / options.sample) : 1;
    auto const threads =
        options.threads > 0 ? options.threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    auto const slugs = slugs_of(session);
    Documents documents(session, slugs);
    std::int64_t seen = 0;
    std::vector<std::string> faults;
    for (auto cases = documents.next(); !cases.empty(); cases = documents.next()) {
        std::erase_if(cases, [&](auto const&) { return seen++ % step != 0; });
        judge(cases, keys, addresses, threads, faults);
        for (std::size_t i = 0; i < cases.size(); ++i) {
            auto const& document = cases[i].document;
            if (!faults[i].empty())
                findings.add(
                    {"credential_document",
                     document.credential_id + " edition " + std::to_string(document.edition) + " " + document.form,
                     faults[i], restore_newest});
        }
        report.counts["documents verified"] += static_cast<std::int64_t>(cases.size());
        findings.tell(std::to_string(seen) + " of " + std::to_string(all) + " signed documents");
    }
    report.counts["documents"] = all;
    if (step > 1) report.notes.push_back("only every " + std::to_string(step) + "th signed document was verified");
}

void count_rows(storage::Session& session, FsckReport& report) {
    session.query(
        "SELECT (SELECT count(*) FROM credential), (SELECT count(*) FROM learner), (SELECT count(*) FROM "
        "evidence), (SELECT count(*) FROM event), (SELECT count(*) FROM status_list), "
        "(SELECT count(*) FROM status_bit)",
        [&](storage::Row const& row) {
            report.counts["credentials"] = row.integer(0);
            report.counts["learners"] = row.integer(1);
            report.counts["evidence"] = row.integer(2);
            report.counts["events"] = row.integer(3);
            report.counts["status lists"] = row.integer(4);
            report.counts["status bits set"] = row.integer(5);
        });
}

}  // namespace

std::int64_t known_unused_numbers(storage::Session& session) {
    std::string data;
    session.query(
        "SELECT data FROM event WHERE kind IN ('database.moved', 'database.restored') ORDER BY seq DESC LIMIT 1",
        [&](storage::Row const& row) { data = row.string(0); });
    auto const json = Json::parse(data, nullptr, false);
    auto const is_known =
        json.is_object() && json.contains("unusedNumbers") && json.at("unusedNumbers").is_number_integer();
    return is_known ? json.at("unusedNumbers").get<std::int64_t>() : 0;
}

FsckReport fsck(storage::Database& database, domain::Addresses const& addresses,
                std::optional<crypto::KeyEncryptionKey> const& kek, FsckOptions const& options) {
    FsckReport report;
    Findings findings(report, options);
    auto const on_problem = [&](storage::Problem problem) { findings.add(std::move(problem)); };
    findings.part("database", "the database's own files", [&] {
        database.check_integrity([&](std::string_view damage) {
            findings.add({"database", "", "the file is damaged: " + std::string(damage), restore_newest});
        });
    });
    findings.part("database", "one snapshot", [&] {
        database.read([&](storage::Session& session) {
            bool current = false;
            findings.part("schema_migration", "the applied migrations",
                          [&] { current = storage::check_schema(session, on_problem); });
            if (!current) {
                findings.add({"schema_migration", "", "the database has not this program's schema",
                              "Bring it to it: itqan migrate"});
                return;
            }
            findings.part("database", "how much there is", [&] { count_rows(session, report); });
            // Not the rule's own words: they say what is wrong where it does not hold.
            auto const on_check = [&](std::size_t number, std::size_t all, std::string_view table) {
                findings.tell("between rows: check " + std::to_string(number) + " of " + std::to_string(all) + ", " +
                              std::string(table));
            };
            storage::check_rows(session, on_check, on_problem);
            KeysById keys;
            findings.part("issuer_key", "signing keys", [&] { check_keys(session, kek, keys, report, findings); });
            findings.part("event", "the numbers of the events", [&] { check_sequence(session, findings); });
            findings.part("outbox", "waiting mails", [&] { check_outbox(session, findings); });
            findings.part("credential_document", "signed documents",
                          [&] { check_documents(session, addresses, keys, options, report, findings); });
        });
    });
    return report;
}

}  // namespace itqan::service
