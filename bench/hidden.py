#!/usr/bin/env python3
"""Whether hidden constraints found in the past keep changing together in a future nobody had seen.

    bench/hidden.py REPOSITORY...

For each repository T0 is one year before its last change. `unsnarl coupling --as-of T0` names the hidden constraints
among the modules as they stood at T0. In the year after, changes are laid over those modules by path, renames followed;
files that are new are left out, and so are bulk changes, those of bots, and files that move for reasons of form. Controls are pairs of modules that were
neither coupled nor dependent at T0, for each hidden pair the ten whose activity before T0 (the product of both sides'
changes) is nearest. The ratio is the hidden pairs' meetings in the year after over those of their controls, with a 95 %
interval from 10,000 resamples of the pairs. Prints a Markdown table.
"""
import csv
import io
import json
import math
import os
import random
import subprocess
import sys
import tempfile

UNSNARL = os.environ.get("UNSNARL", "target/release/unsnarl")
CONTROLS = 10
# What moves for reasons of form, as crates/measures/src/mechanical.rs has it: no meeting, then or later.
BY_FORM = set(
    """
    cargo.toml changelog changelog.md changelog.rst changes changes.md changes.rst composer.json dependencies.gradle gemfile go.mod
    history.md news news.md package.json pom.xml release-notes.md releases.md requirements.txt version version.go version.txt
    """.split()
)
NOTES = set(".changeset .changes changelog.d changelogs newsfragments release-notes releasenotes".split())


def by_form(path):
    *directories, name = path.lower().split("/")
    return name in BY_FORM or not NOTES.isdisjoint(directories)


def run(*arguments):
    done = subprocess.run([UNSNARL, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"unsnarl {' '.join(arguments)}: {done.stderr}")
    return done.stdout


def facts(repository, *options):
    """Every table as rows of dictionaries."""
    with tempfile.TemporaryDirectory() as directory:
        run("facts", directory, "--format", "csv", "-C", repository, *options)
        tables = {}
        for name in os.listdir(directory):
            if name == "dependencies.csv":
                continue
            with open(os.path.join(directory, name), newline="", encoding="utf-8") as file:
                tables[name[:-4]] = list(csv.DictReader(file))
        return tables


def day(moment):
    return moment[:10]


def before(date, days):
    import datetime

    return (datetime.date.fromisoformat(date) - datetime.timedelta(days=days)).isoformat()


def counted(tables):
    """Changes that count: no bulk, not by bots alone."""
    bots = {row["person"] for row in tables["people"] if row["kind"] == "bot"}
    human = set()
    for row in tables["participations"]:
        if row["role"] in ("author", "co-author") and row["person"] not in bots:
            human.add(row["change"])
    return {row["change"]: row for row in tables["changes"] if row["bulk"] == "false" and row["change"] in human}


def meetings(tables, module_of, since):
    """How often each pair of modules met after a day, and how many changes could be told."""
    touches = {}
    for row in tables["touches"]:
        touches.setdefault(row["change"], []).append(row)
    counts, changes = {}, 0
    keep = counted(tables)
    for change in tables["changes"]:
        if day(change["merged_at"]) <= since:
            continue
        met = set()
        for row in touches.get(change["change"], []):
            path, previous = row["path"], row["previous_path"]
            if previous and previous in module_of:
                module_of[path] = module_of[previous]
            if path in module_of and not by_form(path):
                met.add(module_of[path])
        if change["change"] not in keep:
            continue
        changes += 1
        for a in met:
            for b in met:
                if a < b:
                    counts[a, b] = counts.get((a, b), 0) + 1
    return counts, changes


def judge(repository):
    last = max(day(row["merged_at"]) for row in csv.DictReader(io.StringIO(run("facts", "--table", "changes", "-C", repository))))
    t0 = before(last, 365)
    coupling = json.loads(run("coupling", repository, "--format", "json", "--as-of", t0))
    report = json.loads(run("report", repository, "--format", "json", "--as-of", t0))
    past = facts(repository, "--as-of", t0)
    names = {row["module"]: row["name"] for row in past["modules"]}
    module_of = {row["path"]: names[row["module"]] for row in past["files"] if not row["died"] and row["module"] and row["generated"] == "false"}
    # Activity before T0: changes that touch each module.
    parts = report["measures"]["locality"]["parts"]
    activity = {part["names"][0]: part["of"] for part in parts if part["kind"] == "module"}
    connected = {tuple(sorted((one["a"], one["b"]))) for one in report["boundaries"]}
    active = sorted(activity)
    free = [
        (math.log(activity[a] * activity[b]), a, b)
        for at, a in enumerate(active)
        for b in active[at + 1 :]
        if (a, b) not in connected
    ]
    future, changes = meetings(facts(repository), dict(module_of), t0)
    rows = []
    for one in coupling["couplings"]:
        if one["kind"] != "hidden":
            continue
        a, b = sorted((one["a"], one["b"]))
        weight = math.log(max(1, activity.get(a, 1) * activity.get(b, 1)))
        nearest = sorted(free, key=lambda row: (abs(row[0] - weight), row[1], row[2]))[:CONTROLS]
        if nearest:
            control = sum(future.get((x, y), 0) for _, x, y in nearest) / len(nearest)
            rows.append((future.get((a, b), 0), control))
    return t0, len(coupling["couplings"]), rows, changes


def ratio(rows):
    hidden, control = sum(row[0] for row in rows), sum(row[1] for row in rows)
    return hidden / control if control else math.inf


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    print("| repository | T0 | coupled | hidden | changes after | meetings of hidden | of controls | ratio | 95 % |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---|")
    everything = []
    for repository in sys.argv[1:]:
        t0, coupled, rows, changes = judge(repository)
        everything += rows
        print_row(os.path.basename(repository.rstrip("/").removesuffix("/repo")), t0, coupled, rows, changes)
    print_row("all", "", "", everything, "")


def print_row(name, t0, coupled, rows, changes):
    if not rows:
        print(f"| {name} | {t0} | {coupled} | 0 | {changes} | – | – | – | – |", flush=True)
        return
    generator = random.Random(1)
    samples = sorted(ratio([generator.choice(rows) for _ in rows]) for _ in range(10_000))
    low, high = samples[249], samples[9749]
    hidden, control = sum(row[0] for row in rows), sum(row[1] for row in rows)
    print(
        f"| {name} | {t0} | {coupled} | {len(rows)} | {changes} | {hidden} | {control:.1f} "
        f"| {ratio(rows):.1f} | {low:.1f}–{high:.1f} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
