"""The goals, what was measured for each, round by round, and the one table of both."""
import os
import pathlib
import platform
import statistics
import time
from dataclasses import dataclass

issue_limit, verify_limit = 13_400, 10_300  # A second, with the best part for each stage, on the machine they were found on.
stated_memory = 247  # MB at 64 connections, the peers' signing service where it was measured.


@dataclass
class Goal:
    quantity: str
    unit: str
    against: str
    floor: float
    aim: float
    costs: bool = False    # Less is better: the ratio says how many times less than the other.
    at_most: bool = False  # The ratio may not be more than the floor.


goals = {
    "G1": Goal("durable issues, 64 connections", "/s", "the peers' signing service, no database", 25, 50),
    "G2": Goal("server CPU of a durable issue", "us", "the same service", 25, 40, costs=True),
    "G3": Goal("durable issues, share of the limit", "/s", "13 400/s, stated", 0.30, 0.60),
    "G4": Goal("verifies, share of the limit", "/s", "10 300/s, stated", 0.35, 0.60),
    "G5": Goal("verify in process, CPU", "us", "@digitalbazaar/vc", 20, 40, costs=True),
    "G6": Goal("issue in process, CPU", "us", "@digitalbazaar/vc", 30, 60, costs=True),
    "G7": Goal("parsed JSON to canonical hash, CPU", "us", "jsonld.js and rdf-canonize", 60, 150, costs=True),
    "G8": Goal("JSON-LD to RDF, CPU", "us", "jsonld-cpp", 400, 1_000, costs=True),
    "G9": Goal("keep-alive static page, server CPU", "us", "nginx", 0.85, 0.95, costs=True),
    "G10": Goal("full TLS handshake and one page, server CPU", "us", "nginx", 0.90, 0.95, costs=True),
    "G11": Goal("durable issues over sign-only", "/s", "VC-API issue: checks, signs, stores nothing", 0.80, 0.95),
    "G12": Goal("durable issues over one-row commits", "/s", "SQLite alone, WAL, FULL, 2 KB rows", 1.0, 2.0),
    "G13": Goal("one connection: issue p50 over a commit's", "us", "the same commits", 4, 2.5, at_most=True),
    "G14": Goal("peak memory, 64 connections", "MiB", "247 MB of theirs, stated", 1 / 4, 1 / 10, at_most=True),
    "G15": Goal("picture baked, CPU", "us", "libpng decode and encode", 500, 10_000, costs=True),
    "G16": Goal("status list packed, CPU", "us", "zlib level 6 alone", 1.0, 0.5, at_most=True),
    "G17 issue": Goal("issues with many stored", "/s", "the same with 10 000 stored", 0.7, 0.9),
    "G17 look-up": Goal("look-up p99 with many stored", "us", "the same with 10 000 stored", 2, 1.2, at_most=True),
    "G18 empty": Goal("cold start to first answer, empty", "s", "", 1, 0.1, at_most=True),
    "G18 many": Goal("cold start to first answer, many stored", "s", "", 2, 0.3, at_most=True),
    "two nodes": Goal("durable issues, two nodes on PostgreSQL", "/s", "", 1_500, 3_000),
}


def short(number):
    """Three digits that count."""
    if number >= 1000:
        return f"{number:,.0f}".replace(",", " ")
    return f"{number:.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def machine():
    model = next((line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")),
                 platform.machine())
    return f"{len(os.sched_getaffinity(0))} cores of {model}, Linux {platform.release()}"


class Table:
    def __init__(self):
        self.rounds, self.reasons, self.others = {}, {}, []
        self.load_before = os.getloadavg()[0]

    def add(self, goal, ours, other=1.0):
        """What one round measured; without another the figure itself is held to the goal."""
        self.rounds.setdefault(goal, []).append((ours, other))

    def not_run(self, goal, reason):
        self.reasons[goal] = reason

    def also(self, text):
        """A figure that no goal is about, with the words that explain it."""
        self.others.append(text)

    def write(self, yardstick):
        """Prints all; returns the goals whose floor was missed."""
        print(f"\n{time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC, {machine()}; one Ed25519 signature takes {yardstick} there"
              f"\nmedians of the rounds, ours and the other in turn; the spread is the ratio's smallest and largest")
        if self.load_before > 0.7:
            print(f"THE MACHINE WAS BUSY (load {self.load_before:.1f} at the start): rates mean nothing, ratios little")
        print(f"\n{'':<12}{'quantity':<46}{'ours':>9} {'':<3}{'other':>8}  {'ratio':>7}  {'spread':<15}{'floor':>7}{'aim':>7}  {'held':<7}against")
        missed = []
        for name, goal in goals.items():
            if name not in self.rounds:
                if name in self.reasons:
                    print(f"{name:<12}{goal.quantity:<46} not run: {self.reasons[name]}")
                continue
            ratios = [other / ours if goal.costs else ours / other for ours, other in self.rounds[name]]
            ours, other = (statistics.median(column) for column in zip(*self.rounds[name]))
            ratio = statistics.median(ratios)
            reaches = (lambda wanted: ratio <= wanted) if goal.at_most else (lambda wanted: ratio >= wanted)
            held = "aim" if reaches(goal.aim) else "floor" if reaches(goal.floor) else "MISSED"
            if held == "MISSED":
                missed.append(name)
            against = goal.against + (f" ({self.reasons[name]})" if name in self.reasons else "")
            print(f"{name:<12}{goal.quantity:<46}{short(ours):>9} {goal.unit:<3}{short(other) if goal.against else '':>8}  {short(ratio):>7}"
                  f"  {short(min(ratios)) + '-' + short(max(ratios)):<15}{short(goal.floor):>7}{short(goal.aim):>7}  {held:<7}{against}")
        if self.others:
            print("\n" + "\n".join(self.others))
        return missed
