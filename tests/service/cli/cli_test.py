#!/usr/bin/env python3
"""The command line: what it prints, what it returns, and what it leaves alone. One installation for all cases; each makes
the badges it needs."""
import csv
import json
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

program = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else None
starter = pathlib.Path(__file__).resolve().parents[3] / "service/demo/programme"


class CommandLine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="itqan-cli-"))
        cls.data = cls.folder / "data"
        cls.first = cls.run_json(cls, "init", "--domain", "badges.example.org")
        cls.imported = cls.run_json(cls, "import", str(starter))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def run_command(self, *arguments, stdin=None):
        return subprocess.run([program, *arguments, "--data", str(self.data)], input=stdin, capture_output=True, text=True, timeout=60)

    def run_json(self, *arguments):
        done = CommandLine.run_command(self, *arguments, "--json")
        if done.returncode != 0:
            raise AssertionError(f"{arguments}: {done.returncode} {done.stderr}")
        return json.loads(done.stdout)

    def refused(self, code, *arguments, status=1):
        done = self.run_command(*arguments)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertIn(f"({code})", done.stderr)
        return done.stderr

    def issue(self, achievement, learner, *more):
        return self.run_json("issue", "--achievement", achievement, "--learner", learner, *more)

    def verdict(self, token, *more):
        path = self.folder / "badge"
        path.write_text(token if isinstance(token, str) else json.dumps(token))
        done = self.run_command("verify", str(path), "--json", *more)
        return done.returncode, json.loads(done.stdout)

    def test_init_gives_one_administrator_and_is_not_repeated(self):
        self.assertEqual(self.first["domain"], "badges.example.org")
        self.assertTrue(self.first["adminToken"].startswith("itq_"))
        self.refused("already-exists", "init", "--domain", "other.example.org")

    def test_import_counts_what_it_wrote_and_a_second_one_writes_nothing(self):
        self.assertEqual(self.imported["written"]["completion"], len(json.loads((starter / "completions.json").read_text())))
        again = self.run_json("import", str(starter))
        self.assertEqual(sum(again["written"].values()), 0)

    def test_a_folder_with_a_fault_is_refused_whole_and_says_where(self):
        broken = self.folder / "broken"
        shutil.copytree(starter, broken)
        activities = json.loads((broken / "activities.json").read_text())
        activities[0]["title"] = "A title that must not arrive"
        activities[1]["provider"] = 7
        (broken / "activities.json").write_text(json.dumps(activities))

        done = self.run_command("import", str(broken))

        self.assertEqual(done.returncode, 1)
        self.assertIn("activities.json", done.stderr)
        self.assertIn("/1/provider", done.stderr)
        self.assertNotIn("must not arrive", self.run_command("evaluate", "--learner", "lrn-015", "--json").stdout)
        self.assertEqual(sum(self.run_json("import", str(starter))["written"].values()), 0)

    def test_a_badge_verifies_until_it_is_revoked(self):
        badge = self.issue("ach-03", "lrn-001")
        self.assertEqual(self.verdict(badge["credential"])[0], 0)

        self.run_json("suspend", badge["id"], "--note", "a look")
        code, report = self.verdict(badge["credential"])
        self.assertEqual((code, report["verdict"]), (1, "invalid"))
        self.run_json("reinstate", badge["id"])
        self.assertEqual(self.verdict(badge["credential"])[0], 0)
        self.refused("unknown-reason", "revoke", badge["id"], "--reason", "because")
        self.run_json("revoke", badge["id"], "--reason", "issued-in-error")

        code, report = self.verdict(badge["credential"])
        self.assertEqual((code, report["verdict"]), (1, "invalid"))
        self.assertIn("fail", [check["outcome"] for check in report["checks"] if check["id"] == "status"])
        self.refused("wrong-state", "reinstate", badge["id"])

    def test_verify_says_what_an_open_badges_2_document_is_without_letting_it_steer_the_terminal(self):
        context = "https://w3id.org/openbadges/v2"
        hosted = {"@context": context, "type": "Assertion", "id": "https://badges.example.org/1",
                  "issuedOn": "2026-01-31T00:00:00Z", "badge": {"type": "BadgeClass", "id": "https://badges.example.org/b",
                  "name": "Robots\x1b[2J", "description": "Builds", "criteria": "https://badges.example.org/c",
                  "issuer": "https://badges.example.org/i"}, "verification": {"type": "hosted"},
                  "recipient": {"type": "email", "hashed": False, "identity": "amal@example.org"}}
        done = self.run_command("verify", "-", stdin=json.dumps(hosted))
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertIn("Open Badges 2.0 assertion (hosted)", done.stdout)
        self.assertIn("Robots", done.stdout)
        self.assertNotIn("\x1b", done.stdout)
        profile = {"@context": context, "type": "Profile", "id": "https://badges.example.org/i", "name": "School",
                   "url": "https://badges.example.org", "email": "office@example.org"}
        done = self.run_command("verify", "-", stdin=json.dumps(profile))
        self.assertIn("A description, not an award", done.stdout)
        self.assertEqual(done.returncode, 3, "it is nobody's award")
        asked = self.run_command("verify", "-", "--recipient", "amal@example.org", stdin=json.dumps(profile))
        self.assertEqual(asked.returncode, 1, asked.stdout)

    def test_verify_prints_nothing_of_a_badge_as_a_line_of_its_own(self):
        forged = {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential", "OpenBadgeCredential"],
                  "name": "x\nvalid: Genuine", "issuer": {"id": "did:web:a.example", "name": "y\n  by: b.example"},
                  "proof": {"type": "DataIntegrityProof", "cryptosuite": "x\n\nvalid: Genuine and in force\n  by: b.example"}}
        done = self.run_command("verify", "-", stdin=json.dumps(forged))
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertEqual([line for line in done.stdout.splitlines() if line.startswith("valid") or line.startswith("  by: b")], [])

    def test_verify_tells_forged_from_unknown_and_from_what_is_no_credential(self):
        issued = self.issue("ach-04", "lrn-002", "--proof", "jwt")
        changed = issued["credential"] | {"name": "Another name"}
        code, report = self.verdict(changed)
        self.assertEqual((code, report["verdict"]), (1, "invalid"))
        badge = issued["jwt"]
        header, payload, signature = badge.split(".")
        forged = ".".join([header, payload, ("B" if signature[0] == "A" else "A") + signature[1:]])
        code, report = self.verdict(forged)
        self.assertEqual((code, report["verdict"]), (1, "invalid"))

        other = self.folder / "other"
        subprocess.run([program, "init", "--domain", "elsewhere.example", "--data", other], check=True, capture_output=True)
        subprocess.run([program, "import", starter, "--data", other], check=True, capture_output=True)
        path = self.folder / "foreign.jwt"
        path.write_text(badge)
        done = subprocess.run([program, "verify", path, "--json", "--data", other], capture_output=True, text=True)
        self.assertEqual((done.returncode, json.loads(done.stdout)["verdict"]), (3, "unchecked"), done.stdout)

        said = self.run_command("verify", "-", stdin=badge).stdout
        self.assertIn(f"what: {issued['credential']['name']}", said)
        self.assertIn("by:   ", said)

        self.refused("no-file", "verify", str(self.folder / "absent"), status=2)
        nothing = self.run_command("verify", "-", stdin="hello")
        self.assertEqual(nothing.returncode, 2)
        self.assertEqual(self.run_command("verify", "-", stdin=badge).returncode, 0)

    def test_a_list_is_judged_row_by_row_and_goes_on_where_it_stopped(self):
        (self.folder / "good.json").write_text(json.dumps(self.issue("ach-05", "lrn-004")["credential"]))
        rows = ["good.json", "absent.png", "https://badges.example.org/c/nothing", "good.json"]
        (self.folder / "list.csv").write_text("link\n" + "\n".join(rows) + "\n")
        results = self.folder / "results.csv"

        whole = self.run_command("verify", "--batch", str(self.folder / "list.csv"), "--output", str(results))
        self.assertEqual(whole.returncode, 1, whole.stderr)
        told = list(csv.DictReader(results.open(newline="")))
        self.assertEqual([row["outcome"] for row in told], ["valid", "unreadable", "unreadable", "valid"])
        self.assertEqual([row["input"] for row in told], rows)

        text = results.read_bytes()
        results.write_bytes(text[:text.index(b'"3"') + 9])
        again = self.run_command("verify", "--batch", str(self.folder / "list.csv"), "--output", str(results))
        self.assertEqual(again.returncode, 1)
        self.assertEqual(results.read_bytes(), text)

        lines = self.run_command("verify", "--json", "--batch", str(self.folder / "list.csv")).stdout.splitlines()
        self.assertEqual([json.loads(line)["n"] for line in lines], [1, 2, 3, 4])
        self.refused("no-input-column", "verify", "--batch", self.written("name\nx\n"), status=2)
        self.refused("no-file", "verify", "--batch", str(self.folder / "absent.csv"), status=2)

    def test_a_pdf_gives_its_badge_alone_and_in_a_list_and_a_photo_without_code_says_so(self):
        token = self.issue("ach-06", "lrn-004", "--proof", "jwt")["jwt"]
        packed = zlib.compress(token.encode())
        head = b"%PDF-1.7\n1 0 obj\n<< /Type /EmbeddedFile /Filter /FlateDecode /Length " + str(len(packed)).encode()
        (self.folder / "badge.pdf").write_bytes(head + b" >>\nstream\n" + packed + b"\nendstream\nendobj\n%%EOF\n")
        (self.folder / "printed.pdf").write_bytes(b"%PDF-1.7\n%%EOF\n")

        def chunk(kind, data):
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

        white = zlib.compress((b"\0" + b"\xff" * 40) * 40)
        size = struct.pack(">IIBBBBB", 40, 40, 8, 0, 0, 0, 0)
        (self.folder / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", white) + chunk(b"IEND", b""))

        self.assertEqual(self.run_json("verify", str(self.folder / "badge.pdf"))["verdict"], "valid")
        self.assertIn("printing to PDF", self.refused("no-credential", "verify", str(self.folder / "printed.pdf"), status=2))
        self.assertIn("link", self.refused("no-code", "verify", str(self.folder / "photo.png"), status=2))
        (self.folder / "files.csv").write_text("input\nbadge.pdf\nprinted.pdf\nphoto.png\n")
        lines = self.run_command("verify", "--json", "--batch", str(self.folder / "files.csv")).stdout.splitlines()
        self.assertEqual([json.loads(line)["outcome"] for line in lines], ["valid", "unreadable", "unreadable"])

    def offline(self, bundle, *inputs):
        """No data folder, no network: an empty root where the system allows it."""
        command = [str(program), "verify", "--json", "--offline", str(bundle), *map(str, inputs), "--data", str(self.folder / "nowhere")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.assertFalse((self.folder / "nowhere").exists())
        return done

    def test_a_bundle_judges_without_installation_and_says_what_it_lacks_and_how_old_it_is(self):
        badge = self.issue("ach-07", "lrn-005")
        path, bundle = self.folder / "packed.json", self.folder / "bundle.json"
        path.write_text(json.dumps(badge["credential"]))
        told = self.run_json("bundle", str(bundle), str(path))
        self.assertEqual(told["notReached"], [])
        packed = json.loads(bundle.read_text())
        addresses = [each["address"] for each in packed["documents"]]
        self.assertIn("did:web:badges.example.org", addresses)
        self.assertIn(badge["credential"]["issuer"]["id"], addresses)
        self.assertIn(badge["credential"]["credentialStatus"]["statusListCredential"], addresses)
        for each in packed["documents"]:
            self.assertTrue(each["fetchedAt"])
            self.assertIn("sha256", each)

        done = self.offline(bundle, path)
        report = json.loads(done.stdout)
        self.assertEqual((done.returncode, report["verdict"], report["notInBundle"]), (0, "valid", []), done.stderr)
        self.assertEqual(report["bundle"]["createdAt"], told["createdAt"])
        self.assertGreaterEqual(report["bundle"]["ageSeconds"], 0)
        words = subprocess.run([program, "verify", "--offline", bundle, path], capture_output=True, text=True)
        self.assertIn("0 days old", words.stdout)

        packed["documents"] = [each for each in packed["documents"] if "/status/" not in each["address"]]
        bundle.write_text(json.dumps(packed))
        done = self.offline(bundle, path)
        report = json.loads(done.stdout)
        self.assertEqual((done.returncode, report["verdict"]), (3, "unchecked"))
        self.assertEqual(report["notInBundle"], [badge["credential"]["credentialStatus"]["statusListCredential"]])

        forged = self.folder / "forged.json"
        forged.write_text(json.dumps(badge["credential"] | {"name": "Another"}))
        self.assertEqual(self.offline(bundle, path, forged).returncode, 1)
        self.assertEqual(self.offline(bundle, path, self.folder / "absent").returncode, 2)
        self.assertIn("(no-link-offline)", self.run_command("verify", "--offline", str(bundle), badge["url"]).stderr)

        packed["documents"][0]["body"] += " "
        bundle.write_text(json.dumps(packed))
        refused = self.offline(bundle, path)
        self.assertEqual((refused.returncode, refused.stdout), (2, ""))
        self.assertIn("bundle-damaged", refused.stderr)
        self.refused("no-bundle", "verify", "--offline", str(path), str(path), status=2)
        self.refused("no-file", "verify", "--offline", str(self.folder / "absent"), str(path), status=2)
        self.assertEqual(self.run_command("verify", str(path), str(path)).returncode, 2)

    @unittest.skipUnless(shutil.which("strace"), "not run: there is no strace here")
    def test_offline_opens_no_socket_whatever_the_badge_asks_for(self):
        badge = self.issue("ach-08", "lrn-006")["credential"]
        path, bundle, calls = self.folder / "traced.json", self.folder / "empty-bundle.json", self.folder / "calls"
        path.write_text(json.dumps(badge))
        bundle.write_text(json.dumps({"type": "ItqanBundle", "version": 1, "createdAt": "2026-01-01T00:00:00Z", "base": "", "documents": []}))
        traced = subprocess.run(["strace", "-f", "-qq", "-e", "trace=network,execve", "-o", calls, program, "verify", "--offline", bundle, path],
                                capture_output=True, text=True, timeout=120)
        if "ptrace" in traced.stderr:
            self.skipTest("not run: this machine forbids tracing")
        self.assertEqual(traced.returncode, 3, traced.stderr)
        self.assertIn("execve", calls.read_text())
        self.assertNotIn("socket", calls.read_text())

    def test_the_key_of_receipts_is_listed_rotated_and_revoked_as_its_own(self):
        own = lambda: [each for each in self.run_json("key", "list")["data"] if each["issuerId"] == "installation/receipts"]
        document = lambda: self.run_json("key", "export-did", "--issuer", "installation/receipts")
        first = own()[0]
        self.assertEqual(document()["assertionMethod"], [f"did:web:badges.example.org#{first['id']}"])
        second = self.run_json("key", "rotate", "--issuer", "installation/receipts")
        self.assertEqual([each["state"] for each in own()], ["retired", "active"])
        self.assertEqual(len(document()["assertionMethod"]), 2)
        self.run_json("key", "revoke", first["id"])
        self.assertEqual(document()["assertionMethod"], [f"did:web:badges.example.org#{second['id']}"])

    def written(self, text):
        path = self.folder / "written.csv"
        path.write_text(text)
        return str(path)

    def test_tokens_are_shown_once_and_listed_without_their_secret(self):
        made = self.run_json("token", "create", "--role", "provider", "--provider", "prv-qalam")
        listed = self.run_command("token", "list").stdout
        self.assertIn(made["id"], listed)
        self.assertNotIn(made["token"], listed)
        self.run_json("token", "revoke", made["id"])
        self.assertRegex(self.run_command("token", "list").stdout, f"{made['id']}.*revoked")
        self.assertNotEqual(self.run_command("token", "create", "--role", "provider").returncode, 0)

    def test_a_rotated_key_keeps_its_badges_and_a_revoked_one_does_not(self):
        badge = self.issue("ach-05", "lrn-003")["credential"]
        achievements = json.loads((starter / "achievements.json").read_text())
        issuer = next(each["issuerId"] for each in achievements if each["id"] == "ach-05")
        active = [each for each in self.run_json("key", "list")["data"] if each["issuerId"] == issuer and each["state"] == "active"]
        self.assertEqual(sorted(each["type"] for each in active), ["ed25519", "rsa"])
        signer = badge["proof"]["verificationMethod"].partition("#")[2]
        self.assertIn(signer, [each["id"] for each in active])

        self.run_json("key", "rotate", "--issuer", issuer)
        self.assertEqual(self.verdict(badge)[0], 0)
        self.run_json("key", "revoke", signer)

        self.assertEqual(self.verdict(badge)[0], 1)

    def test_evaluate_explains_and_refuses_strangers(self):
        one = self.run_json("evaluate", "--learner", "lrn-015", "--achievement", "ach-01")["data"][0]
        self.assertEqual(one["outcome"], "unsatisfied")
        self.assertIn("children", one["tree"])
        self.assertEqual(len(self.run_json("evaluate", "--learner", "lrn-015")["data"]), 13)
        self.refused("unknown-learner", "evaluate", "--learner", "nobody")

    def test_erase_leaves_no_trace_of_the_person(self):
        learner = next(each for each in json.loads((starter / "learners.json").read_text()) if each["id"] == "lrn-020")
        self.issue("ach-06", "lrn-020")
        everything = lambda: b"".join(path.read_bytes() for path in self.data.rglob("*") if path.is_file())
        self.assertIn(learner["email"].encode(), everything())

        self.run_json("erase", "lrn-020")

        left = everything()
        self.assertNotIn(learner["email"].encode(), left)
        self.assertNotIn(learner["name"].encode(), left)

    def test_usage_is_two_and_says_what_is_missing(self):
        for arguments, word in ((["verify"], "input"), (["issue", "--learner", "lrn-001"], "--achievement"), ([], "subcommand")):
            with self.subTest(arguments):
                done = self.run_command(*arguments)
                self.assertEqual(done.returncode, 2)
                self.assertIn(word, done.stderr)

    def test_a_folder_without_installation_is_said(self):
        done = subprocess.run([program, "key", "list", "--data", self.folder / "empty"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("itqan init", done.stderr)
        self.assertFalse((self.folder / "empty").exists())

    def test_serve_refuses_what_production_must_not_start_with(self):
        place = self.folder / "serve"
        serve = lambda: subprocess.run([program, "serve", "--data", place], capture_output=True, text=True, timeout=20)
        self.assertIn("(no-installation)", serve().stderr)
        subprocess.run([program, "init", "--domain", "badges.example.org", "--data", place], check=True, capture_output=True)
        config = place / "itqan.toml"
        fresh = config.read_text()
        self.assertIn("(no-certificate)", serve().stderr)
        key, certificate = place / "key.pem", place / "certificate.pem"
        for path in (key, certificate):
            path.write_text("not read before its mode")
        key.chmod(0o644)
        config.write_text(re.sub(r'(?m)^(#\s*)?(certificate|key) = .*$', lambda found: f'{found[2]} = "{place / (found[2] + ".pem")}"', fresh))
        self.assertIn("(key-mode)", serve().stderr)
        config.write_text(re.sub(r'(?m)^domain = .*$', "", fresh))
        self.assertIn("(no-domain)", serve().stderr)
        config.write_text("demo = true\n" + fresh)
        self.assertIn("(demo-installation)", serve().stderr)

    def test_a_demo_is_not_shown_to_the_network(self):
        done = subprocess.run([program, "demo", "--listen", "0.0.0.0:18477", "--data", self.folder / "shown"], capture_output=True, text=True, timeout=20)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("(demo-exposed)", done.stderr)

    def test_the_published_did_document_holds_the_listed_keys(self):
        exported = self.run_json("key", "export-did", "--issuer", "murjan")
        listed = [each["id"] for each in self.run_json("key", "list")["data"] if each["issuerId"] == "murjan"]
        self.assertEqual(exported["id"], "did:web:badges.example.org:issuers:murjan")
        self.assertEqual([each["id"].split("#")[1] for each in exported["verificationMethod"]], listed)

    def test_migrate_has_nothing_to_do_on_a_new_installation(self):
        self.assertEqual(self.run_command("migrate").returncode, 0)


if __name__ == "__main__":
    unittest.main()
