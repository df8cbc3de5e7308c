#!/usr/bin/env python3
"""Fills the disk under a running service, empties it again, and lets it become read-only.

While nothing can be written, writing is refused in words that help and everything that is only read goes on; when there
is room again the service issues without a restart. The disk is a small tmpfs (as root, or in a user namespace); the
read-only one an ext4 on a loop device that gives up as a real one does (root only).
"""
import argparse
import errno
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from acts import Acts, Broken, Checker, Installation, Ledger  # noqa: E402


def in_own_mounts():
    """This program again where its mounts are nobody else's; or why that cannot be."""
    words = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    if subprocess.run([*words, "true"], capture_output=True).returncode:
        return "no mounts of its own: neither root nor user namespaces"
    os.execvp(words[0], [*words, sys.executable, *sys.argv, "--inside"])


class Disk:
    def __init__(self, options, kind):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="itqan-disk-"))
        self.data, self.image = self.folder / "data", self.folder / "image"
        self.data.mkdir(mode=0o700)
        self.node, self.problems, self.options = None, [], options
        self.mount(kind)
        self.installation = Installation(options.binary, self.folder, learners=3000)
        self.ledger = Ledger(self.folder / "ledger")
        self.acts, self.checker = Acts(self.installation, self.ledger), Checker(self.installation, self.ledger)
        self.node = self.installation.node(0)
        self.node.start()
        for _ in range(20):
            self.acts.issue(self.node)
        self.credential = self.acts.credential(self.node, self.installation.learners[0])
        self.text = json.loads(self.node.request("GET", "/api/v1/credentials/" + self.credential, self.installation.admin)[1])

    def mount(self, kind):
        if kind == "tmpfs":
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=0700", "tmpfs", str(self.data)], check=True)
            return
        if not self.image.exists():
            with open(self.image, "wb") as image:
                image.truncate(64 << 20)
            subprocess.run(["mkfs.ext4", "-q", "-F", "-E", "root_owner=0:0", str(self.image)], check=True)
        subprocess.run(["mount", "-o", "loop,errors=remount-ro", str(self.image), str(self.data)], check=True)
        self.data.chmod(0o700)

    def claim(self, holds, words):
        if not holds:
            self.problems.append(words)
            print("PROBLEM:", words, flush=True)

    def readers(self, when):
        """What people and programs look up without changing anything: all of it must be answered."""
        credential = self.text["credential"]
        paths = {"/api/v1/credentials/" + self.credential: self.installation.admin, "/issuers/nakhla/did.json": None,
                 credential["credentialStatus"]["statusListCredential"].split(".test", 1)[1]: None, "/": None, "/verify": None, "/privacy": None,
                 "/healthz": None}
        for path, token in paths.items():
            status, text = self.node.request("GET", path, token)
            self.claim(status == 200, f"{when}: GET {path} is answered with {status}: {text[:200]}")
        status, text = self.node.request("POST", "/api/v1/verify", body=json.dumps({"input": json.dumps(credential)}))
        self.claim(status == 200 and json.loads(text)["verdict"] == "valid", f"{when}: verifying is answered with {status}: {text[:200]}")
        status, text = self.node.request("GET", "/readyz")
        print(f"{when}: /readyz says {status} {text.decode()[:300].strip()}", flush=True)

    def refused(self, when, most=3000):
        """Issues until one is refused: what is free in the files is used up first."""
        for count in range(most):
            status, text = self.acts.issue(self.node)
            if status != 201:
                print(f"{when}: refused with {status} after {count} issues: {text[:300]}", flush=True)
                self.claim(status in (503, 507), f"{when}: an issue is answered with {status}")
                return
        self.claim(False, f"{when}: {most} issues were acknowledged")

    def log_helps(self, since, when, *words):
        """A line of the log says what is wrong and what to do."""
        lines = self.node.log.read_text(errors="replace")[since:].splitlines()
        found = [line for line in lines if all(word in line.lower() for word in words)]
        self.claim(bool(found), f"{when}: no line of the log speaks of {' and '.join(words)}; the last error is: " +
                   next((line for line in reversed(lines) if '"error"' in line), "none")[:300])
        self.claim(len(found) < 200 or len(found) < len(lines) / 3, f"{when}: the log is flooded: {len(found)} of {len(lines)} lines")

    def works_again(self, when, seconds=5):
        body, end = self.acts.new_completion(), time.monotonic() + seconds
        while (answer := self.acts.issue(self.node, body))[0] != 201 and time.monotonic() < end:
            time.sleep(0.05)
        self.claim(answer[0] == 201, f"{when}: issues are still answered with {answer[0]} after {seconds} s: {answer[1][:300]}")

    def fill(self):
        with open(self.data / "filler", "ab", buffering=0) as filler:
            for size in (1 << 20, 4096, 1):
                try:
                    while True:
                        filler.write(b"\0" * size)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def full(self):
        for round_number in (1, 2):
            since = self.node.log.stat().st_size
            self.fill()
            when = f"full disk, round {round_number}"
            self.refused(when)
            for _ in range(5):
                self.claim(self.acts.issue(self.node)[0] in (201, 503, 507), f"{when}: strange answer")
            self.readers(when)
            self.log_helps(since, when, "disk is full", "space")
            if round_number == 2:
                self.node.kill()
                try:
                    self.node.start(20)
                    self.readers("started on a full disk")
                except RuntimeError as error:
                    self.claim(not self.node.runs and "full" in str(error).lower(), f"a start on a full disk says no reason that helps: {error}")
            (self.data / "filler").unlink()
            if not self.node.runs:
                self.node.start()
            self.works_again(f"{when}, emptied")
            for problem in self.checker.check(self.node):
                self.claim(False, f"{when}: {problem}")

    def read_only(self):
        since, when = self.node.log.stat().st_size, "read-only disk"
        subprocess.run(["mount", "-o", "remount,abort", str(self.data)], check=True)
        self.refused(when)
        self.readers(when)
        self.log_helps(since, when, "read-only")
        self.node.kill()
        try:
            self.node.start(20)
            self.readers("started on a read-only disk")
            self.node.kill()
        except RuntimeError as error:
            self.claim(not self.node.runs and "read-only" in str(error).lower(), f"a start on a read-only disk says no reason that helps: {error}")
            if self.node.runs:
                self.node.kill()
        subprocess.run(["umount", str(self.data)], check=True)
        subprocess.run(["e2fsck", "-fp", str(self.image)], capture_output=True)
        self.mount("ext4")
        self.node.start()
        self.works_again("mounted again")
        for problem in self.checker.check(self.node):
            self.claim(False, f"{when}: {problem}")

    def close(self):
        if self.node and self.node.runs:
            self.node.kill()
        subprocess.run(["umount", "-l", str(self.data)], capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--binary", required=True)
    options.add_argument("--part", choices=("full", "read-only"), help="this disk alone")
    options.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = options.parse_args()
    if not options.inside and (reason := in_own_mounts()):
        print("not run:", reason)
        return 77
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    failed, passed, not_run = 0, 0, 0
    for part, kind, hurt in (("full", "tmpfs", Disk.full), ("read-only", "ext4", Disk.read_only)):
        if options.part not in (None, part):
            continue
        if kind == "ext4" and (os.geteuid() != 0 or not pathlib.Path("/dev/loop-control").exists() or not shutil.which("mkfs.ext4")):
            print("not run: read-only disk: needs root, a loop device and mkfs.ext4")
            not_run += 1
            continue
        disk = None
        try:
            disk = Disk(options, kind)
            hurt(disk)
        except subprocess.CalledProcessError as error:
            # Before the service ran the machine forbids it; afterwards something is wrong.
            if disk is None:
                print("not run:", kind, error)
                not_run += 1
                continue
            disk.claim(False, str(error))
        except (Broken, RuntimeError) as error:
            disk.claim(False, str(error)) if disk else print("PROBLEM:", error)
            failed += disk is None
        finally:
            if disk:
                disk.close()
        passed += not (disk and disk.problems)
        failed += len(disk.problems) if disk else 0
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 77 if not_run else 0


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main())
