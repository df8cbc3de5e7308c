#!/usr/bin/env python3
"""What service managers use: `itqan ready`, and a configuration that lies elsewhere than the data."""
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

program = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else None
patience = 30


class Ready(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="itqan-ready-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.data = self.folder / "data"
        self.config = self.folder / "etc.toml"

    def run_command(self, *arguments, **environment):
        return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60,
                              env={**os.environ, "ITQAN_DATA": str(self.data), **environment})

    def refused(self, code, *arguments, **environment):
        done = self.run_command(*arguments, **environment)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(f"({code})", done.stderr)
        return done.stderr

    def test_a_service_is_ready_when_it_answers_so_and_not_before_or_after(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            listen = f"127.0.0.1:{probe.getsockname()[1]}"
        self.refused("not-reachable", "ready", "--listen", listen)
        demo = subprocess.Popen([program, "demo", "--quiet", "--data", self.data, "--listen", listen], stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)
        try:
            end = time.monotonic() + patience
            while (done := self.run_command("ready", "--listen", listen)).returncode != 0 and time.monotonic() < end:
                time.sleep(0.1)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stdout.split()[0], "ready")
            self.assertIn("404", self.refused("not-ready", "ready", "--listen", listen, "--path", "/no-such-page"))
        finally:
            demo.terminate()
            demo.wait(patience)
        self.refused("not-reachable", "ready", "--listen", listen)

    def test_a_listener_that_says_nothing_is_not_waited_for_long(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            began = time.monotonic()
            self.refused("not-reachable", "ready", "--listen", f"127.0.0.1:{silent.getsockname()[1]}")
            self.assertLess(time.monotonic() - began, 20)

    def test_a_configuration_elsewhere_is_used_and_left_alone(self):
        self.config.write_text('domain = "badges.example.org"\n')
        before = self.config.read_text()

        done = self.run_command("init", ITQAN_CONFIG=str(self.config))

        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.config.read_text(), before)
        self.assertFalse((self.data / "itqan.toml").exists())
        self.assertIn(str(self.config), done.stderr)
        # --config wins over the variable.
        self.refused("config-missing", "ready", "--config", str(self.folder / "none"), ITQAN_CONFIG=str(self.config))

    def test_init_needs_one_name(self):
        self.refused("no-domain", "init")
        self.config.write_text("")
        self.assertIn("domain =", self.refused("no-domain", "init", "--domain", "badges.example.org", ITQAN_CONFIG=str(self.config)))
        self.config.write_text('domain = "badges.example.org"\n')
        self.refused("other-domain", "init", "--domain", "other.example.org", ITQAN_CONFIG=str(self.config))
        self.assertFalse(self.data.exists())

    def test_a_provided_key_is_never_made(self):
        kek = self.folder / "kek"
        self.refused("kek-file", "init", "--domain", "badges.example.org", ITQAN_KEYS_KEK_FILE=str(kek))
        self.assertFalse(kek.exists())
        kek.write_bytes(os.urandom(32))
        kek.chmod(0o600)
        self.assertEqual(self.run_command("init", "--domain", "badges.example.org", ITQAN_KEYS_KEK_FILE=str(kek)).returncode, 0)
        self.assertFalse((self.data / "keys").exists())


if __name__ == "__main__":
    unittest.main()
