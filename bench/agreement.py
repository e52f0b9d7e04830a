#!/usr/bin/env python3
"""Whether unsnarl's touches are exactly git's, on real repositories.

    bench/agreement.py REPOSITORY...

For each repository every (commit, path, kind) of `unsnarl facts --table touches --no-renames` is compared with
`git log --first-parent -m --raw -z --no-renames` (unit change) and `git log --no-merges --raw -z --no-renames`
(unit commit); with renames, the renames themselves are compared with `git log -M --raw -z` where the clone has
every blob git needs. Prints a Markdown table; exits 1 on any difference without renames.
"""
import collections
import csv
import io
import os
import subprocess
import sys

UNSNARL = os.environ.get("UNSNARL", "target/release/unsnarl")
KINDS = {"A": "added", "M": "modified", "D": "deleted", "T": "type", "R": "renamed"}


def from_git(repository, options):
    """A multiset of (commit, path, kind, previous path), or None when git could not read the history whole."""
    command = ["git", "-C", repository, "log", "--format=%x01%H", "--raw", "-z", "--no-abbrev", *options]
    run = subprocess.run(command, capture_output=True)
    if run.returncode != 0:
        return None
    found = collections.Counter()
    commit = None
    fields = iter(run.stdout.split(b"\0"))
    for field in fields:
        field = field.lstrip(b"\n")
        if field.startswith(b"\x01"):
            commit = field[1:].decode()
            continue
        if not field.startswith(b":"):
            continue
        status = field.rsplit(b" ", 1)[1].decode()[0]
        path = next(fields)
        if status in "RC":
            found[commit, next(fields), KINDS["R"], path] += 1
        else:
            found[commit, path, KINDS[status], b""] += 1
    return found


def unquote(text):
    raw = text.encode()
    if not (len(raw) > 1 and raw.startswith(b'"') and raw.endswith(b'"')):
        return raw
    out, at, raw = bytearray(), 0, raw[1:-1]
    while at < len(raw):
        if raw[at] != 0x5C:
            out.append(raw[at])
            at += 1
        elif raw[at + 1 : at + 2].isdigit():
            out.append(int(raw[at + 1 : at + 4], 8))
            at += 4
        else:
            out.append(raw[at + 1])
            at += 2
    return bytes(out)


def from_unsnarl(repository, options):
    command = [UNSNARL, "facts", "-C", repository, "--table", "touches", "--format", "csv", "--no-cache", "-q", *options]
    run = subprocess.run(command, capture_output=True, check=True)
    rows = csv.DictReader(io.TextIOWrapper(io.BytesIO(run.stdout), encoding="utf-8", newline=""))
    return collections.Counter(
        (row["commit"], unquote(row["path"]), row["kind"], unquote(row["previous_path"])) for row in rows
    )


def main():
    failed = False
    print("| repository | unit | touches | only git | only unsnarl | renames git | renames unsnarl | same renames |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    for repository in sys.argv[1:]:
        name = "/".join(os.path.abspath(repository).rstrip("/").split("/")[-2:])
        for unit, walk in (("change", ["--first-parent", "-m"]), ("commit", ["--no-merges"])):
            git = from_git(repository, [*walk, "--no-renames"])
            if git is None:
                print(f"| {name} | {unit} | git could not read it | | | | | |")
                failed = True
                continue
            own = from_unsnarl(repository, ["--unit", unit, "--no-renames"])
            failed |= git != own
            renames = lambda touches: {key for key in touches if key[2] == "renamed"}
            with_git = from_git(repository, [*walk, "-M", "-l1000"])
            theirs = renames(with_git) if with_git is not None else None
            ours = renames(from_unsnarl(repository, ["--unit", unit]))
            shown = (f"{len(theirs)} | {len(ours)} | {len(theirs & ours)}" if theirs is not None
                     else f"stops at a missing blob | {len(ours)} | –")
            print(f"| {name} | {unit} | {sum(own.values())} | {sum((git - own).values())} | {sum((own - git).values())} | {shown} |",
                  flush=True)
    sys.exit(failed)


main()
