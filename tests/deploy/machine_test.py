#!/usr/bin/env python3
"""The Debian package on a Debian 12 without network, booted with systemd: installed, set up as the operator's page says, served
within the whole sandbox, upgraded, restarted, removed, purged. Minutes, root, and the network once for the base system:

    tests/deploy/machine_test.py [FOLDER]     FOLDER keeps the base system and the package set (default out/machine)
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import time
import unittest

import machine

root = machine.root
folder = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else root / "out/machine").resolve()
page = (root / "deploy/operations.md").read_text()


def commands_under(heading):
    """The shell commands of a section of the operator's page, word for word."""
    section = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", section[1], re.MULTILINE | re.DOTALL))


def has_socket_activation():
    text = "".join(file.read_text() for file in (root / "service").rglob("*.cpp"))
    return "LISTEN_FDNAMES" in text and "NOTIFY_SOCKET" in text


def has_command(name):
    shown = subprocess.run([root / "out/release/itqan", "--help"], capture_output=True, text=True).stdout
    return re.search(rf"^  {name} ", shown, re.MULTILINE) is not None


@unittest.skipIf(machine.why_not(), machine.why_not())
class OnAMachine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        base = machine.base_system(folder / "base")
        cls.shared = folder / "shared"
        shutil.rmtree(cls.shared, ignore_errors=True)
        subprocess.run([root / "deploy/package.sh", cls.shared / "packages"], check=True, capture_output=True)
        shutil.copytree(root / "service/demo/programme", cls.shared / "programme")
        cls.machine = machine.Machine(base, cls.shared)
        cls.addClassCleanup(cls.machine.end)
        cls.install()

    @classmethod
    def install(cls):
        cls.machine.run("mkdir -p /root/itqan && cp /shared/packages/*.deb /root/itqan/ && cp -r /shared/programme /root/itqan/your-programme")
        cls.machine.run("set -e\ncd /root/itqan\n" + commands_under("Install").replace("sudo ", ""))
        # What the page has the operator do by hand: the name, the certificate, who is responsible.
        cls.machine.run("""openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=badges.example.org \
            -addext subjectAltName=DNS:badges.example.org -keyout /root/itqan/privkey.pem -out /root/itqan/fullchain.pem""")
        cls.machine.run(r"""sed -i 's/^# domain = .*/domain = "badges.example.org"/; s/^controller = .*/controller = "Example Trust"/;
            s/^contact = .*/contact = "privacy@example.org"/; s/^# certificate =/certificate =/; s/^# key =/key =/' /etc/itqan/itqan.toml""")
        start = commands_under("First start").replace("sudo ", "")
        if not has_socket_activation():
            start = start.replace("itqan-admin ready", "")
            cls.machine.run(r"""sed -i 's/^listen = .*/listen = "127.0.0.1:8443"/' /etc/itqan/itqan.toml; mkdir -p /etc/systemd/system/itqan.service.d
                printf '[Unit]\nRequires=\n[Service]\nType=exec\nWatchdogSec=0\n' >/etc/systemd/system/itqan.service.d/test.conf""")
        started = cls.machine.run("set -e\ncd /root/itqan\n" + start)
        cls.admin = re.search(r"\bitq_\S+", started)[0]
        cls.wait_ready()

    @classmethod
    def wait_ready(cls):
        end = time.monotonic() + machine.patience
        while time.monotonic() < end:
            if cls.machine.succeeds("itqan-admin ready"):
                return
            time.sleep(0.2)
        raise AssertionError("not ready: " + cls.machine.run("systemctl status itqan; journalctl -u itqan -n 30 --no-pager", check=False))

    def ask(self, path, *arguments, token=None):
        port = 443 if has_socket_activation() else 8443
        address = f"https://badges.example.org{'' if port == 443 else ':8443'}{path}"
        known = ["-H", f"Authorization: Bearer {token}"] if token else []
        return self.machine.curl("--resolve", f"badges.example.org:{port}:127.0.0.1", *known, *arguments, address)

    def pid(self):
        return self.machine.run("systemctl show -P MainPID itqan.service").strip()

    def test_1_it_serves_what_the_programme_holds(self):
        status, body = self.ask("/issuers/nakhla/did.json")
        self.assertEqual(status, 200, body)
        self.assertIn("did:web:badges.example.org", body.decode())

    def test_1_the_kernel_holds_it_in_the_sandbox(self):
        facts = dict(line.split(":", 1) for line in self.machine.run(f"cat /proc/{self.pid()}/status").splitlines() if ":" in line)
        self.assertEqual(facts["Seccomp"].strip(), "2")
        self.assertEqual(facts["NoNewPrivs"].strip(), "1")
        for kind in ("CapEff", "CapPrm", "CapBnd", "CapAmb"):
            self.assertEqual(int(facts[kind], 16), 0, kind)
        inside = f"nsenter -t {self.pid()} -m"
        self.assertFalse(self.machine.succeeds(f"{inside} touch /etc/x /usr/x /root/x"))
        self.assertEqual(self.machine.run("stat -c '%a %U' /var/lib/itqan /var/lib/itqan/keys/kek /etc/itqan/itqan.toml").split(),
                         ["700", "itqan", "600", "itqan", "640", "root"])

    def issue(self):
        """To the first learner who does not hold it."""
        for n in range(20, 60):
            status, body = self.ask("/api/v1/credentials", "-H", "Content-Type: application/json", "-d",
                                    json.dumps({"achievementId": "ach-01", "learnerId": f"lrn-{n:03}"}), token=self.admin)
            if status != 409:
                break
        self.assertEqual(status, 201, body)
        return json.loads(body)["id"]

    def test_2_a_badge_is_issued_and_withdrawn_within_it(self):
        id = self.issue()
        self.assertIn(id, self.machine.run(f"itqan-admin revoke {id} --reason issued-in-error --json"))

    def claim_one(self, base, tokens):
        """A learner of the demo earns a badge and shows it to everybody; its id."""
        body = {"externalId": "machine", "learnerId": "lrn-015", "activityId": "act-102", "score": 86,
                "completedAt": time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime())}
        status, answer = self.machine.curl("-H", f"Authorization: Bearer {tokens['provider']['prv-qalam']}", "-H", "Content-Type: application/json",
                                           "-d", json.dumps(body), f"{base}/api/v1/completions")
        self.assertEqual(status, 201, answer)
        end = time.monotonic() + machine.patience
        while not (mails := self.machine.run("ls /var/lib/itqan-demo/mail 2>/dev/null", check=False).split()) and time.monotonic() < end:
            time.sleep(0.2)
        link = re.search(rb"/claim/[A-Za-z0-9_-]+", self.machine.curl(f"{base}/demo/mail/{mails[0]}")[1])[0].decode()
        held = json.loads(self.machine.curl("-H", f"Authorization: Bearer {tokens['admin']}", f"{base}/api/v1/credentials?learnerId=lrn-015&limit=500")[1])
        badge = next(each["id"] for each in held["data"] if each["claimState"] == "offered")
        form = f"action=claim&visibility=public&show_name=yes&language=en&credential={badge}"
        status, answer = self.machine.curl("-H", f"Origin: {base}", "-H", "Sec-Fetch-Site: same-origin", "-d", form, base + link)
        self.assertLess(status, 400, answer)
        return badge

    def test_2_badges_are_drawn_and_verified_within_it(self):
        # The demo has badges that their learners show. It runs in the unit's own sandbox, elsewhere.
        self.machine.run(r"""set -e
            sed -e 's|^ExecStart=.*|ExecStart=/usr/bin/itqan demo --listen 127.0.0.1:9443|; s|^Type=.*|Type=exec|; s|^WatchdogSec=.*||; s|^Requires=.*||' \
                -e 's|^Environment=ITQAN_DATA.*|Environment=ITQAN_DATA=/var/lib/itqan-demo|; s|^StateDirectory=.*|StateDirectory=itqan-demo|' \
                /lib/systemd/system/itqan.service >/run/systemd/system/itqan-demo.service
            systemctl daemon-reload; systemctl start itqan-demo.service""")
        self.addCleanup(self.machine.run, "systemctl stop itqan-demo.service; rm -rf /run/systemd/system/itqan-demo.service /var/lib/itqan-demo")
        base = "https://localhost:9443"
        end = time.monotonic() + machine.patience
        while self.machine.curl(f"{base}/readyz")[0] != 200 and time.monotonic() < end:
            time.sleep(0.2)
        tokens = json.loads(self.machine.run("cat /var/lib/itqan-demo/demo.json"))["tokens"]
        shown = self.claim_one(base, tokens)
        for kind, magic in (("png", b"\x89PNG"), ("svg", b"<"), ("pdf", b"%PDF")):
            status, picture = self.machine.curl(f"{base}/credentials/{shown}.{kind}")
            self.assertEqual(status, 200, f"{kind}: {picture[:300]}")
            self.assertTrue(picture.lstrip().startswith(magic), kind)
        status, report = self.machine.curl("-H", "Content-Type: application/json", "-d", json.dumps({"input": f"{base}/credentials/{shown}"}),
                                           f"{base}/api/v1/verify")
        self.assertEqual((status, json.loads(report)["verdict"]), (200, "valid"))
        self.assertNotIn("Fontconfig", self.machine.run("journalctl -u itqan-demo --no-pager -o cat"))

    def test_4_a_killed_service_is_back_by_itself(self):
        before = self.pid()
        self.machine.run(f"kill -9 {before}")
        end = time.monotonic() + machine.patience
        while self.pid() in (before, "0") and time.monotonic() < end:
            time.sleep(0.1)
        self.wait_ready()
        self.assertNotEqual(self.pid(), before)

    def test_5_a_reload_reads_the_certificate_and_keeps_the_process(self):
        before = self.pid()
        self.machine.run("systemctl reload itqan.service")
        end = time.monotonic() + machine.patience
        while "certificate-reloaded" not in (log := self.machine.run("journalctl -u itqan --no-pager -o cat")) and time.monotonic() < end:
            time.sleep(0.1)
        self.assertIn("certificate-reloaded", log)
        self.assertEqual(self.pid(), before)

    def test_6_the_backup_unit_makes_a_backup_and_the_drill_restores_it(self):
        if not has_command("backup"):
            self.skipTest("not run: this program has no backup command")
        before = self.machine.run("sha256sum /var/lib/itqan/keys/kek").split()[0]
        self.machine.run("set -e\n" + commands_under("Backups and the drill").split("\n")[0].replace("sudo ", ""))
        # The drill, word for word, on the same machine: what it needs lies in one folder.
        self.machine.run("""set -e; mkdir -p /root/drill; cd /root/drill; cp /var/lib/itqan/keys/kek kek
            cp "$(ls -t /var/backups/itqan/* | grep -v erasures | head -n 1)" backup; touch erasures.log
            if [ -e /var/backups/itqan/erasures.log ]; then cp /var/backups/itqan/erasures.log .; fi""")
        self.machine.run("set -e; cd /root/drill\n" + "\n".join(commands_under("Backups and the drill").split("\n")[1:]).replace("sudo ", ""))
        self.wait_ready()
        self.assertEqual(self.machine.run("sha256sum /var/lib/itqan/keys/kek").split()[0], before)
        self.issue()

    def test_7_the_key_of_keys_may_be_an_encrypted_credential(self):
        self.addCleanup(self.wait_ready)
        self.addCleanup(self.machine.run, """rm -f /etc/systemd/system/itqan.service.d/credentials.conf
            [ -d /var/lib/itqan/keys ] || mv /root/keys-apart /var/lib/itqan/keys
            systemctl daemon-reload; systemctl restart itqan.service""")
        self.machine.run("""set -e; mkdir -p /etc/credstore.encrypted /etc/systemd/system/itqan.service.d
            systemd-creds encrypt --with-key=host --name=kek /var/lib/itqan/keys/kek /etc/credstore.encrypted/kek
            printf '[Service]\\nLoadCredentialEncrypted=kek:/etc/credstore.encrypted/kek\\nEnvironment=ITQAN_KEYS_KEK_FILE=%%d/kek\\n' \
                >/etc/systemd/system/itqan.service.d/credentials.conf
            mv /var/lib/itqan/keys /root/keys-apart; systemctl daemon-reload; systemctl restart itqan.service""")
        self.wait_ready()
        self.issue()
        self.assertIn("good", self.machine.run("itqan-admin fsck --quiet"))
        self.assertFalse(self.machine.succeeds("test -e /var/lib/itqan/keys"))

    def test_8_the_same_package_again_keeps_configuration_and_data(self):
        before = self.machine.run("cat /etc/itqan/itqan.toml; sha256sum /var/lib/itqan/keys/kek")
        self.machine.run("dpkg -i /root/itqan/itqan_*.deb")
        self.wait_ready()
        self.assertEqual(self.machine.run("cat /etc/itqan/itqan.toml; sha256sum /var/lib/itqan/keys/kek"), before)

    def test_9_removing_and_purging_keep_keys_and_data(self):
        self.machine.run("dpkg -r itqan")
        self.assertFalse(self.machine.succeeds("systemctl is-active itqan.service itqan.socket"))
        self.assertFalse(self.machine.succeeds("test -e /usr/bin/itqan"))
        said = self.machine.run("dpkg -P itqan")
        self.assertIn("Kept: /var/lib/itqan", said)
        self.assertTrue(self.machine.succeeds("test -e /var/lib/itqan/itqan.db && test -e /var/lib/itqan/keys/kek && ! test -e /etc/itqan/itqan.toml"))
        left = self.machine.run("find / -xdev -name '*itqan*' -not -path '/root/*' -not -path '/shared/*' -not -path '/proc/*' -not -path '/var/log/*'"
                                " -not -path '/var/lib/itqan*' -not -path '/var/backups/itqan*' -not -path '/etc/systemd/system/itqan.service.d*'"
                                " -not -path '/sys/*' -not -path '/run/*' -not -path '/tmp/*' -not -path '/var/tmp/*'").split()
        # The operator's own certificate lies there.
        self.assertEqual(left, ["/etc/itqan"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
