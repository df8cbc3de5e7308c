#!/usr/bin/env python3
"""What an operator keeps: backups taken under load and restored elsewhere, a check that finds every damage, and moves that
are equal on both sides. One demo under load for all cases; FLIPS says how many bits are flipped."""
import http.client
import json
import os
import pathlib
import random
import resource
import shutil
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

program = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else None
flips = int(os.environ.get("FLIPS", "24"))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Demo:
    def __init__(self, folder):
        self.folder, self.data, self.port = folder, folder / "data", free_port()
        self.environment = {**os.environ, "ITQAN_DOMAIN": f"localhost:{self.port}", "ITQAN_LIMITS_EXEMPT_NETWORKS": "127.0.0.0/8"}
        with (folder / "server.log").open("wb") as log:
            self.process = subprocess.Popen([program, "demo", "--data", self.data, "--listen", f"127.0.0.1:{self.port}", "--key-type", "ed25519"],
                                            stdout=log, stderr=log, env=self.environment)
        end = time.monotonic() + 120
        while "Ctrl-C" not in (folder / "server.log").read_text():
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError("the demo did not start: " + (folder / "server.log").read_text())
            time.sleep(0.05)
        self.facts = json.loads((self.data / "demo.json").read_text())

    def connect(self):
        context = ssl.create_default_context(cafile=self.facts["caCertificate"])
        return http.client.HTTPSConnection("localhost", self.port, context=context, timeout=30)

    def request(self, method, path, token=None, body=None, connection=None, accept="application/json"):
        own = connection or self.connect()
        headers = {"Accept": accept, **({"Authorization": "Bearer " + token} if token else {})}
        if body is not None:
            headers["Content-Type"] = "application/json"
        own.request(method, path, body=None if body is None else json.dumps(body), headers=headers)
        answer = own.getresponse()
        text = answer.read()
        if connection is None:
            own.close()
        return answer.status, text

    def end(self):
        self.process.terminate()
        self.process.wait(30)


class Load:
    """Clients that post completions; `acknowledged` holds the ids whose answer was 201."""

    def __init__(self, demo, clients=3):
        self.demo, self.acknowledged, self.stopping = demo, [], threading.Event()
        programme = pathlib.Path(__file__).resolve().parents[3] / "service/demo/programme"
        self.learners = [each["id"] for each in json.loads((programme / "learners.json").read_text())]
        self.threads = [threading.Thread(target=self.post, args=(n,)) for n in range(clients)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def post(self, client):
        connection = self.demo.connect()
        token = self.demo.facts["tokens"]["provider"]["prv-qalam"]
        for n in range(1_000_000):
            if self.stopping.is_set():
                return connection.close()
            body = {"externalId": f"load-{id(self):x}-{client}-{n}", "activityId": "act-102", "learnerId": random.choice(self.learners),
                    "completedAt": time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime()), "score": 86}
            status, text = self.demo.request("POST", "/api/v1/completions", token, body, connection)
            if status == 422 and b"unknown-learner" in text:
                continue  # Erased by another case.
            if status != 201:
                raise AssertionError((status, text))
            self.acknowledged.append(body["externalId"])

    def wait_for(self, count):
        end = time.monotonic() + 60
        while len(self.acknowledged) < count:
            if time.monotonic() > end:
                raise AssertionError("the load makes no progress")
            time.sleep(0.02)


class Keeping(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="itqan-keeping-"))
        cls.demo = Demo(cls.folder)
        cls.made = 0

    @classmethod
    def tearDownClass(cls):
        cls.demo.end()
        shutil.rmtree(cls.folder)

    def run_command(self, *arguments, data=None, status=0, text=True):
        done = subprocess.run([program, *map(str, arguments), "--data", str(data or self.demo.data)], capture_output=True, text=text,
                              timeout=180, env=self.demo.environment)
        self.assertEqual(done.returncode, status, (arguments, done.stdout[-3000:], done.stderr[-3000:]))
        return done

    def run_json(self, *arguments, data=None, status=0):
        return json.loads(self.run_command(*arguments, "--json", data=data, status=status).stdout)

    def new_folder(self):
        Keeping.made += 1
        return self.folder / f"new-{Keeping.made}"

    def backup(self, *more):
        folder = self.new_folder()
        return pathlib.Path(self.run_json("backup", str(folder) + "/", *more)["path"])

    def restore(self, backup, *more, status=0, key=True):
        data = self.new_folder()
        if key:
            (data / "keys").mkdir(parents=True, mode=0o700)
            data.chmod(0o700)
            shutil.copy(self.demo.data / "keys/kek", data / "keys/kek")
        return data, self.run_json("restore", backup, *more, data=data, status=status)

    def refused(self, code, *arguments, data=None):
        error = self.run_command(*arguments, data=data, status=1).stderr
        self.assertIn(f"({code})", error)
        return error

    def rows(self, data, sql, *values):
        with sqlite3.connect(data / "itqan.db") as database:
            return database.execute(sql, values).fetchall()

    def credential(self, where="status = 'active' AND erased_at IS NULL"):
        return self.rows(self.demo.data, f"SELECT id, status_list_id, status_position, learner_id FROM credential WHERE {where} ORDER BY id LIMIT 1")[0]

    # Backup and restore

    def test_a_backup_under_load_has_every_line_that_was_acknowledged_before_it_and_is_green(self):
        with Load(self.demo) as load:
            load.wait_for(30)
            before = list(load.acknowledged)
            backup = self.backup()
            load.wait_for(len(load.acknowledged) + 5)
            self.assertTrue(self.run_json("fsck")["good"])

        data, told = self.restore(backup)

        self.assertTrue(told["fsck"]["good"], told)
        kept = {key for key, in self.rows(data, "SELECT key FROM answer")}
        self.assertEqual([each for each in before if each not in kept], [])
        self.assertEqual((data / "itqan.db").stat().st_mode & 0o777, 0o600)
        self.assertTrue(self.run_json("fsck", data=data)["good"])
        note = json.loads((self.demo.data / "backup.json").read_text())
        self.assertIn("time", note)

    def test_what_is_issued_after_a_restore_takes_no_position_of_a_list_that_was_there(self):
        data, told = self.restore(self.backup())
        old = {each for each, in self.rows(data, "SELECT id FROM status_list")}
        self.assertGreater(told["closedLists"], 0)

        issued = self.run_json("issue", "--achievement", "ach-03", "--learner", "lrn-001", data=data)

        (place,), = self.rows(data, "SELECT status_list_id FROM credential WHERE id = ?", issued["id"])
        self.assertNotIn(place, old)
        self.assertTrue(self.run_json("fsck", data=data)["good"])

    def test_revocations_since_the_backup_come_back_from_the_published_list_and_from_no_forged_one(self):
        backup = self.backup()
        id, list_id, position, _ = self.credential()
        self.run_json("revoke", id, "--reason", "issued-in-error")
        status, text = self.demo.request("GET", f"/status/{list_id}", accept="*/*")
        self.assertEqual(status, 200)
        published = self.folder / "list"
        published.write_bytes(text)

        forgotten, _ = self.restore(backup)
        self.assertEqual(self.rows(forgotten, "SELECT status FROM credential WHERE id = ?", id), [("active",)])
        data, told = self.restore(backup, "--status-list", published)

        self.assertEqual(self.rows(data, "SELECT status FROM credential WHERE id = ?", id), [("revoked",)])
        self.assertEqual(len(self.rows(data, "SELECT 1 FROM status_bit WHERE list_id = ? AND position = ?", list_id, position)), 1)
        self.assertEqual(told["revoked"], 1)
        self.assertTrue(told["fsck"]["good"])
        forged = self.folder / "forged"
        forged.write_text(text.decode().replace('"statusPurpose":"revocation"', '"statusPurpose":"suspension"'))
        self.assertNotEqual(forged.read_bytes(), text)
        error = self.refused("not-our-list", "restore", backup, "--status-list", forged, data=self.new_folder())
        self.assertIn("newer than the backup", error)

    def test_a_person_erased_after_the_backup_is_erased_in_what_is_restored(self):
        early = self.backup()
        learner = self.rows(self.demo.data, "SELECT l.id, l.email FROM learner AS l JOIN credential AS c ON c.learner_id = l.id WHERE l.erased_at IS NULL ORDER BY l.id DESC LIMIT 1")[0]
        self.run_json("erase", learner[0])
        shutil.copy(self.demo.data / "erasures.log", early.parent)

        data, told = self.restore(early)

        self.assertGreaterEqual(told["erased"], 1)
        self.assertTrue(told["fsck"]["good"], told)
        self.assertNotIn(learner[1].encode(), (data / "itqan.db").read_bytes())
        self.assertIn(learner[1].encode(), early.read_bytes())
        wrong = self.folder / "wrong.log"
        wrong.write_text("yesterday lrn-001\n")
        self.refused("not-a-journal", "restore", early, "--erasures", wrong, data=self.new_folder())

    def test_a_backup_without_the_key_shows_no_private_key_and_says_what_is_missing(self):
        backup = self.backup()
        key = (self.demo.data / "keys/kek").read_bytes()
        self.assertNotIn(key, backup.read_bytes())

        data, told = self.restore(backup, key=False, status=1)

        self.assertEqual({each["table"] for each in told["fsck"]["problems"]}, {"issuer_key"})
        self.assertIn("keys/kek", told["fsck"]["problems"][0]["remedy"])
        self.assertFalse((data / "keys/kek").exists())

    def test_a_flipped_bit_of_a_backup_is_found_also_without_the_file_beside_it(self):
        backup = self.backup()
        whole = backup.read_bytes()
        data = bytearray(whole)
        data[len(data) // 2] ^= 4
        backup.write_bytes(data)
        self.refused("damaged-backup", "restore", backup, data=self.new_folder())
        alone = self.folder / "alone"
        alone.write_bytes(whole)
        with sqlite3.connect(alone) as database:
            database.execute("UPDATE learner SET name = 'Somebody else' WHERE id = 'lrn-001'")
        self.refused("damaged-backup", "restore", alone, data=self.new_folder())
        alone.write_bytes(b"no database at all")
        self.refused("damaged-backup", "restore", alone, data=self.new_folder())

    def test_old_backups_go_and_others_files_stay(self):
        folder = self.new_folder()
        folder.mkdir()
        (folder / "notes").write_text("mine")
        for stamp in ("20260101T000000Z", "20260102T000000Z"):
            (folder / f"itqan-{stamp}.backup").write_text("old")
            (folder / f"itqan-{stamp}.backup.json").write_text("{}")

        told = self.run_json("backup", folder, "--keep", "2")

        self.assertEqual(len(told["removed"]), 1)
        names = sorted(each.name for each in folder.iterdir() if each.name != "erasures.log")
        self.assertEqual(len(names), 5, names)
        self.assertNotIn("itqan-20260101T000000Z.backup", names)
        self.refused("already-exists", "backup", told["path"])

    def test_a_backup_can_be_streamed_and_restored(self):
        done = self.run_command("backup", "-", "--quiet", text=False)
        streamed = self.folder / "streamed"
        streamed.write_bytes(done.stdout)
        self.assertEqual([each.name for each in self.demo.data.iterdir() if each.name.startswith(".backup")], [])
        self.assertTrue(self.restore(streamed)[1]["fsck"]["good"])

    def test_a_restore_into_what_is_there_is_refused(self):
        self.refused("already-exists", "restore", self.backup(), data=self.demo.data)
        self.refused("no-backup", "restore", self.folder / "absent", data=self.new_folder())

    def test_the_log_of_a_database_that_was_moved_away_is_never_played_into_another(self):
        backup = self.backup()
        for end in ("-wal", "-shm", "-journal"):
            data = self.new_folder()
            data.mkdir(mode=0o700)
            (data / f"itqan.db{end}").write_bytes(b"old")
            target = self.folder / f"moved{end}.db"
            target.with_name(target.name + end).write_bytes(b"old")

            error = self.refused("already-exists", "restore", backup, data=data)
            self.refused("already-exists", "move", "--from", f"sqlite:{self.demo.data / 'itqan.db'}", "--to", f"sqlite:{target}", "--online")

            self.assertIn(f"itqan.db{end} is there still", error)
            self.assertIn("Move", error)
            self.assertFalse((data / "itqan.db").exists())
            self.assertFalse(target.exists())
            self.assertEqual((data / f"itqan.db{end}").read_bytes(), b"old")

    def test_what_is_restored_or_moved_is_one_file(self):
        data, _ = self.restore(self.backup())
        self.assertEqual(sorted(each.name for each in data.iterdir()), ["itqan.db", "itqan.toml", "keys"])
        target = self.new_folder()
        target.mkdir()
        self.run_json("move", "--from", f"sqlite:{data / 'itqan.db'}", "--to", f"sqlite:{target / 'itqan.db'}")
        self.assertEqual([each.name for each in target.iterdir()], ["itqan.db"])

    def test_an_event_that_is_missing_stays_missing_in_what_is_restored_or_moved(self):
        data, _ = self.restore(self.backup())
        with sqlite3.connect(data / "itqan.db") as database:
            database.execute("DELETE FROM event WHERE seq = (SELECT max(seq) - 3 FROM event)")
        database.close()
        backup = self.run_json("backup", str(self.new_folder()) + "/", data=data)["path"]

        _, told = self.restore(backup, status=1)
        target = self.new_folder()
        shutil.copytree(data / "keys", target / "keys")
        target.chmod(0o700)
        shutil.copy(data / "itqan.toml", target)
        self.run_json("move", "--from", f"sqlite:{data / 'itqan.db'}", "--to", f"sqlite:{target / 'itqan.db'}")

        for report in (told["fsck"], self.run_json("fsck", data=target, status=1)):
            self.assertIn("event", {problem["table"] for problem in report["problems"]}, report)

    def test_what_killed_backups_left_goes_after_an_hour_and_nothing_else_does(self):
        data, _ = self.restore(self.backup())
        folder = self.new_folder()
        folder.mkdir()
        stamp, old = "20260101T000000Z", time.time() - 2 * 3600
        gone = [folder / f".itqan-{stamp}.backup.unfinished", folder / f".itqan-{stamp}.backup.unfinished-wal", data / f".backup-{stamp}", data / f".backup-{stamp}-journal"]
        stays = [folder / ".mine.backup.unfinished", folder / f".itqan-{stamp}.backup.unfinished.txt", folder / ".itqan-2026.backup.unfinished", data / ".backup-mine"]
        young = [folder / ".itqan-20260102T000000Z.backup.unfinished", folder / ".itqan-20260103T000000Z.backup.unfinished", data / ".backup-20260102T000000Z"]
        busy = folder / ".itqan-20260103T000000Z.backup.unfinished-wal"
        for file in (*gone, *stays, *young, busy):
            file.write_text("left")
        for file in (*gone, *stays, young[1]):
            os.utime(file, (old, old))

        self.run_json("backup", folder, data=data)

        self.assertEqual([file for file in gone if file.exists()], [])
        self.assertEqual([file for file in (*stays, *young, busy) if not file.exists()], [])

    # The journal of erasures

    def test_an_erasure_that_the_disk_does_not_take_leaves_the_journal_as_it_was_and_erases_nobody(self):
        data, _ = self.restore(self.backup())
        learner = self.rows(data, "SELECT id FROM learner WHERE erased_at IS NULL ORDER BY id DESC LIMIT 1")[0][0]
        journal, size = data / "erasures.log", 1 << 30
        with journal.open("wb") as file:  # A hole, so that only the journal comes to the limit and not the database.
            file.seek(size - 1)
            file.write(b"\n")

        done = subprocess.run([program, "erase", learner, "--data", data], capture_output=True, text=True, timeout=60, env=self.demo.environment,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, size + 10)))

        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("Nothing was erased", done.stderr)
        self.assertEqual(journal.stat().st_size, size)
        self.assertEqual(self.rows(data, "SELECT erased_at FROM learner WHERE id = ?", learner), [(None,)])

    def test_a_line_that_was_cut_off_does_not_join_the_next_one(self):
        data, _ = self.restore(self.backup())
        learner = self.rows(data, "SELECT id FROM learner WHERE erased_at IS NULL ORDER BY id DESC LIMIT 1")[0][0]
        (data / "erasures.log").write_text("2026-11-28T00:00:00Z lrn-")

        self.run_json("erase", learner, data=data)

        lines = (data / "erasures.log").read_text().splitlines()
        self.assertEqual(lines[0], "2026-11-28T00:00:00Z lrn-")
        self.assertEqual([line.split()[1] for line in lines[1:]], [learner])

    def test_a_journal_with_an_id_that_none_can_have_is_refused_with_its_line(self):
        backup = self.backup()
        journal = self.folder / "joined.log"
        for id in ("lrn-02026-11-28T00:00:00Z lrn-001", "lrn/001", "", "l" * 65):
            journal.write_text(f"2026-11-28T00:00:00Z lrn-001\n2026-11-28T00:00:00Z {id}\n")
            self.assertIn("line 2", self.refused("not-a-journal", "restore", backup, "--erasures", journal, data=self.new_folder()))

    # Moves

    def test_a_move_is_refused_while_the_source_is_served_and_a_rehearsal_is_not(self):
        source, target = f"sqlite:{self.demo.data / 'itqan.db'}", self.folder / "moved-online.db"
        error = self.refused("in-use", "move", "--from", source, "--to", f"sqlite:{target}")
        self.assertIn("Stop the server", error)
        self.assertFalse(target.exists())
        told = self.run_json("move", "--from", source, "--to", f"sqlite:{target}", "--online")
        self.assertGreater(told["rows"], 1000)
        self.refused("target-not-empty", "move", "--from", source, "--to", f"sqlite:{target}", "--online")
        self.refused("unknown-place", "move", "--from", source, "--to", "mysql://somewhere")

    def test_a_move_is_equal_on_both_sides_and_the_target_serves(self):
        data, _ = self.restore(self.backup())
        target = self.new_folder()
        target.mkdir(mode=0o700)
        shutil.copytree(data / "keys", target / "keys")
        shutil.copy(data / "itqan.toml", target)

        told = self.run_json("move", "--from", f"sqlite:{data / 'itqan.db'}", "--to", f"sqlite:{target / 'itqan.db'}")

        for table in told["tables"]:
            (count,), = self.rows(target, f"SELECT count(*) FROM {table['table']}")
            self.assertEqual(count, table["rows"] + (table["table"] == "event"))
        self.assertTrue(self.run_json("fsck", data=target)["good"])
        self.run_json("issue", "--achievement", "ach-04", "--learner", "lrn-002", data=target)

    # Damages

    damages = [
        ("credential", "DELETE FROM status_position WHERE (list_id, position) = (SELECT status_list_id, status_position FROM credential WHERE id = :id)"),
        ("credential", "UPDATE credential SET status = 'revoked' WHERE id = :id"),
        ("credential", "INSERT INTO status_bit SELECT status_list_id, status_position, 1 FROM credential WHERE id = :id"),
        ("credential", "UPDATE credential SET status = 'good' WHERE id = :id"),
        ("credential", "UPDATE credential SET award_no = 7 WHERE id = :id"),
        ("credential", "DELETE FROM learner WHERE id = (SELECT learner_id FROM credential WHERE id = :id)"),
        ("credential", "DELETE FROM subject WHERE learner_id = (SELECT learner_id FROM credential WHERE id = :id)"),
        ("credential", "DELETE FROM credential_document WHERE credential_id = :id"),
        ("credential", "UPDATE event SET kind = 'x' WHERE kind = 'credential.issued' AND subject = :id"),
        ("event", "DELETE FROM credential WHERE id = :id"),
        ("event", "DELETE FROM event WHERE seq = (SELECT max(seq) - 3 FROM event)"),
        ("credential_document", "DELETE FROM credential WHERE id = :id"),
        ("credential_document", "UPDATE credential_document SET key_id = 'other' WHERE credential_id = :id"),
        ("credential_document", "UPDATE credential_document SET body = replace(body, 'Nakhla', 'Nakhle') WHERE credential_id = :id"),
        ("credential_document", "UPDATE credential_document SET body = (SELECT body FROM credential_document WHERE credential_id <> :id LIMIT 1) WHERE credential_id = :id"),
        ("credential_document", "UPDATE credential SET valid_until = valid_until + 1 WHERE id = :id"),
        ("credential_document", "UPDATE subject SET urn = 'urn:uuid:0' WHERE (learner_id, issuer_id) = (SELECT learner_id, issuer_id FROM credential WHERE id = :id)"),
        ("credential_document", "UPDATE credential SET status_position = (SELECT min(position) FROM status_position AS p WHERE p.list_id = status_list_id AND NOT EXISTS (SELECT 1 FROM credential AS c WHERE c.status_list_id = p.list_id AND c.status_position = p.position)) WHERE id = :id"),
        ("credential_document", "UPDATE credential_document SET edition = 9 WHERE credential_id = :id"),
        ("status_list", "UPDATE status_list SET reserved = reserved - 1"),
        ("status_list", "UPDATE status_list SET length = 8"),
        ("status_position", "INSERT INTO status_position VALUES ('no-list', 1)"),
        ("status_bit", "INSERT INTO status_bit SELECT id, 131000, 1 FROM status_list WHERE NOT EXISTS (SELECT 1 FROM status_position WHERE list_id = id AND position = 131000) LIMIT 1"),
        ("learner", "UPDATE learner SET erased_at = 1 WHERE id = 'lrn-003'"),
        ("learner", "INSERT INTO event (recorded_at, occurred_at, actor, kind, subject, data) VALUES (1, 1, 'x', 'learner.erased', 'lrn-003', '{}')"),
        ("evidence", "UPDATE evidence SET learner_id = 'nobody' WHERE id = (SELECT min(id) FROM evidence)"),
        ("evidence", "UPDATE event SET subject = 'x' WHERE kind LIKE 'evidence.%' AND subject = (SELECT min(id) FROM evidence)"),
        ("answer", "UPDATE answer SET location = '/api/v1/completions/none' WHERE key = (SELECT min(key) FROM answer WHERE location LIKE '/api/v1/completions/%')"),
        ("issuer_key", "UPDATE issuer_key SET sealed = zeroblob(60) WHERE id = (SELECT min(id) FROM issuer_key)"),
        ("issuer_key", "UPDATE issuer_key SET public_jwk = (SELECT public_jwk FROM issuer_key ORDER BY id DESC LIMIT 1) WHERE id = (SELECT min(id) FROM issuer_key)"),
        ("issuer_key", "UPDATE issuer_key SET state = 'revoked' WHERE id = (SELECT min(id) FROM issuer_key)"),
        ("issuer_key", "INSERT INTO event (recorded_at, occurred_at, actor, kind, subject, data) SELECT 1, 1, 'x', 'key.revoked', min(id), '{}' FROM issuer_key"),
        ("outbox", "INSERT INTO outbox VALUES ('o', 'mail.claim', NULL, NULL, '{\"credentialIds\":[\"none\"]}', 'waiting', 0, 1, NULL, NULL, 1, NULL)"),
        ("outbox", "UPDATE outbox SET state = 'lost' WHERE id = (SELECT min(id) FROM outbox)"),
        ("schema_migration", "UPDATE schema_migration SET checksum = 'x' WHERE number = 1"),
        ("database", "INSERT INTO job_item (job_id, n, name) VALUES ('none', 1, 'x')"),
    ]

    def test_every_damage_is_found_in_its_table(self):
        with Load(self.demo) as load:
            load.wait_for(3)
        data, _ = self.restore(self.backup())
        whole = (data / "itqan.db").read_bytes()
        id = self.rows(data, "SELECT c.id FROM credential AS c WHERE status = 'active' AND erased_at IS NULL AND valid_until IS NOT NULL AND award_no = 1 AND "
                             "NOT EXISTS (SELECT 1 FROM status_bit AS b WHERE b.list_id = c.status_list_id AND b.position = c.status_position) ORDER BY id LIMIT 1")[0][0]
        for table, sql in self.damages:
            with self.subTest(sql=sql):
                for left in data.glob("itqan.db*"):
                    left.unlink()
                (data / "itqan.db").write_bytes(whole)
                with sqlite3.connect(data / "itqan.db") as database:
                    self.assertGreater(database.execute(sql, {"id": id} if ":id" in sql else {}).rowcount, 0)
                told = self.run_json("fsck", "--sample", "0", data=data, status=1)
                self.assertIn(table, {problem["table"] for problem in told["problems"]}, told["problems"][:5])
                self.assertTrue(all(problem["what"] and problem["remedy"] for problem in told["problems"]))

    def signed(self, file):
        """What a verifier relies on."""
        with sqlite3.connect(f"file:{file}?immutable=1", uri=True) as database:
            return [database.execute(sql).fetchall() for sql in (
                "SELECT credential_id, edition, form, body FROM credential_document ORDER BY 1, 2, 3",
                "SELECT list_id, position FROM status_bit ORDER BY 1, 2", "SELECT list_id, position FROM status_position ORDER BY 1, 2",
                "SELECT id, public_jwk, sealed FROM issuer_key ORDER BY 1")]

    def test_a_flipped_bit_of_the_database_is_found_or_changes_nothing_signed(self):
        data, _ = self.restore(self.backup())
        whole = (data / "itqan.db").read_bytes()
        before = self.signed(data / "itqan.db")
        seed = int.from_bytes(os.urandom(4), "big")
        chance = random.Random(seed)
        found = 0
        for _ in range(flips):
            place, bit = chance.randrange(len(whole)), chance.randrange(8)
            changed = bytearray(whole)
            changed[place] ^= 1 << bit
            for left in data.glob("itqan.db*"):
                left.unlink()
            (data / "itqan.db").write_bytes(changed)
            done = subprocess.run([program, "fsck", "--json", "--data", data], capture_output=True, text=True, timeout=180, env=self.demo.environment)
            self.assertIn(done.returncode, (0, 1), (seed, place, bit, done.stderr[-2000:]))
            found += done.returncode
            if done.returncode == 0:
                self.assertEqual(self.signed(data / "itqan.db"), before, f"seed {seed}: byte {place} bit {bit}")
            self.assertTrue(all(" " <= letter < "\x7f" or letter > "\x9f" or letter in "\n\t" for letter in done.stderr), (seed, place, bit, done.stderr))
        print(f"{flips} flipped bits: {found} found, {flips - found} harmless")


class OnPostgres(unittest.TestCase):
    """There and back: what one engine holds is what the other holds, and a backup is the same file for both."""

    def test_a_programme_moves_to_postgres_is_kept_there_and_comes_back(self):
        sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
        import postgres_server
        starter = pathlib.Path(__file__).resolve().parents[3] / "service/demo/programme"
        folder = pathlib.Path(tempfile.mkdtemp(prefix="itqan-keeping-pg-"))
        self.addCleanup(shutil.rmtree, folder)

        def run(*arguments, status=0):
            done = subprocess.run([program, *map(str, arguments), "--json"], capture_output=True, text=True, timeout=180)
            self.assertEqual(done.returncode, status, (arguments, done.stdout[-3000:], done.stderr[-3000:]))
            return json.loads(done.stdout or done.stderr)

        try:
            server = postgres_server.PostgresServer()
        except postgres_server.NoPostgres as reason:
            print(f"not run: {reason}")
            self.skipTest(str(reason))
        with server:
            data, url = folder / "data", server.url()
            run("init", "--domain", "badges.example.org", "--data", data)
            run("import", starter, "--issue", "--data", data)

            there = run("move", "--from", f"sqlite:{data / 'itqan.db'}", "--to", f"postgres:{url}")
            self.assertEqual(run("move", "--from", f"sqlite:{data / 'itqan.db'}", "--to", url, status=1)["code"], "target-not-empty")
            self.assertTrue(run("fsck", "--data", data, "--database", url)["good"])
            run("issue", "--achievement", "ach-03", "--learner", "lrn-001", "--data", data, "--database", url)
            backup = run("backup", folder / "backups/", "--data", data, "--database", url)["path"]
            rows = {each["table"]: each for each in run("move", "--from", url, "--to", f"sqlite:{folder / 'back.db'}")["tables"]}

            moved = {each["table"]: each for each in there["tables"]}
            self.assertEqual(rows["credential"]["rows"], moved["credential"]["rows"] + 1)
            self.assertEqual(rows["evidence"], moved["evidence"])
            self.assertEqual(rows["programme_item"], moved["programme_item"])
            restored = folder / "restored"
            (restored / "keys").mkdir(parents=True, mode=0o700)
            restored.chmod(0o700)
            shutil.copy(data / "keys/kek", restored / "keys/kek")
            self.assertTrue(run("restore", backup, "--data", restored)["fsck"]["good"])
            self.assertEqual(run("restore", backup, "--data", folder / "again", "--database", url, status=1)["code"], "target-not-empty")


if __name__ == "__main__":
    unittest.main()
