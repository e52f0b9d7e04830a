#!/usr/bin/env python3
"""Proposals judged by a year they have not seen, on the repositories and dates of bench/redesign.json.

usage: redesign.py UNSNARL REPOSITORIES [development|evaluation]

UNSNARL is the program, REPOSITORIES a directory with a bare clone OWNER+NAME/repo of each. Prints one line a proposal, then
what the whole amounts to, then the proposals taken together beside other ways to as much change.
"""

import json
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time


def main():
    program, repositories = sys.argv[1:3]
    which = sys.argv[3] if len(sys.argv) > 3 else "evaluation"
    wanted = json.loads((pathlib.Path(__file__).parent / "redesign.json").read_text())[which]
    cache = pathlib.Path(tempfile.gettempdir()) / "unsnarl-bench-redesign"
    shown, runs, left_out = [], [], []
    for name in wanted["repositories"]:
        path = pathlib.Path(repositories) / name.replace("/", "+") / "repo"
        if not path.exists():
            left_out.append(f"{name}: not there")
            continue
        for day in wanted["dates"]:
            begun = time.monotonic()
            command = [program, "backtest", "redesign", str(path), "--cut", day, "--format", "json", "--quiet"]
            command += ["--cache", str(cache / name.replace("/", "+"))]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                left_out.append(f"{name} {day}: {done.stderr.strip().splitlines()[0]}")
                continue
            answer = json.loads(done.stdout)
            base = answer["as_it_is"]
            young = base["fit"]["from"] is None or int(day[:4]) - int(base["fit"]["from"][:4]) < 2
            if young or base["held_out"]["changes"] < 100:
                left_out.append(f"{name} {day}: {base['held_out']['changes']} changes in the year after, from {base['fit']['from']}")
                continue
            runs.append((name, day, answer, time.monotonic() - begun))
            for proposal in answer["proposals"]:
                shown.append((name, day, answer["counted_in"], proposal))
    lines(shown)
    summary(shown, runs)
    together(runs)
    for line in left_out:
        print("left out:", line)


def lines(shown):
    print("| repository | cut | kind | found | held to | judged by | 95 % | random | changes | kept |")
    print("|---|---|---|---:|---:|---:|---|---:|---:|---:|")
    for name, day, level, one in shown:
        held = one["held_out"]
        low, high = held["interval"] or (float("nan"),) * 2
        control = held["control"]["mean"] * 100 if held["control"] else float("nan")
        kept = held["gain"] / one["in_sample"]["gain"]
        kind = one["kind"] + ("" if one["counted_in"] == "teams" else ", modules")
        print(
            f"| {name} | {day} | {kind} | {one['in_sample']['gain'] * 100:.2f} | {one['validation']['gain'] * 100:.2f} "
            f"| {held['gain'] * 100:.2f} | {low * 100:.2f} to {high * 100:.2f} | {control:.2f} | {held['changes']} | {kept:.2f} |"
        )


def summary(shown, runs):
    with_moves = {(name, day) for name, day, _, _ in shown}
    print(f"\n{len(runs)} cuts of {len({run[0] for run in runs})} repositories; {len(shown)} proposals on {len(with_moves)} cuts")
    for kinds, title in [
        (None, "all"),
        (("give", "relocate", "split"), "moves"),
        (("interface",), "interfaces"),
        (("merge",), "merges"),
        (("share",), "shared owners"),
    ]:
        own = [one for _, _, _, one in shown if kinds is None or one["kind"] in kinds]
        if not own:
            continue
        held = [one["held_out"] for one in own]
        positive = sum(gain["gain"] > 0 for gain in held)
        surely = sum((gain["interval"] or (0, 0))[0] > 0 for gain in held)
        negative = sum((gain["interval"] or (0, 0))[1] < 0 for gain in held)
        controls = [gain for gain in held if gain["control"]]
        ahead = sum(gain["gain"] > gain["control"]["mean"] for gain in controls)
        kept = statistics.median(one["held_out"]["gain"] / one["in_sample"]["gain"] for one in own)
        print(
            f"{title}: {positive} of {len(own)} positive ({positive / len(own):.0%}), {surely} surely, {negative} surely negative; "
            f"kept, median {kept:.2f}; ahead of random {ahead} of {len(controls)}"
        )
    seconds = sorted(run[3] for run in runs)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    if seconds:
        print(f"seconds with the other ways: median {seconds[len(seconds) // 2]:.1f}, most {seconds[-1]:.1f}; peak of any {memory:.0f} MB")


def together(runs):
    print("\nsaved per 100 changes of the year after (moves); needed per 100 at as many parties in effect (cuts)\n")
    print("| repository | cut | proposals | random | Leiden's moves | directories' moves | as it is | ours | Leiden's cut | directories' cut |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    wins = {"random_moves": [0, 0], "leiden_moves": [0, 0], "directory_moves": [0, 0], "leiden": [0, 0], "directories": [0, 0]}
    for name, day, answer, _ in runs:
        ways = {one["name"]: one for one in answer["baselines"] or []}
        if not ways:
            continue
        gain = lambda key: ways[key]["gain"] if key in ways else None
        further = lambda key: ways[key]["further"] if key in ways else None
        for key, count in wins.items():
            theirs, ours = (gain(key), gain("proposals")) if "moves" in key else (further(key), further("proposals"))
            if theirs is not None:
                count[1] += 1
                count[0] += ours > theirs if "moves" in key else ours < theirs
        cell = lambda value: "–" if value is None else f"{value * 100:.2f}"
        cells = [gain("proposals"), gain("random_moves"), gain("leiden_moves"), gain("directory_moves")]
        cells += [further("as_it_is"), further("proposals"), further("leiden"), further("directories")]
        print(f"| {name} | {day} | " + " | ".join(map(cell, cells)) + " |")
    for key, (ahead, of) in wins.items():
        print(f"ahead of {key}: {ahead} of {of}")


main()
