"""What no goal of the table is about: pages and pictures of a badge, verifies of own badges, issues with levels, and issues
that need not be durable."""
import json
import statistics
import time

import make_programme
from service import Server


def measure_pages(table, options, server):
    page, picture = server.shared_badge()
    began = time.perf_counter()
    server.get(picture)
    first = time.perf_counter() - began
    cached = server.load(options.load, picture, 1_000, connections=1)
    shown = server.load(options.load, page, 1_000, connections=1)
    table.also(f"badge page, verified at each view, one connection: {shown['p50ms']:.2f} ms; its picture: {first * 1000:.0f} ms at first,"
               f" {cached['p50ms']:.2f} ms cached")


def measure_own_badges(table, options, server, folder, rounds):
    badges = server.own_badges(64)
    bodies = folder / "own.ndjson"
    bodies.write_text("".join(json.dumps({"input": badge}, ensure_ascii=False) + "\n" for badge in badges), encoding="utf-8")
    runs = [server.load(options.load, "/api/v1/verify", 2_000, bodies=bodies) for _ in range(rounds)]
    table.also(f"verifies of own badges of {sum(map(len, badges)) / 64 / 1024:.1f} KB, 64 connections: {rates_of(runs)}")


def rates_of(runs):
    median = lambda name: statistics.median(run[name] for run in runs)
    return f"{median('requestsPerSecond'):.0f} /s, {median('serverCpuMicrosecondsPerRequest'):.0f} us of server CPU"


def measure_issues(table, options, folder, rounds, count=3_000):
    """With levels of a competency, durable and not in turn."""
    folder.mkdir()
    make_programme.main(folder / "programme", count, time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime()),
                        json.dumps([{"competency": "DH6.1", "level": 2}]))
    server = Server(options.itqan, folder, programme=folder / "programme")
    server.keep()
    runs = {True: [], False: []}
    try:
        for _ in range(rounds):
            for durable in runs:
                server.renew(durable)
                runs[durable].append(server.load(options.load, "/api/v1/completions", count, bodies=folder / "completions.ndjson",
                                                 token=server.token_file("provider", "prv-qalam")))
                size = statistics.mean(len(badge.encode()) for badge in server.issued("ach-bench"))
                server.stop()
    finally:
        server.stop()
    ratio = statistics.median(yes["requestsPerSecond"] / no["requestsPerSecond"] for yes, no in zip(runs[True], runs[False]))
    table.also(f"durable issues with levels, {size / 1024:.1f} KB each, 64 connections: {rates_of(runs[True])};"
               f" {ratio:.2f} of the same without durability")


def measure(table, options, folder):
    rounds = 2 if options.quick else 5
    folder.mkdir()
    server = Server(options.itqan, folder)
    try:
        server.settle()
        measure_pages(table, options, server)  # First: its claim link is in the only mail so far.
        measure_own_badges(table, options, server, folder, rounds)
    finally:
        server.stop()
    measure_issues(table, options, folder / "levels", rounds)
