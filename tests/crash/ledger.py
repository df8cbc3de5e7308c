"""What clients were told. Each line is synced before its client asks anything else, so it is all a server can be held to."""
import json
import os
import threading


class Ledger:
    """Lines are objects with `kind` ("completion", "revocation", "claim") and what is needed to ask again."""

    def __init__(self, path):
        self.file = open(path, "ab")
        self.lock = threading.Lock()
        self.lines, self.counts = [], {}

    def add(self, kind, **facts):
        line = {"kind": kind, **facts}
        text = json.dumps(line).encode() + b"\n"
        with self.lock:
            self.file.write(text)
            self.file.flush()
            os.fdatasync(self.file.fileno())
            self.lines.append(line)
            self.counts[kind] = self.counts.get(kind, 0) + 1

    def summary(self):
        with self.lock:
            return ", ".join(f"{count} {kind}s" for kind, count in sorted(self.counts.items())) or "nothing"
