#!/usr/bin/env python3
"""How far simulated lead times lie from those of a year the simulation has not seen.

    bench/simulate.py REPOSITORY[=NAME]... [-- OPTION...]

Runs `unsnarl simulate --format json` on each repository, with what the options after -- say, and prints a Markdown table:
changes held out that tell, the distance of Kolmogorov and Smirnov of all and of those that need another team (in brackets
what chance brings), what repeating the year before would have given, half within and nine of ten seen and simulated, the
verdict, and what one more approval multiplies the median by. Where nothing can be simulated, it says why. UNSNARL names the
program.
"""
import json
import os
import subprocess
import sys
import time

UNSNARL = os.environ.get("UNSNARL", "target/release/unsnarl")


def hours(value):
    if value < 1:
        return f"{max(1, round(value * 60))} min"
    return f"{value:.0f} h" if value < 48 else f"{value / 24:.0f} d"


def distance(match):
    return f"{match['distance']:.3f} ({match['distance_by_chance']:.3f})" if match else "–"


def row(name, found, seconds):
    if found["cannot"]:
        return f"| {name} | {found['cannot']} | | | | | | | {seconds:.1f} |"
    check, one = found["check"], found["check"]["all"]
    factor = "–"
    if len(found["scenarios"]) > 1:
        moved = found["scenarios"][1]["median_factor"]
        factor = f"×{moved['value']:.2f} ({moved['low']:.2f}–{moved['high']:.2f})"
    return (
        f"| {name} | {one['n']} | {distance(one)} | {distance(check['waiting'])} | {check['distance_by_repeating']:.3f} | "
        f"{hours(one['seen_median_hours'])} → {hours(one['simulated_median_hours'])}, "
        f"{hours(one['seen_p90_hours'])} → {hours(one['simulated_p90_hours'])} | {found['trust']} | {factor} | {seconds:.1f} |"
    )


def main():
    arguments = sys.argv[1:]
    options = arguments[arguments.index("--") + 1 :] if "--" in arguments else []
    repositories = arguments[: arguments.index("--")] if "--" in arguments else arguments
    print("| repository | held out | D, all | D, need others | repeating | seen → simulated | trust | one more approval | s |")
    print("|---|---:|---:|---:|---:|---|---|---|---:|")
    for repository in repositories:
        path, _, name = repository.partition("=")
        begun = time.monotonic()
        command = [UNSNARL, "simulate", path, "--format", "json", "--quiet", *options]
        done = subprocess.run(command, capture_output=True, text=True)
        seconds = time.monotonic() - begun
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}: {done.stderr}")
        print(row(name or os.path.basename(path), json.loads(done.stdout), seconds), flush=True)


if __name__ == "__main__":
    main()
