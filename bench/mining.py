#!/usr/bin/env python3
"""How long mining takes, as a ratio to stock git on the same machine in the same run.

    bench/mining.py [--runs N] [--stand-in] REPOSITORY...

Git and unsnarl take turns, the page cache is warm, unsnarl keeps nothing (--no-cache) except for the second run.
Prints Markdown: medians in seconds, the ratio, and peak memory. A row says so where git stops early, as it does on
clones that lack blobs; --stand-in has both read a throwaway repository that shares the clone's objects, where an
empty blob stands for each missing one (git replace), and says how many.
"""
import argparse
import os
import statistics
import subprocess
import tempfile
import time

UNSNARL = os.environ.get("UNSNARL", "target/release/unsnarl")


def run(command):
    """Seconds, peak resident megabytes, and whether it ended well."""
    begun = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    return time.monotonic() - begun, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status) == 0


def compare(name, git, own, runs):
    theirs, ours, memory, whole = [], [], [], True
    for command in (git, own):
        run(command)
    for _ in range(runs):
        seconds, _, ended = run(git)
        theirs.append(seconds)
        whole &= ended
        seconds, peak, ended = run(own)
        assert ended, own
        ours.append(seconds)
        memory.append(peak)
    git_median, own_median = statistics.median(theirs), statistics.median(ours)
    ratio = f"{own_median / git_median:.2f}" if whole else "git stops early: a blob is missing"
    print(f"| {name} | {git_median:.2f} | {own_median:.2f} | {ratio} | {statistics.median(memory):.0f} |", flush=True)


def with_stand_ins(repository, directory):
    """A repository that shares all objects and lacks no blob of HEAD's history."""
    def git(*arguments, **options):
        return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True, **options).stdout.strip()

    head = git("-C", repository, "rev-parse", "HEAD")
    objects = git("-C", repository, "rev-parse", "--path-format=absolute", "--git-path", "objects")
    lines = git("-C", repository, "rev-list", "--objects", "--missing=print", "HEAD").splitlines()
    missing = [line[1:] for line in lines if line.startswith("?")]
    git("init", "--quiet", "--bare", directory)
    with open(os.path.join(directory, "objects/info/alternates"), "w") as alternates:
        alternates.write(objects + "\n")
    git("-C", directory, "update-ref", "--no-deref", "HEAD", head)
    empty = git("-C", directory, "hash-object", "-w", "--stdin", input="")
    for blob in missing:
        git("-C", directory, "update-ref", f"refs/replace/{blob}", empty)
    return len(missing)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--no-lines", action="store_true")
    arguments.add_argument("--stand-in", action="store_true")
    arguments.add_argument("repository", nargs="+")
    arguments = arguments.parse_args()
    print("| work | git, s | unsnarl, s | ratio | peak MB |\n|---|---:|---:|---:|---:|")
    for repository in arguments.repository:
        short = os.path.basename(os.path.dirname(os.path.abspath(repository))).replace("+", "/")
        if arguments.stand_in:
            whole = tempfile.TemporaryDirectory()
            short += f" ({with_stand_ins(repository, whole.name)} blobs stood in for)"
            repository = whole.name
        log = ["git", "-C", repository, "log", "--first-parent", "-m", "--raw", "-z"]
        facts = [UNSNARL, "facts", "-C", repository, "--no-cache", "-q", "--unit", "change"]
        runs = arguments.runs
        compare(f"{short}: mainline, no renames", [*log, "--no-renames"], [*facts, "--no-renames"], runs)
        compare(f"{short}: mainline, renames", [*log, "-M"], facts, runs)
        commits = ["git", "-C", repository, "log", "--no-merges", "--raw", "-z"]
        by_commit = [*facts[:-1], "commit"]
        compare(f"{short}: all commits, no renames", [*commits, "--no-renames"], [*by_commit, "--no-renames"], runs)
        compare(f"{short}: all commits, renames", [*commits, "-M"], by_commit, runs)
        if not arguments.no_lines:
            lines = ["git", "-C", repository, "log", "--no-merges", "--numstat", "-z", "-M"]
            compare(f"{short}: all commits, lines", lines, [*by_commit, "--lines"], 1)
        with tempfile.TemporaryDirectory() as cache:
            kept = [UNSNARL, "facts", "-C", repository, "--cache", cache, "-q", "--unit", "change"]
            report = [UNSNARL, "report", repository, "--cache", cache, "-q", "--unit", "change", "--html", f"{cache}/p.html"]
            cold = [UNSNARL, "report", repository, "--no-cache", "-q", "--unit", "change", "--html", f"{cache}/p.html"]
            run(kept)
            for name, command in (("facts, second run", kept), ("report --html, second run", report), ("report --html, cold", cold)):
                times = [run(command) for _ in range(arguments.runs)]
                seconds = statistics.median(one[0] for one in times)
                peak = statistics.median(one[1] for one in times)
                print(f"| {short}: {name} | – | {seconds:.3f} | – | {peak:.0f} |", flush=True)


main()
