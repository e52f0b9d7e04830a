#!/usr/bin/env python3
"""How long `unsnarl impact --diff` takes on ten files just edited, what is learned being kept, on real repositories.

    bench/asked.py REPOSITORY...

Each is cloned into a temporary directory, the ten files that changed last are edited, and the command runs once to learn and then
twenty times. Beside it, in the same run: `git log` over the same ten files, which is what one asks git before a change. Prints
milliseconds, the median and the 95th of a hundred, and the ratio of the medians.
"""
import os
import subprocess
import sys
import tempfile
import time

UNSNARL = os.path.abspath(os.environ.get("UNSNARL", "target/release/unsnarl"))
RUNS = 20


def out(arguments, place):
    return subprocess.run(arguments, cwd=place, check=True, capture_output=True, text=True).stdout


def timed(arguments, place):
    seconds = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        subprocess.run(arguments, cwd=place, check=True, stdout=subprocess.DEVNULL)
        seconds.append(1000 * (time.perf_counter() - begun))
    seconds.sort()
    return seconds[RUNS // 2], seconds[int(RUNS * 0.95)]


def main():
    print("| repository | changes | first, s | warm | 95th | git log | ratio |\n|---|---:|---:|---:|---:|---:|---:|")
    for repository in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as directory:
            place = os.path.join(directory, "clone")
            subprocess.run(["git", "clone", "-q", "--shared", repository, place], check=True)
            names = out(["git", "log", "-400", "--format=", "--name-only", "--diff-filter=M"], place).splitlines()
            there = [one for one in dict.fromkeys(names) if one and os.path.isfile(os.path.join(place, one))]
            files = there[:10]
            for file in files:
                with open(os.path.join(place, file), "a", encoding="utf-8") as text:
                    text.write("\n")
            ask = [UNSNARL, "impact", "--diff", "HEAD", "--quiet"]
            begun = time.perf_counter()
            out(ask, place)
            first = time.perf_counter() - begun
            changes = out([UNSNARL, "facts", "--table", "changes", "--format", "csv", "--quiet"], place).count("\n") - 1
            warm, late = timed(ask, place)
            git, _ = timed(["git", "log", "--format=%h", "--", *files], place)
            name = os.path.basename(os.path.dirname(os.path.abspath(repository))) or repository
            print(f"| {name} | {changes:,} | {first:.1f} | {warm:.0f} | {late:.0f} | {git:.0f} | {warm / git:.2f} |")


main()
