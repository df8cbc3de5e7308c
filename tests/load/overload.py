"""More work than the machine can do, offered at an even rate whatever the answers are."""
import json
import time

from house import House


def overload(program, load, folder, long, checks):
    house = House(program, load, folder).start().wait_until_ready()
    try:
        badges = house.badges(20)
        bodies = folder / "verify.ndjson"
        bodies.write_text("".join(json.dumps({"input": badge}, ensure_ascii=False) + "\n" for badge in badges))
        seconds = 10 if long else 4

        def offer(rate):
            return house.load(path="/api/v1/verify", rate=rate, seconds=seconds, connections=600, bodies=bodies).result()

        peak = 0
        for rate in (250, 500, 1000, 1500, 2000, 3000, 4000):
            figures = offer(rate)
            peak = max(peak, figures.goodput)
            if figures.goodput < 0.8 * rate:
                break
        checks.note(f"peak: {peak:.0f} verifications/s")
        for factor in (0.5, 1, 2, 3, 10):
            figures = offer(peak * factor)
            line = (f"{factor:4}x  goodput {figures.goodput:6.0f}/s ({figures.goodput / peak:4.0%} of the peak)  accepted p50 {figures.p50('200'):6.1f} p99 {figures.p99('200'):6.1f} ms  "
                    f"refused {figures.count('503', '429'):6}  p50 {figures.p50('503', '429'):5.1f} p99 {figures.p99('503', '429'):6.1f} ms  failed {figures.failed}")
            if factor == 3:
                checks.check(figures.goodput >= 0.95 * peak, line)
                checks.check(figures.p99("503", "429") < 20, "refusals within 20 ms at 3x")
            else:
                checks.note(line)
        ended, normal, told = time.monotonic(), False, ""
        while not normal and (after := time.monotonic() - ended) <= 5:
            figures = house.load(path="/api/v1/verify", rate=peak * 0.3, seconds=1, connections=64, bodies=bodies).result()
            refused = figures.count("503", "429")
            normal = refused == 0 and figures.failed == 0 and figures.good > 0
            told = f"a run begun {after:.1f} s after the load ended: {refused} refused, {figures.failed} failed"
        checks.check(normal, f"normal again within 5 s, {told}")
        shared(house, bodies, folder, seconds, checks, peak)
    finally:
        house.stop()


def shared(house, bodies, folder, seconds, checks, peak):
    """Bulk work at many times what fits beside verification at a third of its peak: who depends on a badge is served."""
    learners, day = 40, time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime())
    arrays = folder / "arrays.ndjson"
    arrays.write_text("".join(json.dumps([{"externalId": f"bulk-{a}-{i}", "learnerId": f"lrn-{i % learners + 1:03}", "activityId": "act-102",
                                           "completedAt": day, "score": 86} for i in range(50)]) + "\n" for a in range(2000)))
    alone = house.load(path="/api/v1/verify", rate=peak / 3, seconds=seconds, connections=64, bodies=bodies).result()
    bulk = house.load(path="/api/v1/completions", rate=100, seconds=seconds, connections=100, bodies=arrays, token=house.admin)
    beside = house.load(path="/api/v1/verify", rate=peak / 3, seconds=seconds, connections=64, bodies=bodies).result()
    ordered = bulk.result()
    checks.note(f"bulk of 50: {ordered.count('207')} arrays done, {ordered.count('503', '429')} refused (p99 {ordered.p99('503', '429'):.1f} ms)")
    checks.check(beside.good >= 0.95 * alone.good,
                 f"verification beside bulk issue: {alone.goodput:.0f} -> {beside.goodput:.0f}/s, p99 {alone.p99('200'):.1f} -> {beside.p99('200'):.1f} ms, refused {beside.count('503')}")
