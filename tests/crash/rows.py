"""What the database itself says, read beside the program: SQLite's file or PostgreSQL through psql."""
import os
import pathlib
import shutil
import sqlite3
import subprocess


def open_rows(installation):
    return PostgresRows(installation.database) if installation.database else SqliteRows(installation.data / "itqan.db")


class SqliteRows:
    def __init__(self, path):
        self.path = path

    def select(self, sql):
        """Rows of texts."""
        with sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=20) as database:
            rows = [["" if value is None else str(value) for value in row] for row in database.execute(sql)]
        database.close()
        return rows

    def damage(self, thorough=True):
        found = self.select("PRAGMA integrity_check" if thorough else "PRAGMA quick_check")
        problems = [] if found == [["ok"]] else [f"the database is damaged: {found[:3]}"]
        return problems + [f"a row points nowhere: {row}" for row in self.select("PRAGMA foreign_key_check")]


class PostgresRows:
    def __init__(self, address):
        self.address = address

    def select(self, sql):
        done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-F", "\x1f", "-v", "ON_ERROR_STOP=1", "-d", self.address, "-c", sql], capture_output=True,
                              text=True, timeout=120)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return [line.split("\x1f") for line in done.stdout.splitlines()]

    def damage(self, thorough=True):
        program = postgres_program("pg_amcheck")
        if not thorough or not program:
            return []
        done = subprocess.run([program, "--install-missing", "--heapallindexed", self.address], capture_output=True, text=True, timeout=600)
        return [] if done.returncode == 0 else [f"the database is damaged: {done.stdout[-500:]}{done.stderr[-500:]}"]


def postgres_program(name):
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found and os.access(found[-1], os.X_OK) else shutil.which(name)
