#!/usr/bin/env python3
"""The systemd units: how much they leave open, whether systemd reads them, and that they name what the program has."""
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

root = pathlib.Path(__file__).resolve().parents[2]
units = root / "deploy/systemd"
systemd = shutil.which("systemd-analyze")
most_exposure = 12  # 1.2; the goal is 1.5


def text_of(name):
    return (units / name).read_text()


def values(name, key):
    return re.findall(rf"^{key}=(.*)$", text_of(name), re.MULTILINE)


class Units(unittest.TestCase):
    @unittest.skipUnless(systemd, "not run: there is no systemd-analyze here")
    def test_each_service_leaves_at_most_1_2_of_10_open(self):
        for name in ("itqan.service", "itqan-backup.service"):
            done = subprocess.run([systemd, "security", "--offline=true", f"--threshold={most_exposure}", "--no-pager", units / name],
                                  capture_output=True, text=True, timeout=60)
            self.assertIn("Overall exposure level", done.stdout, done.stderr)
            self.assertEqual(done.returncode, 0, f"{name}: {done.stdout.splitlines()[-1]}")

    @unittest.skipUnless(systemd, "not run: there is no systemd-analyze here")
    def test_systemd_reads_every_unit_without_a_complaint(self):
        with tempfile.TemporaryDirectory(prefix="itqan-units-") as folder:
            copies = []
            for unit in sorted([*units.glob("*.service"), *units.glob("*.socket"), *units.glob("*.timer")]):
                copy = pathlib.Path(folder) / unit.name
                # The program is not installed where this runs; any other stands for it.
                copy.write_text(unit.read_text().replace("/usr/bin/itqan", shutil.which("true")))
                copies.append(copy)
            done = subprocess.run([systemd, "verify", "--man=no", *copies], capture_output=True, text=True, timeout=60)
            ours = [line for line in done.stderr.splitlines() if "itqan" in line]
            self.assertEqual(ours, [])
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_every_variable_is_a_key_of_the_configuration(self):
        keys = set(re.findall(r'\{"([a-z_.]+)",', (root / "service/config.cpp").read_text()))
        names = {"ITQAN_" + key.upper().replace(".", "_") for key in keys} | {"ITQAN_DATA", "ITQAN_CONFIG"}
        for unit in units.iterdir():
            for name in re.findall(r"\bITQAN_[A-Z_]+", unit.read_text()):
                self.assertIn(name, names, unit.name)

    def test_the_sockets_have_the_names_that_the_service_asks_for(self):
        self.assertEqual(values("itqan.socket", "FileDescriptorName"), ["public"])
        self.assertEqual(values("itqan-internal.socket", "FileDescriptorName"), ["internal"])
        self.assertTrue(values("itqan-internal.socket", "ListenStream")[0].startswith("127.0.0.1:"))
        for name in ("itqan.socket", "itqan-internal.socket"):
            self.assertEqual(values(name, "Service"), ["itqan.service"])
            self.assertIn(name, values("itqan.service", "After")[1].split())
        # The internal one is the operator's choice: it takes the API away from the public listener.
        self.assertEqual(values("itqan.service", "Requires"), ["itqan.socket"])
        self.assertEqual(values("itqan.service", "Also"), ["itqan.socket"])

    def test_the_way_out_is_shut_to_what_is_not_public(self):
        denied = " ".join(values("itqan.service", "IPAddressDeny")).split()
        for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10"):
            self.assertIn(network, denied)

    def test_no_condition_asks_for_a_file_that_only_one_engine_has(self):
        for unit in units.iterdir():
            for line in unit.read_text().splitlines():
                if line.startswith(("Condition", "Assert")):
                    self.assertNotIn("itqan.db", line, unit.name)

    def test_backups_are_kept_as_long_as_the_data_sheet_says(self):
        kept = re.search(r"--keep (\d+)", text_of("itqan-backup.service"))[1]
        self.assertIn(f"{kept} days", (root / "deploy/privacy.md").read_text())


if __name__ == "__main__":
    unittest.main(verbosity=2)
