"""A Debian 12 of its own, booted with systemd and without network, in a folder: debootstrap and systemd-nspawn. For root only."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

root = pathlib.Path(__file__).resolve().parents[2]
patience = 60


def mirror():
    """DEBIAN_MIRROR, else where this machine's apt gets Debian from; none when it says nothing."""
    if os.environ.get("DEBIAN_MIRROR"):
        return os.environ["DEBIAN_MIRROR"]
    sources = pathlib.Path("/etc/apt")
    for file in (sources / "sources.list", *sorted(sources.glob("sources.list.d/*"))):
        if file.suffix not in (".list", ".sources") or not file.exists():
            continue
        for line in file.read_text().splitlines():
            found = re.match(r"(?:deb\s+(?:\[[^]]*\]\s+)?|URIs:\s*)(https?://\S+/debian/?)(?:\s|$)", line)
            if found:
                return found[1]
    return None


def why_not():
    if os.geteuid() != 0:
        return "not run: only root can boot a machine in a folder"
    for program in ("debootstrap", "systemd-nspawn", "nsenter", "curl"):
        if not shutil.which(program):
            return f"not run: there is no {program} here"
    if not mirror():
        return "not run: no mirror of Debian is known; set DEBIAN_MIRROR"
    return None


def base_system(folder):
    """Made once, kept: 250 MB and two minutes."""
    if (folder / "made").exists():
        return folder / "root"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with open(folder / "debootstrap.log", "w") as log:
        subprocess.run(["debootstrap", "--variant=minbase", "--include=systemd,systemd-sysv,dbus,ca-certificates,tzdata,openssl", "bookworm",
                        folder / "root", mirror()], stdout=log, stderr=log, check=True)
    (folder / "root/etc/machine-id").write_text("")
    (folder / "made").touch()
    return folder / "root"


class Machine:
    """What is written inside lives in memory and is gone in the end. `shared` is seen as /shared, read-only."""

    def __init__(self, base, shared):
        self.log = tempfile.TemporaryFile()
        self.nspawn = subprocess.Popen(
            ["systemd-nspawn", "-q", "-D", base, "--volatile=overlay", "--register=no", "--keep-unit", "--private-network", "--hostname=badges",
             f"--bind-ro={shared}:/shared", "-b"], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if self.nspawn.poll() is not None:
                break
            children = pathlib.Path(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children").read_text().split()
            if children:
                self.leader = children[0]
                if self.run("systemctl is-system-running", check=False).strip() in ("running", "degraded"):
                    return
            time.sleep(0.2)
        self.end()
        self.log.seek(0)
        raise AssertionError("the machine does not boot: " + self.log.read().decode(errors="replace")[-2000:])

    def run(self, script, check=True):
        """A script by root inside; its output, both streams."""
        done = subprocess.run(["nsenter", "-t", self.leader, "-a", "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8",
                               "bash", "-c", script], capture_output=True, text=True, timeout=300)
        if check and done.returncode != 0:
            raise AssertionError(f"{script}\nended with {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout + done.stderr

    def succeeds(self, script):
        return subprocess.run(["nsenter", "-t", self.leader, "-a", "bash", "-c", script], capture_output=True, timeout=300).returncode == 0

    def curl(self, *arguments):
        """Our curl in the machine's network, where nothing but itself is; status and body."""
        done = subprocess.run(["nsenter", "-t", self.leader, "-n", "curl", "-s", "-k", "--max-time", "30", "-w", "\n%{http_code}", *arguments],
                              capture_output=True, timeout=60)
        body, _, status = done.stdout.rpartition(b"\n")
        return int(status or 0), body

    def end(self):
        if self.nspawn.poll() is None:
            self.nspawn.terminate()
            try:
                self.nspawn.wait(patience)
            except subprocess.TimeoutExpired:
                self.nspawn.kill()
                self.nspawn.wait()
