#!/usr/bin/env python3
"""How well further files are predicted on real histories, against ROSE and TARMAQ on the same questions.

    bench/impact.py REPOSITORY...

Runs `unsnarl backtest impact REPOSITORY --format json` on each. The last line has the means over the repositories, and by
how much the model's mean average precision exceeds the others': the ratio of the means, and the mean of the ratios. Prints
a Markdown table; exits 1 where the means miss what docs/benchmarks.md aims at.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

UNSNARL = os.environ.get("UNSNARL", "target/release/unsnarl")
SCORERS = ("unsnarl", "tarmaq", "rose")


def name(repository):
    path = pathlib.Path(repository).resolve()
    return (path.parent.name if path.name == "repo" else path.name).replace("+", "/")


def with_interval(scores, key):
    low, high = scores[key + "_interval"]
    return f"{scores[key]:.3f} ({low:.3f}–{high:.3f})"


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    print("| repository | questions | MAP unsnarl | TARMAQ | ROSE | × TARMAQ | × ROSE | recall in 10: unsnarl, TARMAQ | first right: unsnarl, TARMAQ | calibration error | closure | speaks up | then right | s |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    found = []
    for repository in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as cache:
            command = [UNSNARL, "backtest", "impact", repository, "--format", "json", "-q", "--cache", cache]
            # With the facts kept, the run takes what asking takes.
            keep = [UNSNARL, "facts", "-C", repository, "--table", "modules", "-q", "--cache", cache]
            subprocess.run(keep, capture_output=True, check=True)
            begun = time.monotonic()
            run = subprocess.run(command, capture_output=True, check=True)
            seconds = time.monotonic() - begun
        one = json.loads(run.stdout)
        if not one["queries"]:
            print(f"| {name(repository)} | 0 |" + " – |" * 12)
            continue
        found.append(one)
        scores, silence = one["scorers"], one["silence"]
        cells = [name(repository), str(one["queries"])]
        cells += [with_interval(scores[scorer], "map") for scorer in SCORERS]
        cells += [with_interval(one["against"][other], "ratio") for other in SCORERS[1:]]
        cells += [f"{scores['unsnarl'][key]:.2f}, {scores['tarmaq'][key]:.2f}" for key in ("recall_at_10", "precision_at_1")]
        cells += [with_interval(one, "calibration_error"), with_interval(one, "closure")]
        cells += [f"{silence['spoken']:.2f}", "–" if silence["right"] is None else f"{silence['right']:.2f}", f"{seconds:.1f}"]
        print("| " + " | ".join(cells) + " |", flush=True)
    maps = {scorer: statistics.mean(one["scorers"][scorer]["map"] for one in found) for scorer in SCORERS}
    ratios = {}
    for other in SCORERS[1:]:
        each = [one["against"][other]["ratio"] for one in found]
        ratios[other] = (maps["unsnarl"] / maps[other], statistics.mean(each))
    error = statistics.mean(one["calibration_error"] for one in found)
    closure = statistics.mean(one["closure"] for one in found)
    cells = [f"mean of {len(found)}", ""] + [f"{maps[scorer]:.3f}" for scorer in SCORERS]
    cells += ["{:.3f} (of ratios: {:.3f})".format(*ratios[other]) for other in SCORERS[1:]]
    print("| " + " | ".join(cells + ["", "", f"{error:.3f}", f"{closure:.3f}", "", "", ""]) + " |")
    sys.exit(ratios["tarmaq"][0] < 1.25 or ratios["rose"][0] < 1.5 or error > 0.05)


main()
