#!/usr/bin/env python3
"""A private PostgreSQL server in a folder of its own, for tests: made, used, hurt and thrown away.

    postgres_server.py run [--fsync] [--max-connections N] -- COMMAND...

runs COMMAND with ITQAN_TEST_POSTGRES set to the address of an empty database and ends with its exit code. As a module:
`with PostgresServer() as server: server.url ... server.kill()`. The server ends with the program that started it.
"""
import argparse
import glob
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

USER = "itqan"


class NoPostgres(Exception):
    """Why there can be no server on this machine."""


def binaries():
    """The folder with initdb and postgres: $ITQAN_POSTGRES_BIN, the newest of Debian's, or that of the path."""
    for folder in [os.environ.get("ITQAN_POSTGRES_BIN"), *sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)]:
        if folder and os.access(os.path.join(folder, "initdb"), os.X_OK):
            return pathlib.Path(folder)
    found = shutil.which("initdb")
    if not found:
        raise NoPostgres("PostgreSQL is not installed (apt install postgresql)")
    return pathlib.Path(found).resolve().parent


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class PostgresServer:
    """`fsync` off is for speed only: a killed server keeps its data either way, a killed machine does not.

    Start it from the main thread: the kernel ends it with the thread that started it."""

    def __init__(self, fsync=False, max_connections=100, settings=None):
        self.bin = binaries()
        self.owner = ["setpriv", "--pdeathsig", "INT"]
        if os.geteuid() == 0:
            try:
                account = pwd.getpwnam("postgres")
            except KeyError:
                raise NoPostgres("PostgreSQL refuses to run as root, and there is no user postgres")
            self.owner += [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="itqan-pg-", dir="/tmp"))  # a socket's path may have 107 bytes
        if os.geteuid() == 0:
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        self.data, self.log = self.folder / "data", self.folder / "log"
        self.process, self.port = None, free_port()
        self.settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(self.folder), "max_connections": max_connections,
                         "fsync": "on" if fsync else "off", "shared_buffers": "64MB", "logging_collector": "off", **(settings or {})}
        try:
            self._run("initdb", "-D", str(self.data), "-U", USER, "-A", "trust", "--locale", "C", "-E", "UTF8", *([] if fsync else ["--no-sync"]))
            self.start()
            self.create("itqan")
        except BaseException:
            self.close()
            raise

    def url(self, database="itqan"):
        return f"postgres://{USER}@127.0.0.1:{self.port}/{database}"

    def start(self, wait=True):
        options = [word for name, value in self.settings.items() for word in ("-c", f"{name}={value}")]
        # A child of a killed server may hold the port and the shared memory for a moment: then this start is repeated.
        end = time.monotonic() + 30
        while True:
            with open(self.log, "ab") as log:
                self.process = subprocess.Popen([*self.owner, str(self.bin / "postgres"), "-D", str(self.data), "-p", str(self.port), *options],
                                                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/")
            if not wait or self.wait_ready(end):
                return
            if time.monotonic() > end:
                raise RuntimeError("PostgreSQL did not start:\n" + self.log.read_text(errors="replace")[-2000:])
            time.sleep(0.05)

    def wait_ready(self, end):
        """Whether it takes connections before `end`; false at once when its process is gone."""
        while time.monotonic() < end and self.process.poll() is None:
            if subprocess.run([str(self.bin / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", USER, "-d", "postgres"]).returncode == 0:
                return True
            time.sleep(0.02)
        return False

    def create(self, database):
        """A new empty database; gives its address."""
        self.sql(f'CREATE DATABASE "{database}"', "postgres")
        return self.url(database)

    def drop(self, database):
        self.sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)', "postgres")

    def sql(self, text, database="itqan", timeout=60):
        """The rows of a statement, each a list of texts."""
        done = subprocess.run([str(self.bin / "psql"), "-X", "-q", "-A", "-t", "-F", "\x1f", "-v", "ON_ERROR_STOP=1", "-d", self.url(database), "-c", text],
                              capture_output=True, text=True, timeout=timeout)
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        return [line.split("\x1f") for line in done.stdout.splitlines()]

    def stop(self, how=signal.SIGINT):
        """SIGTERM waits for the clients, SIGINT sends them away, SIGQUIT leaves recovery to the next start."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(60)

    def kill(self):
        """kill -9 of every process of it at once."""
        everybody = [self.process.pid, *self.children()]
        for process in everybody:
            self._signal(process, signal.SIGKILL)
        self.process.wait()

    def restart(self):
        self.stop()
        self.start()

    def freeze(self):
        """Stops every process in its tracks: connections stay open and nothing answers. Those that come later stop too."""
        self._signal(self.process.pid, signal.SIGSTOP)
        for process in self.children():
            self._signal(process, signal.SIGSTOP)

    def thaw(self):
        for process in [*self.children(), self.process.pid]:
            self._signal(process, signal.SIGCONT)

    def children(self):
        """Postgres reports no list of its processes while it is frozen; the kernel does."""
        try:
            return [int(word) for word in pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()]
        except OSError:
            return []

    def close(self):
        try:
            if self.process and self.process.poll() is None:
                self.thaw()
                self.stop(signal.SIGQUIT)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _signal(self, process, which):
        try:
            os.kill(process, which)
        except ProcessLookupError:
            pass

    def _run(self, program, *words):
        done = subprocess.run([*self.owner, str(self.bin / program), *words], capture_output=True, text=True, cwd="/")
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{done.stdout[-1000:]}{done.stderr[-1000:]}")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = options.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run")
    run.add_argument("--fsync", action="store_true")
    run.add_argument("--max-connections", type=int, default=100)
    run.add_argument("words", nargs=argparse.REMAINDER, metavar="-- COMMAND...")
    options = options.parse_args()
    words = options.words[1:] if options.words[:1] == ["--"] else options.words
    if not words:
        run.error("a command to run is missing")
    try:
        server = PostgresServer(options.fsync, options.max_connections)
    except NoPostgres as reason:
        print("not run:", reason, file=sys.stderr)
        return 77
    with server:
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: sys.exit(1))
        try:
            code = subprocess.run(words, env={**os.environ, "ITQAN_TEST_POSTGRES": server.url()}).returncode
        except OSError as error:
            print(error, file=sys.stderr)
            return 127
        return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main())
