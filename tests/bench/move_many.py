#!/usr/bin/env python3
"""Moves a programme with many credentials to PostgreSQL and back: `itqan move` compares both sides each time, and the two
files are compared here, row by row.   move_many.py --itqan PROGRAM --load HTTPS_LOAD [--credentials 100000]"""
import argparse
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import make_programme
import many
from postgres_server import PostgresServer
from service import Server


def move(program, source, target):
    began = time.monotonic()
    done = subprocess.run([program, "move", "--from", source, "--to", target, "--json"], capture_output=True, text=True,
                          env={"PATH": os.environ["PATH"]})
    if done.returncode != 0:
        raise SystemExit(done.stdout + done.stderr)
    told = json.loads(done.stdout)
    print(f"  {source.split(':')[0]} to {target.split(':')[0]}: {told['rows']} rows in {time.monotonic() - began:.0f} s", flush=True)
    return told


def differences(left, right):
    """Tables whose rows are not the same in both files, with how many each has that the other lacks. A move notes itself
    (one event on each way), and a database knows when its own migrations ran."""
    database = sqlite3.connect(left)
    database.execute("ATTACH ? AS other", (str(right),))
    tables = [row[0] for row in database.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' ORDER BY 1")]
    if tables != [row[0] for row in database.execute("SELECT name FROM other.sqlite_master WHERE type = 'table' ORDER BY 1")]:
        raise SystemExit("the two files have not the same tables")
    found = {}
    for table in set(tables) - {"schema_migration"}:
        lacks = [database.execute(f"SELECT count(*) FROM (SELECT * FROM {one}.{table} EXCEPT SELECT * FROM {two}.{table})").fetchone()[0]
                 for one, two in (("main", "other"), ("other", "main"))]
        counts = [database.execute(f"SELECT count(*) FROM {one}.{table}").fetchone()[0] for one in ("main", "other")]
        if any(lacks) or counts[0] != counts[1]:
            found[table] = lacks + counts
    moves = database.execute("SELECT count(*) FROM other.event WHERE kind = 'database.moved' AND seq > (SELECT max(seq) FROM main.event)").fetchone()[0]
    if moves == 2 and found.get("event", [])[:2] == [0, 2]:
        del found["event"]
    return found


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--itqan", required=True, type=pathlib.Path)
    options.add_argument("--load", required=True, type=pathlib.Path)
    options.add_argument("--credentials", type=int, default=100_000)
    options = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="itqan-move-") as folder, PostgresServer(fsync=True) as postgres:
        folder = pathlib.Path(folder)
        make_programme.main(folder / "programme", many.templates, time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime()), "[]")
        server = Server(options.itqan, folder, programme=folder / "programme")
        try:
            server.load(options.load, "/api/v1/completions", many.templates, bodies=folder / "completions.ndjson",
                        token=server.token_file("provider", "prv-qalam"))
        finally:
            server.stop()
        source, back = server.data / "itqan.db", folder / "back.db"
        many.fill(source, options.credentials)
        move(options.itqan, f"sqlite:{source}", postgres.url())
        move(options.itqan, postgres.url(), f"sqlite:{back}")
        if found := differences(source, back):
            raise SystemExit(f"not equal: {found}")
        print("  equal, row by row")


if __name__ == "__main__":
    main()
