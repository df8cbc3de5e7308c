#!/usr/bin/env python3
"""Writes a programme for benchmarks: the demo's, with many learners who hold nothing and one achievement that a single
completion earns; and the completions that earn it, one JSON body a line."""
import json
import pathlib
import shutil
import sys

source = pathlib.Path(__file__).parents[2] / "service/demo/programme"
EVIDENCE = {"completions", "signoffs", "entrustments", "experience", "practice", "self-assessments", "external-badges",
            "mentoring-sessions", "mentoring-agreements", "teams", "mentors"}


def main(folder, count, completed_at, alignment):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True)
    for file in source.glob("*.json"):
        if file.stem not in EVIDENCE:
            shutil.copy(file, folder)
    achievements = json.loads((source / "achievements.json").read_text())
    earned = dict(achievements[0], id="ach-bench", name="Bench", name_ar="قياس", validity="P24M",
                  criteria={"completion": {"activity": "act-102", "minScore": 80}},
                  alignment=json.loads(alignment))
    (folder / "achievements.json").write_text(json.dumps(achievements + [earned]))
    first = json.loads((source / "learners.json").read_text())[0]
    first.pop("mentee", None)
    first.pop("targetPath", None)
    first.pop("teamId", None)
    learners = [dict(first, id=f"b-{n}", name=f"Learner {n}", name_ar=f"متعلّم {n}", email=f"b-{n}@people.example")
                for n in range(count)]
    (folder / "learners.json").write_text(json.dumps(learners))
    with open(folder.parent / "completions.ndjson", "w") as lines:
        for n in range(count):
            lines.write(json.dumps({"externalId": f"bench-{n}", "activityId": "act-102", "learnerId": f"b-{n}",
                                    "completedAt": completed_at, "score": 86, "hours": 6}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4])
