"""G17, G18: the service with many credentials stored, beside the same with 10 000, and how soon each answers after a start.
The rows are copies of what the real route wrote for a few learners, with ids of their own; nobody verifies the copies'
signatures here. What the system keeps of files in memory is left as it is."""
import random
import sqlite3
import time

import make_programme
from service import Server

templates = 256
uuid = "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))"
per_list = 65_536  # Half of a status list: then the service opens the next.


def fill(file, count):
    """Brings the credentials of ach-bench to `count`, each with its learner and everything that an issue leaves behind."""
    database = sqlite3.connect(file, isolation_level=None)
    run = database.execute
    for pragma in ("journal_mode = DELETE", "synchronous = OFF", "journal_mode = OFF", "cache_size = -1000000", "temp_store = MEMORY", "secure_delete = OFF"):
        run("PRAGMA " + pragma)
    run("BEGIN")
    run("CREATE TEMP TABLE template AS SELECT row_number() OVER () - 1 AS n, credential.id, credential.learner_id, subject.urn, evidence.id AS evidence_id,"
        " evidence.external_id FROM credential JOIN subject USING (learner_id, issuer_id) JOIN evidence USING (learner_id) WHERE achievement_id = 'ach-bench'")
    known = run("SELECT COUNT(*) FROM template").fetchone()[0]
    run("CREATE UNIQUE INDEX template_n ON template (n)")
    # In the order of the ids, so that the largest tables only grow at their end.
    run(f"CREATE TEMP TABLE made AS WITH RECURSIVE series (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM series WHERE i + 1 < {count - known}) SELECT i, i % {known} AS n,"
        f" {uuid} AS id, 'f-' || i AS learner_id, 'urn:uuid:' || {uuid} AS urn, printf('01000000-0000-7000-8000-%012x', i) AS evidence_id,"
        f" (SELECT 'list-' || (i / {per_list})) AS list FROM series ORDER BY 3")

    def copy(table, template, **changed):
        columns = [row[1] for row in run(f"PRAGMA table_info({table})")]
        values = [changed.get(column, f"old.{column}") for column in columns]
        run(f"INSERT INTO {table} SELECT {', '.join(values)} FROM made JOIN template USING (n) JOIN {table} AS old ON {template} ORDER BY made.rowid")

    mine = {"learner_id": "made.learner_id"}
    copy("learner", "old.id = template.learner_id", id="made.learner_id", position="10000000 + made.i", email="made.learner_id || '@people.example'")
    copy("subject", "old.learner_id = template.learner_id", urn="made.urn", **mine)
    copy("evidence", "old.id = template.evidence_id", id="made.evidence_id", external_id="made.learner_id", **mine)
    copy("answer", "old.key = template.external_id AND old.scope = 'completion:prv-qalam'", key="made.learner_id",
         body="replace(replace(old.body, template.evidence_id, made.evidence_id), template.learner_id, made.learner_id)")
    run("INSERT INTO status_list SELECT DISTINCT made.list, issuer_id, purpose, length, %d, created_at FROM made, (SELECT * FROM status_list LIMIT 1)" % per_list)
    run(f"INSERT INTO status_position SELECT list, i % {per_list} FROM made ORDER BY list, i")
    copy("credential", "old.id = template.id", id="made.id", share_code="lower(hex(randomblob(8)))", status_list_id="made.list",
         status_position=f"made.i % {per_list}", details="replace(old.details, template.evidence_id, made.evidence_id)", **mine)
    copy("credential_document", "old.credential_id = template.id", credential_id="made.id",
         body="replace(replace(old.body, template.id, made.id), template.urn, made.urn)")
    copy("event", "old.subject = template.id", seq="NULL", subject="made.id")
    copy("event", "old.subject = template.evidence_id", seq="NULL", subject="made.evidence_id")
    copy("outbox", "old.learner_id = template.learner_id", id=uuid, data="replace(old.data, template.id, made.id)", **mine)
    copy("mail_link", "old.learner_id = template.learner_id", hash="lower(hex(randomblob(32)))", mail_id=uuid, **mine)
    run("COMMIT")
    run("ANALYZE") if run("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'").fetchone() else None
    stored = [row[0] for row in run("SELECT id FROM credential WHERE achievement_id = 'ach-bench' ORDER BY random() LIMIT 20000")]
    database.close()
    return stored


def start_with(server, count, folder):
    """The service with so many credentials, and a file of addresses that look them up."""
    began = time.monotonic()
    stored = fill(server.data / "itqan.db", count)
    size = sum(file.stat().st_size for file in server.data.glob("itqan.db*"))
    filled = time.monotonic()
    server.start()
    first = server.started_in
    server.settle()
    print(f"  {count} credentials, {size / count / 1024:.1f} KB each: written in {filled - began:.0f} s, the round over all learners took"
          f" {time.monotonic() - filled:.0f} s", flush=True)
    paths = folder / f"look-up-{count}"
    paths.write_text("".join(f"/api/v1/credentials/{each}\n" for each in stored))
    return first, paths


def measure(table, options, folder):
    count = 1_000_000 if options.million else 20_000 if options.quick else 100_000
    rounds, issues, looks = (3, 2_000, 4_000) if options.quick else (5, 4_000, 12_000)
    folder.mkdir()
    programme = folder / "programme"
    make_programme.main(programme, templates + rounds * issues, time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime()), "[]")
    completions = folder / "completions.ndjson"
    servers, paths = {}, {}
    try:
        for stored in (10_000, count):
            place = folder / str(stored)
            place.mkdir()
            server = servers[stored] = Server(options.itqan, place, programme=programme)
            server.load(options.load, "/api/v1/completions", templates, bodies=completions, token=server.token_file("provider", "prv-qalam"))
            server.settle()  # Its mails are written then.
            if stored == 10_000:
                for _ in range(rounds):
                    server.restart()
                    table.add("G18 empty", server.started_in)
            server.stop()
            _, paths[stored] = start_with(server, stored, folder)
        for round_ in range(rounds):
            print(f"  with many stored, round {round_ + 1} of {rounds}", flush=True)
            figures = {}
            for stored, server in servers.items():
                server.settle()
                looked = server.load(options.load, paths[stored], looks, connections=8, token=server.token_file("admin"))
                issued = server.load(options.load, "/api/v1/completions", issues, skip=templates + round_ * issues, bodies=completions,
                                     token=server.token_file("provider", "prv-qalam"))
                figures[stored] = issued["requestsPerSecond"], looked["p99ms"] * 1000
            few, many = figures[10_000], figures[count]
            table.add("G17 issue", many[0], few[0])
            table.add("G17 look-up", many[1], few[1])
        for _ in range(rounds):
            servers[count].stop()
            servers[count].start()
            table.add("G18 many", servers[count].started_in)
    finally:
        for server in servers.values():
            server.stop()
    if not options.million:
        for goal in ("G17 issue", "G17 look-up", "G18 many"):
            table.not_run(goal, f"{count} stored, --million stores a million")
